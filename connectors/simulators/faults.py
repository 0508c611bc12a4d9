"""Misbehaviour of a simulated vendor as data: what goes wrong, for which requests, and how often."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Record = dict[str, Any]
UNKNOWN_ID = 999_999_999


class FaultKind(StrEnum):
    TOO_MANY_REQUESTS = "too-many-requests"
    TIMEOUT = "timeout"
    BAD_GATEWAY = "bad-gateway"
    HTML_PAGE = "html-page"
    CANNOT_ROUTE = "cannot-route"
    SLOW_BODY = "slow-body"
    DROPPED_BODY = "dropped-body"
    TRUNCATED_JSON = "truncated-json"
    WRONG_KEYS = "wrong-keys"
    UNKNOWN_COMPANY = "unknown-company"


class PoisonKind(StrEnum):
    NUL_CHARACTER = "nul-character"
    LONG_TEXT = "long-text"
    UNKNOWN_ENUM = "unknown-enum"
    MISSING_BOARD = "missing-board"
    UNKNOWN_TICKET = "unknown-ticket"
    BAD_DATE = "bad-date"


@dataclass(slots=True)
class Fault:
    """Strikes requests whose path contains `path`: the next `times` of them, or a `share`, until cleared."""

    kind: FaultKind
    path: str = ""
    times: int | None = None
    share: float = 1.0
    seconds: float = 1.0  # of a Retry-After or a slow body


@dataclass(slots=True)
class Poison:
    """Spoils records of a resource as they are sent: those with the given ids, or the lowest id."""

    kind: PoisonKind
    resource: str
    ids: list[int] = field(default_factory=list)

    def spoiler(self, all_ids: Sequence[int]) -> Callable[[Record], Record]:
        ids = set(self.ids or all_ids[:1])
        spoil = SPOILS[self.kind]
        return lambda record: {**record, **spoil(record)} if record.get("id") in ids else record


class Faults:
    """The faults switched on for one MSP; which requests a share strikes is seeded."""

    def __init__(self, seed: int = 0) -> None:
        self.active: list[Fault] = []
        self.poisons: list[Poison] = []
        self._rng = random.Random(seed)

    def add(self, kind: str, **options: Any) -> Fault:
        fault = Fault(FaultKind(kind), **options)
        self.active.append(fault)
        return fault

    def poison(self, kind: str, resource: str, ids: list[int] | None = None) -> Poison:
        poison = Poison(PoisonKind(kind), resource, ids or [])
        self.poisons.append(poison)
        return poison

    def clear(self) -> None:
        self.active.clear()
        self.poisons.clear()

    def strike(self, path: str) -> Fault | None:
        """The fault that this request meets, if any."""
        for fault in self.active:
            if fault.path in path and fault.times != 0 and self._rng.random() < fault.share:
                fault.times = fault.times - 1 if fault.times else None
                if fault.times == 0:
                    self.active.remove(fault)
                return fault
        return None

    def poisons_of(self, resource: str) -> list[Poison]:
        return [poison for poison in self.poisons if poison.resource == resource]


def _long_text(record: Record) -> Record:
    name = _text_field(record)
    return {name: f"{record[name]} " + "long " * 4000}


def _nul_character(record: Record) -> Record:
    name = _text_field(record)
    return {name: f"{record[name]}\x00hidden"}


def _unknown_enum(record: Record) -> Record:
    names = ("recordType", "chargeToType", "licenseClass", "agreementStatus")
    return {name: "BrandNewValue" for name in names if name in record}


def _missing_board(record: Record) -> Record:
    return {"board": {"id": UNKNOWN_ID, "name": "Deleted board"}}


def _unknown_ticket(record: Record) -> Record:
    return {"chargeToId": UNKNOWN_ID, "ticket": {"id": UNKNOWN_ID, "summary": "Gone"}}


def _bad_date(record: Record) -> Record:
    names = ("closedDate", "timeStart", "startDate", "dateEntered")
    spoilt = {name: "0000-13-45T99:00:00Z" for name in names if name in record}
    return spoilt | {"_info": {**record.get("_info", {}), "dateEntered": "not a date"}}


def _text_field(record: Record) -> str:
    return next(name for name in ("summary", "notes", "name", "lastName", "text", "id") if name in record)


SPOILS: dict[PoisonKind, Callable[[Record], Record]] = {
    PoisonKind.NUL_CHARACTER: _nul_character,
    PoisonKind.LONG_TEXT: _long_text,
    PoisonKind.UNKNOWN_ENUM: _unknown_enum,
    PoisonKind.MISSING_BOARD: _missing_board,
    PoisonKind.UNKNOWN_TICKET: _unknown_ticket,
    PoisonKind.BAD_DATE: _bad_date,
}
