"""Writes kpi_breakdown: cells are computed beside it, and a metric's day is replaced only where they differ.

So a recompute that changes little writes little, and the rows that still hold keep their ids.
"""

from collections.abc import Mapping
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from kpis.base import Derived, Kpi, Run, SeriesDay
from kpis.cells import COLUMNS, cells, names
from kpis.models import KpiBreakdown
from kpis.registry import kpis

FRESH_CELLS = sql.SQL(
    "CREATE TEMPORARY TABLE fresh_cells AS SELECT {} FROM kpi_breakdown WITH NO DATA"
).format(names(*COLUMNS))

ADD_FRESH = sql.SQL("INSERT INTO fresh_cells ({}) {}")

# Hashed as text, because hashes of records add up and ignore signs: values that two cells swapped would go unseen.
DIGESTS = """
SELECT kpi, metric, kpi_date, SUM(
    HASHTEXTEXTENDED(ROW(company, technician, board, segment, numerator, denominator)::text, 0)
) AS digest
FROM {cells}
GROUP BY kpi, metric, kpi_date
"""

STORED_CELLS = """(
    SELECT kpi_breakdown.*
    FROM UNNEST(%(days)s::date[]) AS due (kpi_date)
    JOIN kpi_breakdown USING (kpi_date)
    WHERE {which}
) AS stored_cells"""

COUNTED = "metric <> ALL(%(derived)s)"
DERIVED = "kpi = %(kpi)s AND metric = ANY(%(derived)s)"

DIFFERING = f"""
CREATE TEMPORARY TABLE differing AS
SELECT kpi, metric, kpi_date
FROM ({DIGESTS.format(cells=STORED_CELLS)}) AS stored
FULL JOIN ({DIGESTS.format(cells="fresh_cells")}) AS fresh USING (kpi, metric, kpi_date)
WHERE stored.digest IS DISTINCT FROM fresh.digest;
ANALYZE differing
"""  # noqa: S608 - joins our own fragments

CHANGED_SERIES = """
WITH changed AS (SELECT kpi, metric, kpi_date FROM differing WHERE metric = 'new_tickets')
SELECT kpi_date, company, board
FROM (
    SELECT kpi_date, company, board, numerator
    FROM fresh_cells
    JOIN changed USING (kpi, metric, kpi_date)
    UNION ALL
    SELECT kpi_date, company, board, -numerator
    FROM kpi_breakdown
    JOIN changed USING (kpi, metric, kpi_date)
) AS moved
GROUP BY kpi_date, company, board
HAVING SUM(numerator) <> 0
"""

DELETE_DIFFERING = """
DELETE FROM kpi_breakdown
USING differing
WHERE kpi_breakdown.kpi_date = differing.kpi_date
    AND kpi_breakdown.kpi = differing.kpi
    AND kpi_breakdown.metric = differing.metric
"""

INSERT_ALL = sql.SQL("INSERT INTO kpi_breakdown ({columns}) SELECT {columns} FROM fresh_cells").format(
    columns=names(*COLUMNS)
)
INSERT_DIFFERING = INSERT_ALL + sql.SQL(" JOIN differing USING (kpi, metric, kpi_date)")


def write_counted(cursor: CursorWrapper, run: Run) -> frozenset[SeriesDay]:
    """The cells that are sums over facts; returns those whose count of new tickets, on which scores rest, differs."""
    _create_fresh(cursor)
    for kpi in kpis().values():
        for fact in kpi.facts:
            if fact.metrics and fact.is_stored:
                _add(cursor, cells(kpi.slug, fact), run.parameters)
    derived = [metric.slug for kpi in kpis().values() for metric in kpi.derived_metrics]
    return _replace(cursor, COUNTED, {"days": list(run.days), "derived": derived})


def write_derived(cursor: CursorWrapper, kpi: Kpi, derived: Derived) -> None:
    _create_fresh(cursor)
    select = sql.SQL("SELECT {kpi}, {rest} FROM ({cells}) AS derived").format(
        kpi=sql.Literal(kpi.slug), rest=names(*COLUMNS[1:]), cells=sql.SQL(derived.breakdown.sql)
    )
    _add(cursor, select, derived.breakdown.parameters)
    metrics = [metric.slug for metric in kpi.derived_metrics]
    _replace(cursor, DERIVED, {"days": list(derived.days), "kpi": kpi.slug, "derived": metrics})


def _create_fresh(cursor: CursorWrapper) -> None:
    cursor.execute(FRESH_CELLS)


def _add(cursor: CursorWrapper, select: sql.Composable, parameters: Mapping[str, Any]) -> None:
    cursor.execute(ADD_FRESH.format(names(*COLUMNS), select), parameters)


def _replace(cursor: CursorWrapper, which: str, parameters: Mapping[str, Any]) -> frozenset[SeriesDay]:
    """Make the stored cells of these days and metrics the fresh ones."""
    if not KpiBreakdown.objects.exists():
        cursor.execute(INSERT_ALL)
        cursor.execute("DROP TABLE fresh_cells")
        return frozenset()
    cursor.execute(DIFFERING.format(which=which), parameters)
    cursor.execute(CHANGED_SERIES)
    changed = frozenset(cursor.fetchall())
    cursor.execute(DELETE_DIFFERING)
    cursor.execute(INSERT_DIFFERING)
    cursor.execute("DROP TABLE fresh_cells, differing")
    return changed
