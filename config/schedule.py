"""The whole chain and when it runs: sync, then the figures; at night, deletions and housekeeping.

Beat only starts the dispatchers here; each puts one job per tenant and connection on the queue.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from celery import chain, shared_task
from celery.schedules import crontab
from django.utils import timezone

from config.celery import app
from connectors.models import Connection
from connectors.rhythm import NIGHTLY_HOUR, NIGHTLY_MINUTE, SYNC_EVERY_SECONDS, stagger
from connectors.tasks import expire_archive, sync_connection
from connectors.walks import Extent
from kpis.tasks import compute_kpis_task
from tenants.context import each_tenant
from tenants.models import TenantSettings

app.conf.beat_schedule = {
    "sync": {
        "task": "config.sync_all",
        "schedule": SYNC_EVERY_SECONDS,
        "options": {"expires": SYNC_EVERY_SECONDS},
    },
    "nightly": {"task": "config.sweep_where_it_is_night", "schedule": crontab(minute=NIGHTLY_MINUTE)},
}


@shared_task(name="config.sync_all")
def sync_all() -> None:
    for schema, connection_id in _connections():
        _start(schema, connection_id, Extent.CHANGES)


@shared_task(name="config.sweep_where_it_is_night")
def sweep_where_it_is_night(now: str = "") -> None:
    """Runs hourly and serves the tenants whose night it is, wherever they are."""
    moment = datetime.fromisoformat(now) if now else timezone.now()
    for schema, connection_id in _connections(lambda its: moment.astimezone(its.zone).hour == NIGHTLY_HOUR):
        _start(schema, connection_id, Extent.SWEEP)
        expire_archive.apply_async(kwargs={"schema": schema}, countdown=stagger(schema))


def _connections(where: Callable[[TenantSettings], bool] = lambda _: True) -> Iterator[tuple[str, int]]:
    for msp in each_tenant():
        if where(TenantSettings.load()):
            ids = Connection.objects.filter(is_enabled=True).values_list("id", flat=True)
            yield from [(msp.schema_name, connection_id) for connection_id in ids]


def _start(schema: str, connection_id: int, extent: Extent) -> None:
    """Expires with the interval: after an outage, one sync catches up, not one for each missed turn."""
    synced = sync_connection.si(connection_id=connection_id, extent=str(extent), schema=schema)
    wait = stagger(schema)
    if extent is Extent.CHANGES:
        synced.set(expires=wait + SYNC_EVERY_SECONDS)
    chain(synced, compute_kpis_task.si(schema=schema)).apply_async(countdown=wait)
