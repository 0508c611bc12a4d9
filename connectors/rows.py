"""Brings a page of vendor records into a raw table: compares hashes, and writes what is new or changed.

Records whose hash is known are not even parsed. New rows are copied straight into the table, which is
safe because one sync at a time holds a connection; changed rows are staged and merged.
"""

import gc
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec
import psycopg
import structlog
from django.db import DataError, models, transaction
from django.utils import timezone

from connectors import dirty, history, staging
from connectors.base import Head, Json, Row, Stream
from connectors.errors import SkipRecord
from connectors.models import Connection, PageArchive, RawTicket, SkippedRecord

log = structlog.get_logger(__name__)
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

# Records with their parent, where they hang on one, and their head, or why it can't be read.
Headed = Iterable[tuple[Json, int | None, Head | Exception]]


@dataclass
class Outcome:
    """What became of a page."""

    changed_at: dict[int, str] = field(default_factory=dict)
    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    skipped: int = 0

    @property
    def touched(self) -> list[int]:
        return self.new + self.changed


@dataclass(frozen=True)
class Candidate:
    """A record that differs from what the table has."""

    id: int
    hash: bytes
    record: Json
    parent_id: int | None


@dataclass(frozen=True)
class Batch:
    """What is known of the rows that are being written."""

    link: Connection
    stream: Stream
    candidates: Mapping[int, Candidate]
    known: Collection[int]  # ids that the table has, dead or alive
    outcome: Outcome
    only_differing: bool = False


def store(link: Connection, stream: Stream, heads: Headed) -> Outcome:
    """Write a page: what is new or has changed, and nothing else."""
    outcome, latest = _latest(link, stream, heads)
    known = staging.hashes(link, stream, list(latest))
    fresh = {id_: each for id_, each in latest.items() if known.get(id_) != each.hash}
    if fresh:
        archived = COMPRESSOR.submit(_compressed, fresh)
        _write(Batch(link, stream, fresh, known.keys(), outcome), _rows(link, stream, fresh, outcome))
        _archive(link, stream, fresh, archived.result())
    return outcome


def remake(link: Connection, stream: Stream, heads: Headed) -> Outcome:
    """Make rows anew of exactly those records that the table holds in this version; write what differs."""
    outcome, latest = _latest(link, stream, heads)
    known = staging.hashes(link, stream, list(latest))
    current = {id_: each for id_, each in latest.items() if known.get(id_) == each.hash}
    if current:
        batch = Batch(link, stream, current, known.keys(), outcome, only_differing=True)
        _write(batch, _rows(link, stream, current, outcome))
    return outcome


def _latest(link: Connection, stream: Stream, heads: Headed) -> tuple[Outcome, dict[int, Candidate]]:
    outcome = Outcome()
    latest: dict[int, Candidate] = {}
    for record, parent_id, head in heads:
        if isinstance(head, Exception):
            skip(link, stream, "without id", bytes(record), head)
            outcome.skipped += 1
            continue
        digest = blake2b(record, digest_size=HASH_BYTES).digest()
        latest[head.id] = Candidate(head.id, digest, record, parent_id)
        outcome.changed_at[head.id] = head.changed_at
    return outcome, latest


def tombstone(link: Connection, stream: Stream, ids: Sequence[int]) -> None:
    """The vendor has these rows no more; they stay, marked, since hiding looks the same as deleting."""
    dirty.mark_rows(stream.table, link.id, ids)
    _table_rows(link, stream).filter(external_id__in=ids).update(deleted_at=timezone.now())
    if stream.table in dirty.RESTATING_COLUMNS and ids:
        dirty.mark_everything()


def present_ids(link: Connection, stream: Stream, parents: Iterable[int] | None = None) -> set[int]:
    rows = _table_rows(link, stream).filter(deleted_at=None)
    if parents is not None:
        rows = rows.filter(**{f"{stream.parent_column}__in": list(parents)})
    return set(rows.values_list("external_id", flat=True))


def highest_id(link: Connection, stream: Stream) -> int:
    return _table_rows(link, stream).aggregate(highest=models.Max("external_id"))["highest"] or 0


