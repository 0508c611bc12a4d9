"""Cells added up in the database, each level as of the last day that has figures: in all, and cut by a dimension."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from psycopg import sql

from kpis.base import DIMENSIONS, Kpi, Metric
from kpis.kpi_page.amounts import Amount, is_level, is_of_one, is_tabled
from kpis.period import Period
from tenants.models import TenantSettings

Privacy = TenantSettings.Privacy

# A level that does not add up is somebody's: it is told only where people are told apart.
KEPT = """
    kpi = ANY(%(kpis)s)
    AND kpi || '.' || metric = ANY(%(metrics)s)
    AND (kpi || '.' || metric <> ALL(%(levels)s) OR kpi_date = ANY(%(last_days)s))
    AND (technician IS NULL OR kpi || '.' || metric <> ALL(%(withheld)s))
"""
TOTALS = f"""
SELECT
    kpi,
    metric,
    kpi_date >= %(since)s AND kpi_date < %(until)s AS is_now,
    SUM(numerator),
    SUM(denominator),
    COUNT(*),
    MIN(numerator),
    MAX(numerator),
    ARRAY[COUNT(company), COUNT(technician), COUNT(board), COUNT(NULLIF(segment, ''))]
FROM kpi_breakdown
WHERE (kpi_date >= %(since)s AND kpi_date < %(until)s OR kpi_date >= %(since_before)s AND kpi_date < %(until_before)s)
    AND {KEPT}
GROUP BY kpi, metric, is_now
"""  # noqa: S608 - our own words
CUT = sql.SQL(
    f"""
SELECT
    {{dimension}},
    metric,
    SUM(numerator),
    SUM(denominator),
    COUNT(*),
    MIN(numerator),
    MAX(numerator)
FROM kpi_breakdown
WHERE kpi_date >= %(since)s AND kpi_date < %(until)s AND {KEPT} AND {{filters}}
GROUP BY {{dimension}}, metric
"""  # noqa: S608
)
CHOICES = """
SELECT
    ARRAY_AGG(DISTINCT company) FILTER (WHERE company IS NOT NULL),
    ARRAY_AGG(DISTINCT technician) FILTER (WHERE technician IS NOT NULL),
    ARRAY_AGG(DISTINCT board) FILTER (WHERE board IS NOT NULL)
FROM kpi_breakdown
WHERE kpi = %(kpi)s AND kpi_date >= %(since)s AND kpi_date < %(until)s
"""


@dataclass(frozen=True)
class Frame:
    """The days that are added up, and the last ones that have figures: of these days and of those before."""

    period: Period
    last_days: Sequence[date]


@dataclass(frozen=True)
class Totals:
    """Of one KPI, by its metrics' slugs: the days asked for, those before, and by what the first are told apart."""

    now: dict[str, Amount] = field(default_factory=dict)
    before: dict[str, Amount] = field(default_factory=dict)
    dimensions: dict[str, frozenset[str]] = field(default_factory=dict)


def totals(kpis: Iterable[Kpi], frame: Frame) -> Mapping[str, Totals]:
    found: dict[str, Totals] = defaultdict(Totals)
    asked = _parameters(list(kpis), frame)
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, asked)
        for kpi, metric, is_now, *parts, counts in cursor.fetchall():
            of = found[kpi]
            (of.now if is_now else of.before)[metric] = Amount(*parts)
            if is_now:
                of.dimensions[metric] = frozenset(
                    name for name, count in zip(DIMENSIONS, counts, strict=True) if count
                )
    return found


def cut(
    kpi: Kpi, metrics: Sequence[Metric], dimension: str, frame: Frame, filters: Mapping[str, Any]
) -> dict[Any, dict[str, Amount]]:
    """By the dimension's keys and the metrics' slugs."""
    statement = CUT.format(dimension=sql.Identifier(dimension), filters=_conditions(filters))
    found: dict[Any, dict[str, Amount]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters([kpi], frame, metrics) | dict(filters))
        for key, metric, *parts in cursor.fetchall():
            found[key][metric] = Amount(*parts)
    return found


def choices(kpi: Kpi, period: Period) -> dict[str, list[int]]:
    """The ids of companies, technicians and boards that have cells."""
    with connection.cursor() as cursor:
        cursor.execute(CHOICES, {"kpi": kpi.slug, "since": period.since, "until": period.until})
        return {name: ids or [] for name, ids in zip(DIMENSIONS, cursor.fetchone(), strict=False)}


def _conditions(filters: Mapping[str, Any]) -> sql.Composed:
    wanted = [
        sql.SQL("{} IS NOT DISTINCT FROM {}").format(sql.Identifier(name), sql.Placeholder(name))
        for name in filters
    ]
    return sql.SQL(" AND ").join([*wanted, sql.SQL("TRUE")])


def _parameters(kpis: Sequence[Kpi], frame: Frame, metrics: Sequence[Metric] | None = None) -> dict[str, Any]:
    period = frame.period
    shown = [
        (f"{kpi.slug}.{metric.slug}", metric)
        for kpi in kpis
        for metric in (kpi.metrics if metrics is None else metrics)
        if is_tabled(kpi, metric)
    ]
    hides_people = TenantSettings.load().privacy_mode == Privacy.OWN_ONLY
    return {
        "kpis": [kpi.slug for kpi in kpis],
        "metrics": [key for key, _ in shown],
        "levels": [key for key, metric in shown if is_level(metric)],
        "withheld": [key for key, metric in shown if is_of_one(metric)] if hides_people else [],
        "since": period.since,
        "until": period.until,
        "since_before": period.before.since,
        "until_before": period.before.until,
        "last_days": list(frame.last_days),
    }
