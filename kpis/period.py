"""The days a page speaks of: the last 7, 30 or 90 complete ones, and as many before them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.http import HttpRequest
from django.utils import timezone

LENGTHS = {"7": 7, "30": 30, "90": 90}
USUAL_LENGTH = 30


@dataclass(frozen=True)
class Period:
    """From `since` to before `until`."""

    since: date
    until: date

    @classmethod
    def asked_for(cls, request: HttpRequest) -> Self:
        """Ends with yesterday: a day that is not over would look like a fall."""
        days = LENGTHS.get(request.GET.get("days", ""), USUAL_LENGTH)
        today = timezone.localdate()
        return cls(today - timedelta(days=days), today)

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def last_day(self) -> date:
        return self.until - timedelta(days=1)

    @property
    def before(self) -> "Period":
        return Period(self.since - (self.until - self.since), self.since)

    @property
    def range(self) -> tuple[date, date]:
        """Both ends included, for lookups of kpi_date."""
        return self.since, self.last_day
