"""Holds a tenant's raw tables against what the vendors list, and against a tenant that read it all in one go."""

from collections.abc import Callable, Iterator
from typing import Any

from connectors.base import Stream
from connectors.registry import connectors
from tests.soak.sources import Source

Query = Callable[[str], list[tuple[Any, ...]]]
# Ours: where and when a row was written; and what ConnectWise derives from other records, so that it changes
# without the ticket counting as changed.
OWN_COLUMNS = {"id", "source_id", "synced_at", "deleted_at"}
DERIVED = {"row_hash", "resources"}


def differences(query: Query, schema: str, fresh: str, vendors: list[Source]) -> Iterator[str]:
    for vendor in vendors:
        streams = {stream.name: stream for stream in connectors()[vendor.slug].streams}
        for name, ids in vendor.harness.present(schema).items():
            found = _ids(query, schema, vendor.slug, streams[name])
            yield from _missing_or_odd(f"{schema} {vendor.slug} {name}", found, {str(each) for each in ids})
        for stream in streams.values():
            yield from _rows_that_differ(query, schema, fresh, vendor, stream)


def _missing_or_odd(where: str, found: list[str], expected: set[str]) -> Iterator[str]:
    if lost := expected - set(found):
        yield f"{where}: lost {sorted(lost)[:5]}"
    if odd := set(found) - expected:
        yield f"{where}: has {sorted(odd)[:5]}, which the vendor does not list"
    if len(found) != len(set(found)):
        yield f"{where}: something is there twice"


def _ids(query: Query, schema: str, slug: str, stream: Stream) -> list[str]:
    return [str(id_) for (id_,) in query(f"SELECT external_id {_present(schema, slug, stream)}")]


def _rows_that_differ(query: Query, schema: str, fresh: str, vendor: Source, stream: Stream) -> Iterator[str]:
    own = OWN_COLUMNS | DERIVED | vendor.harness.spares
    columns = [field.column for field in stream.table._meta.concrete_fields if field.column not in own]
    if "external_id" not in columns:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    mine, theirs = (
        {
            row[columns.index("external_id")]: row
            for row in query(f"SELECT {names} {_present(each, vendor.slug, stream)}")
        }
        for each in (schema, fresh)
    )
    for key in sorted(mine.keys() & theirs.keys()):
        for column, ours, real in zip(columns, mine[key], theirs[key], strict=True):
            if ours != real:
                yield f"{schema} {stream.name} {key}: {column} is {ours!r}, at the vendor {real!r}"


def _present(schema: str, slug: str, stream: Stream) -> str:
    fixed = "".join(f" AND {column} = '{value}'" for column, value in stream.fixed.items())
    return (
        f"FROM {schema}.{stream.table._meta.db_table} WHERE deleted_at IS NULL{fixed} "
        f"AND source_id IN (SELECT id FROM {schema}.connectors_connection WHERE vendor = '{slug}')"
    )
