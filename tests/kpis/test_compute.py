from datetime import date, timedelta
from itertools import pairwise
from threading import Thread
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import F, Sum

from connectors.models import DirtyDay, RawTicket
from kpis import compute as module
from kpis.compute import compute, preview
from kpis.definitions.ticket_trends import KPI as TICKET_TRENDS
from kpis.models import ComputeState, KpiBreakdown, KpiDaily
from kpis.plan import plan
from kpis.registry import definition_version
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk
from tests.kpis.snapshots import byte_image, snapshot

NOW = at("2026-03-20 15:00")
TODAY = date(2026, 3, 20)


def test_without_data_there_are_no_days(north):
    assert compute(NOW).days == 0
    assert not KpiDaily.objects.exists()


def test_every_day_from_the_first_to_today_has_a_row(north):
    factories.ticket("2026-03-02 03:00")  # still the 1st in Toronto
    compute(NOW)
    days = KpiDaily.objects.order_by("kpi_date").values_list("kpi_date", flat=True)
    assert list(days) == [date(2026, 3, 1) + timedelta(days=number) for number in range(20)]


def test_days_that_lost_their_data_vanish(north):
    first = factories.ticket("2026-03-02 14:00")
    factories.ticket("2026-03-10 14:00")
    compute(NOW)
    RawTicket.objects.filter(pk=first.pk).update(deleted_at=NOW)
    factories.mark_dirty("2026-03-02")
    compute(NOW)
    assert KpiDaily.objects.earliest("kpi_date").kpi_date == date(2026, 3, 10)
    assert snapshot() == full_snapshot()


def test_older_data_brings_older_days(north):
    factories.ticket("2026-03-10 14:00", company_id=1)
    compute(NOW)
    factories.ticket("2025-12-20 14:00", company_id=1)
    factories.mark_dirty("2025-12-20")
    assert not compute(NOW).is_full
    assert KpiDaily.objects.earliest("kpi_date").kpi_date == date(2025, 12, 20)
    assert snapshot() == full_snapshot()


def full_snapshot():
    compute(NOW, full=True)
    return snapshot()


def test_figures_reach_back_ten_years_and_count_what_was_open_before(north):
    factories.ticket("2012-03-02 14:00", company_id=1)
    factories.ticket("2026-03-02 14:00", company_id=1)
    compute(NOW)
    first = KpiDaily.objects.earliest("kpi_date")
    assert first.kpi_date == TODAY - timedelta(days=3653)
    assert (first.new_tickets, first.backlog_open, first.backlog_over_30d) == (0, 1, 1)
    tomorrow = NOW + timedelta(days=1)
    assert not compute(tomorrow).is_full
    incremental = snapshot()
    compute(tomorrow, full=True)
    assert incremental == snapshot()


def test_computing_twice_changes_nothing(north):
    Desk(seed=3, now=NOW).populate(tickets=40)
    compute(NOW)
    once = snapshot()
    report = compute(NOW)
    assert (once, report.days) == (snapshot(), 0)


SPOILS = {
    "signs": lambda cells: cells.update(numerator=-F("numerator")),
    "values": lambda cells: cells.update(numerator=F("numerator") + 1),
    "dimensions": lambda cells: cells.update(board=F("company"), company=F("board")),
    "zeros": lambda cells: cells.filter(metric="nps").update(numerator=0),
    "missing": lambda cells: cells.filter(metric__in=["fcr", "zscore"]).delete(),
}


def test_a_full_compute_puts_right_whatever_the_cells_had_become(north):
    desk = Desk(seed=4, now=NOW, days=40).populate(tickets=120)
    desk.live(60)
    compute(desk.now)
    right = snapshot()
    for what, spoil in SPOILS.items():
        spoil(KpiBreakdown.objects.all())
        assert snapshot() != right, what
        compute(desk.now, full=True)
        assert snapshot() == right, what


def test_values_that_two_cells_swapped_are_put_right(north):
    factories.ticket("2026-03-02 14:00", company_id=1)
    factories.ticket("2026-03-02 15:00", company_id=2)
    factories.ticket("2026-03-02 16:00", company_id=2)
    compute(NOW)
    right = snapshot()
    KpiBreakdown.objects.filter(metric="new_tickets").update(numerator=3 - F("numerator"))
    assert snapshot() != right
    compute(NOW, full=True)
    assert snapshot() == right


