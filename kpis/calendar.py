"""The business clock: a table of local days with their working spans and the working seconds before them.

A duration on it is a subtraction of two look-ups; nothing here loops over minutes.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max, Min

from kpis.models import CalendarDay
from tenants.models import WEEKDAYS, Holiday, TenantSettings, minute_of_day

HISTORY_DAYS = 3653
LONGEST_DURATION_DAYS = 5 * 365
AHEAD_DAYS = 2 * 366
Span = tuple[datetime, datetime]
COLUMNS = tuple(str(field.column) for field in CalendarDay._meta.concrete_fields)
COPY = f"COPY {CalendarDay._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN"


def local_moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When a clock on the wall first shows this minute of the day, or first passes over it."""
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _end_of_gap(wall.replace(tzinfo=zone, fold=1), moment, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    seconds = range(int(before.timestamp()), int(after.timestamp()) + 1)
    offset = after.astimezone(zone).utcoffset()
    change = bisect_left(
        seconds, True, key=lambda second: datetime.fromtimestamp(second, zone).utcoffset() == offset
    )
    return datetime.fromtimestamp(seconds[change], UTC)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    return local_moment(day, 0, zone)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def day_of(moment: datetime) -> date:
    """By the MSP's own clock."""
    return local_day(moment, TenantSettings.load().zone)


def days_between(since: date, until: date) -> Iterator[date]:
    """Half-open, as every window is."""
    return (since + timedelta(days=number) for number in range((until - since).days))


def working_spans(day: date, settings: TenantSettings, holidays: set[date]) -> list[Span]:
    if day in holidays:
        return []
    hours = settings.working_hours.get(WEEKDAYS[day.weekday()], [])
    spans = [
        (
            local_moment(day, minute_of_day(start), settings.zone),
            local_moment(day, minute_of_day(end), settings.zone),
        )
        for start, end in hours
    ]
    return [span for span in spans if span[0] < span[1]]


def calendar_days(
    settings: TenantSettings, holidays: set[date], since: date, until: date
) -> Iterator[CalendarDay]:
    seconds_before = 0
    for day in days_between(since, until):
        spans = working_spans(day, settings, holidays)
        (first_start, first_end), (second_start, second_end) = [*spans, (None, None), (None, None)][:2]
        yield CalendarDay(
            day=day,
            starts_at=day_start(day, settings.zone),
            is_working=bool(spans),
            first_start=first_start,
            first_end=first_end,
            second_start=second_start,
            second_end=second_end,
            seconds_before=seconds_before,
        )
        seconds_before += sum(int((end - start).total_seconds()) for start, end in spans)


def refresh_calendar(settings: TenantSettings, today: date, has_changed: bool) -> None:
    """Made anew when the settings changed, and when time has eaten up what lay ahead."""
    since = today - timedelta(days=HISTORY_DAYS + LONGEST_DURATION_DAYS + 1)
    covered = CalendarDay.objects.aggregate(first=Min("day"), last=Max("day"))
    is_covered = covered["first"] and covered["first"] <= since and covered["last"] > today
    if is_covered and not has_changed:
        return
    holidays = set(Holiday.objects.values_list("day", flat=True))
    until = today + timedelta(days=AHEAD_DAYS)
    hours = json.dumps(settings.working_hours, sort_keys=True)
    lines = _lines(settings.time_zone, hours, frozenset(holidays), since - timedelta(days=366), until)
    CalendarDay.objects.all().delete()
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(lines)


@lru_cache(maxsize=16)
def _lines(zone: str, hours: str, holidays: frozenset[date], since: date, until: date) -> str:
    """Most MSPs of a country have the same years of office hours, and each of them takes a while to work out."""
    settings = TenantSettings(time_zone=zone, working_hours=json.loads(hours))
    days = calendar_days(settings, set(holidays), since, until)
    return "".join("\t".join(_copied(getattr(day, name)) for name in COLUMNS) + "\n" for day in days)


def _copied(value: object) -> str:
    return r"\N" if value is None else str(value)
