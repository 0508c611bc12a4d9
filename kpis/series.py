"""The series of daily new tickets - the tenant's, each company's, each board's - and their scores day by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection

from kpis import statistics
from kpis.base import Derived, Run
from kpis.calendar import days_between
from kpis.models import CalendarDay
from kpis.sources import with_sources
from kpis.statistics import COMPARED_DAYS, Counts, Flags, Floats
from tenants.models import TenantSettings

PLAIN_LIMIT = 2
DAY_OFF = 7  # the class of days without working hours, beside the weekdays 0 to 6
TENANT = ("tenant", None)
Series = tuple[str, int | None]

# A series begins with its first ticket ever, also when that was before the first day with figures.
FIRST_DAYS = """
SELECT
    CASE GROUPING(company) WHEN 0 THEN 'company' ELSE 'board' END,
    COALESCE(company, board),
    (MIN(opened_at) AT TIME ZONE %(zone)s)::date
FROM ticket
GROUP BY GROUPING SETS ((company), (board))
HAVING COALESCE(company, board) IS NOT NULL
"""

COUNTS = """
SELECT
    CASE GROUPING(company, board) WHEN 1 THEN 'company' WHEN 2 THEN 'board' ELSE 'tenant' END,
    COALESCE(company, board),
    kpi_date,
    SUM(numerator)::bigint
FROM kpi_breakdown
WHERE kpi = 'ticket_trends'
    AND metric = 'new_tickets'
    AND kpi_date >= %(since)s
    AND kpi_date <= %(today)s
GROUP BY GROUPING SETS ((company, kpi_date), (board, kpi_date), (kpi_date))
"""


@dataclass(frozen=True)
class Grid:
    """Counts of series × days; `starts` are the columns at which each series begins, the tenant's being row 0."""

    series: list[Series]
    since: date
    counts: Counts
    starts: Counts
    classes: Counts

    def column(self, day: date) -> int:
        return (day - self.since).days


@dataclass(frozen=True)
class DayScores:
    day: date
    plain: Floats
    seasonal: Floats
    flags: Flags


def scores(run: Run) -> Derived:
    firsts = _first_days(run)
    days = days_to_score(run, firsts)
    grid = _load(run, firsts, since=max(run.first_day, days[0] - timedelta(days=COMPARED_DAYS)))
    scored = [_score(grid, day, is_over=day < run.today) for day in days]
    settings = TenantSettings.load()
    return Derived(
        days=days,
        daily=[
            _tenant_row(day_scores, settings, is_over=day_scores.day < run.today) for day_scores in scored
        ],
        breakdown=(row for day_scores in scored for row in _series_rows(grid, day_scores)),
    )


def days_to_score(run: Run, firsts: dict[Series, date]) -> tuple[date, ...]:
    """Days whose count or history changed. A series that begins on another day is scored anew from there on."""
    tomorrow = run.today + timedelta(days=1)
    if run.previous_first_day is None:
        return tuple(days_between(run.first_day, tomorrow))
    days = set(days_between(run.unscored_since, tomorrow))
    changed = {day for day, *_ in run.changed_series}
    if run.previous_first_day != run.first_day:
        changed |= set(days_between(run.first_day, max(run.first_day, run.previous_first_day)))
        changed.add(max(run.first_day, run.previous_first_day))
    for day in changed:
        days |= set(days_between(day, min(tomorrow, day + timedelta(days=COMPARED_DAYS + 1))))
    begun = [
        day
        for day, company, board, _ in run.changed_series
        for series in (("company", company), ("board", board))
        if day <= firsts.get(series, day)
    ]
    return tuple(sorted(days | set(days_between(min(begun, default=tomorrow), tomorrow))))


def _first_days(run: Run) -> dict[Series, date]:
    with connection.cursor() as cursor:
        cursor.execute(with_sources(FIRST_DAYS), run.parameters)
        return {(kind, key): day for kind, key, day in cursor.fetchall() if day <= run.today}


def _load(run: Run, firsts: dict[Series, date], since: date) -> Grid:
    series: list[Series] = [TENANT, *sorted(firsts, key=lambda one: (one[0], one[1] or 0))]
    index = {one: row for row, one in enumerate(series)}
    counts = np.zeros((len(series), (run.today - since).days + 1), dtype=np.int64)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, run.parameters | {"since": since})
        for kind, key, day, count in cursor.fetchall():
            if (kind, key) in index:
                counts[index[kind, key], (day - since).days] = count
    begins = (max(firsts.get(one, run.first_day), run.first_day) for one in series)
    starts = np.array([(begin - since).days for begin in begins], dtype=np.int64)
    return Grid(series, since, counts, starts, _classes(since, run.today))


def _classes(since: date, today: date) -> Counts:
    calendar = CalendarDay.objects.filter(day__gte=since, day__lte=today).order_by("day")
    days = calendar.values_list("day", "is_working")
    return np.array([day.weekday() if is_working else DAY_OFF for day, is_working in days], dtype=np.int64)


def _score(grid: Grid, day: date, *, is_over: bool) -> DayScores:
    column = grid.column(day)
    begun = np.flatnonzero(grid.starts <= column)
    plain, seasonal = np.full((2, len(grid.series)), np.nan)
    plain[begun] = statistics.plain_scores(grid.counts[begun], grid.starts[begun], column)
    seasonal[begun] = statistics.seasonal_scores(grid.counts[begun], grid.starts[begun], grid.classes, column)
    flags = np.zeros(len(grid.series), dtype=bool)
    flags[1:] = statistics.discoveries(statistics.p_values(seasonal[1:], only_upwards=not is_over))
    return DayScores(day, plain, seasonal, flags)


def _tenant_row(scored: DayScores, settings: TenantSettings, *, is_over: bool) -> tuple[Any, ...]:
    plain, seasonal = float(scored.plain[0]), float(scored.seasonal[0])
    if settings.anomaly_rule == TenantSettings.AnomalyRule.SEASONAL:
        score, is_beyond = seasonal, abs(seasonal) >= settings.anomaly_threshold
    else:
        score, is_beyond = plain, abs(plain) > PLAIN_LIMIT
    is_anomaly = is_beyond and (is_over or score > 0)
    return scored.day, _or_null(plain), _or_null(seasonal), is_anomaly


def _series_rows(grid: Grid, scored: DayScores) -> Iterator[tuple[Any, ...]]:
    """As kpi_breakdown has them: metric, day, company, board, segment, numerator."""
    figures = {"zscore": scored.plain, "seasonal_score": scored.seasonal}
    figures["anomaly"] = np.where(scored.flags, 1.0, np.nan)
    for metric, values in figures.items():
        for row in np.flatnonzero(~np.isnan(values[1:])) + 1:
            kind, key = grid.series[row]
            company, board = (key, None) if kind == "company" else (None, key)
            yield metric, scored.day, company, board, kind, float(values[row])


def _or_null(value: float) -> float | None:
    return None if np.isnan(value) else value