def test_cells_that_still_hold_are_left_alone(north):
    Desk(seed=6, now=NOW).populate(tickets=40)
    compute(NOW)
    before = byte_image()
    compute(NOW, full=True)
    assert byte_image() == before


def test_the_cells_of_a_day_add_up_to_its_column(north):
    Desk(seed=5, now=NOW, days=10).populate(tickets=80)
    compute(NOW)
    additive = [
        "new_tickets",
        "closed_tickets",
        "reopened_tickets",
        "billable_minutes",
        "non_billable_minutes",
    ]
    for day in KpiDaily.objects.all():
        cells = KpiBreakdown.objects.filter(kpi_date=day.kpi_date).values("metric").order_by()
        sums = dict(cells.annotate(total=Sum("numerator")).values_list("metric", "total"))
        assert {name: getattr(day, name) for name in additive} == {
            name: sums.get(name, 0) for name in additive
        }
        assert day.sla_breach_count == sums.get("sla_breaches", 0)


def test_the_backlog_follows_from_the_flows(north):
    desk = Desk(seed=11, now=NOW, days=40).populate(tickets=60)
    desk.live(60)
    compute(NOW)
    days = list(KpiDaily.objects.order_by("kpi_date"))
    for before, day in pairwise(days):
        moved = day.new_tickets + day.reopened_tickets - day.closed_tickets
        assert day.backlog_open == before.backlog_open + moved


def test_a_goal_that_passes_while_nothing_changes_is_a_breach_at_the_next_compute(north):
    factories.ticket("2026-03-20 12:00", resolve_goal_at=at("2026-03-20 16:00"))
    compute(NOW)
    assert KpiDaily.objects.get(kpi_date=TODAY).sla_breach_count == 0
    compute(NOW + timedelta(days=2))
    assert KpiDaily.objects.get(kpi_date=TODAY).sla_breach_count == 1


def test_while_nothing_changes_figures_are_only_said_to_be_as_of_now(north):
    desk = factories.connection("Desk", last_success_at=at("2026-03-20 14:00"))
    factories.ticket("2026-03-20 12:00", resolve_goal_at=at("2026-03-20 16:00"))
    compute(NOW)
    desk.last_success_at = at("2026-03-20 15:50")
    desk.save()
    assert compute(at("2026-03-20 16:00")).days == preview(at("2026-03-20 16:00")) == 0
    day = KpiDaily.objects.get(kpi_date=TODAY)
    assert (day.computed_at, day.data_as_of) == (at("2026-03-20 16:00"), at("2026-03-20 15:50"))
    assert ComputeState.objects.get().computed_at == at("2026-03-20 16:00")


@pytest.mark.parametrize("stage", ["respond", "plan", "resolve"])
def test_a_goal_that_passes_is_a_breach_on_the_same_day_though_nothing_changed(north, stage):
    factories.ticket("2026-03-20 12:00", **{f"{stage}_goal_at": at("2026-03-20 16:00")})
    factories.ticket("2026-03-20 12:00", resolve_goal_at=at("2026-03-20 18:00"))
    for moment, breaches in (("15:00", 0), ("16:00", 0), ("16:01", 1), ("18:00", 1), ("18:01", 2)):
        compute(at(f"2026-03-20 {moment}"))
        assert KpiDaily.objects.get(kpi_date=TODAY).sla_breach_count == breaches


def test_figures_that_were_removed_are_computed_again(north):
    factories.ticket("2026-03-02 14:00")
    compute(NOW)
    before = snapshot()
    KpiDaily.objects.all().delete()
    compute(NOW)
    assert snapshot() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda: factories.settings(time_zone="Asia/Tokyo"),
        lambda: factories.holiday("2026-03-03"),
        lambda: factories.mark_dirty(None),
    ],
    ids=["settings", "holidays", "a mark for all days"],
)
def test_what_touches_every_day_computes_every_day(north, change):
    factories.ticket("2026-03-02 14:00", "2026-03-03 14:00")
    compute(NOW)
    change()
    assert compute(NOW).is_full
    assert not compute(NOW).is_full


