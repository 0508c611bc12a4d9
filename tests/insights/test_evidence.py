"""What tickets are worth: one sender never makes a pattern, and one mis-booked entry never makes a fortune."""

from collections import Counter
from datetime import timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.models import RawTicket, RawTimeEntry
from insights.cases import WEEKS, gather
from insights.evidence import counted, evidence_of, most_of_one, weights_of
from tenants.context import tenant
from tests import factories
from tests.insights import makers
from tests.insights.makers import NOW

EVERYBODY = st.dictionaries(st.text(max_size=3), st.integers(1, 60), max_size=30).map(Counter)


@given(EVERYBODY)
def test_no_requester_is_more_than_a_fifth_of_what_counts(tickets):
    """Rounded up, so that three people can still be a pattern."""
    most = most_of_one(tickets)
    assert most <= max(1, ceil(0.2 * counted(tickets)))
    assert counted(tickets) <= tickets.total()


@given(EVERYBODY, st.integers(1, 5000))
def test_a_flood_adds_a_quarter_of_what_others_sent_however_large_it_is(tickets, many):
    assert counted(tickets + Counter({"~flooder": many})) <= 1.25 * (tickets.total() + 1)


@pytest.mark.parametrize(
    ("tickets", "expected"),
    [
        ([45], 1),
        ([45, 1, 1], 3),
        ([45, 1, 1, 1, 1, 1], 7),
        ([10, 10, 10], 6),
        ([6, 5, 5, 5, 5, 5], 31),
        ([2] * 40, 80),
        ([], 0),
    ],
)
def test_what_counts_of_so_many_tickets_of_each_requester(tickets, expected):
    assert counted(Counter({str(n): number for n, number in enumerate(tickets)})) == expected


def test_the_excess_of_one_requester_weighs_neither_as_tickets_nor_as_hours(north):
    topic = makers.topic()
    makers.tickets(topic, 50, requesters=10, minutes=30)
    before = evidence_of(topic.pk, None, NOW)
    makers.tickets(topic, 200, requesters=1, minutes=60, company=2)
    after = evidence_of(topic.pk, None, NOW)
    assert before.counted_tickets == 50
    assert after.tickets == 250
    assert after.counted_tickets == pytest.approx(50 + 13)  # a fifth of 63, rounded up
    assert sum(after.weekly_hours) == pytest.approx(25 + 13)


def test_hours_are_what_people_booked_on_core_tickets(north):
    topic = makers.topic()
    factories.member(9, looks_automated=True)
    core = makers.tickets(topic, 40, minutes=30)
    makers.tickets(topic, 40, minutes=30, is_core=False)
    makers.tickets(None, 40, minutes=30)
    makers.work([(core[0], 600)], member_id=9)
    RawTimeEntry.objects.filter(ticket_id=core[1].external_id).update(deleted_at=NOW)
    evidence = evidence_of(topic.pk, None, NOW)
    assert sum(evidence.weekly_hours) == pytest.approx(39 * 0.5)
    assert (evidence.tickets, evidence.tickets_without_time) == (40, 1)
    assert evidence.typical_minutes == 30


def test_a_mis_booked_entry_counts_no_more_than_the_longest_usual_one(north):
    topic = makers.topic()
    makers.tickets(topic, 100, minutes=[30] * 99 + [6000])
    assert sum(evidence_of(topic.pk, None, NOW).weekly_hours) == pytest.approx(50, rel=0.01)


def test_tickets_of_an_alias_are_those_of_its_root(north):
    topic = makers.topic()
    alias = makers.topic("Forgotten passwords", root=topic)
    makers.tickets(topic, 20)
    makers.tickets(alias, 15)
    assert evidence_of(topic.pk, None, NOW).tickets == 35
    assert evidence_of(alias.pk, None, NOW).tickets == 0


def test_only_whole_days_of_the_last_sixteen_weeks_count(north):
    topic = makers.topic()
    makers.tickets(topic, 16, days=112)
    makers.tickets(topic, 5, now=NOW - timedelta(days=113), days=20)
    makers.tickets(topic, 5, now=NOW + timedelta(days=10), days=10)
    makers.tickets(topic, 1, now=NOW, days=0.01)
    evidence = evidence_of(topic.pk, None, NOW)
    assert evidence.tickets == 16
    assert evidence.weekly_tickets == (1.0,) * WEEKS
    assert evidence_of(topic.pk, None, NOW + timedelta(hours=10)) == evidence


def test_gone_tickets_are_no_evidence(north):
    topic = makers.topic()
    made = makers.tickets(topic, 30)
    for ticket, change in zip(
        made,
        ({"deleted_at": NOW}, {"merged_into": 5}, {"record_type": "ProjectTicket"}),
        strict=False,
    ):
        RawTicket.objects.filter(pk=ticket.pk).update(**change)
    assert evidence_of(topic.pk, None, NOW).tickets == 27


def test_devices_are_told_apart_where_monitoring_speaks(north):
    topic = makers.topic("Disks")
    alerts = {"channel": "Monitoring", "contact_id": None, "summary": "Low disk space on SRV-0{n}"}
    makers.tickets(topic, 30, requesters=3, **alerts)
    makers.tickets(topic, 30, requesters=3, company=2, **alerts)
    evidence = evidence_of(topic.pk, None, NOW)
    assert evidence.is_from_monitoring
    assert evidence.requesters == 6  # hosts of two clients may be called alike


def test_one_client_alone_can_be_looked_at(north):
    topic = makers.topic()
    makers.tickets(topic, 20, company=1)
    makers.tickets(topic, 12, company=2)
    assert evidence_of(topic.pk, 2, NOW).tickets == 12
    assert evidence_of(topic.pk, None, NOW).clients == 2


@pytest.mark.parametrize(
    ("agreement", "expected"),
    [
        (None, 1.0),
        ({"covers_time": True}, 0.0),
        ({"covers_time": False}, 1.0),
        ({"covers_time": True, "ends_on": "2026-01-01"}, 1.0),
        ({"covers_time": True, "is_cancelled": True, "cancelled_on": "2026-01-01"}, 1.0),
    ],
)
def test_what_clients_pay_by_the_hour_follows_from_their_agreement(north, agreement, expected):
    topic = makers.topic()
    made = factories.agreement(4, **agreement) if agreement else None
    makers.tickets(topic, 20, agreement_id=made and made.external_id)
    assert evidence_of(topic.pk, None, NOW).charged_share == expected


def test_time_that_nobody_charges_is_the_msps(north):
    topic = makers.topic()
    makers.work(
        [(ticket, 30) for ticket in makers.tickets(topic, 20, minutes=None)], billable_option="DoNotBill"
    )
    assert evidence_of(topic.pk, None, NOW).charged_share == 0


def test_all_topics_and_clients_are_read_by_the_same_few_statements(north, django_assert_max_num_queries):
    for n in range(12):
        topic = makers.topic(f"Topic {n}")
        for company in (1, 2, 3):
            makers.tickets(topic, 5, company=company)
    with django_assert_max_num_queries(6):
        cases = gather(NOW)
    assert len(cases.of_topic) == 12
    assert cases.client_tickets == {1: 60, 2: 60, 3: 60}


def test_the_other_tenants_tickets_are_not_read(north):
    topic = makers.topic()
    with tenant("south"):
        other = makers.topic()
        makers.tickets(other, 30)
    assert evidence_of(topic.pk, None, NOW).tickets == 0


def test_weights_never_raise_a_ticket():
    assert max(weights_of(["a"] * 40 + ["b", "c", "d", "e", "f"]).values()) == 1.0
