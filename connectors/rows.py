"""Brings a page of vendor records into a raw table: compares hashes, and writes what is new or changed.

Records whose hash is known are not even parsed. New rows are copied straight into the table, which is
safe because one sync at a time holds a connection; changed rows are staged and merged.
"""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import repeat
from typing import Any

import msgspec
import psycopg
from django.db import DataError, models, transaction
from django.utils import timezone

from connectors import alert_history, alert_severity, archive, dirty, history, skips, staging
from connectors.base import Json, Key, Page, Row, Stream
from connectors.dirty import Reason
from connectors.errors import SkipRecord
from connectors.models import Connection, RawAlertEvent, RawSecurityAlert, RawTicket

HASH_BYTES = 16
COMPRESSOR = ThreadPoolExecutor(1, thread_name_prefix="compress")
# A page of so many new rows is a first load: finding out which days it touches costs more than all days do.
MANY_NEW_ROWS = 500
UNREADABLE = (
    SkipRecord,
    msgspec.MsgspecError,
    TypeError,
    KeyError,
    ValueError,
    AttributeError,
    ArithmeticError,
)
# What PostgreSQL or its client say of a value that doesn't fit into its column.
UNSTORABLE = (
    DataError,
    psycopg.DataError,
    psycopg.errors.NotNullViolation,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
)


# What rows take from others before they are written, and what we work out of them once they are.
BEFORE_WRITING: dict[type[models.Model], Callable[[int, Sequence[Row]], None]] = {
    RawSecurityAlert: alert_severity.take,
}
AFTER_WRITING: dict[type[models.Model], Sequence[Callable[[int, Sequence[Key]], None]]] = {
    RawSecurityAlert: (alert_history.derive, alert_severity.give),
    RawAlertEvent: (alert_history.derive_from_events,),
}


@dataclass
class Intake:
    """What takes in a stream's records during one walk."""

    link: Connection
    stream: Stream
    skipped: set[str]  # the ids of what is put aside

    @classmethod
    def of(cls, link: Connection, stream: Stream) -> "Intake":
        return cls(link, stream, skips.ids(link, stream))

    def skip(self, id_: str, payload: Json, problem: Exception) -> None:
        skips.keep(self.link, self.stream, id_, bytes(payload), problem)
        self.skipped.add(id_)

    def forgive(self, ids: Iterable[str]) -> None:
        """These were usable after all."""
        if self.skipped and (usable := self.skipped.intersection(ids)):
            skips.forget(self.link, self.stream, usable)
            self.skipped -= usable


@dataclass
class Outcome:
    """What became of a page."""

    changed_at: dict[Key, str]
    new: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    skipped: int = 0

    @property
    def touched(self) -> list[Key]:
        return self.new + self.changed


@dataclass(slots=True)
class Candidate:
    """A record that may differ from what the table has."""

    key: Key
    hash: bytes
    record: Json
    parent_id: Key | None


Candidates = Mapping[Key, Candidate]


@dataclass
class Sighting:
    """A page with the identity of its records, before the table is looked at."""

    page: Page
    latest: dict[Key, Candidate] = field(default_factory=dict)
    changed_at: dict[Key, str] = field(default_factory=dict)
    unreadable: list[tuple[Json, Exception]] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """What is known of the rows that are being written."""

    intake: Intake
    candidates: Candidates
    known: Collection[Key]  # ids that the table has, dead or alive
    outcome: Outcome
    only_differing: bool = False


def sight(stream: Stream, page: Page, parents: Sequence[Key] | None = None) -> Sighting:
    """Touches no database, so that it can be done for the next page while this one is being written."""
    seen = Sighting(page)
    heads = stream.heads(page.records)
    for record, parent_id, head in zip(page.records, parents or repeat(None), heads, strict=False):
        if isinstance(head, Exception):
            seen.unreadable.append((record, head))
            continue
        key = head.key
        seen.latest[key] = Candidate(key, blake2b(record, digest_size=HASH_BYTES).digest(), record, parent_id)
        seen.changed_at[key] = head.changed_at
    return seen


def store(intake: Intake, seen: Sighting) -> Outcome:
    """Write a page: what is new or has changed, and nothing else."""
    outcome, known = _outcome(intake, seen), staging.hashes(intake.link, intake.stream, seen.latest)
    fresh = {key: each for key, each in seen.latest.items() if known.get(key) != each.hash}
    if fresh:
        body = COMPRESSOR.submit(archive.compress, [each.record for each in fresh.values()])
        _write(Batch(intake, fresh, known.keys(), outcome), _rows(intake, fresh, outcome))
        of_parents = [each.parent_id for each in fresh.values()] if intake.stream.parent_column else None
        archive.keep(intake.link, intake.stream, of_parents, body.result())
    return outcome


def remake(intake: Intake, seen: Sighting) -> Outcome:
    """Make rows anew of exactly those records that the table holds in this version; write what differs."""
    outcome, known = _outcome(intake, seen), staging.hashes(intake.link, intake.stream, seen.latest)
    current = {key: each for key, each in seen.latest.items() if known.get(key) == each.hash}
    if current:
        batch = Batch(intake, current, known.keys(), outcome, only_differing=True)
        _write(batch, _rows(intake, current, outcome))
    return outcome