def _table_rows(link: Connection, stream: Stream) -> "models.QuerySet[Any]":
    return stream.table._default_manager.filter(source=link, **stream.fixed).order_by()


def _rows(link: Connection, stream: Stream, fresh: Mapping[int, Candidate], outcome: Outcome) -> list[Row]:
    rows = []
    with _without_garbage_collection():
        for candidate in fresh.values():
            try:
                row = stream.row(msgspec.json.decode(candidate.record))
            except UNREADABLE as problem:
                skip(link, stream, str(candidate.id), bytes(candidate.record), problem)
                outcome.skipped += 1
                continue
            if stream.parent_column:
                row[stream.parent_column] = candidate.parent_id
            row |= {
                "external_id": candidate.id,
                "row_hash": candidate.hash,
                "source_id": link.id,
                **stream.fixed,
            }
            rows.append(row)
    if rows:
        forget_skips(link, stream, (str(row["external_id"]) for row in rows))
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
    new = [row for row in rows if row["external_id"] not in batch.known]
    changed = [row for row in rows if row["external_id"] in batch.known]
    try:
        with transaction.atomic():
            _insert(batch, new)
            changed_ids = _update(batch, changed)
    except UNSTORABLE as problem:
        if len(rows) == 1:
            record = batch.candidates[rows[0]["external_id"]]
            skip(batch.link, batch.stream, str(record.id), bytes(record.record), problem)
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
    table = batch.stream.table
    staging.copy(table, table._meta.db_table, rows)
    if table in dirty.RESTATING_COLUMNS or len(rows) >= MANY_NEW_ROWS:
        dirty.mark_everything()
    else:
        dirty.mark_rows(table, batch.link.id, [row["external_id"] for row in rows])


def _update(batch: Batch, rows: list[Row]) -> list[int]:
    """The ids of the rows that were written."""
    if not rows:
        return []
    link, stream, table = batch.link, batch.stream, batch.stream.table
    ids, columns = [row["external_id"] for row in rows], list(rows[0])
    staged = staging.stage(table, rows)
    if batch.only_differing:
        ids = staging.drop_unchanged(link, stream, staged, columns)
    if not ids:
        return []
    dirty.mark_rows(table, link.id, ids)
    if staging.restates(link, stream, staged):
        dirty.mark_everything()
    if table is RawTicket:
        history.record_changes(link.id, staged)
    staging.merge(link, stream, staged, columns)
    if table is RawTicket:
        history.rebuild_spells(link.id, ids)
    dirty.mark_rows(table, link.id, ids)
    return ids


def _compressed(fresh: Mapping[int, Candidate]) -> bytes:
    return zlib.compress(b"[" + b",".join(bytes(each.record) for each in fresh.values()) + b"]", level=1)


def _archive(link: Connection, stream: Stream, fresh: Mapping[int, Candidate], body: bytes) -> None:
    row = {
        "connection_id": link.id,
        "stream": stream.name,
        "parents": [candidate.parent_id for candidate in fresh.values()] if stream.parent else None,
        "fetched_at": timezone.now(),
        "body": body,
    }
    staging.copy(PageArchive, PageArchive._meta.db_table, [row])


def skip(link: Connection, stream: Stream, id_: str, payload: bytes, problem: Exception) -> None:
    """Keep an unusable record for inspection; the rest of its page goes on."""
    unexpected = f"The record is not as expected ({type(problem).__name__})."
    log.warning(
        "record skipped", connection=link.id, stream=stream.name, external_id=id_, problem=repr(problem)
    )
    SkippedRecord.objects.update_or_create(
        connection=link,
        stream=stream.name,
        external_id=id_[:100],
        defaults={
            "reason": str(problem) if isinstance(problem, SkipRecord) else unexpected,
            "payload": payload.decode(errors="replace").replace("\0", ""),
            "seen_at": timezone.now(),
        },
    )


def forget_skips(link: Connection, stream: Stream, ids: Iterable[str]) -> None:
    skips = SkippedRecord.objects.filter(connection=link, stream=stream.name)
    if skips.exists():
        skips.filter(external_id__in=list(ids)).delete()
