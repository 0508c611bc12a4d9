"""Joins what security vendors tell with the ticket desk: customers with companies, devices, alerts with tickets."""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from django.db import connection, transaction

from connectors import alert_links, devices, mapping, suggestions
from connectors.models import JoinState, RawVendorCustomer, SyncRun
from tenants.context import tenant_task

Mode = SyncRun.Mode


def after_sync(runs: Collection[SyncRun]) -> None:
    """Nothing while nothing changed; everything after a first load and once a night."""
    changed = [run for run in runs if run.rows_new or run.rows_changed or run.rows_deleted]
    is_thorough = any(run.mode == Mode.BACKFILL for run in changed) or any(
        run.mode == Mode.SWEEP for run in runs
    )
    is_due = JoinState.objects.filter(reached_at=None).exists()
    if changed or is_thorough or is_due:
        refresh(everything=is_thorough)


def refresh(*, everything: bool = False) -> None:
    if not RawVendorCustomer.objects.exists():
        return
    with transaction.atomic():
        # The row is the lock: two connections may end their syncs at once, and people may decide meanwhile.
        state, _ = JoinState.objects.select_for_update().get_or_create(id=1)
        now = _database_time()
        has_moved = mapping.refresh()
        everything = everything or has_moved or state.reached_at is None
        suggestions.refresh(state)
        devices.refresh(state, everything=everything)
        alert_links.refresh(state, everything=everything)
        state.reached_at = now
        state.save()


def _database_time() -> datetime:
    """By the clock that dates the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOW()")
        return cast(datetime, cursor.fetchone()[0])


@tenant_task(name="connectors.join")
def join() -> None:
    """After a person has decided, instead of waiting for the next sync."""
    refresh()
