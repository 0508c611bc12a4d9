from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kpis.calendar import calendar_days, day_start, refresh_calendar
from kpis.models import CalendarDay
from kpis.sources import business_seconds
from tenants.models import WEEKDAYS, TenantSettings
from tests import factories
from tests.factories import at

ZONES = (
    "America/Toronto",
    "Europe/Paris",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Atlantic/Azores",
    "Asia/Kolkata",
)
# Clocks change on all of these, somewhere.
CHANGES = (
    date(2025, 3, 8),
    date(2025, 3, 29),
    date(2025, 4, 5),
    date(2025, 4, 24),
    date(2025, 10, 25),
    date(2025, 10, 30),
)


@st.composite
def office_hours(draw):
    quarters = st.integers(0, 96).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
    bounds = sorted(draw(st.lists(quarters, min_size=2, max_size=4, unique=True)))
    spans = [bounds[:2], *([bounds[2:]] if len(bounds) == 4 else [])]
    return dict.fromkeys(WEEKDAYS, spans)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES), since=st.sampled_from(CHANGES), hours=office_hours(), closed=st.booleans()
)
def test_working_seconds_are_those_counted_minute_by_minute(zone, since, hours, closed):
    tenant = TenantSettings(time_zone=zone, working_hours=hours)
    holidays = {since + timedelta(days=1)} if closed else set()
    days = list(calendar_days(tenant, holidays, since, since + timedelta(days=4)))
    for day, following in pairwise(days):
        counted = minutes_worked(day.day, tenant.zone, [] if day.day in holidays else hours["mon"])
        assert following.seconds_before - day.seconds_before == 60 * counted


def minutes_worked(day: date, zone: ZoneInfo, spans: list[list[str]]) -> int:
    """Walks the day with an eye on the wall: a span is on from its start's first showing to its end's."""
    moment, end = day_start(day, zone), day_start(day + timedelta(days=1), zone)
    shown, worked = "", 0
    while moment < end:
        shown = max(shown, moment.astimezone(zone).strftime("%H:%M"))
        worked += any(start <= shown < stop for start, stop in spans)
        moment += timedelta(minutes=1)
    return worked


@st.composite
def weeks(draw):
    """Hours of their own on every weekday; some days are free."""
    return {day: draw(office_hours()).get("mon") if draw(st.integers(0, 3)) else [] for day in WEEKDAYS}


slowly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@slowly
@given(
    zone=st.sampled_from(ZONES),
    around=st.sampled_from((*CHANGES, date(2025, 7, 8))),
    begins=st.integers(-2 * 1440, 2 * 1440),
    lasts=st.integers(0, 5 * 1440),
    hours=weeks(),
    closed=st.sets(st.integers(-3, 6), max_size=3),
)
@example(
    zone="Atlantic/Azores",
    around=date(2025, 10, 26),
    begins=30,  # in the first hour after midnight, which comes twice
    lasts=100,
    hours={day: [["00:00", "24:00"]] for day in WEEKDAYS},
    closed={-1},
)
def test_between_any_two_moments_the_clock_says_what_the_minutes_add_up_to(
    north, zone, around, begins, lasts, hours, closed
):
    tenant = TenantSettings(time_zone=zone, working_hours=hours)
    since = at(f"{around} 00:00") + timedelta(minutes=begins)
    until = since + timedelta(minutes=lasts)
    holidays = {around + timedelta(days=day) for day in closed}
    keep_calendar(tenant, holidays, since, until)
    assert seconds_between(since, until, tenant.zone) == 60 * minutes_between(since, until, tenant, holidays)


@settings(slowly, max_examples=6)
@given(
    zone=st.sampled_from(ZONES),
    begins=st.integers(0, 300 * 96),
    lasts=st.integers(300 * 96, 800 * 96),
    hours=weeks(),
    closed=st.sets(st.integers(0, 1100), max_size=40),
)
def test_years_add_up_quarter_by_quarter(north, zone, begins, lasts, hours, closed):
    tenant = TenantSettings(time_zone=zone, working_hours=hours)
    since = at("2023-06-01 00:00") + timedelta(minutes=15 * begins)
    until = since + timedelta(minutes=15 * lasts)
    holidays = {date(2023, 6, 1) + timedelta(days=day) for day in closed}
    keep_calendar(tenant, holidays, since, until)
    counted = minutes_between(since, until, tenant, holidays, step=15)
    assert seconds_between(since, until, tenant.zone) == 60 * counted


