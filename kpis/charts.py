"""Where the bars and lines of a page's charts are, in whole units of a drawing 10,000 wide and 1,000 high.

Whole numbers, so that no language's decimal comma gets into the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kpis.behind import behind
from kpis.models import KpiDaily

WIDTH = 10_000
HEIGHT = 1_000


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Day:
    """One day's pair of bars, the area that answers to the pointer, and what it leads to."""

    date: date
    x: int
    new_tickets: int
    closed_tickets: int
    new: Bar
    closed: Bar
    is_unusual: bool
    url: str


@dataclass(frozen=True)
class Flow:
    """New and closed tickets day by day, and beneath them the backlog."""

    days: list[Day]
    top: int
    slot: int
    bar: int
    backlog_points: str
    backlog_top: int
    backlog_bottom: int

    @property
    def labels(self) -> list[date]:
        """The first, the middle and the last day."""
        return [self.days[index].date for index in sorted({0, len(self.days) // 2, len(self.days) - 1})]

    @property
    def has_unusual_days(self) -> bool:
        return any(day.is_unusual for day in self.days)


def flow(rows: Sequence[KpiDaily]) -> Flow | None:
    """`rows` in the order of days."""
    if not rows:
        return None
    slot = WIDTH // len(rows)
    top = max(1, *(max(row.new_tickets, row.closed_tickets) for row in rows))
    days = [_day(row, index * slot, slot, top) for index, row in enumerate(rows)]
    backlog = [row.backlog_open for row in rows]
    return Flow(
        days=days,
        top=top,
        slot=slot,
        bar=slot * 2 // 5,
        backlog_points=_points(backlog, slot),
        backlog_top=max(backlog),
        backlog_bottom=min(backlog),
    )


def _day(row: KpiDaily, x: int, slot: int, top: int) -> Day:
    return Day(
        date=row.kpi_date,
        x=x,
        new_tickets=row.new_tickets,
        closed_tickets=row.closed_tickets,
        new=_bar(x + slot // 10, row.new_tickets, top),
        closed=_bar(x + slot // 2, row.closed_tickets, top),
        is_unusual=row.anomaly_detected,
        url=behind("new_tickets", row.kpi_date),
    )


def _bar(x: int, value: int, top: int) -> Bar:
    height = value * HEIGHT // top
    return Bar(x, HEIGHT - height, height)


def _points(values: Sequence[int], slot: int) -> str:
    lowest, spread = min(values), max(1, max(values) - min(values))
    return " ".join(
        f"{index * slot + slot // 2},{HEIGHT - (value - lowest) * HEIGHT // spread}"
        for index, value in enumerate(values)
    )
