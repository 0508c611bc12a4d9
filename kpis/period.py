"""The days a page speaks of: the last 7, 30 or 90, a month, or any up to a year; and those to compare them with.

A period ends with yesterday at the latest: a day that is not over would look like a fall.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple, Self

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

LENGTHS = (7, 30, 90)
USUAL_LENGTH = 30
LONGEST_DAYS = 366
MONTHS_OFFERED = 12
DAILY_UP_TO_DAYS = 62  # more points are neither told apart nor walked through by keyboard
FIRST_YEAR = 2000
ASKED_BY = ("days", "month", "since", "until")
DAY = timedelta(days=1)


class Month(NamedTuple):
    """One that can be chosen."""

    value: str
    first_day: date
    is_chosen: bool


@dataclass(frozen=True)
class Period:
    """From `since` to before `until`. In addresses, `until` is the last day, as people say it."""

    since: date
    until: date
    is_month: bool = False
    asked: str = ""  # what to put into an address that speaks of the same days
    problem: str = ""  # why these are not the days that were asked for
    kept: tuple[tuple[str, str], ...] = ()  # what else the address says

    @classmethod
    def asked_for(cls, request: HttpRequest, lengths: Sequence[int] = LENGTHS) -> Self:
        kept = tuple((name, str(value)) for name, value in request.GET.items() if name not in ASKED_BY)
        try:
            return replace(cls._read(request, lengths), kept=kept)
        except ValidationError as error:
            return replace(cls.last(_usual(lengths)), kept=kept, problem=error.messages[0])

    @classmethod
    def _read(cls, request: HttpRequest, lengths: Sequence[int]) -> Self:
        asked = {name: request.GET.get(name, "").strip() for name in ASKED_BY}
        if asked["since"] or asked["until"]:
            return cls.chosen(asked["since"], asked["until"])
        if asked["month"]:
            return cls.month(asked["month"])
        days = {str(length): length for length in lengths}.get(asked["days"], _usual(lengths))
        return cls.last(days)

    @classmethod
    def last(cls, days: int) -> Self:
        today = timezone.localdate()
        return cls(today - timedelta(days=days), today, asked=f"days={days}")

    @classmethod
    def month(cls, text: str) -> Self:
        """As far as it is over."""
        since = _day(f"{text}-01")
        until = min(_next_month(since), timezone.localdate())
        if until <= since:
            raise ValidationError(_("No day of this month is over yet."))
        return cls(since, until, is_month=True, asked=f"month={since:%Y-%m}")

    @classmethod
    def chosen(cls, first: str, last: str) -> Self:
        yesterday = timezone.localdate() - DAY
        if not first:
            raise ValidationError(_("Choose the first day, too."))
        since, last_day = _day(first), _day(last) if last else yesterday
        if last_day > yesterday:
            raise ValidationError(
                _("Choose days that are over: until %s at the latest.") % date_format(yesterday)
            )
        if since > last_day:
            raise ValidationError(_("The first day has to be before the last."))
        if (last_day - since).days >= LONGEST_DAYS:
            raise ValidationError(_("Choose %d days at most.") % LONGEST_DAYS)
        return cls(since, last_day + DAY, asked=f"since={since}&until={last_day}")

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def last_day(self) -> date:
        return self.until - DAY

    @property
    def is_chosen(self) -> bool:
        """By its first and last day."""
        return self.asked.startswith("since")

    @property
    def is_unfinished_month(self) -> bool:
        return self.is_month and self.until < _next_month(self.since)

    @property
    def before(self) -> "Period":
        """As many days before; of a month, the month before, or as much of it."""
        if not self.is_month:
            return Period(self.since - timedelta(days=self.days), self.since)
        first = (self.since - DAY).replace(day=1)
        until = min(self.since, first + timedelta(days=self.days)) if self.is_unfinished_month else self.since
        return Period(first, until, is_month=True)

    @property
    def range(self) -> tuple[date, date]:
        """Both ends included, for lookups of kpi_date."""
        return self.since, self.last_day

    @property
    def is_weekly(self) -> bool:
        """So long that charts show a point for each week."""
        return self.days > DAILY_UP_TO_DAYS

    @property
    def steps(self) -> list["Period"]:
        """Its days, or its weeks counted from the end: the first may be shorter."""
        length = 7 if self.is_weekly else 1
        ends = [self.until - timedelta(days=back) for back in range(0, self.days, length)]
        return [Period(max(self.since, end - timedelta(days=length)), end) for end in reversed(ends)]

    @property
    def months(self) -> list[Month]:
        """The last ones of which at least a day is over, the latest first."""
        firsts = [(timezone.localdate() - DAY).replace(day=1)]
        while len(firsts) < MONTHS_OFFERED:
            firsts.append((firsts[-1] - DAY).replace(day=1))
        return [Month(f"{first:%Y-%m}", first, self.is_month and first == self.since) for first in firsts]


def _usual(lengths: Sequence[int]) -> int:
    return USUAL_LENGTH if USUAL_LENGTH in lengths else lengths[0]


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= timezone.localdate().year + 1:
        raise ValidationError(_("Write days like 2026-03-31, not before the year %d.") % FIRST_YEAR)
    return day


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
