"""Cells by metric and day, and the frames of days that trailing figures are made from."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from tests.oracle.figures import Breakdown, Key, Parts

Made = TypeVar("Made")


class Metric(NamedTuple):
    kpi: str
    name: str


class Cells:
    """The counted cells of a desk."""

    def __init__(self, breakdown: Breakdown) -> None:
        self.by_metric: dict[Metric, dict[date, list[tuple[Key, Parts]]]] = defaultdict(dict)
        for key, parts in breakdown.items():
            self.by_metric[Metric(key.kpi, key.metric)].setdefault(key.kpi_date, []).append((key, parts))

    def of_day(self, metric: Metric, day: date) -> list[tuple[Key, Parts]]:
        return self.by_metric[metric].get(day, [])

    def of_days(self, metric: Metric, days: tuple[date, ...]) -> Iterator[tuple[Key, Parts]]:
        for day in days:
            yield from self.of_day(metric, day)


def by_frame(
    cells: Cells,
    days: list[date],
    length: int,
    metrics: list[Metric],
    make: Callable[[tuple[date, ...]], Made],
) -> dict[date, Made]:
    """What is made of each day's frame: that day and those before it. Frames with the same cells are made once."""
    filled = sorted({day for metric in metrics for day in cells.by_metric[metric]})
    made: dict[tuple[date, ...], Made] = {}
    by_day = {}
    for day in days:
        held = tuple(filled[bisect_right(filled, day - timedelta(days=length)) : bisect_right(filled, day)])
        if held not in made:
            made[held] = make(held)
        by_day[day] = made[held]
    return by_day
