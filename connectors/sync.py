"""One sync of one connection: every stream in turn, each with a line in the log of runs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from connectors import children, customers, health, joining, walks
from connectors.base import Stream
from connectors.crypto import CredentialsUnreadable
from connectors.errors import StopConnection, SyncProblem
from connectors.models import Connection, PendingParent, StreamState, SyncRun
from connectors.registry import connector_of, open_client
from connectors.turns import exclusively
from connectors.walks import Extent, Progress, Session, WalkOf

log = structlog.get_logger(__name__)
NOTABLE_SKEW = timedelta(minutes=5)


def sync(
    link: Connection,
    extent: Extent = Extent.CHANGES,
    *,
    only: str = "",
    since: datetime | None = None,
    allow_removals: bool = False,
    progress: Progress = walks.no_progress,
) -> list[SyncRun]:
    """Bring the connection up to date; raises AlreadyRunning while another worker is at it."""
    with exclusively(link):
        running = SyncRun.objects.filter(connection=link, status=SyncRun.Status.RUNNING)
        running.update(status=SyncRun.Status.INTERRUPTED, finished_at=timezone.now())
        try:
            session = Session(
                link, connector_of(link), open_client(link), extent, allow_removals, progress, since
            )
        except (SyncProblem, CredentialsUnreadable) as problem:
            health.remember(link, [problem], str(problem))
            raise
        try:
            runs = list(_runs(session, only))
        finally:
            session.client.close()
            customers.remember(session)
        errors = " ".join(dict.fromkeys(run.error for run in runs if run.error))
        if session.problems or not only:
            health.remember(link, session.problems, errors or _skew_remark(session))
        joining.after_sync(runs)
        return runs


def _runs(session: Session, only: str) -> Iterator[SyncRun]:
    for stream in session.connector.streams:
        if only and not stream.is_part_of(only):
            continue
        for mode, walk in _due(session, stream):
            run = SyncRun.objects.create(
                connection=session.link, stream=stream.name, mode=mode, started_at=timezone.now()
            )
            may_go_on = _record(session, stream, run, walk)
            yield run
            if not may_go_on:
                return


def _due(session: Session, stream: Stream) -> Iterator[tuple[SyncRun.Mode, WalkOf]]:
    if stream.parent:
        if PendingParent.objects.filter(connection=session.link, stream=stream.name).exists():
            yield SyncRun.Mode.INCREMENTAL, children.walk
    elif stream.is_per_customer:
        yield from customers.due(session, stream)
    else:
        state = StreamState.objects.filter(connection=session.link, stream=stream.name).first()
        yield from walks.due(session, stream, state)


def _record(session: Session, stream: Stream, run: SyncRun, walk: WalkOf) -> bool:
    """Whether the connection's next stream may be tried."""
    status, may_go_on = SyncRun.Status.STOPPED, True
    try:
        walk(session, stream, run)
        status = SyncRun.Status.OK
    except SyncProblem as problem:
        run.error = " ".join(filter(None, (run.error, str(problem))))
        may_go_on = not isinstance(problem, StopConnection)
        session.problems.append(problem)
    except Exception as problem:
        log.exception("sync failed", connection=session.link.id, stream=stream.name)
        session.problems.append(problem)
        run.error = f"Something unexpected happened ({type(problem).__name__}). The log has the details."
    # Not before: the walk saves the run after each page, and until here it is running.
    run.status, run.finished_at = status, timezone.now()
    run.save()
    return may_go_on


def _skew_remark(session: Session) -> str:
    if abs(session.skew) < NOTABLE_SKEW:
        return ""
    minutes = round(abs(session.skew).total_seconds() / 60)
    side = "ahead of" if session.skew > timedelta() else "behind"
    return (
        f"The clock of {session.connector.label} is {minutes} minutes {side} this server's. "
        "Nothing is missed, but times may look odd: check both clocks."
    )
