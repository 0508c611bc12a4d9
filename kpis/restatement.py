"""Keeps what past figures were before a compute changed them, and why they changed.

Only what could have been read as final enters the log: days that were over when they were last computed from
complete data. The day that is not over changes all the time, and a first sync fills days up.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField
from psycopg import sql

from connectors.models import DirtyDay
from kpis.base import Kpi, Run
from kpis.calendar import HISTORY_DAYS
from kpis.cells import KEY, names
from kpis.models import KpiDaily
from kpis.plan import Stale
from kpis.registry import kpis, numbers_in

Reason = DirtyDay.Reason

# What had no row before the first day, while later days were printed, was printed as nothing.
PRINTED_DAYS = """
CREATE TEMPORARY TABLE printed_days AS
SELECT kpi_daily.*, COALESCE(told.reasons, %(otherwise)s) AS reasons
FROM kpi_daily
LEFT JOIN UNNEST(%(days)s::date[], %(reasons)s::text[]) AS told (kpi_date, reasons) USING (kpi_date)
WHERE data_as_of IS NOT NULL
    AND kpi_date >= %(since)s
    AND kpi_date < %(today)s
    AND (computed_at AT TIME ZONE %(zone)s)::date > kpi_date;
INSERT INTO printed_days (kpi_date, reasons)
SELECT kpi_date, COALESCE(told.reasons, %(otherwise)s)
FROM (
    SELECT GENERATE_SERIES(%(first_day)s::date, MIN(kpi_date) - 1, INTERVAL '1 day')::date AS kpi_date
    FROM kpi_daily
    WHERE EXISTS (SELECT FROM printed_days)
) AS older
LEFT JOIN UNNEST(%(days)s::date[], %(reasons)s::text[]) AS told (kpi_date, reasons) USING (kpi_date);
ANALYZE printed_days
"""

LOG_DROPPED_CELLS = sql.SQL(
    """
INSERT INTO kpi_restatement (
    kpi, metric, {key}, is_daily, was_numerator, was_denominator, reasons, restated_at
)
SELECT kpi, metric, {key}, FALSE, numerator, denominator, reasons, %(now)s
FROM kpi_breakdown
JOIN UNNEST(%(kpis)s::text[], %(metrics)s::text[]) AS counted (kpi, metric) USING (kpi, metric)
JOIN (SELECT kpi_date, reasons FROM printed_days) AS printed USING (kpi_date)
WHERE kpi_date < %(first_day)s
"""
).format(key=names(*KEY))

# Cells that both sides have alike cancel out; what is left was, or is, or both.
LOG_CELLS = sql.SQL(
    """
INSERT INTO kpi_restatement (
    kpi, metric, {key}, is_daily, was_numerator, was_denominator, now_numerator, now_denominator, reasons, restated_at
)
SELECT
    kpi,
    metric,
    {key},
    FALSE,
    MAX(numerator) FILTER (WHERE was),
    MAX(denominator) FILTER (WHERE was),
    MAX(numerator) FILTER (WHERE NOT was),
    MAX(denominator) FILTER (WHERE NOT was),
    MAX(reasons),
    %(now)s
FROM (
    SELECT kpi, metric, {key}, numerator, denominator, TRUE AS was
    FROM kpi_breakdown
    JOIN differing USING (kpi, metric, kpi_date)
    UNION ALL
    SELECT kpi, metric, {key}, numerator, denominator, FALSE
    FROM fresh_cells
    JOIN differing USING (kpi, metric, kpi_date)
) AS side
JOIN (SELECT kpi_date, reasons FROM printed_days) AS printed USING (kpi_date)
WHERE kpi = ANY(%(kpis)s)
GROUP BY kpi, metric, {key}
HAVING ROW(MAX(numerator) FILTER (WHERE was), MAX(denominator) FILTER (WHERE was))
    IS DISTINCT FROM ROW(MAX(numerator) FILTER (WHERE NOT was), MAX(denominator) FILTER (WHERE NOT was))
"""
).format(key=names(*KEY))

LOG_COLUMNS = sql.SQL(
    """
