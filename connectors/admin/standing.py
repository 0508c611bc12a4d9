"""How a connection stands, as its page shows it: health, what comes next, and how far each stream has come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from connectors import health, listening, registry, rhythm
from connectors.base import Stream
from connectors.models import Connection, StreamState, SyncRun
from connectors.turns import is_running
from tenants.context import current_schema
from tenants.models import TenantSettings

RUNS_SHOWN = 15


@dataclass(frozen=True)
class StreamStanding:
    name: str
    records: int
    cursor: datetime | None
    swept_at: datetime | None
    is_unfinished: bool
    customers: int


def of(link: Connection) -> dict[str, Any]:
    now, last = timezone.now(), link.runs.first()
    streams = list(_streams(link))
    return {
        "health": health.of(link),
        "is_running": is_running(link),
        "next_sync": rhythm.next_sync(last.started_at if last else None, now),
        "next_sweep": rhythm.next_sweep(current_schema(), TenantSettings.load().zone, now),
        "newest": max((each.cursor for each in streams if each.cursor), default=None),
        "streams": streams,
        "runs": link.runs.all()[:RUNS_SHOWN],
        "runs_url": _list_of("syncrun", link),
        "skipped_count": link.skipped_records.count(),
        "skipped_url": _list_of("skippedrecord", link),
        "may_listen": _may_listen(link),
        "listening": listening.of(link),
    }


def progress(link: Connection, since: datetime) -> dict[str, Any]:
    """Of what somebody has started at that moment."""
    runs = list(SyncRun.objects.filter(connection=link, started_at__gte=since).order_by("started_at", "id"))
    running = is_running(link)
    return {"runs": runs, "is_running": running, "is_waiting": not runs and not running}


def _streams(link: Connection) -> Iterator[StreamStanding]:
    connector = registry.connectors().get(link.vendor)
    kept: dict[str, list[StreamState]] = {}
    for state in link.stream_states.all():
        kept.setdefault(state.stream, []).append(state)
    known = [stream.name for stream in connector.streams] if connector else []
    records = _records(link, connector.streams) if connector else {}
    for name in dict.fromkeys([*known, *kept]):
        states = kept.get(name, [])
        yield StreamStanding(
            name=name,
            records=records.get(name, 0),
            cursor=max((state.cursor for state in states if state.cursor), default=None),
            swept_at=min((state.swept_at for state in states if state.swept_at), default=None),
            is_unfinished=any(state.position for state in states),
            customers=sum(bool(state.customer) for state in states),
        )


def _records(link: Connection, streams: Sequence[Stream]) -> dict[str, int]:
    """Of all streams in one question."""
    first, *others = (_count(link, stream) for stream in streams)
    return dict(first.union(*others, all=True))


def _count(link: Connection, stream: Stream) -> QuerySet[Any, Any]:
    """A row with the stream's name and number of records; none where there are no records."""
    rows = stream.table._default_manager.filter(source=link, **stream.fixed).order_by()
    rows = rows.filter(deleted_at=None) if hasattr(stream.table, "deleted_at") else rows
    named = rows.annotate(of=Value(stream.name, output_field=CharField())).values("of")
    counted: QuerySet[Any, Any] = named.annotate(records=Count("pk")).values_list("of", "records")
    return counted


def _may_listen(link: Connection) -> bool:
    connector = registry.connectors().get(link.vendor)
    return connector is not None and connector.callbacks is not None


def _list_of(model: str, link: Connection) -> str:
    return f"{reverse(f'admin:connectors_{model}_changelist')}?connection__id__exact={link.pk}"
