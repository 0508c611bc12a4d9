"""Grades by day, kept as the checks change; and what speaks against figures as of now."""

from datetime import date, timedelta

import pytest

from connectors.models import Connection, Device, DirtyDay, SyncRun
from kpis.compute import compute
from kpis.models import KpiDaily, KpiTrust
from kpis.quality.standing import Standing
from kpis.quality.trusted import of_window, with_present
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.snapshots import grades

NOW = at("2026-03-12 17:00")
DAY, LAST = date(2026, 3, 2), date(2026, 3, 8)
TRENDS = "ticket_trends"


def open_tickets(untyped: int, typed: int, on: str = "2026-03-02 14:00") -> None:
    for number in range(untyped + typed):
        factories.ticket(on, type_name="" if number < untyped else "Printer")


def grade(day: date = DAY, kpi: str = TRENDS) -> str | None:
    return KpiTrust.objects.filter(kpi=kpi, kpi_date=day).values_list("grade", flat=True).first()


@pytest.mark.parametrize(
    ("untyped", "typed", "expected"),
    [(0, 20, "high"), (1, 19, "high"), (2, 18, "medium"), (5, 15, "medium"), (6, 14, "low"), (19, 0, "high")],
)
def test_a_day_is_graded_by_what_is_wrong_of_at_least_twenty(north, untyped, typed, expected):
    open_tickets(untyped, typed)
    compute(NOW)
    assert grade() == expected


def test_a_grade_holds_for_seven_days_and_says_why(north):
    open_tickets(6, 14)
    compute(NOW)
    assert [grade(day) for day in (DAY, LAST, LAST + timedelta(days=1))] == ["low", "low", "high"]
    reasons = KpiTrust.objects.get(kpi=TRENDS, kpi_date=LAST).reasons
    assert reasons == [{"check": "no_type", "wrong": 6, "of": 20, "percent": 30.0}]


def test_the_worst_reason_comes_first(north):
    factories.connection(created_at=at("2026-03-01 00:00"))
    for number in range(20):
        ticket = factories.ticket("2026-03-02 14:00", closed="2026-03-02 15:00", type_name="Printer")
        factories.time_entry(ticket, "2026-03-02 14:00", member=None, minutes=1000 if number < 1 else 30)
    compute(NOW)
    found = KpiTrust.objects.get(kpi="tech_efficiency", kpi_date=DAY).reasons
    assert [reason["check"] for reason in found] == ["no_member", "no_owner", "long_entry", "no_time"]


def test_what_a_check_does_not_lower_stays_high(north):
    open_tickets(20, 0)
    compute(NOW)
    assert (grade(kpi="time_consumption"), grade(kpi=TRENDS)) == ("high", "low")


def test_a_kpi_without_figures_has_no_grade(north):
    open_tickets(1, 0)
    compute(NOW)
    known = KpiDaily.objects.get(kpi_date=DAY).security_alerts_high
    assert (known, grade(kpi="soc"), grade(kpi=TRENDS)) == (None, None, "high")


def test_a_correction_at_the_desk_restores_the_grades_of_the_week(north):
    with tenant("south"):
        open_tickets(20, 0)
        compute(NOW)
    open_tickets(6, 14)
    compute(NOW)
    ticket = factories.RawTicket.objects.filter(type_name="").first()
    ticket.type_name = "Printer"
    ticket.save()
    factories.mark_dirty("2026-03-02")
    report = compute(NOW)
    assert not report.is_full
    assert (grade(), grade(LAST)) == ("medium", "medium")
    incremental = grades()
    compute(NOW, full=True)
    assert incremental == grades()
    with tenant("south"):
        assert grade() == "low"


def test_grades_go_with_their_days(north):
    open_tickets(1, 0)
    compute(NOW)
    factories.RawTicket.objects.all().delete()
    DirtyDay.objects.create(day=None, reason="deletion")
    compute(NOW)
    assert not KpiTrust.objects.exists()


