"""Records that hang on another record: fetched per parent once the parent has changed.

Which parents are still to be asked is kept in the database, in the transaction that stored the parent.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from connectors import dirty, history, rows
from connectors.base import Json, Key, Page, Stream, Walk
from connectors.errors import Missing, StopConnection, SyncProblem
from connectors.models import PendingParent, RawTicketEvent, SyncRun
from connectors.paging import several_ahead

if TYPE_CHECKING:
    from connectors.walks import Session

REQUESTS_AT_ONCE = 4
# The rest stays queued for the next run, so that one run never outlasts the interval by hours.
PARENTS_PER_RUN = 5000
PARENTS_PER_TRANSACTION = 100
PROBLEMS_TOLERATED = 3


def queue(session: "Session", stream: Stream, outcome: rows.Outcome, first_load_at: datetime | None) -> None:
    """Remember the new and changed records of a page whose children have to be asked for."""
    for child in session.connector.children_of(stream):
        ids = outcome.touched
        if first_load_at and child.children_of_last is not None:
            oldest = (first_load_at - child.children_of_last).strftime("%Y-%m-%dT%H:%M:%SZ")
            ids = [id_ for id_ in ids if outcome.changed_at[id_] >= oldest]
        _remember(session, child, ids)


def queue_ids(session: "Session", stream: Stream, ids: Iterable[Key]) -> None:
    """Ask all of these for children that come and go without a change of their parent."""
    for child in session.connector.children_of(stream):
        if child.children_of_last is None:
            _remember(session, child, ids)


def queue_recheck(session: "Session", stream: Stream) -> None:
    """Ask again those parents whose children may have changed without a trace on them."""
    for child in session.connector.children_of(stream):
        if child.recheck:
            parents = stream.table._default_manager.filter(source=session.link, deleted_at=None)
            ids = parents.filter(child.recheck(timezone.now())).values_list("external_id", flat=True)
            _remember(session, child, ids)


def tombstone(session: "Session", stream: Stream, gone: Collection[Key]) -> None:
    """What hangs on a record goes with it, and is asked for again should the record come back."""
    for child in session.connector.children_of(stream):
        if gone and child.parent_column:
            rows.tombstone(session.link, child, sorted(rows.present_ids(session.link, child, gone)))


def _remember(session: "Session", child: Stream, ids: Iterable[Key]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO connectors_pendingparent (connection_id, stream, parent_id) "
            "SELECT %s, %s, UNNEST(%s::bigint[]) ON CONFLICT DO NOTHING",
            [session.link.id, child.name, list(ids)],
        )


def walk(session: "Session", stream: Stream, run: SyncRun) -> None:
    """Newest parents first: they are what people look at."""
    pending = PendingParent.objects.filter(connection=session.link, stream=stream.name)
    parents = list(pending.values_list("parent_id", flat=True).order_by("-parent_id")[:PARENTS_PER_RUN])
    problems: list[SyncProblem] = []
    intake = rows.Intake.of(session.link, stream)
    run.announced = len(parents)
    for chunk in _in_chunks(_fetched(session, stream, parents, problems)):
        with transaction.atomic():
            _replace(session, intake, run, chunk)
            pending.filter(parent_id__in=chunk.keys()).delete()
        session.progress(stream.name, run.pages, len(parents))
    if problems:
        raise problems[-1]


def _fetched(
    session: "Session", stream: Stream, parents: list[int], problems: list[SyncProblem]
) -> Iterator[tuple[int, list[Json]]]:
    """A few parents that can't be read don't keep the others waiting; they are asked again next time."""

    def fetch(parent_id: int) -> list[Json]:
        return [
            record
            for page in session.client.pages(stream, Walk(parent_id=parent_id))
            for record in page.records
        ]

    for parent_id, result in several_ahead(fetch, parents, REQUESTS_AT_ONCE):
        try:
            records = result()
        except Missing:
            records = []
        except SyncProblem as problem:
            problems.append(problem)
            if isinstance(problem, StopConnection) or len(problems) > PROBLEMS_TOLERATED:
                return
            continue
        yield parent_id, records


def _in_chunks(fetched: Iterator[tuple[int, list[Json]]]) -> Iterator[dict[int, list[Json]]]:
    while chunk := dict(islice(fetched, PARENTS_PER_TRANSACTION)):
        yield chunk


def _replace(session: "Session", intake: rows.Intake, run: SyncRun, chunk: dict[int, list[Json]]) -> None:
    stream = intake.stream
    run.pages += len(chunk)
    run.rows_seen += sum(map(len, chunk.values()))
    if stream.table is RawTicketEvent:
        _replace_history(intake, run, chunk)
    else:
        records = [record for records in chunk.values() for record in records]
        parents = [parent_id for parent_id, records in chunk.items() for _ in records]
        outcome = rows.store(intake, rows.sight(stream, Page(records), parents))
        gone = rows.present_ids(session.link, stream, chunk) - outcome.changed_at.keys()
        rows.tombstone(session.link, stream, sorted(gone))
        run.rows_new += len(outcome.new)
        run.rows_changed += len(outcome.changed)
        run.rows_skipped += outcome.skipped
        run.rows_deleted += len(gone)
    run.save()


def _replace_history(intake: rows.Intake, run: SyncRun, chunk: dict[int, list[Json]]) -> None:
    source, tickets = intake.link.id, list(chunk)
    intake.forgive(map(_trail_of, tickets))
    events = {
        ticket_id: list(_events(intake, run, ticket_id, records)) for ticket_id, records in chunk.items()
    }
    dirty.mark_tickets(source, tickets, dirty.Reason.HISTORY)
    history.replace_by_audit(source, events)
    history.rebuild_spells(source, tickets)
    dirty.mark_tickets(source, tickets, dirty.Reason.HISTORY)


def _trail_of(ticket_id: int) -> str:
    """Names a line of the trail that could not be used: they have no id of their own."""
    return f"of {ticket_id}"


def _events(
    intake: rows.Intake, run: SyncRun, ticket_id: int, records: list[Json]
) -> Iterator[history.AuditEvent]:
    for record in records:
        try:
            yield history.AuditEvent(**intake.stream.row(msgspec.json.decode(record)))
        except rows.UNREADABLE as problem:
            intake.skip(_trail_of(ticket_id), record, problem)
            run.rows_skipped += 1
