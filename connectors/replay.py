"""Makes rows anew from the archived pages, without asking the vendor: for when a row's columns change.

Only the version of a record that the table holds is replayed, so an old page overwrites nothing newer.
Records that were skipped get another chance.
"""

import zlib
from collections.abc import Iterator

import msgspec
from django.db import transaction
from django.utils import timezone

from connectors import rows
from connectors.base import Connector, Json, Stream
from connectors.models import Connection, PageArchive, RawTicketEvent, SkippedRecord, SyncRun
from connectors.registry import connector_of
from connectors.sync import exclusively


def replay(link: Connection, only: str = "") -> list[SyncRun]:
    """Raises AlreadyRunning while the connection is being synced."""
    connector = connector_of(link)
    # History has no rows to make anew: the trail's own words are kept with it.
    streams = [stream for stream in connector.streams if stream.table is not RawTicketEvent]
    with exclusively(link):
        return [
            _replay_stream(link, connector, stream)
            for stream in streams
            if not only or stream.is_part_of(only)
        ]


def _replay_stream(link: Connection, connector: Connector, stream: Stream) -> SyncRun:
    run = SyncRun.objects.create(
        connection=link, stream=stream.name, mode=SyncRun.Mode.REPLAY, started_at=timezone.now()
    )
    for outcome in _replayed(link, connector, stream):
        run.pages += 1
        run.rows_seen += len(outcome.changed_at)
        run.rows_new += len(outcome.new)
        run.rows_changed += len(outcome.changed)
        run.rows_skipped += outcome.skipped
    run.status, run.finished_at = SyncRun.Status.OK, timezone.now()
    run.save()
    return run


def _replayed(link: Connection, connector: Connector, stream: Stream) -> Iterator[rows.Outcome]:
    pages = PageArchive.objects.filter(connection=link, stream=stream.name).order_by("id")
    for page in pages.iterator(chunk_size=1):
        records = msgspec.json.decode(zlib.decompress(page.body), type=list[Json])
        heads = connector.with_heads(records, page.parents) if page.parents else connector.with_heads(records)
        with transaction.atomic():
            yield rows.remake(link, stream, heads)
    if stream.parent:
        return
    skipped = SkippedRecord.objects.filter(connection=link, stream=stream.name)
    payloads = [Json(payload.encode()) for payload in skipped.values_list("payload", flat=True)]
    with transaction.atomic():
        yield rows.store(link, stream, connector.with_heads(payloads))
