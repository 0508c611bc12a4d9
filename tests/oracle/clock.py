"""The tenant's calendar: local days, working spans and the time inside them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

from tests.oracle.figures import minutes_of
from tests.oracle.tables import Tables, WorkingHours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFF = "off"
Span = tuple[datetime, datetime]


class Clock:
    def __init__(self, time_zone: str, working_hours: WorkingHours, holidays: list[date]) -> None:
        self.zone = ZoneInfo(time_zone)
        self.working_hours = working_hours
        self.holidays = set(holidays)
        self.spans_of = cache(self._spans_of)

    @classmethod
    def of(cls, tables: Tables) -> "Clock":
        return cls(tables.time_zone, tables.working_hours, tables.holidays)

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def day_class(self, day: date) -> str:
        """Days of one class can be compared with each other."""
        return WEEKDAYS[day.weekday()] if self._hours_of(day) else OFF

    def working_minutes(self, day: date) -> Fraction:
        spans = self.spans_of(day)
        return minutes_of(sum((end - start for start, end in spans), timedelta(0)))

    def business_minutes(self, start: datetime, end: datetime) -> Fraction:
        """The part of the time between two moments that lies inside working spans."""
        worked = timedelta(0)
        for day in days_between(self.local_day(start), self.local_day(end)):
            for span_start, span_end in self.spans_of(day):
                overlap = min(end, span_end) - max(start, span_start)
                worked += max(overlap, timedelta(0))
        return minutes_of(worked)

    def _hours_of(self, day: date) -> list[list[str]]:
        return [] if day in self.holidays else self.working_hours.get(WEEKDAYS[day.weekday()], [])

    def _spans_of(self, day: date) -> list[Span]:
        spans = [(self._moment(day, start), self._moment(day, end)) for start, end in self._hours_of(day)]
        return [(start, end) for start, end in spans if start < end]

    def _moment(self, day: date, wall_time: str) -> datetime:
        """In UTC, because Python subtracts two moments of one zone by their wall times."""
        if wall_time == "24:00":
            day, wall_time = day + timedelta(days=1), "00:00"
        return datetime.combine(day, time.fromisoformat(wall_time), self.zone).astimezone(UTC)


def days_between(first: date, last: date) -> Iterator[date]:
    """Both ends included; none when the last comes before the first."""
    while first <= last:
        yield first
        first += timedelta(days=1)
