"""Writes kpi_breakdown: cells are computed beside it, and a metric's day is replaced only where they differ.

So a recompute that changes little writes little, and the rows that still hold keep their ids.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from kpis import restatement
from kpis.base import Changes, Fact, Kpi, Reach, Run, Selected
from kpis.cells import COLUMNS, cells, names
from kpis.due import stretches
from kpis.models import KpiBreakdown
from kpis.registry import in_order, owners
from kpis.sources import with_sources

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
    JOIN UNNEST(%(kpis)s::text[], %(metrics)s::text[]) AS wanted (kpi, metric) USING (kpi, metric)
) AS stored_cells"""

DIFFERING = f"""
CREATE TEMPORARY TABLE differing AS
SELECT kpi, metric, kpi_date
FROM ({DIGESTS.format(cells=STORED_CELLS)}) AS stored
FULL JOIN ({DIGESTS.format(cells="fresh_cells")}) AS fresh USING (kpi, metric, kpi_date)
WHERE stored.digest IS DISTINCT FROM fresh.digest;
ANALYZE differing
"""  # noqa: S608 - joins our own fragments

CHANGED_DAYS = "SELECT kpi, metric, ARRAY_AGG(kpi_date) FROM differing GROUP BY kpi, metric"

CHANGED_SERIES = """
WITH changed AS (
    SELECT kpi, metric, kpi_date FROM differing WHERE kpi = 'ticket_trends' AND metric = 'new_tickets'
)
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


def write_counted(cursor: CursorWrapper, run: Run) -> Changes:
    """The cells that are sums over facts."""
    changes = Changes()
    for reach, group in _by_reach().items():
        days = frozenset(run.days)
        of_group = run if reach is None else _reaching(run, reach(days, run.today) | days)
        changes = changes.joined(_write_group(cursor, of_group, group))
    return changes


def write_derived(
    cursor: CursorWrapper, run: Run, kpi: Kpi, days: Sequence[date], breakdown: Selected
) -> None:
    _create_fresh(cursor)
    select = sql.SQL("SELECT {kpi}, {rest} FROM ({cells}) AS derived").format(
        kpi=sql.Literal(kpi.slug), rest=names(*COLUMNS[1:]), cells=sql.SQL(breakdown.sql)
    )
    _add(cursor, select, breakdown.parameters)
    metrics = [(kpi.slug, metric.slug) for metric in kpi.derived_metrics]
    _replace(cursor, run, days, metrics, is_counted=False)


def keep(cursor: CursorWrapper, run: Run, fact: Fact) -> None:
    """Make the rows of a fact a table that others read."""
    name, select = sql.Identifier(fact.name), sql.SQL(with_sources(fact.sql, run.due))
    cursor.execute(sql.SQL("CREATE TEMPORARY TABLE {} AS {}").format(name, select), run.parameters)
    cursor.execute(sql.SQL("ANALYZE {}").format(name))


def _by_reach() -> Mapping[Reach | None, list[tuple[str, Fact]]]:
    """The facts that are stored, with their KPI's slug; those that depend on their own days alone under None."""
    found: dict[Reach | None, list[tuple[str, Fact]]] = {}
    for kpi in owners().values():
        for fact in kpi.facts:
            if fact.metrics and fact.is_stored:
                found.setdefault(fact.reached, []).append((kpi.slug, fact))
    return found


def _reaching(run: Run, days: Set[date]) -> Run:
    some = tuple(sorted(day for day in days if run.first_day <= day <= run.today))
    return replace(run, days=some, due=replace(run.due, windows=tuple(stretches(some))))


def _write_group(cursor: CursorWrapper, run: Run, group: Sequence[tuple[str, Fact]]) -> Changes:
    _create_fresh(cursor)
    kept = [fact for fact in in_order(fact for _, fact in group) if fact.is_kept and fact.reached]
    for fact in kept:
        keep(cursor, run, fact)
    for kpi, fact in group:
        _add(cursor, cells(kpi, fact, run.due), run.parameters)
    if kept:
        cursor.execute(sql.SQL("DROP TABLE {}").format(names(*(fact.name for fact in kept))))
    metrics = [(kpi, metric.slug) for kpi, fact in group for metric in fact.metrics]
    return _replace(cursor, run, run.days, metrics, is_counted=True)


def _create_fresh(cursor: CursorWrapper) -> None:
    cursor.execute(FRESH_CELLS)


def _add(cursor: CursorWrapper, select: sql.Composable, parameters: Mapping[str, Any]) -> None:
    cursor.execute(ADD_FRESH.format(names(*COLUMNS), select), parameters)


def _replace(
    cursor: CursorWrapper,
    run: Run,
    days: Sequence[date],
    metrics: Sequence[tuple[str, str]],
    *,
    is_counted: bool,
) -> Changes:
    """Make the stored cells of these days and metrics the fresh ones.

    Derived cells are not logged when they change: one late entry moves those of a month or three.
    """
    if not KpiBreakdown.objects.exists():
        cursor.execute(INSERT_ALL)
        cursor.execute("DROP TABLE fresh_cells")
        return Changes()
    kpis, slugs = zip(*metrics, strict=True)
    cursor.execute(DIFFERING, {"days": list(days), "kpis": list(kpis), "metrics": list(slugs)})
    changes = _changes(cursor)
    if is_counted:
        restatement.log_cells(cursor, run)
    cursor.execute(DELETE_DIFFERING)
    cursor.execute(INSERT_DIFFERING)
    cursor.execute("DROP TABLE fresh_cells, differing")
    return changes


def _changes(cursor: CursorWrapper) -> Changes:
    cursor.execute(CHANGED_DAYS)
    metric_days = {(kpi, metric): frozenset(days) for kpi, metric, days in cursor.fetchall()}
    cursor.execute(CHANGED_SERIES)
    return Changes(metric_days, frozenset(cursor.fetchall()))
