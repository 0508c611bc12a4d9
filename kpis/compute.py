"""The only writer of kpi_daily and kpi_breakdown: the figures of all days that no longer hold, in one transaction."""

import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

from connectors.models import Connection
from kpis.base import Derived, Kpi, Run, SeriesDay
from kpis.calendar import local_day, refresh_calendar
from kpis.cells import cells, names
from kpis.due import Window
from kpis.findings import refresh_findings
from kpis.models import ComputeState
from kpis.plan import look_at_log, plan, settings_fingerprint
from kpis.registry import definition_version, facts, kpis
from kpis.sources import with_sources
from tenants.context import current_schema
from tenants.models import TenantSettings

DUE_DAYS = """
CREATE TEMPORARY TABLE due_days AS
SELECT kpi_date
FROM UNNEST(%(days)s) AS due (kpi_date);
ANALYZE due_days
"""

DELETE_BREAKDOWN = """
WITH gone AS (
    DELETE FROM kpi_breakdown
    USING due_days
    WHERE kpi_breakdown.kpi_date = due_days.kpi_date AND metric <> ALL(%(derived)s)
    RETURNING kpi_breakdown.kpi_date, metric, company, board, numerator
)
SELECT kpi_date, company, board, SUM(numerator)::int
FROM gone
WHERE metric = 'new_tickets'
GROUP BY kpi_date, company, board
"""

NEW_TICKETS = """
SELECT kpi_date, company, board, COUNT(*)::int
FROM ticket_flow
WHERE opened IS NOT NULL
GROUP BY kpi_date, company, board
"""

INSERT_BREAKDOWN = sql.SQL(
    """
INSERT INTO kpi_breakdown (kpi, metric, kpi_date, company, technician, board, segment, numerator, denominator)
{}
"""
)

UPSERT_DAILY = sql.SQL(
    """
INSERT INTO kpi_daily (kpi_date, {columns}, computed_at, data_as_of, definition_version)
SELECT kpi_date, {columns}, %(now)s, %(data_as_of)s, %(definition_version)s
FROM due_days
{joins}
ON CONFLICT (kpi_date) DO UPDATE
SET ({columns}, computed_at, data_as_of, definition_version)
    = ROW({excluded}, EXCLUDED.computed_at, EXCLUDED.data_as_of, EXCLUDED.definition_version)
"""
)

UPDATE_DAILY = sql.SQL(
    """
UPDATE kpi_daily
SET ({columns}) = ROW({new})
FROM ({rows}) AS figure (kpi_date, {columns})
WHERE kpi_daily.kpi_date = figure.kpi_date AND ({old}) IS DISTINCT FROM ({new})
"""
)

UPDATE_DERIVED = sql.SQL("UPDATE kpi_daily SET ({columns}) = ROW({values}) WHERE kpi_date = %s")

COPY_DERIVED = """
COPY kpi_breakdown (kpi, metric, kpi_date, company, board, segment, numerator)
FROM STDIN
"""


@dataclass(frozen=True)
class ComputeReport:
    days: int
    is_full: bool
    seconds: float


def compute(
    now: datetime | None = None, *, full: bool = False, window: Window | None = None
) -> ComputeReport:
    """Bring the current tenant's figures up to `now`; the days of `window` are written again regardless."""
    started = time.perf_counter()
    now = now or timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_other_computes(cursor)
        settings = TenantSettings.load()
        # Taken once, so that what changes meanwhile differs from it and is seen by the next compute.
        fingerprint = settings_fingerprint(settings)
        has_changed = _is_new(fingerprint)
        refresh_calendar(settings, local_day(now, settings.zone), has_changed=has_changed)
        stale = look_at_log(consume=True)
        stale = replace(stale, everything=stale.everything or full or has_changed)
        run = plan(now, settings, stale, window)
        _drop_days_outside(cursor, run)
        if run:
            _write(cursor, run, settings)
        _remember(now, run, fingerprint)
    seconds = time.perf_counter() - started
    return ComputeReport(len(run.days) if run else 0, run.is_full if run else full, seconds)


def preview(now: datetime | None = None, *, full: bool = False, window: Window | None = None) -> int:
    """How many days `compute` would write."""
    settings = TenantSettings.load()
    stale = look_at_log(consume=False)
    stale = replace(stale, everything=stale.everything or full or _is_new(settings_fingerprint(settings)))
    run = plan(now or timezone.now(), settings, stale, window)
    return len(run.days) if run else 0


