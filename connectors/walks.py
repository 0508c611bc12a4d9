"""The ways to walk a stream: its changes since the cursor, its whole list, its ids in search of deletions.

A page's rows, their history, the days they touch and the stream's position are committed together,
so that a walk killed anywhere goes on where it was, and ends as if it had never stopped.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from connectors import children, rows, skips, staging
from connectors.base import Client, Connector, Key, Page, Stream, Walk
from connectors.errors import Retry, StopStream, SyncProblem
from connectors.models import Connection, StreamState, SyncRun
from connectors.paging import one_ahead

# A walk that would remove more than a handful and more than this share stops and asks.
REMOVALS_UNASKED = 10
REMOVAL_SHARE = 0.2
COUNTERS = ("announced", "pages", "rows_seen", "rows_new", "rows_changed", "rows_skipped")


class Extent(StrEnum):
    CHANGES = "changes"
    SWEEP = "sweep"  # and what was deleted
    FULL = "full"  # everything again


class Progress(Protocol):
    def __call__(self, stream: str, seen: int, total: int | None) -> None: ...


class WalkOf(Protocol):
    def __call__(self, session: "Session", stream: Stream, run: SyncRun) -> None: ...


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
    since: datetime | None = None  # read changes from here on, whatever the cursors say
    skew: timedelta = timedelta()  # how far the vendor's clock is ahead of ours
    problems: list[Exception] = field(default_factory=list)
    # Of each customer that was asked for, why its streams can't be read, if so.
    asked: dict[str, list[SyncProblem]] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """What to ask a vendor, and what to do with the answer: apart, so that several customers can be asked at once."""

    ask: Callable[[Session, Stream, str], Walk]
    take: Callable[[Session, Stream, SyncRun, Walk, Iterator[Page]], None]

    def __call__(self, session: Session, stream: Stream, run: SyncRun) -> None:
        walk = self.ask(session, stream, "")
        self.take(session, stream, run, walk, session.client.pages(stream, walk))


@dataclass
class Position:
    """How far an unfinished walk of changes has come; kept as JSON between pages."""

    since: str = ""  # which changes were asked for; a walk that asks for others starts afresh
    started: str = ""  # by the vendor's clock
    after: str = ""
    top: str = ""  # the latest change seen


def state_of(session: Session, stream: Stream, customer: str = "") -> StreamState:
    states = StreamState.objects
    return states.get_or_create(connection=session.link, stream=stream.name, customer=customer)[0]


def _ask_for_changes(session: Session, stream: Stream, customer: str) -> Walk:
    # Asking alone leaves no trace: who is asked ahead is not always read.
    states = StreamState.objects.filter(connection=session.link, stream=stream.name, customer=customer)
    state = states.first() or StreamState()
    since = _since(session, stream, state)
    return Walk(since=since, after=_position(state, since).after, customer=customer)


def _take_changes(session: Session, stream: Stream, run: SyncRun, walk: Walk, pages: Iterator[Page]) -> None:
    state, since = state_of(session, stream, walk.customer), walk.since
    position = _position(state, since)
    total = session.client.count(stream, walk)
    run.announced = None if walk.customer else total
    intake = rows.Intake.of(session.link, stream)
    for seen in one_ahead(_sight(stream, walk.customer, page) for page in pages):
        position.started = position.started or _vendor_time(session, seen.page).isoformat()
        with transaction.atomic():
            outcome = rows.store(intake, seen)
            children.queue(session, stream, outcome, None if since else _moment(position.started))
            _count(run, outcome)
            if not seen.page.is_partial:
                position.top = max(position.top, *filter(_is_moment, outcome.changed_at.values()), "")
                position.after = seen.page.next_after
                _advance(state, position)
        session.progress(stream.name, run.rows_seen, total)
        _tell_what_is_missing(session, run, seen.page)
    if since is None and run.rows_new:
        staging.refresh_statistics(stream.table)


def _tell_what_is_missing(session: Session, run: SyncRun, page: Page) -> None:
    if page.gap:
        run.error = " ".join(filter(None, (run.error, page.gap)))
    if page.is_partial:
        raise Retry(f"{session.connector.label} sent only a part; the next sync asks for the same again.")


def _since(session: Session, stream: Stream, state: StreamState) -> datetime | None:
    """None: everything."""
    if session.since or session.extent is Extent.FULL or state.cursor is None:
        return session.since
    return state.cursor - stream.look_back


def _sight(stream: Stream, customer: str, page: Page) -> rows.Sighting:
    return rows.sight(stream, page, [customer] * len(page.records) if customer else None)


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
    run.save(update_fields=COUNTERS)


def due(session: Session, stream: Stream, state: StreamState | None) -> Iterator[tuple[SyncRun.Mode, Way]]:
    mode = SyncRun.Mode
    if not stream.cursor:
        if session.extent is not Extent.CHANGES or _list_is_due(stream, state):
            yield (mode.INCREMENTAL if state and state.swept_at else mode.BACKFILL), LIST
        return
    is_first = session.extent is Extent.FULL or state is None or state.cursor is None
    yield (mode.BACKFILL if is_first else mode.INCREMENTAL), CHANGES
    if session.extent is not Extent.CHANGES and (stream.is_swept or stream.is_reread):
        yield mode.SWEEP, LIST if stream.is_reread else SWEEP


def _list_is_due(stream: Stream, state: StreamState | None) -> bool:
    return state is None or state.swept_at is None or timezone.now() - state.swept_at >= stream.refresh_every


def _ask_for_list(_session: Session, _stream: Stream, customer: str) -> Walk:
    return Walk(customer=customer)


def _take_list(session: Session, stream: Stream, run: SyncRun, walk: Walk, pages: Iterator[Page]) -> None:
    """What is no longer on the list was deleted, and all of it is asked for its children."""
    listed: set[Key] = set()
    intake = rows.Intake.of(session.link, stream)
    for seen in one_ahead(_sight(stream, walk.customer, page) for page in pages):
        with transaction.atomic():
            outcome = rows.store(intake, seen)
            _count(run, outcome)
        listed |= outcome.changed_at.keys()
        session.progress(stream.name, run.rows_seen, None)
        _tell_what_is_missing(session, run, seen.page)
    with transaction.atomic():
        if stream.is_swept:
            _remove(session, stream, run, _present(session, stream, walk.customer), listed)
        children.queue_ids(session, stream, listed)
        _swept(session, stream, walk.customer)


def _ask_for_ids(_session: Session, _stream: Stream, customer: str) -> Walk:
    return Walk(customer=customer, ids_only=True)


def _take_ids(session: Session, stream: Stream, run: SyncRun, walk: Walk, pages: Iterator[Page]) -> None:
    """Compare the vendor's ids with ours. Deletions have no feed; this is how they are found."""
    theirs: dict[Key, str] = {}
    for page in one_ahead(pages):
        heads = [head for head in stream.heads(page.records) if not isinstance(head, Exception)]
        theirs |= {head.key: head.changed_at for head in heads}
        run.pages += 1
        run.rows_seen += len(page.records)
    ours = _present(session, stream, walk.customer)
    with transaction.atomic():
        _remove(session, stream, run, ours, theirs.keys())
        missing = {key: theirs[key] for key in theirs.keys() - ours}
        _load_again_if_any_is_missing(session, stream, run, missing, walk.customer)
        children.queue_ids(session, stream, ours & theirs.keys())
        children.queue_recheck(session, stream)
        _swept(session, stream, walk.customer)


