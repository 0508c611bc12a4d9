"""What the log says of figures of days that were over: each change once, with its reason, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from connectors.models import DirtyDay, RawTicket, RawTimeEntry
from kpis import watermark
from kpis.compute import compute
from kpis.models import KpiDaily, KpiRestatement
from kpis.registry import numbers_in
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk

Reason = DirtyDay.Reason
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
NOW = at("2026-03-20 15:00")
LATER = NOW + timedelta(hours=1)
SOON_AFTER = NOW + timedelta(hours=2)


@pytest.fixture
def printed(db) -> Iterator[RawTicket]:
    """Both tenants have figures that were read; in north somebody worked an hour on a ticket closed on Tuesday."""
    for schema in ("south", "north"):
        with tenant(schema):
            ticket = synced_desk()
            compute(NOW)
            assert not KpiRestatement.objects.exists()
            if schema == "north":
                yield ticket
    with tenant("south"):
        assert not KpiRestatement.objects.exists()


def synced_desk() -> RawTicket:
    factories.connection(last_success_at=NOW)
    factories.member(7)
    ticket = factories.ticket("2026-03-02 14:00", "2026-03-03 15:00", company_id=1, board_id=1, owner_id=7)
    factories.time_entry(ticket, "2026-03-02 14:30", minutes=60, member=7)
    return ticket


@contextmanager
def synced(reason: Reason, *days: date | None) -> Iterator[None]:
    """What a sync writes meanwhile, and the compute after it."""
    yield
    DirtyDay.objects.bulk_create(DirtyDay(day=day, reason=reason) for day in days)
    compute(LATER)


def logged(**about: Any) -> set[tuple[Any, ...]]:
    rows = KpiRestatement.objects.filter(**about)
    return set(rows.values_list("metric", "kpi_date", "was_numerator", "now_numerator", "reasons"))


def columns(**about: Any) -> set[tuple[Any, ...]]:
    return logged(is_daily=True, **about)


def test_a_late_entry_is_logged_as_column_and_as_cell(printed):
    with synced(Reason.ARRIVAL, MONDAY):
        factories.time_entry(printed, "2026-03-02 16:00", minutes=15, member=7)
    assert ("billable_minutes", MONDAY, 60, 75, "arrival") in columns()
    cell = KpiRestatement.objects.get(is_daily=False, metric="billable_minutes")
    assert (cell.kpi, cell.company, cell.technician, cell.board) == ("time_consumption", 1, 7, 1)
    assert (cell.was_numerator, cell.now_numerator, cell.restated_at) == (60, 75, LATER)
    assert set(KpiRestatement.objects.values_list("kpi_date", flat=True)) == {MONDAY}


def test_what_another_day_causes_says_so(printed):
    with synced(Reason.ARRIVAL, MONDAY):
        factories.ticket("2026-03-02 17:00", company_id=1, board_id=1)
    assert ("new_tickets", MONDAY, 1, 2, "arrival") in columns()
    assert ("backlog_open", MONDAY, 1, 2, "arrival") in columns()
    assert ("backlog_open", WEDNESDAY, 0, 1, "follows") in columns()


def test_a_reopening_takes_the_closure_out_of_the_figures_of_quality(printed):
    with synced(Reason.REOPENING, MONDAY, TUESDAY, WEDNESDAY):
        factories.spells(printed, ("2026-03-02 14:00", "2026-03-03 15:00"), ("2026-03-04 15:00", None))
        RawTicket.objects.update(is_closed=False, closed_at=None)
    assert ("fcr_rate", TUESDAY, 100, None, "reopening") in columns()
    assert ("reopened_tickets", WEDNESDAY, 0, 1, "reopening") in columns()
    gone = KpiRestatement.objects.get(is_daily=False, metric="fcr")
    assert (gone.was_numerator, gone.was_denominator) == (1, 1)
    assert (gone.now_numerator, gone.now_denominator) == (None, None)
    assert not columns(metric="closed_tickets")


@pytest.mark.parametrize(
    ("reason", "change"), [(Reason.DELETION, {"deleted_at": LATER}), (Reason.MERGE, {"merged_into": 99})]
)
def test_deletions_and_merges_are_told_apart(printed, reason, change):
    factories.time_entry(None, "2026-02-20 14:00", minutes=10)  # so that the days before stay
    factories.mark_dirty("2026-02-20")
    compute(NOW)
    KpiRestatement.objects.all().delete()
    with synced(reason, MONDAY, TUESDAY):
        RawTicket.objects.update(**change)
    assert ("new_tickets", MONDAY, 1, 0, str(reason)) in columns()
    assert ("closed_tickets", TUESDAY, 1, 0, str(reason)) in columns()
    assert ("new_tickets", MONDAY, 1, None, str(reason)) in logged(is_daily=False)


def test_a_moved_ticket_leaves_one_company_and_enters_the_other(printed):
    with synced(Reason.REMAPPING, None):
        RawTicket.objects.update(company_id=2)
        RawTimeEntry.objects.update(company_id=2)
    cells = KpiRestatement.objects.filter(metric="new_tickets")
    values = cells.values_list("is_daily", "company", "was_numerator", "now_numerator", "reasons")
    assert set(values) == {(False, 1, 1, None, "remapping"), (False, 2, None, 1, "remapping")}


def test_settings_say_that_it_was_them(printed):
    factories.settings(time_zone="Asia/Tokyo")  # the entry's 14:30 is half past eleven at night
    RawTimeEntry.objects.update(started_at=at("2026-03-02 15:30"))
    factories.mark_dirty(MONDAY)
    compute(LATER)
    assert ("billable_minutes", TUESDAY, 0, 60, "settings") in columns()
    assert ("billable_minutes", MONDAY, 60, 0, "change settings") in columns()


def test_a_new_version_of_a_definition_says_that_it_was_it(printed):
    RawTimeEntry.objects.update(minutes=90)
    with patch.object(watermark, "definition_version", return_value="04:2"):
        compute(LATER)
    assert ("billable_minutes", MONDAY, 60, 90, "definition") in columns()


def test_knowing_of_other_things_at_all_is_not_a_setting(printed):
    RawTimeEntry.objects.update(minutes=90)
    with patch.object(watermark, "_known", return_value=["agreements"]):
        compute(LATER)
    assert ("billable_minutes", MONDAY, 60, 90, "lookup") in columns()


def test_a_day_keeps_all_reasons_it_has(printed):
    DirtyDay.objects.create(day=MONDAY, reason=Reason.HISTORY)
    with synced(Reason.ARRIVAL, MONDAY, MONDAY):
        factories.time_entry(printed, "2026-03-02 16:00", minutes=15, member=7)
    assert ("billable_minutes", MONDAY, 60, 75, "arrival history") in columns()


def test_nothing_is_logged_when_figures_come_out_the_same(printed):
    with synced(Reason.CHANGE, MONDAY, None):
        RawTicket.objects.update(summary="Printer on fire again")
    compute(SOON_AFTER, full=True)
    assert not KpiRestatement.objects.exists()


def test_the_day_that_is_not_over_restates_nothing(printed):
    with synced(Reason.ARRIVAL, NOW.date()):
        factories.time_entry(printed, NOW - timedelta(hours=1), minutes=15, member=7)
    assert KpiDaily.objects.get(kpi_date=NOW.date()).billable_minutes == 15
    assert not KpiRestatement.objects.exists()


def test_the_last_look_at_a_day_before_its_end_was_not_final_either(printed):
    factories.time_entry(printed, NOW - timedelta(hours=1), minutes=15, member=7)
    factories.mark_dirty(NOW.date())
    compute(NOW + timedelta(days=1))
    assert not KpiRestatement.objects.exists()
    factories.time_entry(printed, NOW - timedelta(hours=2), minutes=15, member=7)
    factories.mark_dirty(NOW.date())
    compute(NOW + timedelta(days=1, hours=1))
    assert ("billable_minutes", NOW.date(), 15, 30, "change") in columns()


def test_nothing_is_logged_until_the_first_sync_is_complete(north):
    factories.connection(last_success_at=None)
    factories.ticket("2026-03-02 14:00")
    compute(NOW)
    factories.ticket("2026-03-02 15:00")
    factories.ticket("2026-02-02 15:00")
    factories.mark_dirty("2026-03-02", "2026-02-02")
    compute(LATER)
    assert not KpiRestatement.objects.exists()


def test_days_that_lose_their_last_data_are_logged_as_gone(printed):
    factories.ticket("2026-03-10 14:00", company_id=1)
    factories.mark_dirty("2026-03-10")
    compute(NOW)
    KpiRestatement.objects.all().delete()
    with synced(Reason.DELETION, MONDAY, TUESDAY):
        RawTicket.objects.filter(pk=printed.pk).update(deleted_at=LATER)
        RawTimeEntry.objects.update(deleted_at=LATER)
    assert not KpiDaily.objects.filter(kpi_date=MONDAY).exists()
    assert ("new_tickets", MONDAY, 1, None, "deletion") in columns()
    assert ("billable_minutes", MONDAY, 60, None, "deletion") in logged(is_daily=False)
    assert ("new_tickets", WEDNESDAY, 0, None, "follows") in columns()


def test_so_are_all_days_when_nothing_is_left(printed):
    with synced(Reason.DELETION, MONDAY, TUESDAY):
        RawTicket.objects.update(deleted_at=LATER)
        RawTimeEntry.objects.update(deleted_at=LATER)
    assert not KpiDaily.objects.exists()
    assert ("billable_minutes", MONDAY, 60, None, "deletion") in logged(is_daily=False)
    assert columns(kpi_date=MONDAY)


def test_days_before_the_first_that_appear_later_had_been_nothing(printed):
    with synced(Reason.ARRIVAL, date(2026, 2, 27)):
        factories.ticket("2026-02-27 14:00", "2026-02-27 15:00", company_id=1, board_id=1)
    assert ("new_tickets", date(2026, 2, 27), None, 1, "arrival") in columns()
    assert ("new_tickets", date(2026, 2, 28), None, 0, "follows") in columns()
    assert ("new_tickets", date(2026, 2, 27), None, 1, "arrival") in logged(is_daily=False)


def test_days_that_are_too_old_to_be_kept_are_forgotten_not_restated(north):
    factories.connection(last_success_at=NOW)
    factories.ticket("2012-03-02 14:00")
    compute(NOW)
    compute(NOW + timedelta(days=1))
    scores = {"ticket_zscore", "ticket_seasonal_score"}  # of the next days, whose history got shorter
    assert {metric for metric, *_ in logged()} <= scores


def test_figures_that_a_release_adds_restate_nothing(printed):
    KpiDaily.objects.update(definition_version="04:1")
    RawTicket.objects.update(opened_at=at("2026-03-03 14:00"))
    compute(LATER, full=True)
    assert set(KpiRestatement.objects.values_list("kpi", flat=True)) <= {"time_consumption"}


@pytest.mark.parametrize(
    ("version", "numbers"), [("", set()), ("04:1 07:1", {"04", "07"}), ("04,07:1 11:2", {"04", "07", "11"})]
)
def test_a_days_version_tells_which_figures_it_has(version, numbers):
    assert numbers_in(version) == numbers


def test_whatever_happens_the_log_leads_from_what_is_back_to_what_was(north):
    factories.connection(last_success_at=NOW)
    desk = Desk(seed=11, now=NOW).populate(tickets=50)
    compute(desk.now)
    before = {day["kpi_date"]: day for day in KpiDaily.objects.values()}
    for _ in range(4):
        desk.now += timedelta(hours=2)
        desk.live(15)
        compute(desk.now)
    for row in KpiRestatement.objects.filter(is_daily=True).order_by("-restated_at", "-id"):
        day = KpiDaily.objects.filter(kpi_date=row.kpi_date)
        now = day.values_list(row.metric, flat=True).first()
        assert now == row.now_numerator
        if row.was_numerator is None and not KpiDaily._meta.get_field(row.metric).null:
            day.delete()
        else:
            day.update(**{row.metric: row.was_numerator})
    today = NOW.date()
    assert {
        day["kpi_date"]: without_provenance(day)
        for day in KpiDaily.objects.filter(kpi_date__lt=today).values()
    } == {day: without_provenance(row) for day, row in before.items() if day < today}


def without_provenance(row: dict[str, Any]) -> dict[str, Any]:
    provenance = {"computed_at", "data_as_of", "is_final", "definition_version"}
    return {column: value for column, value in row.items() if column not in provenance}
