"""The ways to walk a stream: its changes since the cursor, its whole list, its ids in search of deletions.

A page's rows, their history, the days they touch and the stream's position are committed together,
so that a walk killed anywhere goes on where it was, and ends as if it had never stopped.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from connectors import children, rows, staging
from connectors.base import Client, Connector, Page, Stream, Walk
from connectors.errors import StopStream
from connectors.models import Connection, SkippedRecord, StreamState, SyncRun
from connectors.paging import one_ahead

# A walk that would remove more than a handful and more than this share stops and asks.
REMOVALS_UNASKED = 10
REMOVAL_SHARE = 0.2


class Extent(StrEnum):
    CHANGES = "changes"
    SWEEP = "sweep"  # and what was deleted
    FULL = "full"  # everything again


class Progress(Protocol):
    def __call__(self, stream: str, seen: int, total: int | None) -> None: ...


def no_progress(stream: str, seen: int, total: int | None) -> None:
    pass


@dataclass
class Session:
    """What one sync works with."""

    link: Connection
    connector: Connector
    client: Client
    extent: Extent = Extent.CHANGES
    allow_removals: bool = False
    progress: Progress = no_progress
    skew: timedelta = timedelta()  # how far the vendor's clock is ahead of ours


@dataclass
class Position:
    """How far an unfinished walk of changes has come; kept as JSON between pages."""

    since: str = ""  # which changes were asked for; a walk that asks for others starts afresh
    started: str = ""  # by the vendor's clock
    after: str = ""
    top: str = ""  # the latest change seen


def state_of(session: Session, stream: Stream) -> StreamState:
    return StreamState.objects.get_or_create(connection=session.link, stream=stream.name)[0]


def walk_changes(session: Session, stream: Stream, run: SyncRun) -> None:
    state = state_of(session, stream)
    since = state.cursor - stream.look_back if state.cursor and run.mode == SyncRun.Mode.INCREMENTAL else None
    position = _position(state, since)
    total = session.client.count(stream, since)
    for page in one_ahead(session.client.pages(stream, Walk(since=since, after=position.after))):
        position.started = position.started or _vendor_time(session, page).isoformat()
        with transaction.atomic():
            outcome = rows.store(session.link, stream, session.connector.with_heads(page.records))
            children.queue(session, stream, outcome, _oldest_parent(stream, run, position))
            position.top = max(position.top, *filter(_is_moment, outcome.changed_at.values()), "")
            position.after = page.next_after
            _advance(state, position)
            _count(run, outcome)
        session.progress(stream.name, run.rows_seen, total)
    if run.mode == SyncRun.Mode.BACKFILL:
        staging.refresh_statistics(stream.table)


def _position(state: StreamState, since: datetime | None) -> Position:
    asked = since.isoformat() if since else ""
    position = Position(**(state.position or {}))
    return position if position.since == asked else Position(since=asked)


def _advance(state: StreamState, position: Position) -> None:
    """The cursor moves at the end of a walk, to the latest change seen, but not past the walk's own start:
    a record changed behind the walk's back has to be found by the next one."""
    state.position = vars(position) if position.after else None
    if not position.after and position.top:
        reached = min(_moment(position.top), _moment(position.started))
        state.cursor = max(state.cursor, reached) if state.cursor else reached
    state.save(update_fields=["position", "cursor"])


def _vendor_time(session: Session, page: Page) -> datetime:
    now = timezone.now()
    vendor_time = page.vendor_time or now
    session.skew = vendor_time - now
    return vendor_time


def _oldest_parent(stream: Stream, run: SyncRun, position: Position) -> datetime | None:
    """On a first load, records that last changed before this moment don't lead to their children."""
    return _moment(position.started) if run.mode == SyncRun.Mode.BACKFILL else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_moment(text: str) -> bool:
    try:
        return bool(_moment(text))
    except ValueError:
        return False


def _count(run: SyncRun, outcome: rows.Outcome) -> None:
    run.pages += 1
    run.rows_seen += len(outcome.changed_at)
    run.rows_new += len(outcome.new)
    run.rows_changed += len(outcome.changed)
    run.rows_skipped += outcome.skipped
    run.save()


def list_is_due(stream: Stream, state: StreamState | None) -> bool:
    return state is None or state.swept_at is None or timezone.now() - state.swept_at >= stream.refresh_every


def walk_list(session: Session, stream: Stream, run: SyncRun) -> None:
    """Read a whole list; what is no longer on it was deleted, and all of it is asked for its children."""
    listed: set[int] = set()
    for page in one_ahead(session.client.pages(stream, Walk())):
        with transaction.atomic():
            outcome = rows.store(session.link, stream, session.connector.with_heads(page.records))
            _count(run, outcome)
        listed |= outcome.changed_at.keys()
        session.progress(stream.name, run.rows_seen, None)
    with transaction.atomic():
        _remove(session, stream, run, rows.present_ids(session.link, stream) - listed)
        children.queue_ids(session, stream, listed)
        _swept(session, stream)


def sweep(session: Session, stream: Stream, run: SyncRun) -> None:
    """Compare the vendor's ids with ours. Deletions have no feed; this is how they are found."""
    theirs: set[int] = set()
    for page in one_ahead(session.client.pages(stream, Walk(ids_only=True))):
        theirs.update(session.connector.head(record).id for record in page.records)
        run.pages += 1
        run.rows_seen = len(theirs)
    ours = rows.present_ids(session.link, stream)
    with transaction.atomic():
        _remove(session, stream, run, ours - theirs)
        _load_again_if_any_is_missing(session, stream, run, theirs - ours)
        children.queue_ids(session, stream, ours & theirs)
        _swept(session, stream)


def _swept(session: Session, stream: Stream) -> None:
    state = state_of(session, stream)
    state.swept_at = timezone.now()
    state.save(update_fields=["swept_at"])


def _remove(session: Session, stream: Stream, run: SyncRun, gone: set[int]) -> None:
    present = len(rows.present_ids(session.link, stream))
    if len(gone) > max(REMOVALS_UNASKED, REMOVAL_SHARE * present) and not session.allow_removals:
        raise StopStream(
            f"{len(gone)} of {present} {stream.name.replace('_', ' ')} are no longer shown by the vendor. That looks "
            "like a lost permission rather than deletions, so nothing was removed. Check the API member's role; if "
            "they really are gone, run: manage.py sync --sweep --allow-removals"
        )
    rows.tombstone(session.link, stream, sorted(gone))
    run.rows_deleted += len(gone)


def _load_again_if_any_is_missing(session: Session, stream: Stream, run: SyncRun, missing: set[int]) -> None:
    """Records that we should have and don't (newer ones come with the next changes)."""
    newest = rows.highest_id(session.link, stream)
    known = SkippedRecord.objects.filter(connection=session.link, stream=stream.name)
    skipped = set(known.values_list("external_id", flat=True))
    lost = [id_ for id_ in missing if id_ <= newest and str(id_) not in skipped]
    if lost:
        StreamState.objects.filter(connection=session.link, stream=stream.name).update(
            cursor=None, position=None
        )
        run.error = (
            f"{len(lost)} records of the vendor were missing here; the next sync reads the stream again."
        )