def keep_calendar(tenant: TenantSettings, holidays: set[date], since: datetime, until: datetime) -> None:
    CalendarDay.objects.all().delete()
    first, last = since.date() - timedelta(days=2), until.date() + timedelta(days=2)
    CalendarDay.objects.bulk_create(calendar_days(tenant, holidays, first, last))


def minutes_between(
    since: datetime, until: datetime, tenant: TenantSettings, holidays: set[date], step: int = 1
) -> int:
    """Walks with an eye on the wall and on the calendar beside it; neither is believed when it goes back."""
    moment, shown, worked = since - timedelta(days=1), (date.min, ""), 0
    while moment < until:
        local = moment.astimezone(tenant.zone)
        shown = max(shown, (local.date(), local.strftime("%H:%M")))
        spans = [] if shown[0] in holidays else tenant.working_hours[WEEKDAYS[shown[0].weekday()]]
        worked += step * (moment >= since and any(start <= shown[1] < stop for start, stop in spans))
        moment += timedelta(minutes=step)
    return worked


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("America/Toronto", "2026-03-08", "2026-03-08 05:00"),
        ("Africa/Cairo", "2025-04-25", "2025-04-24 22:00"),  # the clock goes from 23:59 to 01:00
        ("Atlantic/Azores", "2025-10-26", "2025-10-26 00:00"),  # midnight comes twice
    ],
)
def test_a_day_starts_when_its_date_first_shows(zone, day, start):
    assert day_start(date.fromisoformat(day), ZoneInfo(zone)) == at(start)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-03-02 09:00", "2026-03-02 11:30", 2.5),
        ("2026-03-02 07:00", "2026-03-02 18:00", 8),  # noon to one is free
        ("2026-03-02 12:10", "2026-03-02 12:50", 0),
        ("2026-03-06 16:00", "2026-03-09 09:00", 2),  # over a weekend
        ("2026-03-02 16:00", "2026-03-04 09:00", 2),  # over a holiday
        ("2026-03-08 00:00", "2026-03-09 08:00", 0),
    ],
)
def test_the_business_clock_subtracts_two_look_ups(north, since, until, hours):
    office = {day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in WEEKDAYS[:5]}
    settings = factories.settings(time_zone="Europe/Paris", working_hours=office)
    factories.holiday("2026-03-03")
    refresh_calendar(settings, date(2026, 3, 5), has_changed=True)
    assert seconds_between(local(since), local(until), settings.zone) == hours * 3600


def local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Paris"))


def seconds_between(since: datetime, until: datetime, zone: ZoneInfo) -> float:
    """By the look-ups of the figures."""
    clock = business_seconds("b", "%(until)s") + " - " + business_seconds("a", "%(since)s")
    moments: dict[str, Any] = {"since": since, "until": until, "zone": str(zone)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {clock}
            FROM kpi_calendar AS a, kpi_calendar AS b
            WHERE a.day = (%(since)s AT TIME ZONE %(zone)s)::date AND b.day = (%(until)s AT TIME ZONE %(zone)s)::date
            """,
            moments,
        )
        return float(cursor.fetchone()[0])


def test_the_calendar_is_made_anew_only_when_it_has_to_be(north):
    settings = TenantSettings.load()
    refresh_calendar(settings, date(2026, 3, 5), has_changed=False)
    CalendarDay.objects.filter(day="2026-03-05").update(is_working=False)
    refresh_calendar(settings, date(2026, 3, 6), has_changed=False)
    assert not CalendarDay.objects.get(day="2026-03-05").is_working
    refresh_calendar(settings, date(2026, 3, 6), has_changed=True)
    assert CalendarDay.objects.get(day="2026-03-05").is_working
    CalendarDay.objects.filter(day="2026-03-05").update(is_working=False)
    refresh_calendar(settings, date(2028, 4, 6), has_changed=False)
    assert CalendarDay.objects.get(day="2026-03-05").is_working
