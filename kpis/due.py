"""The days a statement is about, as stretches between two moments that indexes can follow."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kpis.calendar import day_start

Window = tuple[date, date]

# Constants tell the planner how few rows it will meet; rows of a function don't.
ONE_STRETCH = "SELECT %(starts_at)s::timestamptz AS starts_at, %(ends_at)s::timestamptz AS ends_at"
STRETCHES = """
SELECT starts_at, ends_at
FROM UNNEST(%(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[]) AS stretch (starts_at, ends_at)
"""

# The local days one by one, for what holds at the end of each.
LOCAL_DAYS = """
    SELECT (due.starts_at AT TIME ZONE %(zone)s)::date + step AS day
    FROM due
    CROSS JOIN LATERAL GENERATE_SERIES(
        0,
        (due.ends_at AT TIME ZONE %(zone)s)::date - (due.starts_at AT TIME ZONE %(zone)s)::date - 1
    ) AS step
"""


@dataclass(frozen=True)
class Due:
    """Local days of a zone, and the moment that judges what is late."""

    windows: tuple[Window, ...]
    zone: ZoneInfo
    now: datetime

    @property
    def sql(self) -> str:
        return ONE_STRETCH if len(self.windows) == 1 else STRETCHES

    @property
    def parameters(self) -> dict[str, Any]:
        starts = [day_start(since, self.zone) for since, _ in self.windows]
        ends = [day_start(until, self.zone) for _, until in self.windows]
        is_one = len(self.windows) == 1
        return {
            "starts_at": starts[0] if is_one else starts,
            "ends_at": ends[0] if is_one else ends,
            "zone": str(self.zone),
            "now": self.now,
        }


def stretches(days: Iterable[date]) -> Iterator[Window]:
    """Days as half-open windows without gaps."""
    window: Window | None = None
    for day in sorted(days):
        if window and window[1] == day:
            window = window[0], day + timedelta(days=1)
        else:
            if window:
                yield window
            window = day, day + timedelta(days=1)
    if window:
        yield window
