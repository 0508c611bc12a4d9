"""From a number to the tickets, time entries or surveys behind it; their contributions add up to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from psycopg import sql

from kpis.base import Fact, Kpi, Metric, Thing
from kpis.cells import KEY, names
from kpis.due import Due
from kpis.models import ComputeState
from kpis.registry import in_order, owners
from kpis.sources import with_sources
from tenants.models import TenantSettings


class Anything:
    """A dimension that is not asked for; None asks for rows that have no company, technician or board."""


ANYTHING: Final = Anything()
Filter = int | None | Anything

CONTRIBUTIONS = sql.SQL(
    """
SELECT fact.id, SUM({numerator}) / {divisor}::numeric, SUM({denominator})::numeric
FROM (SELECT id, {key}, {columns} FROM {fact} WHERE kpi_date >= %(since)s AND kpi_date < %(until)s) AS fact
WHERE {filters} AND {counted} IS NOT NULL
GROUP BY fact.id
ORDER BY fact.id
"""
)

# What is said of a whole group stands with the first of its rows.
ONCE = sql.SQL(
    "CASE WHEN ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY id) = 1 THEN {column} ELSE 0 END AS {column}"
)


@dataclass(frozen=True)
class Contribution:
    """The vendor's id of a thing, and its part of the number's numerator and denominator."""

    id: int | str  # alerts have texts for ids
    thing: Thing
    numerator: Decimal
    denominator: Decimal | None


def drilldown(
    kpi: str,
    metric: str,
    since: date,
    until: date | None = None,
    *,
    company: Filter = ANYTHING,
    technician: Filter = ANYTHING,
    board: Filter = ANYTHING,
    segment: str | Anything = ANYTHING,
) -> list[Contribution]:
    """What is behind one metric of the days before `until` (else of one day), judged when it was computed.

    A level, such as the backlog, is the one of the last of the days.
    """
    until = until or since + timedelta(days=1)
    asked = owners()[kpi].metric(metric)
    frame_days = asked.frame_days
    filters = {"company": company, "technician": technician, "board": board, "segment": segment}
    if asked.explained_by:
        filters = _filters_behind(asked, filters)
        asked = owners()[kpi].metric(asked.explained_by)
    fact = next(fact for fact in owners()[kpi].facts if asked in fact.metrics)
    if frame_days or asked.roll_up == "none":
        since = until - timedelta(days=frame_days or 1)
    due = Due(((since, until),), TenantSettings.load().zone, computed_at())
    wanted = {name: value for name, value in filters.items() if not isinstance(value, Anything)}
    with connection.cursor() as cursor:
        select = _contributions(fact, asked, wanted)
        statement = with_sources(select.as_string(), due, in_order([fact]))
        cursor.execute(statement, due.parameters | wanted | {"since": since, "until": until})
        return [Contribution(key, fact.thing, *parts) for key, *parts in cursor.fetchall()]


def _filters_behind(metric: Metric, filters: dict[str, Any]) -> dict[str, Any]:
    if metric.explained_cut:
        return {name: filters[name] for name in metric.explained_cut}
    return {name: filters[name] for name in ("company", "board") if filters[name]}


def _contributions(fact: Fact, metric: Metric, filters: dict[str, Any]) -> sql.Composed:
    counted = [column for column in (metric.numerator, metric.denominator) if column]
    conditions = [
        sql.SQL("{} IS NOT DISTINCT FROM {}").format(sql.Identifier(name), sql.Placeholder(name))
        for name in filters
    ]
    return CONTRIBUTIONS.format(
        numerator=sql.Identifier(metric.numerator),
        divisor=sql.Literal(metric.divisor),
        denominator=sql.Identifier(metric.denominator) if metric.denominator else sql.SQL("NULL::numeric"),
        key=names(*KEY),
        columns=sql.SQL(", ").join(_column(fact, column) for column in dict.fromkeys(counted)),
        fact=sql.Identifier(fact.name),
        filters=sql.SQL(" AND ").join([*conditions, sql.SQL("TRUE")]),
        counted=sql.Identifier(metric.numerator),
    )


def _column(fact: Fact, column: str) -> sql.Composable:
    name = sql.Identifier(column)
    return ONCE.format(key=names(*KEY), column=name) if column in fact.per_group else name


def metric_behind(kpi: Kpi, column: str) -> Metric:
    """The metric whose things are behind a column of kpi_daily."""
    return kpi.metric(kpi.column(column).metric)


def computed_at() -> datetime:
    return ComputeState.objects.values_list("computed_at", flat=True).first() or timezone.now()
