"""Background work on connections: one task per tenant and connection."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from connectors.crypto import CredentialsUnreadable
from connectors.errors import AlreadyRunning, SyncProblem
from connectors.models import Connection, PageArchive
from connectors.sync import sync
from connectors.walks import Extent
from tenants.context import tenant_task

log = structlog.get_logger(__name__)


@tenant_task(name="connectors.sync_connection")
def sync_connection(connection_id: int, extent: str = Extent.CHANGES) -> None:
    """Problems are kept on the connection, where people look for them."""
    link = Connection.objects.filter(id=connection_id, is_enabled=True).first()
    if link is None:
        return
    log.info("sync started", connection=connection_id)
    try:
        sync(link, Extent(extent))
    except AlreadyRunning:
        log.info("already being synced", connection=connection_id)
    except (SyncProblem, CredentialsUnreadable) as problem:
        log.warning("sync stopped", connection=connection_id, problem=str(problem))


@tenant_task(name="connectors.expire_archive")
def expire_archive() -> None:
    """Vendor payloads are kept for a set time only."""
    oldest = timezone.now() - timedelta(days=settings.PAGE_ARCHIVE_DAYS)
    PageArchive.objects.filter(fetched_at__lt=oldest).delete()
