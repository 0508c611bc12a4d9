"""The office hours of the simulated MSP, as a clock that stands still outside of them."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Toronto")
OPENS, CLOSES = 8 * 60, 17 * 60
DAY_MINUTES = CLOSES - OPENS
FIRST_DAY = date(2015, 1, 1).toordinal()
LAST_DAY = date(2040, 1, 1).toordinal()
HOLIDAYS = {(1, 1), (6, 24), (7, 1), (12, 25), (12, 26)}


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


@cache
def minutes_before_day() -> list[int]:
    days = range(FIRST_DAY, LAST_DAY)
    return list(accumulate((DAY_MINUTES * is_working_day(date.fromordinal(day)) for day in days), initial=0))


def position(moment: datetime) -> int:
    """Working minutes from the beginning of the calendar up to a moment."""
    local = moment.astimezone(ZONE)
    index = local.toordinal() - FIRST_DAY
    before = minutes_before_day()
    so_far = max(0, local.hour * 60 + local.minute - OPENS)
    return min(before[index] + so_far, before[index + 1])


def moment_at(minutes: int) -> datetime:
    """The first moment at which the given working minutes have begun."""
    before = minutes_before_day()
    index = bisect_right(before, minutes) - 1
    day = date.fromordinal(FIRST_DAY + index)
    minute_of_day = OPENS + minutes - before[index]
    local = datetime(day.year, day.month, day.day, minute_of_day // 60, minute_of_day % 60, tzinfo=ZONE)
    return local.astimezone(UTC)


def add_minutes(moment: datetime, minutes: float) -> datetime:
    return moment_at(position(moment) + round(minutes))


def minutes_between(start: datetime, end: datetime) -> int:
    return position(end) - position(start)


def is_open(moment: datetime) -> bool:
    local = moment.astimezone(ZONE)
    return is_working_day(local) and OPENS <= local.hour * 60 + local.minute < CLOSES


def next_open(moment: datetime) -> datetime:
    return moment if is_open(moment) else moment_at(position(moment))


def midnight_after(moment: datetime) -> datetime:
    local = moment.astimezone(ZONE) + timedelta(days=1)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