def test_a_window_is_computed_again_though_nothing_marked_it(north):
    factories.ticket("2026-03-02 14:00")
    compute(NOW)
    RawTicket.objects.update(board_id=4)
    report = compute(NOW, window=(date(2026, 3, 1), date(2026, 3, 4)))
    assert report.days == 3  # the 2nd, the 3rd and today
    assert KpiBreakdown.objects.filter(metric="new_tickets", board=4).exists()


def test_figures_say_when_and_from_what_they_were_made(north):
    factories.connection("Desk", last_success_at=at("2026-03-20 14:00"))
    factories.connection("Alerts", last_success_at=at("2026-03-20 13:00"))
    factories.connection("Old", last_success_at=at("2026-01-01 13:00"), is_enabled=False)
    factories.ticket("2026-03-02 14:00")
    compute(NOW)
    day = KpiDaily.objects.get(kpi_date="2026-03-12")
    assert (day.computed_at, day.data_as_of) == (NOW, at("2026-03-20 13:00"))
    assert day.definition_version == definition_version()
    assert day.is_final
    assert not KpiDaily.objects.get(kpi_date="2026-03-13").is_final
    compute(NOW + timedelta(days=1))
    assert KpiDaily.objects.get(kpi_date="2026-03-13").is_final


def test_marks_that_arrive_during_a_compute_wait_for_the_next(north):
    factories.ticket("2026-03-02 14:00")
    factories.mark_dirty("2026-03-02")

    def plan_while_a_sync_writes(*args):
        factories.mark_dirty("2026-03-03")
        return plan(*args)

    with patch.object(module, "plan", plan_while_a_sync_writes):
        compute(NOW)
    assert list(DirtyDay.objects.values_list("day", flat=True)) == [date(2026, 3, 3)]


def test_a_compute_that_fails_leaves_figures_and_marks_as_they_were(north):
    factories.ticket("2026-03-02 14:00")
    compute(NOW)
    before = snapshot()
    factories.ticket("2026-03-02 15:00")
    factories.mark_dirty("2026-03-02")
    with patch.object(module, "_mark_final", side_effect=RuntimeError), pytest.raises(RuntimeError):
        compute(NOW)
    assert (snapshot(), DirtyDay.objects.count()) == (before, 1)


@pytest.mark.django_db(transaction=True)
def test_two_computes_of_a_tenant_take_turns():
    with tenant("north"):
        Desk(seed=1, now=NOW, days=20).populate(tickets=20)
    moments = [NOW, NOW + timedelta(hours=1)]
    threads = [Thread(target=compute_in_north, args=[moment]) for moment in moments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant("north"):
        assert ComputeState.objects.get().computed_at in moments
        both = snapshot()
        compute(moments[-1], full=True)
        assert both == snapshot()


def compute_in_north(moment) -> None:
    try:
        with tenant("north"):
            compute(moment)
    finally:
        connection.close()


def test_scores_are_known_after_two_weeks_and_four_comparable_days(north):
    for number in range(1, 40):
        day = at("2026-02-01 15:00") + timedelta(days=number)
        for _ in range(1 + number % 3):
            factories.ticket(day, company_id=1, board_id=1)
    compute(at("2026-03-12 20:00"))
    days = {day.kpi_date: day for day in KpiDaily.objects.all()}
    assert days[date(2026, 2, 15)].ticket_zscore is None
    assert days[date(2026, 2, 16)].ticket_zscore is not None
    assert days[date(2026, 3, 1)].ticket_seasonal_score is not None  # a Sunday: its class is `off`
    assert days[date(2026, 2, 27)].ticket_seasonal_score is None
    derived = {metric.slug for metric in TICKET_TRENDS.derived_metrics} - {"anomaly"}
    cells = KpiBreakdown.objects.filter(metric__in=derived)
    assert set(cells.values_list("segment", "company", "board")) == {("company", 1, None), ("board", None, 1)}
