"""Lines and bars over days, in whole units of a drawing 10,000 wide and 1,000 high.

Whole numbers, so that no language's decimal comma gets into the drawing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

WIDTH, HEIGHT = 10_000, 1_000
Number = float | None
Style = Literal["first", "second", "third", "quiet", "alarm"]


@dataclass(frozen=True)
class Series:
    """A figure of each day; None where there is none, which is a gap and not a zero."""

    title: Any
    values: Sequence[Number]
    style: Style = "first"
    is_bars: bool = False


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    is_marked: bool


@dataclass(frozen=True)
class Drawn:
    title: Any
    style: Style
    lines: list[str]  # one for each stretch of days without a gap
    dots: list[tuple[int, int]]  # days alone between gaps
    bars: list[Bar]


@dataclass(frozen=True)
class Day:
    """The column that answers to the pointer, what it says and where it leads."""

    date: date
    x: int
    said: list[str]
    is_marked: bool
    url: str


@dataclass(frozen=True)
class Chart:
    days: list[Day]
    series: list[Drawn]
    top: str
    bottom: str
    slot: int
    bar: int
    target_y: int | None
    zero_y: int = HEIGHT
    is_weekly: bool = False  # each of the days stands for the week that begins with it
    areas: Sequence[str] = ()  # the outlines of what lies behind the lines

    @property
    def labels(self) -> list[date]:
        """The first, the middle and the last day."""
        return [self.days[index].date for index in sorted({0, len(self.days) // 2, len(self.days) - 1})]

    @property
    def has_marks(self) -> bool:
        return any(day.is_marked for day in self.days)


def chart(
    days: Sequence[date],
    series: Sequence[Series],
    said: Callable[[Number], str],
    *,
    url: Callable[[date], str] = lambda _day: "",
    marked: Collection[date] = (),
    target: Number = None,
    from_zero: bool = True,
    stacked: bool = False,
    is_weekly: bool = False,
) -> Chart | None:
    """Every series has a value, or None, for every day. None when there is nothing to draw.

    Stacked bars stand on each other, the first series at the bottom.
    """
    known = [value for one in series for value in one.values if value is not None]
    if not days or not known:
        return None
    known += [target] if target is not None else []
    bars = [one for one in series if one.is_bars]
    if stacked:
        known += [
            sum(value or 0 for value in values) for values in zip(*(one.values for one in bars), strict=True)
        ]
    low, high = (min(0.0, *known) if from_zero else min(known)), max(known)
    side_by_side = 1 if stacked else len(bars)
    scale = Scale(low, high if high > low else low + 1, WIDTH // len(days), side_by_side)
    places = {id(one): Place(0, bars[:place]) if stacked else Place(place) for place, one in enumerate(bars)}
    return Chart(
        days=[
            Day(day, index * scale.slot, [said(one.values[index]) for one in series], day in marked, url(day))
            for index, day in enumerate(days)
        ],
        series=[_drawn(one, days, marked, scale, places.get(id(one), Place())) for one in series],
        top=said(scale.high),
        bottom=said(scale.low),
        slot=scale.slot,
        bar=scale.bar,
        target_y=None if target is None else scale.y(target),
        zero_y=min(HEIGHT, scale.y(0)),
        is_weekly=is_weekly,
    )


def sparkline(values: Sequence[Number]) -> str:
    """The points of a small line that fills its box; "" when there are too few to see anything."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    scale = Scale(low, high if high > low else low + 1, WIDTH // len(values), 0)
    return " ".join(
        f"{scale.middle(index)},{scale.y(value)}" for index, value in enumerate(values) if value is not None
    )


@dataclass(frozen=True)
class Scale:
    low: float
    high: float
    slot: int
    bars_a_day: int

    @property
    def bar(self) -> int:
        return self.slot * 4 // 5 // max(1, self.bars_a_day)

    def y(self, value: float) -> int:
        return HEIGHT - round((value - self.low) / (self.high - self.low) * HEIGHT)

    def middle(self, index: int) -> int:
        return index * self.slot + self.slot // 2


@dataclass(frozen=True)
class Place:
    """Where the bars of a series stand: beside others, or on those beneath."""

    column: int = 0
    beneath: Sequence[Series] = ()

    def foot(self, index: int) -> float:
        return sum(one.values[index] or 0 for one in self.beneath)


def _drawn(
    series: Series, days: Sequence[date], marked: Collection[date], scale: Scale, place: Place
) -> Drawn:
    if series.is_bars:
        bars = [
            _bar(
                place.foot(index), value, scale, index * scale.slot + place.column * scale.bar, day in marked
            )
            for index, (day, value) in enumerate(zip(days, series.values, strict=True))
            if value is not None
        ]
        return Drawn(series.title, series.style, [], [], bars)
    stretches = _stretches(series.values, scale)
    lines = [" ".join(f"{x},{y}" for x, y in points) for points in stretches if len(points) > 1]
    return Drawn(
        series.title, series.style, lines, [points[0] for points in stretches if len(points) == 1], []
    )


def _bar(foot: float, value: float, scale: Scale, x: int, is_marked: bool) -> Bar:
    start, end = scale.y(max(foot, scale.low)), scale.y(foot + value)
    return Bar(x + scale.slot // 10, min(start, end), abs(start - end), is_marked)


def _stretches(values: Sequence[Number], scale: Scale) -> list[list[tuple[int, int]]]:
    """The points of neighbouring days that have a value."""
    found = groupby(enumerate(values), key=lambda pair: pair[1] is not None)
    return [
        [(scale.middle(index), scale.y(value)) for index, value in pairs if value is not None]
        for is_known, pairs in found
        if is_known
    ]