@pytest.fixture
def read_until(north):
    """Says when the desk was last read, by the hours between that and now."""
    open_tickets(0, 20)

    def set_to(hours: float | None) -> Standing:
        heard = None if hours is None else NOW - timedelta(hours=hours)
        Connection.objects.update(last_success_at=heard)
        return looked_at_now()

    return set_to


def looked_at_now() -> Standing:
    standing = Standing.look()
    return Standing(NOW, standing.settings, standing.sources, standing.devices, standing.sweeps)


@pytest.mark.parametrize(
    ("hours", "today", "yesterday"),
    [(1, None, None), (2, False, None), (14, False, True), (24, True, True), (None, True, True)],
)
def test_a_connection_that_is_not_read_makes_figures_stale(read_until, hours, today, yesterday):
    standing = read_until(hours)

    def is_bad(day: date) -> bool | None:
        return next((reason.is_bad for reason in standing.against("11", day)), None)

    assert (is_bad(NOW.date()), is_bad(NOW.date() - timedelta(days=1))) == (today, yesterday)


def test_a_stale_desk_says_nothing_of_security_nor_a_paused_connection_of_anything(read_until):
    assert read_until(48).against("12", NOW.date()) == []
    Connection.objects.update(is_enabled=False)
    assert looked_at_now().against("11", NOW.date()) == []


def test_devices_of_nobody_lower_what_reads_devices(north):
    for number in range(20):
        Device.objects.create(hostname=f"PC-{number}", company_id=None if number < 5 else 1)
    standing = looked_at_now()
    assert [reason.check.slug for reason in standing.against("12", NOW.date())] == ["unmapped_device"]
    assert standing.against("12", NOW.date())[0].is_bad
    assert standing.against("11", NOW.date()) == standing.against("12", DAY) == []


@pytest.mark.parametrize(
    ("stream", "differing", "lowered"),
    [
        ("tickets", 0, set()),
        ("tickets", 1, {"04", "11"}),
        ("time_entries", 1, {"04"}),
        ("companies", 9, set()),
    ],
)
def test_what_the_last_comparison_found_lowers_what_reads_that_stream(read_until, stream, differing, lowered):
    read_until(0)
    run = {"connection": factories.connection(), "mode": "sweep", "stream": stream, "rows_seen": 1000}
    SyncRun.objects.create(started_at=at("2026-03-01"), status="ok", rows_deleted=500, **run)
    SyncRun.objects.create(started_at=at("2026-03-02"), status="ok", rows_changed=differing, **run)
    SyncRun.objects.create(started_at=at("2026-03-03"), status="stopped", rows_deleted=500, **run)
    standing = looked_at_now()
    assert {number for number in ("04", "11", "12") if standing.against(number, NOW.date())} == lowered


def test_a_window_is_judged_by_all_that_was_looked_at_in_it(north):
    factories.connection(last_success_at=NOW)
    open_tickets(2, 8, "2026-03-02 14:00")
    open_tickets(0, 10, "2026-03-05 14:00")
    compute(NOW)
    assert of_window(DAY, LAST)[TRENDS].grade == "medium"
    assert of_window(DAY, DAY + timedelta(days=1))[TRENDS].grade == "high"  # of ten only


def test_what_holds_of_the_present_is_added_to_what_is_stored(north):
    open_tickets(6, 14)
    Connection.objects.update(last_success_at=None)
    compute(NOW)
    row = KpiTrust.objects.values("kpi", "kpi_date", "grade", "reasons").get(kpi=TRENDS, kpi_date=DAY)
    calm = row | {"kpi": "soc"}
    with_present([row, calm])
    assert [reason["check"] for reason in row["reasons"]] == ["no_type", "stale"]
    assert row["grade"] == "low"
    assert [reason["check"] for reason in calm["reasons"]] == ["no_type"]
