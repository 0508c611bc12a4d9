"""Makes rows anew from the archived pages, without asking the vendor: for when a row's columns change.

Only the version of a record that the table holds is replayed, so an old page overwrites nothing newer.
Records that were skipped get another chance.
"""

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from connectors import archive, rows
from connectors.base import Json, Page, Stream
from connectors.models import Connection, PageArchive, RawTicketEvent, SkippedRecord, SyncRun
from connectors.registry import connector_of
from connectors.turns import exclusively


def replay(link: Connection, only: str = "") -> list[SyncRun]:
    """Raises AlreadyRunning while the connection is being synced."""
    connector = connector_of(link)
    # History has no rows to make anew: the trail's own words are kept with it.
    streams = [stream for stream in connector.streams if stream.table is not RawTicketEvent]
    with exclusively(link):
        return [_replay_stream(link, stream) for stream in streams if not only or stream.is_part_of(only)]


def _replay_stream(link: Connection, stream: Stream) -> SyncRun:
    run = SyncRun.objects.create(
        connection=link, stream=stream.name, mode=SyncRun.Mode.REPLAY, started_at=timezone.now()
    )
    for outcome in _replayed(link, stream):
        run.pages += 1
        run.rows_seen += len(outcome.changed_at)
        run.rows_new += len(outcome.new)
        run.rows_changed += len(outcome.changed)
        run.rows_skipped += outcome.skipped
    run.status, run.finished_at = SyncRun.Status.OK, timezone.now()
    run.save()
    return run


def _replayed(link: Connection, stream: Stream) -> Iterator[rows.Outcome]:
    intake = rows.Intake.of(link, stream)
    pages = PageArchive.objects.filter(connection=link, stream=stream.name).order_by("id")
    for page in pages.iterator(chunk_size=1):
        with transaction.atomic():
            yield rows.remake(intake, rows.sight(stream, archive.page_of(page), page.parents))
    if stream.parent_column:
        return
    skipped = SkippedRecord.objects.filter(connection=link, stream=stream.name)
    payloads = [Json(payload.encode()) for payload in skipped.values_list("payload", flat=True)]
    with transaction.atomic():
        yield rows.store(intake, rows.sight(stream, Page(payloads)))
