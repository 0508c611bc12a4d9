"""Background work on connections: one task per tenant and connection."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import Task
from django.conf import settings
from django.utils import timezone

from connectors.crypto import CredentialsUnreadable
from connectors.errors import AlreadyRunning, SyncProblem
from connectors.models import Connection, HeardCallback, Listening, PageArchive, SigningKey
from connectors.replay import replay
from connectors.sync import sync
from connectors.walks import Extent
from tenants.context import current_schema, tenant_task

# How long calls about changes are gathered before a sync answers them all.
HINT_WAITS_SECONDS = 15
CALLS_REMEMBERED = timedelta(days=2)
# What a person asked for waits for the sync that is running, and in the end gives up.
TRIES, PAUSE_SECONDS = 60, 60
log = structlog.get_logger(__name__)


@tenant_task(name="connectors.sync_connection")
def sync_connection(connection_id: int, extent: str = Extent.CHANGES) -> None:
    """Problems are kept on the connection, where people look for them."""
    link = Connection.objects.filter(id=connection_id, is_enabled=True).first()
    if link is None:
        return
    try:
        _sync(link, Extent(extent))
    except AlreadyRunning:
        log.info("already being synced", connection=connection_id)


@tenant_task(name="connectors.sync_hinted")
def sync_hinted(connection_id: int) -> None:
    """A call that comes from here on is of something that this sync may miss, and asks for the next one."""
    Listening.objects.filter(connection_id=connection_id).update(hinted_at=None)
    sync_connection(connection_id=connection_id, schema=current_schema())


@tenant_task(name="connectors.read_again")
def read_again(connection_id: int, since: str, tries: int = TRIES) -> None:
    """Changes from a moment on, whatever is here already."""
    link = Connection.objects.filter(id=connection_id, is_enabled=True).first()
    if link is None:
        return
    try:
        _sync(link, Extent.CHANGES, since=datetime.fromisoformat(since))
    except AlreadyRunning:
        _try_later(read_again, tries, connection_id=connection_id, since=since)


@tenant_task(name="connectors.replay_connection")
def replay_connection(connection_id: int, tries: int = TRIES) -> None:
    link = Connection.objects.filter(id=connection_id).first()
    if link is None:
        return
    log.info("replay started", connection=connection_id)
    try:
        replay(link)
    except SyncProblem as problem:
        log.warning("replay stopped", connection=connection_id, problem=str(problem))
    except AlreadyRunning:
        _try_later(replay_connection, tries, connection_id=connection_id)


def _try_later(task: Task[..., Any], tries: int, **arguments: Any) -> None:
    if tries > 1:
        again = arguments | {"tries": tries - 1, "schema": current_schema()}
        task.apply_async(kwargs=again, countdown=PAUSE_SECONDS)


def _sync(link: Connection, extent: Extent, since: datetime | None = None) -> None:
    log.info("sync started", connection=link.id)
    try:
        sync(link, extent, since=since)
    except (SyncProblem, CredentialsUnreadable) as problem:
        log.warning("sync stopped", connection=link.id, problem=str(problem))


@tenant_task(name="connectors.expire_archive")
def expire_archive() -> None:
    """Vendor payloads are kept for a set time only, and calls for as long as one could be replayed."""
    now = timezone.now()
    PageArchive.objects.filter(fetched_at__lt=now - timedelta(days=settings.PAGE_ARCHIVE_DAYS)).delete()
    HeardCallback.objects.filter(heard_at__lt=now - CALLS_REMEMBERED).delete()
    SigningKey.objects.filter(read_at__lt=now - CALLS_REMEMBERED).delete()
