"""From facts to cells: the SQL that adds up what a fact counts, by day and dimensions."""

from psycopg import sql

from kpis.base import DIMENSIONS, Fact, Metric
from kpis.due import Due
from kpis.sources import with_sources

KEY = ("kpi_date", *DIMENSIONS)
COLUMNS = ("kpi", "metric", *KEY, "numerator", "denominator")

CELLS = sql.SQL(
    """
SELECT {kpi} AS kpi, cell.metric, {key}, cell.numerator, cell.denominator
FROM (
    SELECT {key}, {sums}
    FROM {fact}
    GROUP BY {key}
    ORDER BY kpi_date
) AS total
CROSS JOIN LATERAL (VALUES {metrics}) AS cell (metric, numerator, denominator)
WHERE cell.numerator IS NOT NULL AND cell.denominator IS DISTINCT FROM 0
"""
)


def names(*columns: str) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def cells(kpi: str, fact: Fact, due: Due) -> sql.Composed:
    """The rows of kpi_breakdown that a fact gives. What nobody counted has none, and neither has x of 0."""
    summed = dict.fromkeys(
        column for metric in fact.metrics for column in (metric.numerator, metric.denominator) if column
    )
    return CELLS.format(
        kpi=sql.Literal(kpi),
        key=names(*KEY),
        sums=sql.SQL(", ").join(_sum(fact, column) for column in summed),
        fact=sql.Identifier(fact.name)
        if fact.is_kept
        else sql.SQL("({}) AS fact").format(sql.SQL(with_sources(fact.sql, due))),
        metrics=sql.SQL(", ").join(map(_cell, fact.metrics)),
    )


def _sum(fact: Fact, column: str) -> sql.Composed:
    aggregate = sql.SQL("MAX" if column in fact.per_group else "SUM")
    return sql.SQL("{}({}) AS {}").format(aggregate, sql.Identifier(column), sql.Identifier(column))


def _cell(metric: Metric) -> sql.Composed:
    return sql.SQL("({}, {}, {})").format(
        sql.Literal(metric.slug),
        numerator(metric, sql.Identifier(metric.numerator)),
        sql.Identifier(metric.denominator) if metric.denominator else sql.SQL("NULL::numeric"),
    )


def numerator(metric: Metric, column: sql.Composable) -> sql.Composed:
    """In the metric's unit: facts count in seconds, so that only the sum is rounded."""
    if metric.divisor == 1:
        return sql.SQL("{}::numeric").format(column)
    return sql.SQL("ROUND({} / {}::numeric, 2)").format(column, sql.Literal(metric.divisor))
