"""Holds a tenant's raw tables against what the vendors list, and against a tenant that read it all in one go."""

from collections.abc import Callable, Iterator
from typing import Any

from connectors.base import Stream
from connectors.registry import connectors
from tests.soak.sources import Source

Query = Callable[[str], list[tuple[Any, ...]]]
# Ours: where and when a row was written; and what ConnectWise derives from other records, so that it changes
# without the ticket counting as changed.
OWN_COLUMNS = {"id", "source_id", "synced_at", "deleted_at", "access", "access_message", "access_checked_at"}
DERIVED = {"row_hash", "resources"}
# Moments that no vendor tells of differ with when we looked; they are marked as estimated.
MARKS = ("acknowledged_is_estimated", "resolved_is_estimated")
ESTIMATED = {"acknowledged_at", "resolved_at", "reopen_count", *MARKS}


def differences(query: Query, schema: str, fresh: str, vendors: list[Source]) -> Iterator[str]:
    for vendor in vendors:
        streams = {stream.name: stream for stream in connectors()[vendor.slug].streams}
        for name, ids in vendor.listed(schema).items():
            found = _ids(query, schema, vendor.slug, streams[name])
            untold = vendor.untold(schema) if name == "ticket_notes" else set()
            yield from _missing_or_odd(f"{schema} {vendor.slug} {name}", found, set(map(str, ids)), untold)
        for stream in streams.values():
            yield from _rows_that_differ(query, schema, fresh, vendor, stream)


def _missing_or_odd(where: str, found: list[str], expected: set[str], untold: set[str]) -> Iterator[str]:
    if lost := expected - set(found) - untold:
        yield f"{where}: lost {sorted(lost)[:5]}"
    if odd := set(found) - expected:
        yield f"{where}: has {sorted(odd)[:5]}, which the vendor does not list"
    if len(found) != len(set(found)):
        yield f"{where}: something is there twice"


def _ids(query: Query, schema: str, slug: str, stream: Stream) -> list[str]:
    return [str(id_) for (id_,) in query(f"SELECT external_id {_present(schema, slug, stream)}")]


def _rows_that_differ(query: Query, schema: str, fresh: str, vendor: Source, stream: Stream) -> Iterator[str]:
    own = OWN_COLUMNS | DERIVED | vendor.harness.spares
    columns = [str(field.column) for field in stream.table._meta.concrete_fields if field.column not in own]
    if "external_id" not in columns:
        return
    mine, theirs = (_rows(query, columns, _present(each, vendor.slug, stream)) for each in (schema, fresh))
    for key in sorted(mine.keys() & theirs.keys()):
        ours, real = mine[key], theirs[key]
        spared = ESTIMATED if any(row.get(mark) for mark in MARKS for row in (ours, real)) else set()
        for column in columns:
            if ours[column] != real[column] and column not in spared:
                yield f"{schema} {stream.name} {key}: {column} is {ours[column]!r}, at the vendor {real[column]!r}"


def _rows(query: Query, columns: list[str], present: str) -> dict[Any, dict[str, Any]]:
    names = ", ".join(f'"{column}"' for column in columns)
    rows = [dict(zip(columns, row, strict=True)) for row in query(f"SELECT {names} {present}")]
    return {row["external_id"]: row for row in rows}


def _present(schema: str, slug: str, stream: Stream) -> str:
    fixed = "".join(f" AND {column} = '{value}'" for column, value in stream.fixed.items())
    return (
        f"FROM {schema}.{stream.table._meta.db_table} WHERE deleted_at IS NULL{fixed} "
        f"AND source_id IN (SELECT id FROM {schema}.connectors_connection WHERE vendor = '{slug}')"
    )
