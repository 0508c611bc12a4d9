"""The only writer of kpi_daily and kpi_breakdown: the figures of all days that no longer hold, in one transaction."""

import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

from kpis import restatement
from kpis.base import Column, Kpi, Run
from kpis.breakdown import keep, write_counted, write_derived
from kpis.calendar import local_day, refresh_calendar
from kpis.cells import names
from kpis.due import Window
from kpis.findings import refresh_findings
from kpis.plan import Stale, look_at_log, plan
from kpis.quality.grades import refresh_grades
from kpis.registry import definition_version, facts, kpis
from kpis.sources import with_sources
from kpis.watermark import (
    DATA_AS_OF,
    confirm,
    holds,
    reasons_of_change,
    remember,
    settings_fingerprint,
)
from tenants.context import current_schema
from tenants.models import TenantSettings

DUE_DAYS = """
CREATE TEMPORARY TABLE due_days AS
SELECT kpi_date
FROM UNNEST(%(days)s) AS due (kpi_date);
ANALYZE due_days
"""

UPSERT_DAILY = sql.SQL(
    """
INSERT INTO kpi_daily (kpi_date, {columns}, computed_at, data_as_of, definition_version)
SELECT kpi_date, {columns}, %(now)s, {data_as_of}, %(definition_version)s
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


@dataclass(frozen=True)
class ComputeReport:
    days: int
    is_full: bool
    seconds: float


def compute(
    now: datetime | None = None, *, full: bool = False, window: Window | None = None
) -> ComputeReport:
    """Bring the current tenant's figures up to `now`; the days of `window` are computed again regardless."""
    started = time.perf_counter()
    now = now or timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_other_computes(cursor)
        settings = TenantSettings.load()
        # Taken once, so that what changes meanwhile differs from it and is seen by the next compute.
        fingerprint = settings_fingerprint(settings)
        if not (full or window) and confirm(now, settings, fingerprint):
            return ComputeReport(0, False, time.perf_counter() - started)
        reasons, today = reasons_of_change(fingerprint), local_day(now, settings.zone)
        refresh_calendar(settings, today, has_changed=bool(reasons))
        stale = _stale(look_at_log(consume=True), reasons, full=full)
        run = plan(now, settings, stale, window)
        first_day = run.first_day if run else None
        restatement.remember_printed_days(cursor, stale, today, settings.zone, first_day)
        _drop_days_outside(cursor, run, now)
        if run:
            _write(cursor, run, settings)
        restatement.log_columns(cursor, now)
        remember(now, run, fingerprint)
    seconds = time.perf_counter() - started
    return ComputeReport(len(run.days) if run else 0, run.is_full if run else full, seconds)


def preview(now: datetime | None = None, *, full: bool = False, window: Window | None = None) -> int:
    """How many days `compute` would write."""
    now, settings = now or timezone.now(), TenantSettings.load()
    fingerprint = settings_fingerprint(settings)
    if not (full or window) and holds(now, settings, fingerprint):
        return 0
    stale = _stale(look_at_log(consume=False), reasons_of_change(fingerprint), full=full)
    run = plan(now, settings, stale, window)
    return len(run.days) if run else 0


def _stale(stale: Stale, reasons: Set[str], *, full: bool) -> Stale:
    return stale.with_all(*reasons) if reasons or full else stale


def _wait_for_other_computes(cursor: CursorWrapper) -> None:
    # What a crash takes back is taken back with its marks and its watermark, and so computed again.
    cursor.execute(
        "SET LOCAL synchronous_commit = off;"
        "SELECT PG_ADVISORY_XACT_LOCK(HASHTEXT('kpis.compute'), HASHTEXT(%s))",
        [current_schema()],
    )


def _drop_days_outside(cursor: CursorWrapper, run: Run | None, now: datetime) -> None:
    first, last = (run.first_day, run.today) if run else (date.max, date.max)
    restatement.log_dropped_cells(cursor, first, now)
    for table in ("kpi_breakdown", "kpi_daily", "kpi_trust"):
        cursor.execute(f"DELETE FROM {table} WHERE kpi_date < %s", [first])  # noqa: S608 - our own names
        cursor.execute(f"DELETE FROM {table} WHERE kpi_date > %s", [last])  # noqa: S608


def _write(cursor: CursorWrapper, run: Run, settings: TenantSettings) -> None:
    # A few large statements: sorts belong in memory, compiling them never pays, and a rough idea of a table is enough.
    cursor.execute(
        "SET LOCAL work_mem = '128MB'; SET LOCAL jit = off; SET LOCAL default_statistics_target = 10"
    )
    _make_tables(cursor, run)
    run = replace(run, changes=write_counted(cursor, run))
    _write_daily(cursor, run)
    if run.is_full:
        _tell_the_planner(cursor)
    for kpi in kpis().values():
        if kpi.rolling_sql:
            rows = sql.SQL(with_sources(kpi.rolling_sql, run.due))
            _update_daily(cursor, kpi.rolling_columns, rows, run.parameters)
        if run.has_news(kpi):
            _write_derived(cursor, run, kpi)
    refresh_grades(cursor, run)
    _mark_final(cursor, run, settings)
    _drop_tables(cursor)


def _write_derived(cursor: CursorWrapper, run: Run, kpi: Kpi) -> None:
    if kpi.derive:
        derived = kpi.derive(run)
        if derived.daily:
            rows = sql.SQL(derived.daily.sql)
            _update_daily(cursor, kpi.derived_columns, rows, derived.daily.parameters)
        if derived.breakdown:
            write_derived(cursor, run, kpi, derived.days, derived.breakdown)
    if kpi.findings:
        refresh_findings(kpi, kpi.findings(run.today), run.today, run.due.now)


def _make_tables(cursor: CursorWrapper, run: Run) -> None:
    cursor.execute(DUE_DAYS, {"days": list(run.days)})
    for fact in facts():
        if fact.is_kept and not fact.reached:
            keep(cursor, run, fact)


def _drop_tables(cursor: CursorWrapper) -> None:
    kept = [fact.name for fact in facts() if fact.is_kept and not fact.reached]
    cursor.execute(sql.SQL("DROP TABLE {}").format(names("due_days", *kept)))


def _write_daily(cursor: CursorWrapper, run: Run) -> None:
    owners = [kpi for kpi in kpis().values() if kpi.daily_sql]
    owned = [column.name for kpi in owners for column in kpi.daily_columns]
    columns = names(*owned)
    joins = [
        sql.SQL("LEFT JOIN ({}) AS {} USING (kpi_date)").format(
            sql.SQL(kpi.daily_sql), sql.Identifier(kpi.slug)
        )
        for kpi in owners
    ]
    excluded = sql.SQL(", ").join(sql.Identifier("excluded", column) for column in owned)
    statement = UPSERT_DAILY.format(
        columns=columns, data_as_of=sql.SQL(DATA_AS_OF), joins=sql.SQL("\n").join(joins), excluded=excluded
    )
    cursor.execute(statement, run.parameters | {"definition_version": definition_version()})


def _tell_the_planner(cursor: CursorWrapper) -> None:
    """
    Let PostgreSQL see how many days and cells there are now.

    Tables that were last looked at when all their rows were gone count as empty however large they grow, and what
    reads the days several times at once would then take hours.
    """
    cursor.execute("ANALYZE kpi_daily (kpi_date), kpi_breakdown (kpi, metric, kpi_date)")


def _update_daily(
    cursor: CursorWrapper, columns: Sequence[Column], rows: sql.Composable, parameters: Mapping[str, Any]
) -> None:
    statement = UPDATE_DAILY.format(
        columns=names(*(column.name for column in columns)),
        rows=rows,
        old=sql.SQL(", ").join(sql.Identifier("kpi_daily", column.name) for column in columns),
        new=sql.SQL(", ").join(sql.Identifier("figure", column.name) for column in columns),
    )
    cursor.execute(statement, parameters)


def _mark_final(cursor: CursorWrapper, run: Run, settings: TenantSettings) -> None:
    cursor.execute(
        """
        UPDATE kpi_daily
        SET is_final = (kpi_date < %(limit)s)
        WHERE is_final <> (kpi_date < %(limit)s)
        """,
        {"limit": run.today - timedelta(days=settings.late_entry_days)},
    )
