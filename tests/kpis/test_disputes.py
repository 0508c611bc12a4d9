"""What a decided dispute does to the figures: by technician it counts as decided, elsewhere as before."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from connectors.models import DirtyDay, RawTicket
from kpis.compute import compute
from kpis.disputes import own, workflow
from kpis.disputes.consequences import consequences
from kpis.models import Dispute, DisputeEvent, KpiBreakdown, KpiDaily, KpiRestatement
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.disputes_at_desk import dispute
from tests.kpis.snapshots import byte_image, snapshot

NOW = at("2026-03-20 15:00")
LATER = NOW + timedelta(minutes=10)
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
ADA, BEN = 7, 8


@pytest.fixture
def worked(db):
    """Ada owned and worked on a ticket of north that was closed on Tuesday; south has one just like it."""
    for schema in ("south", "north"):
        with tenant(schema):
            factories.connection(last_success_at=NOW)
            for number, name in ((ADA, "Ada"), (BEN, "Ben")):
                factories.member(number, name)
            ticket = factories.ticket(
                "2026-03-02 14:00", "2026-03-03 15:00", company_id=1, board_id=1, owner_id=ADA
            )
            factories.time_entry(ticket, "2026-03-02 14:30", minutes=60, member=ADA)
            compute(NOW)
            image = byte_image()
            if schema == "south":
                untouched = image
            else:
                yield ticket
    with tenant("south"):
        assert byte_image() == untouched


def person(name: str = "manager") -> User:
    return User.objects.get_or_create(username=name)[0]


def opened(ticket: RawTicket, member: int = ADA) -> Dispute:
    return workflow.dispute(ticket, member, Dispute.Kind.ATTRIBUTION, "Ben did it", person("ada"))


def technicians(metric: str, **about) -> list[tuple[int | None, date]]:
    cells = KpiBreakdown.objects.filter(metric=metric, **about).order_by("kpi_date", "technician")
    return list(cells.values_list("technician", "kpi_date"))


def without_people() -> list[dict]:
    """Days, less what is said of technicians on purpose."""
    told = {"computed_at", "technicians_off_expected", "tech_training_flags"}
    return [
        {name: value for name, value in day.items() if name not in told} for day in KpiDaily.objects.values()
    ]


@pytest.mark.parametrize("credited_to", [BEN, None])
def test_a_ticket_counts_by_technician_as_decided_and_for_the_team_as_before(worked, credited_to):
    before = without_people()
    workflow.uphold(opened(worked), credited_to, "", person())
    assert not compute(LATER).is_full
    assert without_people() == before
    for metric in ("ttr_minutes", "fcr", "first_response_minutes"):
        day = MONDAY if metric == "first_response_minutes" else TUESDAY
        assert technicians(metric) == [(credited_to, day)]
    kept = [(BEN, TUESDAY)] if credited_to else []
    assert technicians("reopened_work") == technicians("escalated") == kept


def test_time_stays_with_whoever_entered_it_and_is_nobodys_handling_but_theirs(worked):
    assert technicians("handling_minutes") == [(ADA, TUESDAY)]
    workflow.uphold(opened(worked), BEN, "", person())
    compute(LATER)
    for metric in ("domain_minutes", "billable_minutes", "worked_days"):
        assert technicians(metric) == [(ADA, MONDAY)]
    assert technicians("handling_minutes") == []


def test_a_ticket_left_out_is_not_one_without_an_owner(worked):
    workflow.uphold(opened(worked), None, "", person())
    compute(LATER)
    assert KpiBreakdown.objects.get(metric="no_owner").numerator == 0


@pytest.mark.parametrize("credited_to", [BEN, None])
def test_a_decision_taken_in_leaves_the_cells_that_a_recompute_from_scratch_gives(worked, credited_to):
    workflow.uphold(opened(worked), credited_to, "", person())
    compute(LATER)
    incremental = snapshot()
    assert compute(LATER, full=True).is_full
    assert snapshot() == incremental


def test_the_log_of_restatements_says_that_a_dispute_was_decided(worked):
    workflow.uphold(opened(worked), BEN, "", person())
    assert set(DirtyDay.objects.values_list("reason", flat=True)) == {DirtyDay.Reason.DISPUTE}
    compute(LATER)
    rows = KpiRestatement.objects.filter(metric="ttr_minutes").values_list(
        "technician", "kpi_date", "reasons"
    )
    assert set(rows) == {(ADA, TUESDAY, "dispute"), (BEN, TUESDAY, "dispute")}


def test_declining_restates_nothing(worked):
    before = snapshot()
    workflow.decline(opened(worked), "The records are right", person())
    assert not DirtyDay.objects.exists()
    compute(LATER)
    assert snapshot() == before


def test_the_latest_decision_about_a_ticket_holds(worked):
    dispute(worked, ADA, BEN, decided_at=NOW)
    dispute(worked, BEN, None, decided_at=NOW + timedelta(hours=1))
    dispute(worked, ADA, ADA, decided_at=NOW - timedelta(hours=1))
    compute(LATER, full=True)
    assert technicians("fcr") == [(None, TUESDAY)]
    assert own(ADA).credited == own(BEN).credited == []


def test_a_decision_that_is_taken_back_never_happened(worked):
    before = snapshot()
    one = opened(worked)
    workflow.uphold(one, BEN, "", person())
    compute(LATER)
    workflow.take_back(one, "Ben was on leave", person())
    compute(LATER)
    assert snapshot() == before
    one.refresh_from_db()
    assert (one.status, one.effect, one.credited_to) == ("open", "", None)
    kinds = DisputeEvent.objects.values_list("kind", "effect", "credited_to")
    assert list(kinds) == [("opened", "", None), ("upheld", "credit", BEN), ("reopened", "", None)]


def test_a_ticket_that_is_reopened_and_closed_again_still_counts_as_decided(worked):
    workflow.uphold(opened(worked), BEN, "", person())
    spans = ("2026-03-02 14:00", "2026-03-03 15:00"), ("2026-03-03 18:00", "2026-03-04 15:00")
    factories.spells(worked, *spans)
    RawTicket.objects.filter(pk=worked.pk).update(closed_at=at("2026-03-04 15:00"))
    factories.mark_dirty(MONDAY, TUESDAY, WEDNESDAY)
    compute(LATER)
    assert technicians("reopened_work") == [(BEN, WEDNESDAY)]


@pytest.mark.parametrize("gone", [{"deleted_at": NOW}, {"merged_into": 1}])
def test_a_ticket_that_is_gone_counts_for_nobody_whatever_was_decided(worked, gone):
    workflow.uphold(opened(worked), BEN, "", person())
    RawTicket.objects.filter(pk=worked.pk).update(**gone)
    factories.mark_dirty(MONDAY, TUESDAY)
    compute(LATER)
    assert technicians("fcr") == []


def test_what_is_foretold_of_a_decision_is_what_a_compute_comes_to_and_changes_nothing_itself(worked):
    one, before = opened(worked), byte_image()
    told = consequences(one, BEN)
    one.refresh_from_db()
    assert (one.status, byte_image()) == ("open", before)
    assert not DirtyDay.objects.exists()
    cells = {
        (metric, who, day)
        for metric in {each.metric.slug for each in told}
        for who, day in technicians(metric)
    }
    lost = {(one.metric.slug, one.before, one.day) for one in told if one.before is not None}
    gained = {(one.metric.slug, one.after, one.day) for one in told if one.after is not None}
    workflow.uphold(one, BEN, "", person())
    compute(LATER)
    after = {
        (metric, who, day)
        for metric in {each.metric.slug for each in told}
        for who, day in technicians(metric)
    }
    assert lost
    assert gained
    assert after == (cells - lost) | gained


def test_two_who_decide_at_once_are_told_apart(worked):
    one = opened(worked)
    stale = Dispute.objects.get(pk=one.pk)
    workflow.uphold(one, BEN, "", person("first"))
    for deed in (
        lambda: workflow.decline(stale, "No", person("second")),
        lambda: workflow.uphold(stale, None, "", person("second")),
        lambda: workflow.withdraw(stale, person("ada")),
    ):
        with pytest.raises(ValidationError, match="not open any more"):
            deed()
    assert Dispute.objects.get().decided_by == person("first")
    assert list(DisputeEvent.objects.values_list("kind", "username")) == [
        ("opened", "ada"),
        ("upheld", "first"),
    ]


def test_a_ticket_has_one_open_dispute_of_a_technician_and_may_have_another_of_somebody_else(worked):
    opened(worked)
    with pytest.raises(ValidationError, match="disputed already"):
        opened(worked)
    opened(worked, BEN)
    assert Dispute.objects.count() == DisputeEvent.objects.count() == 2
