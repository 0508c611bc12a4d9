"""Which path lists what: the stored tables and the small lists of the API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec

from ..world.tables import Table
from ..world.world import World
from . import desk_rendering as desk
from . import payloads
from . import setup_rendering as setup
from .rendering import Renderer, encode

INFO_FIELDS = frozenset({"lastupdated", "updatedby", "dateentered", "enteredby"})


@dataclass(frozen=True, slots=True)
class Stored:
    table: Callable[[World], Table[Any]]
    render: Callable[[Renderer, Any], Any]
    payload: type[payloads.Payload] | None = None


Listed = Callable[[Renderer, World, int], list[Any]]

STORED = {
    "service/tickets": Stored(lambda world: world.tickets, desk.ticket, payloads.Ticket),
    "time/entries": Stored(lambda world: world.time_entries, desk.time_entry, payloads.TimeEntry),
    "company/companies": Stored(lambda world: world.clients.companies, setup.company, payloads.Company),
    "company/contacts": Stored(lambda world: world.clients.contacts, setup.contact, payloads.Contact),
    "finance/agreements": Stored(lambda world: world.clients.agreements, setup.agreement, payloads.Agreement),
    "system/members": Stored(lambda world: world.catalogue.members, setup.member, payloads.Member),
    "service/boards": Stored(lambda world: world.catalogue.boards, setup.board, payloads.Board),
    "service/surveys": Stored(lambda world: world.catalogue.surveys, setup.survey),
    "time/worktypes": Stored(lambda world: world.catalogue.work_types, setup.work_type),
    "time/workroles": Stored(lambda world: world.catalogue.work_roles, setup.work_role),
    "time/chargecodes": Stored(lambda world: world.catalogue.charge_codes, setup.charge_code),
}
LISTED: dict[str, Listed] = {
    "service/tickets/{}/notes": desk.notes,
    "service/surveys/{}/questions": setup.questions,
    "service/surveys/{}/results": desk.survey_results,
    "service/priorities": setup.priorities,
    "service/sources": setup.sources,
    "service/slas": setup.slas,
    "service/slas/{}/priorities": setup.sla_priorities,
    "service/boards/{}/statuses": setup.statuses,
    "service/boards/{}/types": setup.types,
    "service/boards/{}/subtypes": setup.subtypes,
    "service/boards/{}/items": setup.items,
    "service/boards/{}/teams": setup.teams,
    "company/companies/{}/sites": setup.sites,
    "finance/agreements/types": setup.agreement_types,
    "finance/agreements/{}/additions": setup.additions,
    "finance/agreements/{}/worktypes": setup.covered_work_types,
    "finance/agreements/{}/workroles": setup.covered_work_roles,
    "finance/agreements/{}/worktypeexclusions": setup.excluded_work_types,
    "finance/agreements/{}/workroleexclusions": setup.excluded_work_roles,
    "finance/agreements/{}/boarddefaults": setup.board_defaults,
}


def pattern(resource: str) -> str:
    """A path with its ids left open."""
    return "/".join("{}" if step.isdigit() else step for step in resource.split("/"))


class Collection(Protocol):
    """Records by ascending id, each as encoded JSON."""

    fields: frozenset[str] | None
    is_indexed: bool

    def ids(self) -> Sequence[int]: ...

    def changed_since(self, moment: datetime) -> Sequence[int]: ...

    def encoded(self, record_id: int) -> bytes: ...

    def remember(self, question: str, find: Callable[[], Sequence[int]]) -> Sequence[int]: ...


class StoredCollection:
    """A table of the world whose records stay encoded until they change."""

    def __init__(self, stored: Stored, world: World, renderer: Renderer) -> None:
        self.table = stored.table(world)
        self.fields = _fields(stored.payload)
        self.is_indexed = True
        self._render = stored.render
        self._renderer = renderer
        self._cache: dict[int, bytes] = {}
        self._answers: dict[str, Sequence[int]] = {}
        self._answered_at = -1
        self.table.watch(self._forget)

    def reset(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._cache.clear()
        self._answers.clear()

    def _forget(self, record_id: int) -> None:
        self._cache.pop(record_id, None)

    def ids(self) -> Sequence[int]:
        return self.table.ids

    def changed_since(self, moment: datetime) -> Sequence[int]:
        return self.table.changed_since(moment - self._renderer.skew)

    def encoded(self, record_id: int) -> bytes:
        if record_id not in self._cache:
            self._cache[record_id] = encode(self._render(self._renderer, self.table[record_id]))
        return self._cache[record_id]

    def remember(self, question: str, find: Callable[[], Sequence[int]]) -> Sequence[int]:
        """The next page of a filtered walk need not search the whole table again while nothing changes."""
        if self._answered_at != self.table.version:
            self._answers.clear()
            self._answered_at = self.table.version
        if question not in self._answers:
            self._answers[question] = find()
        return self._answers[question]


class ListedCollection:
    """A list short enough to be made anew for each request; rows without an id count from one."""

    def __init__(self, rows: list[Any]) -> None:
        self.fields: frozenset[str] | None = None
        self.is_indexed = False
        encoded = [encode(row) for row in rows]
        ids = [msgspec.json.decode(row).get("id", number) for number, row in enumerate(encoded, 1)]
        self._rows: dict[int, bytes] = dict(sorted(zip(ids, encoded, strict=True)))

    def ids(self) -> Sequence[int]:
        return list(self._rows)

    def changed_since(self, moment: datetime) -> Sequence[int]:
        return self.ids()

    def encoded(self, record_id: int) -> bytes:
        return self._rows[record_id]

    def remember(self, question: str, find: Callable[[], Sequence[int]]) -> Sequence[int]:
        return find()


def _fields(payload: type[payloads.Payload] | None) -> frozenset[str] | None:
    if payload is None:
        return None
    return INFO_FIELDS | {field.encode_name.lower() for field in msgspec.structs.fields(payload)}
