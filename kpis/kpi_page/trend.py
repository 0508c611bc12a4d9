"""A KPI's columns of kpi_daily as charts, one for each unit: day by day, or week by week over a long period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from django.db import connection

from kpis.base import Column, Kpi, Unit
from kpis.drawing import Chart, Number, Series, Style, chart
from kpis.kpi_page.amounts import Amount, in_unit, value
from kpis.kpi_page.columns import Kind, kind_of, last, summed
from kpis.kpi_page.links import behind_metric
from kpis.models import KpiDaily
from kpis.period import Period

STYLES: tuple[Style, ...] = ("first", "second", "third")
UNUSUAL = "anomaly_detected"

# Weeks are counted back from the end of the period.
WEEKS = """
SELECT metric, (%(until)s - kpi_date - 1) / 7, SUM(numerator), SUM(denominator)
FROM kpi_breakdown
WHERE kpi = %(kpi)s AND metric = ANY(%(metrics)s) AND kpi_date >= %(since)s AND kpi_date < %(until)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Line:
    """A column over the period; `metric` is what is behind it."""

    title: Any
    unit: Unit
    kind: Kind
    metric: str
    values: Sequence[Number]


@dataclass(frozen=True)
class Trend:
    charts: list[tuple[str, Chart]]
    is_weekly: bool
    left_out: list[Any]  # what cannot be told of a week


def trend(kpi: Kpi, period: Period, days: Sequence[KpiDaily]) -> Trend:
    found = lines(kpi, period, days)
    kept_out = [column.title for column in kpi.columns if period.is_weekly and kind_of(kpi, column) == "day"]
    drawn = [
        (", ".join(str(line.title) for line in some), drawing)
        for some in _together(found)
        if (drawing := _chart(kpi, period, days, some))
    ]
    return Trend(drawn, period.is_weekly, kept_out if drawn else [])


def lines(kpi: Kpi, period: Period, days: Sequence[KpiDaily]) -> list[Line]:
    columns = [column for column in kpi.columns if column.name != UNUSUAL]
    if not period.is_weekly:
        by_day = {day.kpi_date: day for day in days}
        return [_daily(kpi, column, period, by_day) for column in columns]
    weeks = [[day for day in days if step.since <= day.kpi_date < step.until] for step in period.steps]
    sums = [column for column in columns if kind_of(kpi, column) in {"sum", "level"}]
    return [*(_weekly(kpi, column, weeks) for column in sums), *_means(kpi, period, columns, len(weeks))]


def _daily(kpi: Kpi, column: Column, period: Period, days: Mapping[date, KpiDaily]) -> Line:
    figures = [getattr(days.get(step.since), column.name, None) for step in period.steps]
    values = [None if figure is None else float(figure) for figure in figures]
    return Line(column.title, column.unit, kind_of(kpi, column), column.metric, values)


def _weekly(kpi: Kpi, column: Column, weeks: Sequence[Sequence[KpiDaily]]) -> Line:
    kind = kind_of(kpi, column)
    told = summed if kind == "sum" else last
    return Line(column.title, column.unit, kind, column.metric, [told(week, column.name) for week in weeks])


def _means(kpi: Kpi, period: Period, columns: Sequence[Column], weeks: int) -> list[Line]:
    """Formed anew from both parts; a median of a week is nothing that days could tell."""
    slugs = dict.fromkeys(column.metric for column in columns if kind_of(kpi, column) == "mean")
    asked: dict[str, Any] = {
        "kpi": kpi.slug,
        "metrics": list(slugs),
        "since": period.since,
        "until": period.until,
    }
    with connection.cursor() as cursor:
        cursor.execute(WEEKS, asked)
        found = {
            (metric, weeks - 1 - back): Amount(top, bottom, 1, top, top)
            for metric, back, top, bottom in cursor.fetchall()
        }
    metrics = [kpi.metric(slug) for slug in slugs]
    return [
        Line(
            metric.name,
            metric.unit,
            "mean",
            metric.slug,
            [value(metric, found.get((metric.slug, week))) for week in range(weeks)],
        )
        for metric in metrics
    ]


def _together(found: Sequence[Line]) -> list[list[Line]]:
    """At most three lines that share a unit and are told alike; each mark by itself, because marks differ in range."""

    def alike(line: Line) -> tuple[str, str, str]:
        return line.unit, line.kind, line.metric if line.unit == "points" else ""

    order = list(dict.fromkeys(map(alike, found)))
    groups = groupby(sorted(found, key=lambda line: order.index(alike(line))), key=alike)
    return [
        some[first : first + len(STYLES)]
        for some in (list(group) for _, group in groups)
        for first in range(0, len(some), len(STYLES))
    ]


def _chart(kpi: Kpi, period: Period, days: Sequence[KpiDaily], some: Sequence[Line]) -> Chart | None:
    steps = period.steps
    are_bars = len(some) < len(STYLES) and all(line.kind == "sum" for line in some)
    series = [
        Series(line.title, line.values, style, is_bars=are_bars)
        for line, style in zip(some, STYLES, strict=False)
    ]
    return chart(
        [step.since for step in steps],
        series,
        partial(_said, some[0]),
        url=partial(_behind, kpi, some[0], {step.since: step for step in steps}),
        marked={step.since for step in steps if _is_unusual(kpi, step, days)},
        is_weekly=period.is_weekly,
    )


def _behind(kpi: Kpi, line: Line, steps: Mapping[date, Period], since: date) -> str:
    """Of the first line, where it has a value."""
    place = list(steps).index(since)
    return (
        "" if line.values[place] is None else behind_metric(kpi.slug, line.metric, since, steps[since].until)
    )


def _said(line: Line, found: Number) -> str:
    return "–" if found is None else in_unit(line.unit, found, is_mean=line.kind == "mean")


def _is_unusual(kpi: Kpi, step: Period, days: Sequence[KpiDaily]) -> bool:
    """Marked where the KPI is about it."""
    is_told = any(column.name == UNUSUAL for column in kpi.columns)
    return is_told and any(step.since <= day.kpi_date < step.until and day.anomaly_detected for day in days)
