"""What is frozen when a project is accepted: weeks before, controls, the day of judgement, and what can be noticed."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from connectors.models import RawTimeEntry
from insights import baseline, workflow
from insights.models import ProjectBaseline, Proposal
from insights.weekly import Weeks, caps_of, series_of
from tenants.context import tenant
from tests import factories
from tests.insights import makers
from tests.insights.makers import NOW
from tests.insights.projects import accepted, desk, expected, proposed, weekly

TODAY = date(2026, 6, 1)


@pytest.fixture
def topic(north):
    return makers.topic()


def test_the_weeks_before_end_with_the_acceptance_and_hold_its_trigger(topic):
    desk(topic, per_week=4)
    makers.tickets(topic, 40, days=7)  # the spike that led to the proposal
    frozen = baseline.drawn_up(proposed(topic), NOW)
    assert (frozen.until, frozen.since) == (TODAY, TODAY - timedelta(weeks=25))
    assert frozen.weekly_tickets[-1] >= 40
    assert len(frozen.weekly_tickets) == 25


def test_a_history_shorter_than_half_a_year_is_taken_as_it_is(topic):
    weekly(topic, {1: 5, 2: 5}, weeks=17)
    frozen = baseline.drawn_up(proposed(topic), NOW)
    assert len(frozen.weekly_tickets) == 16
    assert min(frozen.weekly_tickets) > 0


def test_nothing_after_the_moment_is_looked_at(topic):
    desk(topic, per_week=4)
    then = baseline.snapshot_of(baseline.drawn_up(proposed(topic), NOW))
    makers.tickets(topic, 30, now=NOW + timedelta(days=3), days=3)
    assert baseline.snapshot_of(baseline.drawn_up(Proposal.objects.get(), NOW)) == then


def test_only_core_service_tickets_that_still_stand_are_counted(topic):
    desk(topic, per_week=2)
    before = sum(baseline.drawn_up(proposed(topic), NOW).weekly_tickets)
    makers.tickets(topic, 9, is_core=False)
    makers.tickets(topic, 9, record_type="ProjectTicket")
    makers.tickets(topic, 9, deleted_at=NOW)
    makers.tickets(topic, 9, merged_into=1)
    makers.tickets(None, 9)
    assert sum(baseline.drawn_up(Proposal.objects.get(), NOW).weekly_tickets) == before


def test_tickets_of_an_alias_are_the_topics_own(topic):
    desk(topic, per_week=2)
    before = sum(baseline.drawn_up(proposed(topic), NOW).weekly_tickets)
    alias = makers.topic("Locked accounts", root=topic)
    makers.tickets(alias, 9)
    assert sum(baseline.drawn_up(Proposal.objects.get(), NOW).weekly_tickets) == before + 9


def test_hours_are_of_people_and_one_wrong_entry_moves_little(topic):
    made = makers.tickets(topic, 100, minutes=60, days=100)
    factories.member(5, looks_automated=True)
    factories.time_entry(made[0], made[0].opened_at, minutes=600, member=5)
    RawTimeEntry.objects.filter(ticket_id=made[1].external_id).update(minutes=6000)
    weeks = Weeks.before(TODAY, 15)
    caps = caps_of([topic.pk], weeks, NOW)
    series = series_of([topic.pk], weeks, NOW, caps)[topic.pk, 1]
    assert caps[topic.pk] == pytest.approx(1.0)
    assert sum(series.hours) == pytest.approx(100, abs=5)


def test_tickets_without_time_are_known_apart(topic):
    makers.tickets(topic, 20, days=100)
    makers.tickets(topic, 7, minutes=None, days=100)
    weeks = Weeks.before(TODAY, 15)
    series = series_of([topic.pk], weeks, NOW, {})[topic.pk, 1]
    assert series.without_time == 7


def test_other_clients_with_the_same_topic_are_the_controls(topic):
    desk(topic, per_week=4)
    frozen = baseline.drawn_up(proposed(topic), NOW)
    assert (frozen.design, [one["id"] for one in frozen.controls]) == ("clients", [2, 3, 4, 5])
    assert all(sum(one["tickets"]) > 90 for one in frozen.controls)


def test_a_client_with_hardly_any_tickets_is_no_control(topic):
    desk(topic, per_week=4)
    makers.tickets(topic, 3, company=9)
    frozen = baseline.drawn_up(proposed(topic), NOW)
    assert 9 not in [one["id"] for one in frozen.controls]


def test_a_client_that_gets_the_same_project_is_no_control(topic):
    desk(topic, per_week=4)
    accepted(proposed(topic, company=2))
    frozen = baseline.drawn_up(proposed(topic, company=1), NOW)
    assert [one["id"] for one in frozen.controls] == [3, 4, 5]


def test_with_too_few_other_clients_other_topics_of_the_same_client_stand_in(topic):
    weekly(topic, {1: 4, 2: 4, 3: 4})
    printers, vpn, elsewhere = (makers.topic(name) for name in ("Printers", "VPN", "Wi-Fi"))
    weekly(printers, {1: 3})
    weekly(vpn, {1: 2})
    weekly(elsewhere, {2: 9})
    frozen = baseline.drawn_up(proposed(topic), NOW)
    assert frozen.design == "topics"
    assert [one["id"] for one in frozen.controls] == [printers.pk, vpn.pk]
    assert all(one["cap_hours"] == pytest.approx(0.5) for one in frozen.controls)


def test_a_topic_that_has_a_project_of_its_own_is_no_control(topic):
    weekly(topic, {1: 4})
    printers, vpn = makers.topic("Printers"), makers.topic("VPN")
    weekly(printers, {1: 3})
    weekly(vpn, {1: 2})
    accepted(proposed(printers))
    assert [one["id"] for one in baseline.drawn_up(proposed(topic), NOW).controls] == [vpn.pk]


def test_with_nothing_to_compare_with_it_says_so(topic):
    weekly(topic, {1: 4})
    frozen = baseline.drawn_up(proposed(topic), NOW)
    assert (frozen.design, frozen.controls, frozen.detectable_reduction) == ("none", [], None)


def test_of_a_desk_proposal_the_clients_are_chosen_and_the_others_become_controls(topic):
    desk(topic, per_week=4)
    whole = proposed(topic, company=None)
    accepted(whole, companies=[1, 2])
    frozen = ProjectBaseline.objects.get()
    assert frozen.treated["companies"] == [1, 2]
    assert (frozen.design, [one["id"] for one in frozen.controls]) == ("clients", [3, 4, 5])


def test_what_is_promised_for_some_clients_is_their_part_of_it(topic):
    desk(topic, per_week=4)
    whole = proposed(topic, company=None, forecast=expected(10), saved_minutes_per_month=1300)
    everyone = whole.forecast["saved_hours_per_month"]["p50"]
    accepted(whole, companies=[1, 2])
    some = whole.forecast["saved_hours_per_month"]["p50"]
    assert some == pytest.approx(everyone * 2 / 5, rel=0.03)
    assert float(whole.saved_minutes_per_month) == pytest.approx(some * 60)
    assert ProjectBaseline.objects.get().forecast == whole.forecast


def test_for_all_clients_unless_they_are_chosen_and_for_none_it_is_refused(topic):
    desk(topic, per_week=4)
    whole = proposed(topic, company=None)
    with pytest.raises(ValidationError, match="at least one client"):
        workflow.accept(whole, None, NOW, companies=[77])
    workflow.accept(whole, None, NOW)
    assert ProjectBaseline.objects.get().treated["companies"] == [1, 2, 3, 4, 5]
    assert ProjectBaseline.objects.get().forecast == expected()


def test_clients_with_a_project_or_proposal_of_their_own_are_left_out_unless_they_are_chosen(topic):
    desk(topic, per_week=4)
    whole = proposed(topic, company=None)
    accepted(proposed(topic, company=1))
    proposed(topic, company=2)
    proposed(topic, company=3, status="withdrawn", rolled_into=whole)
    assert baseline.drawn_up(whole, NOW).treated["companies"] == [3, 4, 5]
    assert baseline.drawn_up(whole, NOW, [2, 3]).treated["companies"] == [2, 3]


def test_more_tickets_are_judged_sooner_and_smaller_effects_noticed(topic):
    often, seldom = topic, makers.topic("Rare")
    desk(often, per_week=20)
    desk(seldom, per_week=2)
    many, few = (baseline.drawn_up(proposed(one), NOW) for one in (often, seldom))
    assert 8 <= many.weeks_to_measure <= few.weeks_to_measure <= 52
    assert many.weeks_to_measure < 52
    assert few.detectable_reduction is None or few.detectable_reduction > many.detectable_reduction


def test_a_client_that_stands_out_by_chance_is_held_to_the_others(topic):
    weekly(topic, {2: 2, 3: 2.1, 4: 1.9, 5: 2})
    weekly(topic, {1: 2.6})
    frozen = baseline.drawn_up(proposed(topic), NOW)
    seen = sum(frozen.weekly_tickets) / len(frozen.weekly_tickets)
    assert 2 < frozen.tickets_per_week < seen
    assert frozen.hours_per_month == pytest.approx(frozen.tickets_per_week * 0.5 * 30.4 / 7, rel=0.02)


def test_the_version_of_the_topics_is_the_latest(topic):
    makers.registry(3)
    desk(topic, per_week=2)
    assert baseline.drawn_up(proposed(topic), NOW).registry_version == 3


def test_another_tenant_takes_no_part_in_it(topic):
    desk(topic, per_week=4)
    before = baseline.snapshot_of(baseline.drawn_up(proposed(topic), NOW))
    with tenant("south"):
        desk(makers.topic(), per_week=9)
    assert baseline.snapshot_of(baseline.drawn_up(Proposal.objects.get(), NOW)) == before
