"""The sync against the COPY limit of the same rows, and against the usual ways to write them."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import msgspec
from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from connectors.base import Stream, Walk
from connectors.models import Connection, RawTicket, SyncRun
from connectors.registry import connector_of, open_client
from connectors.sync import sync
from connectors.walks import Extent
from tests.bench import sync_dlt
from tests.bench.desk import Desk, connected, desk
from tests.bench.report import Report, timed

STREAMS = ("tickets", "time_entries")
CHUNK_ROWS = 50_000


def run(report: Report, size: float) -> None:
    with desk(size) as vendor, connected("bench_sync", vendor.login) as link:
        first = _walk(link, Extent.CHANGES)
        report.note(f"initial sync of {_rows(first):,} rows: {_pace(first):,.0f} rows/s")
        download, copy = _download_limit(link), _copy_limit(link)
        both = 1 / (1 / download + 1 / copy)
        report.note(
            f"download limit: {download:,.0f}; COPY limit: {copy:,.0f}; one after the other: {both:,.0f} rows/s"
        )
        unchanged = _walk(link, Extent.FULL)
        report.note(f"re-sync, nothing changed: {_pace(unchanged):,.0f} rows/s")
        _edit_one_percent(vendor)
        again = _walk(link, Extent.FULL)
        changed = sum(run.rows_changed for run in again)
        report.note(f"re-sync, {changed:,} of {_rows(again):,} rows changed: {_pace(again):,.0f} rows/s")
        report.ratio("initial sync / COPY limit, rows/s", _pace(first) / copy, at_least=0.45)
        report.ratio("re-sync with 1 % changed / COPY limit, rows/s", _pace(again) / copy, at_least=1.0)
        for name, runs in (
            ("initial sync", first),
            ("re-sync with 1 % changed", again),
            ("re-sync with no change", unchanged),
        ):
            report.ratio(f"{name} / download and COPY limits, rows/s", _pace(runs) / both)
        tickets = _pace([run for run in first if run.stream == "tickets"])
        for name, write, sample, target in OTHER_WAYS:
            _against(report, name, tickets, _pace_of(link, write, sample), target)
        for name, load, sample, target in OTHER_TOOLS:
            _against(report, name, tickets, _pace_of_tool(link, load, sample), target)


def _against(report: Report, name: str, ours: float, theirs: float, target: float) -> None:
    report.note(f"{name}: {theirs:,.0f} tickets/s; ours: {ours:,.0f}")
    report.ratio(f"initial sync / {name}, tickets/s", ours / theirs, at_least=target)


def _walk(link: Connection, extent: Extent) -> list[SyncRun]:
    runs = sync(link, extent)
    return [run for run in runs if run.stream in STREAMS and run.mode == SyncRun.Mode.BACKFILL]


def _rows(runs: list[SyncRun]) -> int:
    return sum(run.rows_seen for run in runs)


def _pace(runs: list[SyncRun]) -> float:
    seconds = sum((run.finished_at - run.started_at).total_seconds() for run in runs if run.finished_at)
    return _rows(runs) / seconds


def _edit_one_percent(vendor: Desk) -> None:
    vendor.edit(
        [{"edit": "edit_summary", "ticket_id": id_, "summary": "Edited"} for id_ in vendor.ticket_ids[::100]]
        + [{"edit": "edit_time_entry", "entry_id": id_, "hours": 0.75} for id_ in vendor.entry_ids[::100]]
    )


def _download_limit(link: Connection) -> float:
    """The same pages, and nothing done with them."""
    client, rows = open_client(link), 0
    with timed() as watch:
        for stream in connector_of(link).streams:
            if stream.name in STREAMS:
                rows += sum(len(page.records) for page in client.pages(stream, Walk()))
    client.close()
    return rows / watch.seconds


def _copy_limit(link: Connection) -> float:
    """Typed rows, ready made, into tables with the same indexes; nothing but COPY is timed."""
    rows, seconds = 0, 0.0
    for stream in connector_of(link).streams:
        if stream.name in STREAMS:
            for chunk_rows, chunk_seconds in _copied_chunks(stream):
                rows, seconds = rows + chunk_rows, seconds + chunk_seconds
    return rows / seconds


def _copied_chunks(stream: Stream) -> Iterator[tuple[int, float]]:
    table = stream.table._meta.db_table
    fields = [
        field for field in stream.table._meta.concrete_fields if not field.primary_key and not field.generated
    ]
    names = ", ".join(f'"{field.column}"' for field in fields)
    types = [str(field.db_type(connection)).split("(")[0] for field in fields]
    json_at = [at for at, field in enumerate(fields) if isinstance(field, models.JSONField)]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_copy (LIKE {table} INCLUDING ALL)")
        last = 0
        while chunk := _chunk(table, names, last):
            last = chunk[-1][0]
            ready = [
                [Jsonb(value) if at in json_at and value else value for at, value in enumerate(row[1:])]
                for row in chunk
            ]
            statement = f"COPY bench_copy ({names}) FROM STDIN (FORMAT BINARY)"
            with timed() as watch, transaction.atomic(), cursor.copy(statement) as copy:
                copy.set_types(types)
                for row in ready:
                    copy.write_row(row)
            yield len(ready), watch.seconds
        cursor.execute("DROP TABLE bench_copy")


def _chunk(table: str, names: str, after: int) -> list[tuple[Any, ...]]:
    # A cursor of psycopg's own, so that jsonb arrives as Python and not as text.
    with connection.connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {names} FROM {table} WHERE id > %s ORDER BY id LIMIT {CHUNK_ROWS}", [after]
        )
        return list(cursor.fetchall())


# --- the usual ways, over the same HTTP and the same row function ------------------------------------


def _pace_of(
    link: Connection, write: Callable[[Connection, Iterator[RawTicket]], None], sample: int
) -> float:
    RawTicket.objects.filter(source=link).delete()
    with timed() as watch:
        write(link, islice(_tickets(link), sample))
    return RawTicket.objects.filter(source=link).count() / watch.seconds


def _pace_of_tool(link: Connection, load: Callable[[Connection, int], int], sample: int) -> float:
    with timed() as watch:
        loaded = load(link, sample)
    return loaded / watch.seconds


def _tickets(link: Connection) -> Iterator[RawTicket]:
    connector, client = connector_of(link), open_client(link)
    stream = next(stream for stream in connector.streams if stream.name == "tickets")
    for page in client.pages(stream, Walk()):
        for record, head in zip(page.records, stream.heads(page.records), strict=True):
            if not isinstance(head, Exception):
                row = stream.row(msgspec.json.decode(record))
                yield RawTicket(source=link, external_id=head.key, row_hash=b"", reopen_count=0, **row)


def _update_or_create(link: Connection, tickets: Iterator[RawTicket]) -> None:
    for ticket in tickets:
        values = {field.attname: getattr(ticket, field.attname) for field in _written_fields()}
        RawTicket.objects.update_or_create(source=link, external_id=ticket.external_id, defaults=values)


def _bulk_create(_link: Connection, tickets: Iterator[RawTicket]) -> None:
    names = [field.name for field in _written_fields()]
    while batch := list(islice(tickets, 1000)):
        RawTicket.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["source", "external_id"], update_fields=names
        )


def _written_fields() -> list[Any]:
    kept = {"id", "source", "external_id", "synced_at"}
    return [field for field in RawTicket._meta.concrete_fields if field.name not in kept]


OTHER_WAYS = (
    ("update_or_create", _update_or_create, 2_000, 50),
    ("bulk_create(update_conflicts)", _bulk_create, 20_000, 6),
)
OTHER_TOOLS = (("dlt", sync_dlt.load_tickets, 20_000, 12),)
