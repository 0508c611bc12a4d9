"""The SQL of bringing rows into a raw table: COPY of new ones, staging and merging of changed ones."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from django.db import connection, models
from psycopg.types.json import Jsonb

from connectors import dirty
from connectors.base import Key, Row, Stream
from connectors.models import Connection


def hashes(link: Connection, stream: Stream, keys: Iterable[Key]) -> dict[Key, bytes | None]:
    """Hashes by id; a tombstoned row has none, so that it comes back when the vendor shows it again."""
    fixed = "".join(f" AND {name(column)} = %s" for column in stream.fixed)
    statement = (
        "SELECT external_id, CASE WHEN deleted_at IS NULL THEN row_hash END "
        f"FROM {name(stream.table._meta.db_table)} WHERE source_id = %s AND external_id = ANY(%s){fixed}"
    )
    # psycopg's own cursor: its binary results arrive as Python's int, str and bytes, without a copy in hex.
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, [link.id, list(keys), *stream.fixed.values()], binary=True)
        return dict(cursor.fetchall())


def copy(table: type[models.Model], target: str, rows: Sequence[Row]) -> None:
    """COPY rows that all have the same columns, those of `table`, into it or a table like it."""
    columns = list(rows[0])
    fields = {field.column: field for field in table._meta.concrete_fields}
    types = [str(fields[column].db_type(connection)).split("(")[0] for column in columns]
    json_columns = {column for column in columns if isinstance(fields[column], models.JSONField)}
    with connection.cursor() as cursor:
        statement = f"COPY {name(target)} ({names(columns)}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement) as into:
            into.set_types(types)
            for row in rows:
                into.write_row(_values(row, json_columns))


def _values(row: Row, json_columns: set[str]) -> list[Any]:
    if not json_columns:
        return list(row.values())
    return [
        Jsonb(value) if column in json_columns and value is not None else value
        for column, value in row.items()
    ]


def stage(table: type[models.Model], rows: Sequence[Row]) -> str:
    """A temporary table of exactly these columns, kept for the session and emptied at each commit."""
    columns = list(rows[0])
    staging = f"staging_{table._meta.db_table}_{zlib.crc32(','.join(columns).encode()):08x}"
    with connection.cursor() as cursor:
        # Emptied by the commit, since rows deleted one by one would still be read by every page after.
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {name(staging)} ON COMMIT DELETE ROWS AS "
            f"SELECT {names(columns)} FROM {name(table._meta.db_table)} WITH NO DATA"
        )
        cursor.execute(f"DELETE FROM {name(staging)}")
    copy(table, staging, rows)
    return staging


def merge(link: Connection, stream: Stream, staging: str, columns: Sequence[str]) -> None:
    values = ", ".join(
        f"{name(column)} = new.{name(column)}"
        for column in columns
        if column not in ("source_id", "external_id")
    )
    statement = (
        f"UPDATE {name(stream.table._meta.db_table)} AS kept SET {values}, deleted_at = NULL, synced_at = NOW() "
        f"FROM {name(staging)} AS new WHERE {_same_record(stream)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, _identity(link, stream))


def drop_unchanged(link: Connection, stream: Stream, staging: str, columns: Sequence[str]) -> list[Key]:
    """Leave in the staging table only what differs from the table; returns the ids of that."""
    old, new = (", ".join(f"{side}.{name(column)}" for column in columns) for side in ("kept", "new"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {name(staging)} AS new USING {name(stream.table._meta.db_table)} AS kept "
            f"WHERE {_same_record(stream)} AND kept.deleted_at IS NULL AND ({old}) IS NOT DISTINCT FROM ({new})",
            _identity(link, stream),
        )
        cursor.execute(f"SELECT external_id FROM {name(staging)}")
        return [id_ for (id_,) in cursor.fetchall()]


def restates(link: Connection, stream: Stream, staging: str) -> bool:
    """Whether a staged change alters a column that the figures of all days look into."""
    columns = dirty.RESTATING_COLUMNS.get(stream.table)
    if not columns:
        return False
    old, new = (", ".join(f"{side}.{name(column)}" for column in columns) for side in ("kept", "new"))
    statement = (
        f"SELECT EXISTS (SELECT FROM {name(stream.table._meta.db_table)} AS kept "
        f"JOIN {name(staging)} AS new ON {_same_record(stream)} "
        f"WHERE kept.deleted_at IS NOT NULL OR ({old}) IS DISTINCT FROM ({new}))"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, _identity(link, stream))
        return bool(cursor.fetchone()[0])


def refresh_statistics(table: type[models.Model]) -> None:
    """After a first load PostgreSQL still plans for an empty table; its own housekeeping notices too late."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {name(table._meta.db_table)}")


def _same_record(stream: Stream) -> str:
    fixed = "".join(f" AND kept.{name(column)} = %s" for column in stream.fixed)
    return f"kept.source_id = %s AND kept.external_id = new.external_id{fixed}"


def _identity(link: Connection, stream: Stream) -> list[Any]:
    return [link.id, *stream.fixed.values()]


def name(of: str) -> str:
    return connection.ops.quote_name(of)


def names(of: Iterable[str]) -> str:
    return ", ".join(map(name, of))
