"""Misbehaviour of a simulated vendor as data: what goes wrong, for which requests, and how often."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter
from typing import Any

Record = dict[str, Any]
UNKNOWN_ID = 999_999_999


class FaultKind(StrEnum):
    """What goes wrong; a vendor words it as it words its own errors."""

    TOO_MANY_REQUESTS = "too-many-requests"
    THROTTLED_WITHOUT_HINT = "throttled-without-hint"  # no Retry-After
    UNAUTHORIZED = "unauthorized"
    EXPIRED_TOKEN = "expired-token"  # noqa: S105
    EXPIRED_SECRET = "expired-secret"  # noqa: S105
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    SERVER_ERROR = "server-error"
    TIMEOUT = "timeout"  # the vendor's own, told in an error
    BAD_GATEWAY = "bad-gateway"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway-timeout"
    HTML_PAGE = "html-page"
    PLAIN_TEXT = "plain-text"
    CANNOT_ROUTE = "cannot-route"
    WRONG_KEYS = "wrong-keys"
    UNKNOWN_COMPANY = "unknown-company"
    # On the way:
    HANGING = "hanging"
    SLOW_BODY = "slow-body"
    DROPPED_BODY = "dropped-body"
    TRUNCATED_JSON = "truncated-json"
    RESET_CONNECTION = "reset-connection"
    # In lists:
    DUPLICATE_PAGE = "duplicate-page"  # the page before, once more
    REPEATED_CURSOR = "repeated-cursor"  # the way on leads to this page again
    DRIFTING_PAGE = "drifting-page"  # the first row has slipped onto the page before
    PARTIAL_DATA = "partial-data"  # one of the products behind the list did not answer
    # As long as they are switched on, whatever their path:
    IDENTICAL_TIMESTAMPS = "identical-timestamps"  # the clock only ticks every so many seconds
    CLOCK_SKEW = "clock-skew"


STATES = {FaultKind.IDENTICAL_TIMESTAMPS, FaultKind.CLOCK_SKEW}
STATUSES = {
    FaultKind.UNAUTHORIZED: 401,
    FaultKind.EXPIRED_TOKEN: 401,
    FaultKind.EXPIRED_SECRET: 401,
    FaultKind.WRONG_KEYS: 401,
    FaultKind.FORBIDDEN: 403,
    FaultKind.NOT_FOUND: 404,
    FaultKind.CONFLICT: 409,
    FaultKind.TOO_MANY_REQUESTS: 429,
    FaultKind.THROTTLED_WITHOUT_HINT: 429,
    FaultKind.SERVER_ERROR: 500,
    FaultKind.TIMEOUT: 500,
    FaultKind.UNAVAILABLE: 503,
    FaultKind.GATEWAY_TIMEOUT: 504,
}


class PoisonKind(StrEnum):
    NUL_CHARACTER = "nul-character"
    LONG_TEXT = "long-text"
    UNKNOWN_ENUM = "unknown-enum"
    MISSING_BOARD = "missing-board"
    UNKNOWN_TICKET = "unknown-ticket"
    BAD_DATE = "bad-date"
    MISSING_FIELD = "missing-field"


@dataclass(slots=True)
class Fault:
    """Strikes requests whose path contains `path`: the next `times` of them, or a `share`, until cleared.

    `after` lets so many through first, so that it strikes in the middle of a walk.
    """

    kind: FaultKind
    path: str = ""
    times: int | None = None
    share: float = 1.0
    seconds: float = 1.0  # of a Retry-After, a slow body, a hang, a skew or a tick
    after: int = 0


@dataclass(slots=True)
class Poison:
    """Spoils records of a resource as they are sent: those with the given ids, or the lowest id."""

    kind: PoisonKind
    resource: str
    ids: list[int | str] = field(default_factory=list)

    def spoiler(
        self, all_ids: Sequence[int | str], identify: Callable[[Record], Any] = itemgetter("id")
    ) -> Callable[[Record], Record]:
        ids = set(self.ids or all_ids[:1])
        spoil = SPOILS[self.kind]
        return lambda record: spoil(record) if identify(record) in ids else record


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

    def poison(self, kind: str, resource: str, ids: list[int | str] | None = None) -> Poison:
        poison = Poison(PoisonKind(kind), resource, ids or [])
        self.poisons.append(poison)
        return poison

    def clear(self) -> None:
        self.active.clear()
        self.poisons.clear()

    def strike(self, path: str) -> Fault | None:
        """The fault that this request meets, if any."""
        for fault in self.active:
            if fault.kind not in STATES and fault.path in path and self._is_due(fault):
                return fault
        return None

    def state(self, kind: FaultKind) -> float:
        """Seconds of a fault that lasts as long as it is switched on, or zero."""
        return next((fault.seconds for fault in self.active if fault.kind is kind), 0.0)

    def _is_due(self, fault: Fault) -> bool:
        if fault.after:
            fault.after -= 1
            return False
        if fault.times == 0 or self._rng.random() >= fault.share:
            return False
        fault.times = fault.times - 1 if fault.times else None
        if fault.times == 0:
            self.active.remove(fault)
        return True

    def poisons_of(self, resource: str) -> list[Poison]:
        return [poison for poison in self.poisons if poison.resource == resource]


def _long_text(record: Record) -> Record:
    return _spoilt(record, TEXTS, lambda text: f"{text} " + "long " * 4000, only_first=True)


def _nul_character(record: Record) -> Record:
    return _spoilt(record, TEXTS, lambda text: f"{text}\x00hidden", only_first=True)


def _unknown_enum(record: Record) -> Record:
    return _spoilt(record, ENUMS, lambda _: "BrandNewValue")


def _missing_board(record: Record) -> Record:
    return record | {"board": {"id": UNKNOWN_ID, "name": "Deleted board"}}


def _unknown_ticket(record: Record) -> Record:
    return record | {"chargeToId": UNKNOWN_ID, "ticket": {"id": UNKNOWN_ID, "summary": "Gone"}}


def _bad_date(record: Record) -> Record:
    spoilt = _spoilt(record, DATES, lambda _: "0000-13-45T99:00:00Z")
    info = {"_info": {**record["_info"], "dateEntered": "not a date"}} if "_info" in record else {}
    return spoilt | info


def _missing_field(record: Record) -> Record:
    """The first text is not there at all."""
    return _spoilt(record, TEXTS, lambda _: MISSING, only_first=True)


def _spoilt(
    record: Record, names: Sequence[str], spoil: Callable[[Any], Any], *, only_first: bool = False
) -> Record:
    """The record with its fields of these names spoilt, or else those of the objects right inside it."""
    found = [name for name in names if record.get(name) is not None]
    if found:
        chosen = found[:1] if only_first else found
        values = {name: spoil(record[name]) if name in chosen else record[name] for name in record}
        return {name: value for name, value in values.items() if value is not MISSING}
    inner = {name: value for name, value in record.items() if isinstance(value, dict)}
    return record | {
        name: _spoilt(value, names, spoil, only_first=only_first) for name, value in inner.items()
    }


MISSING = object()
TEXTS = (
    *("summary", "notes", "name", "lastName", "text"),
    *("threatName", "computerName", "primaryDescription", "title", "displayName", "computerDnsName"),
)
ENUMS = (
    *("recordType", "chargeToType", "licenseClass", "agreementStatus"),
    *("incidentStatus", "analystVerdict", "confidenceLevel", "machineType", "state"),
    *("serviceSource", "detectionSource", "determination", "onboardingStatus"),
)
DATES = (
    *("closedDate", "timeStart", "startDate", "dateEntered"),
    *(
        "createdAt",
        "identifiedAt",
        "reportedAt",
        "createdDateTime",
        "lastUpdateDateTime",
        "alertCreationTime",
    ),
)
SPOILS: dict[PoisonKind, Callable[[Record], Record]] = {
    PoisonKind.NUL_CHARACTER: _nul_character,
    PoisonKind.LONG_TEXT: _long_text,
    PoisonKind.UNKNOWN_ENUM: _unknown_enum,
    PoisonKind.MISSING_BOARD: _missing_board,
    PoisonKind.UNKNOWN_TICKET: _unknown_ticket,
    PoisonKind.BAD_DATE: _bad_date,
    PoisonKind.MISSING_FIELD: _missing_field,
}
