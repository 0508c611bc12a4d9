"""The series of daily new tickets - the tenant's, each company's, each board's - and their scores day by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection

from kpis import statistics
from kpis.base import Derived, Run, Selected
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

DAILY = """
SELECT
    kpi_date,
    ROUND(NULLIF(zscore, 'NaN')::numeric, 4) AS ticket_zscore,
    ROUND(NULLIF(seasonal_score, 'NaN')::numeric, 4) AS ticket_seasonal_score,
    anomaly AS anomaly_detected
FROM UNNEST(%(days)s::date[], %(zscores)s::float8[], %(seasonal_scores)s::float8[], %(anomalies)s::bool[])
    AS scored (kpi_date, zscore, seasonal_score, anomaly)
"""

# The arrays are the rows of one table of series × days, so that places in them say which series and day.
CELLS = """
WITH series AS (
    SELECT kind, key, place
    FROM UNNEST(%(kinds)s::text[], %(keys)s::bigint[]) WITH ORDINALITY AS series (kind, key, place)
),
scored AS (
    SELECT zscore, seasonal_score, anomaly, place - 1 AS place
    FROM UNNEST(%(zscores)s::float8[], %(seasonal_scores)s::float8[], %(anomalies)s::float8[])
        WITH ORDINALITY AS scored (zscore, seasonal_score, anomaly, place)
)
SELECT
    cell.metric,
    (%(days)s::date[])[1 + scored.place %% %(width)s] AS kpi_date,
    CASE WHEN series.kind = 'company' THEN series.key END AS company,
    NULL::bigint AS technician,
    CASE WHEN series.kind = 'board' THEN series.key END AS board,
    series.kind AS segment,
    ROUND(cell.numerator::numeric, 4) AS numerator,
    NULL::numeric AS denominator
FROM scored
JOIN series ON series.place = 1 + scored.place / %(width)s
CROSS JOIN LATERAL (
    VALUES ('zscore', zscore), ('seasonal_score', seasonal_score), ('anomaly', anomaly)
) AS cell (metric, numerator)
WHERE cell.numerator <> 'NaN'
"""


@dataclass(frozen=True)
class Grid:
    """Counts of series × days; `starts` are the columns at which each series begins, the tenant's being row 0."""

    series: list[Series]
    since: date
    counts: Counts
    starts: Counts
    classes: Counts


@dataclass(frozen=True)
class Scores:
    """Of series × the days that were scored."""

    plain: Floats
    seasonal: Floats
    flags: Flags


def scores(run: Run) -> Derived:
    firsts = _first_days(run)
    days = days_to_score(run, firsts)
    grid = _load(run, firsts, since=max(run.first_day, days[0] - timedelta(days=COMPARED_DAYS)))
    is_over = np.array([day < run.today for day in days])
    scored = _score(grid, np.array([(day - grid.since).days for day in days]), is_over)
    return Derived(
        days=days,
        daily=Selected(DAILY, _of_tenant(days, scored, is_over)),
        breakdown=Selected(CELLS, _of_series(grid, days, scored)),
    )


def days_to_score(run: Run, firsts: dict[Series, date]) -> tuple[date, ...]:
    """Days whose count or history changed. A series that begins on another day is scored anew from there on."""
    tomorrow = run.today + timedelta(days=1)
    if run.previous_first_day is None:
        return tuple(days_between(run.first_day, tomorrow))
    days = set(days_between(run.unscored_since, tomorrow))
    changed = {day for day, *_ in run.changes.series_days}
    if run.previous_first_day != run.first_day:
        changed |= set(days_between(run.first_day, max(run.first_day, run.previous_first_day)))
        changed.add(max(run.first_day, run.previous_first_day))
    for day in changed:
        days |= set(days_between(day, min(tomorrow, day + timedelta(days=COMPARED_DAYS + 1))))
    begun = [
        day
        for day, company, board in run.changes.series_days
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


def _score(grid: Grid, columns: Counts, is_over: Flags) -> Scores:
    plain = statistics.plain_scores(grid.counts, grid.starts, columns)
    seasonal = statistics.seasonal_scores(grid.counts, grid.starts, grid.classes, columns)
    flags = statistics.discoveries(statistics.p_values(seasonal[1:], is_over=is_over))
    return Scores(plain, seasonal, flags)


def _of_tenant(days: tuple[date, ...], scored: Scores, is_over: Flags) -> dict[str, Any]:
    settings = TenantSettings.load()
    plain, seasonal = scored.plain[0], scored.seasonal[0]
    if settings.anomaly_rule == TenantSettings.AnomalyRule.SEASONAL:
        score, is_beyond = seasonal, np.abs(seasonal) >= settings.anomaly_threshold
    else:
        score, is_beyond = plain, np.abs(plain) > PLAIN_LIMIT
    return {
        "days": list(days),
        "zscores": plain.tolist(),
        "seasonal_scores": seasonal.tolist(),
        "anomalies": (is_beyond & (is_over | (score > 0))).tolist(),
    }


def _of_series(grid: Grid, days: tuple[date, ...], scored: Scores) -> dict[str, Any]:
    kinds, keys = zip(*grid.series[1:], strict=True) if grid.series[1:] else ((), ())
    return {
        "days": list(days),
        "width": len(days),
        "kinds": list(kinds),
        "keys": list(keys),
        "zscores": _array(scored.plain[1:]),
        "seasonal_scores": _array(scored.seasonal[1:]),
        "anomalies": _array(np.where(scored.flags, 1, np.nan)),
    }


def _array(values: Floats) -> str:
    """As PostgreSQL writes arrays: a hundred thousand numbers as parameters of their own would take a second."""
    return f"{{{','.join(map(repr, values.ravel().tolist()))}}}"
