"""The breakdown of a KPI as a table: a row for each client, technician, board or segment, and the sum of them all."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from kpis.base import Kpi, Metric
from kpis.kpi_page import links, sums
from kpis.kpi_page.amounts import Amount, is_level, is_of_one, value, written
from kpis.kpi_page.asked import Asked
from kpis.kpi_page.cuts import Cut
from kpis.kpi_page.segment_words import named
from kpis.kpi_page.sums import Frame
from kpis.names import Names

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Row:
    """Of a client or a technician, with the address of their page."""

    key: Any
    name: str
    url: str
    amounts: dict[str, Amount]


@dataclass(frozen=True)
class Number:
    text: str
    url: str


@dataclass(frozen=True)
class Heading:
    """A column, where it leads to be sorted by, and whether the table is: as aria-sort has it."""

    title: Any
    url: str
    sorted: str
    is_level: bool = False


@dataclass(frozen=True)
class Table:
    """All rows, in order. Those of the page are written, which takes their links and names."""

    kpi: Kpi
    asked: Asked
    cut: Cut
    rows: list[Row]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.rows) // ROWS_A_PAGE))

    @property
    def page(self) -> int:
        return min(self.asked.page, self.pages)

    @property
    def before(self) -> str:
        return f"{self.asked.address(page=self.page - 1)}#table" if self.page > 1 else ""

    @property
    def after(self) -> str:
        return f"{self.asked.address(page=self.page + 1)}#table" if self.page < self.pages else ""

    @property
    def headings(self) -> list[Heading]:
        return [
            _heading(self.asked, "name", self.cut.title, "name"),
            *(
                _heading(self.asked, metric.slug, metric.name, f"-{metric.slug}", is_level(metric))
                for metric in self.cut.metrics
            ),
        ]

    @property
    def shown(self) -> list[tuple[Row, list[Number]]]:
        first = (self.page - 1) * ROWS_A_PAGE
        address = links.of_cells(self.kpi, self.asked.period, self.asked.filters)
        return [(row, self._numbers(row, address)) for row in self.rows[first : first + ROWS_A_PAGE]]

    def _numbers(self, row: Row, address: Callable[[Metric, str, Any], str]) -> list[Number]:
        return [
            Number(text, address(metric, self.cut.dimension, row.key) if text else "")
            for metric in self.cut.metrics
            for text in [written(metric, row.amounts.get(metric.slug))]
        ]

    @property
    def totals(self) -> list[str]:
        """Of all rows, and not of the page alone."""
        found = {metric.slug: self.total(metric) for metric in self.cut.metrics}
        return [
            "" if is_of_one(metric) else written(metric, found[metric.slug]) for metric in self.cut.metrics
        ]

    def total(self, metric: Metric) -> Amount | None:
        parts = [row.amounts[metric.slug] for row in self.rows if metric.slug in row.amounts]
        return reduce(add, parts) if parts else None

    @property
    def has_levels(self) -> bool:
        return any(is_level(metric) for metric in self.cut.metrics)


def table(kpi: Kpi, asked: Asked, frame: Frame, known: Names | None = None) -> Table | None:
    """Names that are known are not looked up again."""
    if asked.cut is None:
        return None
    cut = asked.cut
    amounts = sums.cut(kpi, cut.metrics, cut.dimension, frame, asked.filters)
    called = named(kpi, cut, amounts.keys(), known)
    amounts = {key: kept for key, found in amounts.items() if (kept := _said_of(cut, key, found))}
    rows = [Row(key, called[key], links.page_of(cut.dimension, key), found) for key, found in amounts.items()]
    return Table(kpi, asked, cut, _sorted(rows, cut, asked.sort))


def _said_of(cut: Cut, key: Any, amounts: dict[str, Amount]) -> dict[str, Amount]:
    """A score without a client is that of something else, not of no client."""
    if key is not None:
        return amounts
    somebodys = {metric.slug for metric in cut.metrics if is_of_one(metric)}
    return {slug: amount for slug, amount in amounts.items() if slug not in somebodys}


def _sorted(rows: list[Row], cut: Cut, sort: str) -> list[Row]:
    """Whatever has no value comes last, either way."""
    by_name = sorted(rows, key=lambda row: row.name.casefold())
    is_down, column = sort.startswith("-"), sort.removeprefix("-")
    if column == "name":
        return by_name[::-1] if is_down else by_name
    metric = next(metric for metric in cut.metrics if metric.slug == column)
    known = [row for row in by_name if column in row.amounts]
    known.sort(key=lambda row: _rank(metric, row.amounts[column]), reverse=is_down)
    return [*known, *(row for row in by_name if column not in row.amounts)]


def _rank(metric: Metric, amount: Amount) -> float:
    found = value(metric, amount)
    return float(amount.highest) if found is None else found


def _heading(asked: Asked, column: str, title: Any, first: str, level: bool = False) -> Heading:
    """A second click turns the order round."""
    if asked.sort.removeprefix("-") != column:
        return Heading(title, asked.address(sort=first), "", level)
    is_down = asked.sort.startswith("-")
    other = column if is_down else f"-{column}"
    return Heading(title, asked.address(sort=other), "descending" if is_down else "ascending", level)
