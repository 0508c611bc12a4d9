"""The figures as they were known at a moment: those of today, with what was restated since put back.

A day begins with what the first compute after its end found. Derived cells and checks of the data are not in the log
of restatements, so they are left out; a day's columns are all there.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, Field, Model, QuerySet
from django.db.models.sql.datastructures import BaseTable
from django.utils import timezone
from psycopg import sql

from kpis.base import DIMENSIONS
from kpis.calendar import day_of, local_day
from kpis.models import KpiBreakdown, KpiDaily
from kpis.registry import PROVENANCE
from kpis.restatement import logged_metrics
from tenants.context import current_schema
from tenants.models import TenantSettings

Row = TypeVar("Row", bound=Model)
Parameters = Sequence[Any]

# A row of NULLs stands for a day that had none. Columns that never changed are those of today.
DAYS = sql.SQL(
    """
SELECT
    kpi_date,
    {figures},
    LEAST(daily.computed_at, %s) AS computed_at,
    LEAST(daily.data_as_of, %s) AS data_as_of,
    kpi_date < %s AS is_final,
    COALESCE(daily.definition_version, '') AS definition_version
FROM kpi_daily AS daily
FULL JOIN (
    SELECT kpi_date, JSONB_OBJECT_AGG(metric, was_numerator) AS was
    FROM (
        SELECT DISTINCT ON (kpi_date, metric) kpi_date, metric, was_numerator
        FROM kpi_restatement
        WHERE is_daily AND restated_at > %s
        ORDER BY kpi_date, metric, restated_at, id
    ) AS earliest
    GROUP BY kpi_date
) AS restated USING (kpi_date)
WHERE kpi_date < %s AND (was IS NULL OR was -> 'new_tickets' IS DISTINCT FROM 'null')
"""
)

# Whatever was said first after the moment tells what had been before; what holds today comes last. Day by day and in
# their order, so that a page of the API reads few days and not all of them.
CELLS = sql.SQL(
    """
SELECT known.id, {key}, known.numerator, known.denominator
FROM (
    SELECT day::date AS kpi_date
    FROM GENERATE_SERIES(
        LEAST((SELECT MIN(kpi_date) FROM kpi_breakdown), (SELECT MIN(kpi_date) FROM kpi_restatement)),
        %s - 1,
        INTERVAL '1 day'
    ) AS day
    ORDER BY day::date
) AS over
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (id, {about}) id, {about}, numerator, denominator
    FROM (
        SELECT {id}, {about}, was_numerator AS numerator, was_denominator AS denominator, restated_at, id AS place
        FROM kpi_restatement
        WHERE kpi_date = over.kpi_date AND restated_at > %s AND NOT is_daily
        UNION ALL
        SELECT {id}, {about}, numerator, denominator, 'infinity', 0
        FROM kpi_breakdown
        WHERE kpi_date = over.kpi_date AND kpi || '.' || metric = ANY(%s)
    ) AS told
    ORDER BY id, {about}, restated_at, place
) AS known
WHERE known.numerator IS NOT NULL
"""
)
ABOUT = ("kpi", "metric", *DIMENSIONS)
# Keyed, so that nobody finds the technician behind a pseudonym by trying.
ID = """(
    'x' || LEFT(MD5(%s || ROW(kpi, metric, company, technician, board, segment)::text), 13)
)::bit(52)::bigint AS id"""


def days(moment: datetime) -> QuerySet[KpiDaily]:
    """`computed_at` and `data_as_of` are no later than the moment."""
    chosen, moment = TenantSettings.load(), min(moment, timezone.now())
    today = local_day(moment, chosen.zone)
    final = today - timedelta(days=chosen.late_entry_days)
    return _from(KpiDaily, _days_select(), [moment, moment, final, moment, today])


def cells(moment: datetime) -> QuerySet[KpiBreakdown]:
    """Their ids are made of what they are about: the same at every moment, but not those of the rows of today."""
    moment = min(moment, timezone.now())
    logged = [f"{kpi}.{metric}" for kpi, metric in logged_metrics()]
    today = day_of(moment)
    secret, about = _secret(), sql.SQL(", ").join(map(sql.Identifier, ABOUT))
    select = CELLS.format(
        key=sql.SQL("over.kpi_date, known.") + sql.SQL(", known.").join(map(sql.Identifier, ABOUT)),
        about=about,
        id=sql.SQL(ID),
    )
    return _from(KpiBreakdown, select, [today, secret, moment, secret, logged])


def _secret() -> str:
    return hashlib.sha256(f"{settings.SECRET_KEY}/{current_schema()}/as known".encode()).hexdigest()


def _days_select() -> sql.Composed:
    fields = [field for field in KpiDaily._meta.concrete_fields if field.attname not in PROVENANCE]
    return DAYS.format(figures=sql.SQL(", ").join(map(_figure, fields)))


def _figure(field: "Field[Any, Any]") -> sql.Composed:
    was = "(was ->> {name})::numeric" + ("::int" if isinstance(field, BooleanField) else "")
    figure = sql.SQL(
        f"CASE WHEN was ? {{name}} THEN {was}::{field.db_type(connection)} ELSE {{column}} END AS {{title}}"
    )
    return figure.format(
        name=field.attname,
        column=sql.Identifier("daily", field.attname),
        title=sql.Identifier(field.attname),
    )


class _Select(BaseTable):
    """A SELECT where a query has its table."""

    def __init__(self, table: str, select: str, parameters: Parameters) -> None:
        super().__init__(table, table)
        self.select, self.parameters = select, parameters

    def as_sql(self, compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        alias = compiler.quote_name_unless_alias(self.table_alias)
        return f"({self.select}) AS {alias}", tuple(self.parameters)


def _from(model: type[Row], select: sql.Composed, parameters: Parameters) -> QuerySet[Row]:
    rows: QuerySet[Row] = model._default_manager.all()
    alias = rows.query.get_initial_alias()
    rows.query.alias_map[alias] = _Select(alias, select.as_string(), parameters)
    return rows