INSERT INTO kpi_restatement (
    kpi, metric, kpi_date, segment, is_daily, was_numerator, now_numerator, reasons, restated_at
)
SELECT
    figure.kpi,
    figure.name,
    kpi_date,
    '',
    TRUE,
    figure.was,
    figure.is_now,
    printed_days.reasons,
    %(now)s
FROM printed_days
LEFT JOIN kpi_daily USING (kpi_date)
CROSS JOIN LATERAL (VALUES {figures}) AS figure (kpi, name, was, is_now)
WHERE ({was}) IS DISTINCT FROM ({is_now}) AND figure.was IS DISTINCT FROM figure.is_now
"""
)


def remember_printed_days(
    cursor: CursorWrapper, stale: Stale, today: date, zone: ZoneInfo, first_day: date | None
) -> None:
    """Before anything is written: what was there to be read, and what is known of why it may change."""
    told = {day: _joined(reasons | stale.general_reasons) for day, reasons in stale.reasons.items()}
    cursor.execute(
        PRINTED_DAYS,
        {
            "days": list(told),
            "reasons": list(told.values()),
            "otherwise": _joined(stale.general_reasons) or str(Reason.FOLLOWS),
            "since": today - timedelta(days=HISTORY_DAYS),  # what is older is forgotten, not restated
            "today": today,
            "zone": str(zone),
            "first_day": first_day,
        },
    )


def log_dropped_cells(cursor: CursorWrapper, first_day: date, now: datetime) -> None:
    """Of days that are about to lose all their figures."""
    owners, metrics = zip(*logged_metrics(), strict=True)
    cursor.execute(
        LOG_DROPPED_CELLS,
        {"now": now, "first_day": first_day, "kpis": list(owners), "metrics": list(metrics)},
    )


def logged_metrics() -> list[tuple[str, str]]:
    """KPIs with those of their metrics whose cells are logged: the counted ones. Checks of the data are no figures."""
    return [
        (kpi.slug, metric.slug)
        for kpi in kpis().values()
        for fact in kpi.facts
        if fact.is_stored
        for metric in fact.metrics
    ]


def log_cells(cursor: CursorWrapper, run: Run) -> None:
    """While kpi_breakdown has the old cells and fresh_cells the new ones of the metrics and days in `differing`."""
    cursor.execute(LOG_CELLS, {"now": run.due.parameters["now"], "kpis": list(_known_kpis(cursor))})


def log_columns(cursor: CursorWrapper, now: datetime) -> None:
    """Once kpi_daily is written."""
    known = _known_kpis(cursor)
    columns = {column.name: kpi.slug for kpi in known.values() for column in kpi.columns}
    if columns:
        cursor.execute(_log_columns(columns), {"now": now})
    cursor.execute("DROP TABLE printed_days")


def _log_columns(columns: Mapping[str, str]) -> sql.Composed:
    def of(table: str) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(table, column) for column in columns)

    figures = (
        sql.SQL("({}, {}, {}, {})").format(
            kpi, column, _number("printed_days", column), _number("kpi_daily", column)
        )
        for column, kpi in columns.items()
    )
    return LOG_COLUMNS.format(
        figures=sql.SQL(", ").join(figures), was=of("printed_days"), is_now=of("kpi_daily")
    )


def _number(table: str, column: str) -> sql.Composed:
    is_flag = isinstance(KpiDaily._meta.get_field(column), BooleanField)
    cast = sql.SQL("{}::int::numeric" if is_flag else "{}::numeric")
    return cast.format(sql.Identifier(table, column))


def _known_kpis(cursor: CursorWrapper) -> Mapping[str, Kpi]:
    """Those that printed days have figures of; what a release adds restates nothing."""
    cursor.execute("SELECT DISTINCT definition_version FROM printed_days")
    numbers = {number for (version,) in cursor.fetchall() if version for number in numbers_in(version)}
    return {slug: kpi for slug, kpi in kpis().items() if kpi.number in numbers}


def _joined(reasons: Iterable[str]) -> str:
    return " ".join(sorted(map(str, reasons)))
