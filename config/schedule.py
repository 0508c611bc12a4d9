"""The whole chain and when it runs: sync, topics, figures; at night, deletions, measurements and housekeeping;
once a week, new topics and proposals.

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
from insights.asking.tasks import expire_calls
from insights.tasks import measure_projects, propose_projects
from insights.topics.tasks import assign_topics, review_topics
from kpis.tasks import compute_kpis_task, expire_looks
from tenants.context import each_tenant
from tenants.models import TenantSettings

Where = Callable[[TenantSettings], bool]
WEEKLY_HOUR = NIGHTLY_HOUR + 2

app.conf.beat_schedule = {
    "sync": {
        "task": "config.sync_all",
        "schedule": SYNC_EVERY_SECONDS,
        "options": {"expires": SYNC_EVERY_SECONDS},
    },
    "nightly": {"task": "config.sweep_where_it_is_night", "schedule": crontab(minute=NIGHTLY_MINUTE)},
    "weekly": {"task": "config.propose_where_the_week_begins", "schedule": crontab(minute=NIGHTLY_MINUTE)},
}


@shared_task(name="config.sync_all")
def sync_all() -> None:
    for schema, connection_id in _connections():
        _start(schema, connection_id, Extent.CHANGES)


@shared_task(name="config.sweep_where_it_is_night")
def sweep_where_it_is_night(now: str = "") -> None:
    """Runs hourly and serves the tenants whose night it is, wherever they are."""
    moment = datetime.fromisoformat(now) if now else timezone.now()
    it_is_night = _where_it_is(moment, NIGHTLY_HOUR)
    for schema, connection_id in _connections(it_is_night):
        _start(schema, connection_id, Extent.SWEEP)
    for schema in _tenants(it_is_night):
        for task in (expire_archive, expire_calls, expire_looks, measure_projects):
            task.apply_async(kwargs={"schema": schema}, countdown=stagger(schema))


@shared_task(name="config.propose_where_the_week_begins")
def propose_where_the_week_begins(now: str = "") -> None:
    """In the night to Monday, after the sweep: what came up that is new, and which projects would help."""
    moment = datetime.fromisoformat(now) if now else timezone.now()
    for schema in _tenants(_where_it_is(moment, WEEKLY_HOUR, weekday=0)):
        steps = (review_topics, propose_projects, compute_kpis_task)
        chain(*(step.si(schema=schema) for step in steps)).apply_async(countdown=stagger(schema))


def _where_it_is(moment: datetime, hour: int, weekday: int | None = None) -> Where:
    def here(settings: TenantSettings) -> bool:
        local = moment.astimezone(settings.zone)
        return local.hour == hour and weekday in (None, local.weekday())

    return here


def _tenants(where: Where) -> Iterator[str]:
    return (msp.schema_name for msp in each_tenant() if where(TenantSettings.load()))


def _connections(where: Where = lambda _: True) -> Iterator[tuple[str, int]]:
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
    topics, figures = assign_topics.si(schema=schema), compute_kpis_task.si(schema=schema)
    chain(synced, topics, figures).apply_async(countdown=wait)
