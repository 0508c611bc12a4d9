"""A connection of one tenant, as tests sync it and look at what came of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from connectors.base import Key, Stream
from connectors.models import Connection, DirtyDay, RawTicketEvent, RawTicketSpell, StreamState, SyncRun
from connectors.registry import connectors
from connectors.replay import replay
from connectors.sync import sync
from connectors.walks import Extent
from tenants.context import tenant

TENANTS = ("north", "south")
# Ours, not the vendor's: when and where a row was written, and when it was found missing.
OWN_COLUMNS = {"id", "source_id", "synced_at", "deleted_at", "access_checked_at"}
Row = dict[str, Any]


class Killed(BaseException):
    """A worker that dies: nothing but `finally` gets to see it."""


def raw_tables() -> list[type[models.Model]]:
    tables = [stream.table for connector in connectors().values() for stream in connector.streams]
    return list(dict.fromkeys([*tables, RawTicketEvent, RawTicketSpell]))


@dataclass
class Site:
    schema: str
    link: Connection

    def sync(self, extent: Extent = Extent.CHANGES, **options: Any) -> list[SyncRun]:
        with tenant(self.schema):
            return sync(self.link, extent, **options)

    def replay(self, only: str = "") -> list[SyncRun]:
        with tenant(self.schema):
            return replay(self.link, only)

    def run(self, stream: str, extent: Extent = Extent.CHANGES, **options: Any) -> SyncRun:
        """Sync that stream alone; its first run."""
        return next(run for run in self.sync(extent, only=stream, **options) if run.stream == stream)

    def all(self, model: type[models.Model], **having: Any) -> list[Any]:
        with tenant(self.schema):
            return list(model._default_manager.filter(**having).order_by("id"))

    def one(self, model: type[models.Model], **having: Any) -> Any:
        (found,) = self.all(model, **having)
        return found

    def ids(self, model: type[models.Model], **having: Any) -> set[Key]:
        """What the vendor still has, as far as we know."""
        return {row.external_id for row in self.all(model, deleted_at=None, **having)}

    def ids_of(self, stream: Stream) -> set[Key]:
        """The same of one of several streams that share a table."""
        return self.ids(stream.table, **stream.fixed)

    def state(self, stream: str) -> StreamState:
        return self.one(StreamState, stream=stream)  # type: ignore[no-any-return]

    def states(self, stream: str) -> list[StreamState]:
        """Several where each of the vendor's customers is read on its own, the first read first."""
        return self.all(StreamState, stream=stream)

    def refreshed(self) -> Connection:
        with tenant(self.schema):
            self.link.refresh_from_db()
        return self.link

    def tables(self, *, dead: bool = True, without: frozenset[str] = frozenset()) -> dict[str, list[Row]]:
        """Everything the raw tables hold, in a form that compares across connections and runs."""
        return {table._meta.db_table: self.rows(table, dead=dead, without=without) for table in raw_tables()}

    def rows(
        self,
        table: type[models.Model],
        *,
        dead: bool = True,
        without: frozenset[str] = frozenset(),
        **having: Any,
    ) -> list[Row]:
        left_out = OWN_COLUMNS | without
        columns = [field for field in table._meta.concrete_fields if field.column not in left_out]
        having |= {"deleted_at": None} if hasattr(table, "deleted_at") and not dead else {}
        return sorted((_plain(row, columns) for row in self.all(table, **having)), key=repr)

    def forget_dirty_days(self) -> None:
        with tenant(self.schema):
            DirtyDay.objects.all().delete()

    def dirty_days(self) -> set[date | None]:
        return {dirty.day for dirty in self.all(DirtyDay)}


def _plain(row: models.Model, columns: list[Any]) -> Row:
    plain = {column.column: _value(getattr(row, column.attname)) for column in columns}
    return plain | {"is_dead": bool(getattr(row, "deleted_at", None))}


def _value(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def connected(schema: str, login: Any, name: str = "Desk", **changed: str) -> Site:
    """Make a connection in a tenant to ConnectWise, with what its simulator gives out to log in."""
    fields = {name: changed.get(name, getattr(login, name)) for name in login.__slots__}
    settings = {name: fields.pop(name) for name in ("site", "company_id")}
    with tenant(schema):
        link = Connection(name=name, vendor="connectwise", settings=settings)
        link.credentials = fields
        link.save()
    return Site(schema, link)


def errors(site: Site, **options: Any) -> dict[str, str]:
    """What a sync says of the streams that it could not finish."""
    return {run.stream: run.error for run in site.sync(**options) if run.error}