CHANGES = Way(_ask_for_changes, _take_changes)
LIST = Way(_ask_for_list, _take_list)
SWEEP = Way(_ask_for_ids, _take_ids)


def _present(session: Session, stream: Stream, customer: str) -> set[Key]:
    return rows.present_ids(session.link, stream, [customer] if customer else None)


def _swept(session: Session, stream: Stream, customer: str) -> None:
    state = state_of(session, stream, customer)
    state.swept_at = timezone.now()
    state.save(update_fields=["swept_at"])


def _remove(session: Session, stream: Stream, run: SyncRun, ours: set[Key], theirs: Set[Key]) -> None:
    gone = ours - theirs
    if len(gone) > max(REMOVALS_UNASKED, REMOVAL_SHARE * len(ours)) and not session.allow_removals:
        raise StopStream(
            f"{len(gone)} of {len(ours)} {stream.name.replace('_', ' ')} are no longer shown by the vendor. That looks "
            "like a lost permission rather than deletions, so nothing was removed. Check what the connection's user "
            "may see; if they really are gone, run: manage.py sync --sweep --allow-removals"
        )
    rows.tombstone(session.link, stream, sorted(gone))
    children.tombstone(session, stream, gone)
    _read_again_what_points_to(session, stream, gone)
    run.rows_deleted += len(gone)


def _read_again_what_points_to(session: Session, stream: Stream, gone: set[Key]) -> None:
    for other in session.connector.streams if gone else ():
        if column := stream.referred_by.get(other.name):
            pointing = other.table._default_manager.filter(source=session.link, deleted_at=None)
            if pointing.filter(**{f"{column}__in": gone}).exists():
                states = StreamState.objects.filter(connection=session.link, stream=other.name)
                states.update(cursor=None, position=None)


def _load_again_if_any_is_missing(
    session: Session, stream: Stream, run: SyncRun, missing: Mapping[Key, str], customer: str
) -> None:
    """Records that we should have and don't (newer ones come with the next changes)."""
    newest, cursor = rows.highest_id(session.link, stream), state_of(session, stream, customer).cursor
    skipped = skips.ids(session.link, stream)

    def is_newer(key: Key, changed_at: str) -> bool:
        if cursor and _is_moment(changed_at):
            return _moment(changed_at) >= cursor - stream.look_back
        return isinstance(key, int) and key > newest

    lost = [key for key, at in missing.items() if str(key) not in skipped and not is_newer(key, at)]
    if lost:
        StreamState.objects.filter(connection=session.link, stream=stream.name).update(
            cursor=None, position=None
        )
        run.error = (
            f"{len(lost)} records of the vendor were missing here; the next sync reads the stream again."
        )
