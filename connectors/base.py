"""What a vendor's module declares: its form, its check, and its streams of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

import msgspec
from django.db import models
from pydantic import BaseModel
from pydantic.config import JsonDict

from connectors.crypto import Secrets

Record = dict[str, Any]
Row = dict[str, Any]
Json = msgspec.Raw
Key = int | str

HOURLY = timedelta(hours=1)
# Marks a setting (as its json_schema_extra) that has no say in where the keys are sent. All others have.
LEADS_NOWHERE: JsonDict = {"leads_nowhere": True}


class Head(Protocol):
    """What has to be known of a record before deciding whether to read the rest: a msgspec.Struct."""

    @property
    def key(self) -> Key: ...

    @property
    def changed_at(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One list of records and how each becomes a row.

    With a cursor, changes are asked for; without one, the whole list is read every `refresh_every`
    and what is no longer on it counts as deleted. With a parent, the list is read once per parent
    record that changed (or was listed), and replaces what was known of that parent. Per customer, it is
    walked for each of the vendor's customers on its own, each with a position of its own.
    """

    name: str
    path: str
    table: type[models.Model]
    head: type[msgspec.Struct]
    row: Callable[[Record], Row]
    conditions: str = ""
    cursor: str = ""
    look_back: timedelta = timedelta(minutes=5)
    refresh_every: timedelta = HOURLY
    parent: str = ""
    parent_column: str = ""
    # How far back the first load asks for children; None: for all parents.
    children_of_last: timedelta | None = None
    # Which parents are asked again at each sweep, by the time: a new child need not touch its parent.
    recheck: Callable[[datetime], models.Q] | None = None
    is_per_customer: bool = False
    # Whether what the vendor no longer lists counts as deleted. Not where a vendor only keeps the last months.
    # What it tells changes without counting as changed, so every night all of it is read again.
    is_reread: bool = False
    is_swept: bool = True
    # Streams that point here, and by which column: when one of these records is gone it may have been merged
    # into another, so what points to it is read again, whether or not the vendor calls that a change.
    referred_by: Mapping[str, str] = field(default_factory=dict)
    # Columns that are the same for all of the stream's rows, where several streams share a table.
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def is_part_of(self, name: str) -> bool:
        """Whether it is the stream of that name, or hangs on it."""
        return name in (self.name, self.parent)

    def heads(self, records: Sequence[Json]) -> list[Head | Exception]:
        """Of each record its head, or why it can't be read."""
        try:
            page = msgspec.json.decode(json_list(records), type=list[self.head])  # type: ignore[name-defined]
        except (msgspec.MsgspecError, ValueError):
            return [self._head(record) for record in records]
        return cast("list[Head | Exception]", page)

    def _head(self, record: Json) -> Head | Exception:
        try:
            return cast(Head, msgspec.json.decode(record, type=self.head))
        except (msgspec.MsgspecError, ValueError) as problem:
            return problem


@dataclass(frozen=True)
class Walk:
    """What to ask of a stream: since when, from which page on, for which parent."""

    since: datetime | None = None
    after: str = ""
    parent_id: Key | None = None
    customer: str = ""
    ids_only: bool = False


@dataclass(frozen=True)
class Page:
    """Records as the vendor wrote them, and where the next page starts (empty: nowhere)."""

    records: list[Json]
    next_after: str = ""
    vendor_time: datetime | None = None
    # The vendor says that something is missing: what came is kept, and the same is asked for again later.
    is_partial: bool = False
    # Where the vendor can't tell everything whoever asks: what is missing, in a sentence.
    gap: str = ""


class Client(Protocol):
    """An open connection to a vendor."""

    def pages(self, stream: Stream, walk: Walk) -> Iterator[Page]: ...

    def count(self, stream: Stream, walk: Walk) -> int | None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Check:
    """One line of a preflight: what was tried and what came of it, in words."""

    name: str
    ok: bool
    message: str = ""


@dataclass(frozen=True)
class Notice:
    """What a callback says of itself: which it is among all, and where the key of its signature can be read."""

    identity: str
    key_url: str


@dataclass(frozen=True, kw_only=True)
class Callbacks:
    """How a vendor tells of changes by itself."""

    # Raises ValueError for what can't be one.
    read: Callable[[bytes], Notice]
    # With the connection's settings; raises SyncProblem.
    signing_key: Callable[[Any, str], str]
    is_genuine: Callable[[str, bytes, Mapping[str, str]], bool]
    # With an open client: ask for calls at this address and at none of the earlier ones, or for no calls.
    register: Callable[[Any, str, str], None]
    withdraw: Callable[[Any, str], None]
    # What the vendor says is wrong with those it was asked for; empty: nothing.
    trouble: Callable[[Any, str], str]


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Where people see a record at the vendor's."""

    # With the connection's settings, what kind of record it is, its id and its customer's; empty: nowhere.
    of: Callable[[Any, str, Key, str], str]
    # With the settings: the host that serves them.
    host: Callable[[Any], str]


@dataclass(frozen=True, kw_only=True)
class Connector:
    slug: str
    label: str
    settings_model: type[BaseModel]
    credentials_model: type[BaseModel]
    open: Callable[[Any, Secrets], Client]
    preflight: Callable[[Any], list[Check]]
    streams: tuple[Stream, ...]
    is_ticket_desk: bool = False
    callbacks: Callbacks | None = None
    pages: Pages | None = None

    def children_of(self, stream: Stream) -> list[Stream]:
        return [child for child in self.streams if child.parent == stream.name]


def json_list(records: Sequence[Json]) -> bytes:
    return b"[" + b",".join(records) + b"]"
