"""The answer to a KPI's question in a period: its main figures, how they changed, and a sentence made of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kpis.base import Column, Direction, Kpi, Metric, Unit
from kpis.cards import Tone, difference, points, relative
from kpis.kpi_page.amounts import in_unit, is_of_one, is_tabled, value
from kpis.kpi_page.columns import Days, kind_of, last, summed
from kpis.kpi_page.links import behind_metric
from kpis.kpi_page.sums import Totals
from kpis.period import Period

MOST_FIGURES = 8
BY_HOW_MUCH = {"percent": points, "points": difference}
DIRECTIONS: dict[Direction, int] = {"more is better": 1, "less is better": -1, "neither": 0}


@dataclass(frozen=True)
class Figure:
    """`now` and `before` are None where nothing was measured."""

    slug: str
    title: Any
    now: float | None
    before: float | None
    text: str
    change: str
    tone: Tone
    url: str


@dataclass(frozen=True)
class Answer:
    kpi: Kpi
    period: Period
    figures: list[Figure]
    days: Days

    def figure(self, slug: str) -> Figure | None:
        return next((one for one in self.figures if one.slug == slug and one.now is not None), None)


def answers(kpis: Iterable[Kpi], period: Period, totals: Mapping[str, Totals], days: Days) -> list[Answer]:
    return [
        Answer(kpi, period, figures(kpi, period, totals.get(kpi.slug, Totals()), days), days) for kpi in kpis
    ]


def figures(kpi: Kpi, period: Period, totals: Totals, days: Days) -> list[Figure]:
    """Of its columns, each metric's once; then of metrics that no column speaks of."""
    maker = _Maker(kpi, period, totals, days)
    found: dict[str, Figure] = {}
    for column in kpi.columns:
        if one := maker.of_column(column):
            found.setdefault(one.slug, one)
    spoken_of = {column.metric for column in kpi.columns}
    for metric in kpi.metrics:
        if metric.slug not in spoken_of and is_tabled(kpi, metric) and not is_of_one(metric):
            found.setdefault(metric.slug, maker.of_metric(metric))
    return [one for one in found.values() if one.now is not None][:MOST_FIGURES]


@dataclass(frozen=True)
class _Maker:
    kpi: Kpi
    period: Period
    totals: Totals
    days: Days

    def of_column(self, column: Column) -> Figure | None:
        match kind_of(self.kpi, column):
            case "mean":
                return self.of_metric(self.kpi.metric(column.metric))
            case "sum":
                told = summed
            case "level" if column.unit != "score":
                told = last
            case _:
                return None
        values = told(self.days.now, column.name), told(self.days.before, column.name)
        return self._figure(column.name, column, values, column.metric)

    def of_metric(self, metric: Metric) -> Figure:
        values = tuple(value(metric, of.get(metric.slug)) for of in (self.totals.now, self.totals.before))
        return self._figure(metric.slug, metric, (values[0], values[1]), metric.slug)

    def _figure(
        self, slug: str, what: Column | Metric, values: tuple[float | None, float | None], metric: str
    ) -> Figure:
        now, before = values
        is_mean = isinstance(what, Metric) and what.roll_up == "ratio"
        change, tone = changed(what.unit, what.direction, now, before)
        return Figure(
            slug=slug,
            title=what.title if isinstance(what, Column) else what.name,
            now=now,
            before=before,
            text="–" if now is None else in_unit(what.unit, now, is_mean=is_mean),
            change=change,
            tone=tone,
            url=behind_metric(self.kpi.slug, metric, self.period.since, self.period.until),
        )


def changed(unit: Unit, direction: Direction, now: float | None, before: float | None) -> tuple[str, Tone]:
    """Shares and marks by how much, all else by how many percent."""
    if unit not in BY_HOW_MUCH:
        return relative(now, before, DIRECTIONS[direction])
    text, tone = BY_HOW_MUCH[unit](now, before)
    return text, _turned(tone, DIRECTIONS[direction])


def _turned(tone: Tone, direction: int) -> Tone:
    """As if more were better, seen the right way round."""
    if not direction or not tone:
        return ""
    return tone if direction > 0 else ("bad" if tone == "good" else "good")