def _wait_for_other_computes(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT PG_ADVISORY_XACT_LOCK(HASHTEXT('kpis.compute'), HASHTEXT(%s))", [current_schema()])


def _is_new(fingerprint: str) -> bool:
    return not ComputeState.objects.filter(id=1, fingerprint=fingerprint).exists()


def _drop_days_outside(cursor: CursorWrapper, run: Run | None) -> None:
    first, last = (run.first_day, run.today) if run else (date.max, date.max)
    for table in ("kpi_breakdown", "kpi_daily"):
        cursor.execute(f"DELETE FROM {table} WHERE kpi_date < %s", [first])  # noqa: S608 - our own names
        cursor.execute(f"DELETE FROM {table} WHERE kpi_date > %s", [last])  # noqa: S608


def _write(cursor: CursorWrapper, run: Run, settings: TenantSettings) -> None:
    # A few large statements: sorts belong in memory, and compiling them never pays.
    cursor.execute("SELECT SET_CONFIG('work_mem', '128MB', TRUE), SET_CONFIG('jit', 'off', TRUE)")
    _make_tables(cursor, run)
    run = replace(run, changed_series=_write_breakdown(cursor, run))
    _write_daily(cursor, run)
    for kpi in kpis().values():
        if kpi.rolling_sql:
            rows = sql.SQL(with_sources(kpi.rolling_sql, run.due))
            _update_daily(cursor, tuple(kpi.rolling_columns), rows, run.parameters)
        if kpi.derive and run.has_news:
            _write_derived(cursor, kpi, kpi.derive(run))
        if kpi.findings and run.has_news:
            refresh_findings(kpi.slug, kpi.findings(run.today))
    _mark_final(cursor, run, settings)
    _drop_tables(cursor)


def _make_tables(cursor: CursorWrapper, run: Run) -> None:
    cursor.execute(DUE_DAYS, {"days": list(run.days)})
    for fact in facts():
        if fact.is_kept:
            name = sql.Identifier(fact.name)
            select = sql.SQL(with_sources(fact.sql, run.due))
            cursor.execute(sql.SQL("CREATE TEMPORARY TABLE {} AS {}").format(name, select), run.parameters)
            cursor.execute(sql.SQL("ANALYZE {}").format(name))


def _drop_tables(cursor: CursorWrapper) -> None:
    kept = [fact.name for fact in facts() if fact.is_kept]
    cursor.execute(sql.SQL("DROP TABLE {}").format(names("due_days", *kept)))


def _write_breakdown(cursor: CursorWrapper, run: Run) -> frozenset[SeriesDay]:
    """Replace the cells of the due days; returns those whose count of new tickets, on which scores rest, differs."""
    derived = [metric.slug for kpi in kpis().values() for metric in kpi.derived_metrics]
    cursor.execute(DELETE_BREAKDOWN, {"derived": derived})
    before = set(cursor.fetchall())
    for kpi in kpis().values():
        for fact in kpi.facts:
            if fact.metrics and fact.is_stored:
                cursor.execute(INSERT_BREAKDOWN.format(cells(kpi.slug, fact)), run.parameters)
    cursor.execute(NEW_TICKETS)
    return frozenset(before ^ set(cursor.fetchall()))


def _write_daily(cursor: CursorWrapper, run: Run) -> None:
    owners = kpis().values()
    columns = names(*(column for kpi in owners for column in kpi.daily_columns))
    joins = [
        sql.SQL("LEFT JOIN ({}) AS {} USING (kpi_date)").format(
            sql.SQL(kpi.daily_sql), sql.Identifier(kpi.slug)
        )
        for kpi in owners
    ]
    excluded = sql.SQL(", ").join(
        sql.Identifier("excluded", column) for kpi in owners for column in kpi.daily_columns
    )
    statement = UPSERT_DAILY.format(columns=columns, joins=sql.SQL("\n").join(joins), excluded=excluded)
    provenance = {"data_as_of": _data_as_of(), "definition_version": definition_version()}
    cursor.execute(statement, run.parameters | provenance)


def _data_as_of() -> datetime | None:
    """The figures know as much as the connection that was heard from longest ago."""
    heard = Connection.objects.filter(is_enabled=True, last_success_at__isnull=False)
    return heard.order_by("last_success_at").values_list("last_success_at", flat=True).first()


def _update_daily(
    cursor: CursorWrapper, columns: tuple[str, ...], rows: sql.Composable, parameters: dict[str, Any]
) -> None:
    statement = UPDATE_DAILY.format(
        columns=names(*columns),
        rows=rows,
        old=sql.SQL(", ").join(sql.Identifier("kpi_daily", column) for column in columns),
        new=sql.SQL(", ").join(sql.Identifier("figure", column) for column in columns),
    )
    cursor.execute(statement, parameters)


def _write_derived(cursor: CursorWrapper, kpi: Kpi, derived: Derived) -> None:
    columns = tuple(kpi.derived_columns)
    update = UPDATE_DERIVED.format(
        columns=names(*columns), values=sql.SQL(", ").join(sql.Placeholder() * len(columns))
    )
    cursor.executemany(update, [(*values, day) for day, *values in derived.daily])
    metrics = [metric.slug for metric in kpi.derived_metrics]
    cursor.execute(
        "DELETE FROM kpi_breakdown WHERE kpi = %s AND metric = ANY(%s) AND kpi_date = ANY(%s)",
        [kpi.slug, metrics, list(derived.days)],
    )
    with cursor.copy(COPY_DERIVED) as copy:
        for row in derived.breakdown:
            copy.write_row((kpi.slug, *row))


def _mark_final(cursor: CursorWrapper, run: Run, settings: TenantSettings) -> None:
    cursor.execute(
        """
        UPDATE kpi_daily
        SET is_final = (kpi_date < %(limit)s)
        WHERE is_final <> (kpi_date < %(limit)s)
        """,
        {"limit": run.today - timedelta(days=settings.late_entry_days)},
    )


def _remember(now: datetime, run: Run | None, fingerprint: str) -> None:
    ComputeState.objects.update_or_create(
        id=1,
        defaults={
            "computed_at": now,
            "computed_until": run.today if run else None,
            "fingerprint": fingerprint,
        },
    )