def _outcome(intake: Intake, seen: Sighting) -> Outcome:
    for record, problem in seen.unreadable:
        intake.skip("without id", record, problem)
    return Outcome(seen.changed_at, skipped=len(seen.unreadable))


def tombstone(link: Connection, stream: Stream, ids: Sequence[Key]) -> None:
    """The vendor has these rows no more; they stay, marked, since hiding looks the same as deleting."""
    dirty.mark_rows(stream.table, link.id, ids, Reason.DELETION)
    _table_rows(link, stream).filter(external_id__in=ids).update(deleted_at=timezone.now())
    if stream.table in dirty.RESTATING_COLUMNS and ids:
        dirty.mark_everything(Reason.LOOKUP)


def present_ids(link: Connection, stream: Stream, parents: Iterable[Key] | None = None) -> set[Key]:
    rows = _table_rows(link, stream).filter(deleted_at=None)
    if parents is not None:
        rows = rows.filter(**{f"{stream.parent_column}__in": list(parents)})
    return set(rows.values_list("external_id", flat=True))


def highest_id(link: Connection, stream: Stream) -> Any:
    return _table_rows(link, stream).aggregate(highest=models.Max("external_id"))["highest"] or 0


def _table_rows(link: Connection, stream: Stream) -> "models.QuerySet[Any]":
    return stream.table._default_manager.filter(source=link, **stream.fixed).order_by()


def _rows(intake: Intake, fresh: Candidates, outcome: Outcome) -> list[Row]:
    link, stream, rows = intake.link, intake.stream, []
    with _without_garbage_collection():
        for candidate in fresh.values():
            try:
                row = stream.row(msgspec.json.decode(candidate.record))
            except UNREADABLE as problem:
                intake.skip(str(candidate.key), candidate.record, problem)
                outcome.skipped += 1
                continue
            if stream.parent_column:
                row[stream.parent_column] = candidate.parent_id
            row["external_id"] = candidate.key
            row["row_hash"] = candidate.hash
            row["source_id"] = link.id
            row.update(stream.fixed)
            rows.append(row)
    intake.forgive(str(row["external_id"]) for row in rows)
    if take := BEFORE_WRITING.get(stream.table):
        take(link.id, rows)
    return rows


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A page of parsed records looks like leaking memory to the collector, which then costs as much as parsing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _write(batch: Batch, rows: list[Row]) -> None:
    if not rows:
        return
    new = [row for row in rows if row["external_id"] not in batch.known]
    changed = [row for row in rows if row["external_id"] in batch.known]
    try:
        with transaction.atomic():
            _insert(batch, new)
            changed_ids = _update(batch, changed)
    except UNSTORABLE as problem:
        if len(rows) == 1:
            record = batch.candidates[rows[0]["external_id"]]
            batch.intake.skip(str(record.key), record.record, problem)
            batch.outcome.skipped += 1
            return
        # A value that no column can hold: halve the page until the record that has it stands alone.
        middle = len(rows) // 2
        _write(batch, rows[:middle])
        _write(batch, rows[middle:])
        return
    batch.outcome.new += [row["external_id"] for row in new]
    batch.outcome.changed += changed_ids


def _insert(batch: Batch, rows: list[Row]) -> None:
    if not rows:
        return
    table = batch.intake.stream.table
    source, ids = batch.intake.link.id, [row["external_id"] for row in rows]
    staging.copy(table, table._meta.db_table, rows)
    for derive in AFTER_WRITING.get(table, ()):
        derive(source, ids)
    if table in dirty.RESTATING_COLUMNS:
        dirty.mark_everything(Reason.LOOKUP)
    elif len(rows) >= MANY_NEW_ROWS:
        dirty.mark_everything(Reason.ARRIVAL)
    else:
        dirty.mark_rows(table, source, ids, Reason.ARRIVAL)


def _update(batch: Batch, rows: list[Row]) -> list[Key]:
    """The ids of the rows that were written."""
    if not rows:
        return []
    link, stream, table = batch.intake.link, batch.intake.stream, batch.intake.stream.table
    ids, columns = [row["external_id"] for row in rows], list(rows[0])
    staged = staging.stage(table, rows)
    if batch.only_differing:
        ids = staging.drop_unchanged(link, stream, staged, columns)
    if not ids:
        return []
    by_reason = history.why_changed(link.id, staged) if table is RawTicket else {str(Reason.CHANGE): ids}
    _mark(batch, by_reason)
    if staging.restates(link, stream, staged):
        dirty.mark_everything(Reason.LOOKUP)
    if table is RawTicket:
        history.record_changes(link.id, staged)
    staging.merge(link, stream, staged, columns)
    if table is RawTicket:
        history.rebuild_spells(link.id, ids)
    for derive in AFTER_WRITING.get(table, ()):
        derive(link.id, ids)
    _mark(batch, by_reason)
    return ids


def _mark(batch: Batch, by_reason: Mapping[str, Sequence[Key]]) -> None:
    for reason, ids in by_reason.items():
        dirty.mark_rows(batch.intake.stream.table, batch.intake.link.id, ids, Reason(reason))
