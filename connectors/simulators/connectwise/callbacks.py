"""ConnectWise's callbacks: /system/callbacks, and signed calls over HTTP when something changes.

Nothing is watched or sent before somebody registers.
"""

from base64 import b64encode
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from hashlib import sha256
from hmac import digest
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ..server import Request, Response
from ..world import World
from ..world.tables import Table
from . import replies
from .courier import Courier, Parcel
from .resources import StoredCollection

PATH = "system/callbacks"
KEY = "/callbacks/key/"  # ConnectWise's own path is not documented
RESOURCES = {
    "ticket": "service/tickets",
    "time": "time/entries",
    "company": "company/companies",
    "agreement": "finance/agreements",
    "member": "system/members",
}
Of = Callable[[Any], int | None]
LEVELS: dict[str, dict[str, Of]] = {
    "ticket": {
        "board": lambda row: int(row.board.id),
        "status": lambda row: int(row.status.id),
        "ticket": lambda row: int(row.id),
    },
    "time": {"company": lambda row: int(row.company.id), "time": lambda row: int(row.id)},
}
FAILING_DAYS = 3
REMEMBERED = 10_000


class CallbackFault(StrEnum):
    WRONG_SIGNATURE = "wrong-signature"
    REPLAY = "replay"  # the same bytes again, `times` times
    BURST = "burst"  # `times` calls about as many records
    FOREIGN_KEY_URL = "foreign-key-url"


class Callback(msgspec.Struct, rename="camel", kw_only=True):
    id: int = 0
    description: str = ""
    url: str
    object_id: int
    type: str
    level: str
    inactive_flag: bool = False

    def wants(self, kind: str, row: Any) -> bool:
        if self.inactive_flag or self.type != kind:
            return False
        if self.level == "owner":
            return self.object_id == 1
        return row is not None and LEVELS[kind][self.level](row) == self.object_id


@dataclass
class Delivery:
    """A call that was made and how it was answered; 0: not at all."""

    url: str
    body: bytes
    status: int


@dataclass
class CallbackBook:
    """One MSP's registrations, and who is called about what."""

    company_id: str
    world: World
    collections: Mapping[str, StoredCollection]
    courier: Courier = field(default_factory=Courier)
    registered: dict[int, Callback] = field(default_factory=dict)
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _origin: str = ""  # of this server, as whoever registered reached it
    _faults: dict[CallbackFault, int] = field(default_factory=dict)
    _known: dict[str, set[int]] = field(default_factory=dict)
    _failing: dict[int, set[date]] = field(default_factory=dict)
    _next_id: int = 1

    @property
    def signing_key(self) -> str:
        return sha256(f"signing {self.company_id}".encode()).hexdigest()

    def fault(self, kind: str, times: int = 1) -> None:
        self._faults[CallbackFault(kind)] = times

    def clear_faults(self) -> None:
        self._faults.clear()

    # --- the resource -----------------------------------------------------------------------------

    def answer(self, resource: str, request: Request) -> Response:
        last = resource.removeprefix(PATH).strip("/")
        if last.isdigit() and int(last) not in self.registered:
            return replies.not_found(resource)
        match request.method, bool(last):
            case "GET", _:
                rows = list(self.registered.values())
                return replies.data(self.registered[int(last)] if last else rows)
            case "POST", False:
                return self._register(request, self._next_id)
            case "PUT", True:
                return self._register(request, int(last))
            case "DELETE", True:
                del self.registered[int(last)]
                return Response(204)
            case _:
                return replies.error(405, "MethodNotAllowed", f"{request.method} is not supported here.")

    def _register(self, request: Request, callback_id: int) -> Response:
        try:
            wanted = replace_id(msgspec.json.decode(request.body, type=Callback), callback_id)
        except msgspec.MsgspecError as problem:
            return replies.error(400, "InvalidObject", f"callback object is invalid: {problem}")
        if wanted.type not in RESOURCES or wanted.level not in {"owner", *LEVELS.get(wanted.type, {})}:
            return replies.error(400, "InvalidObject", "callback object is invalid")
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(request.url))
        self._watch()
        is_new = callback_id not in self.registered
        self.registered[callback_id] = wanted
        self._next_id += is_new
        return Response(201 if is_new else 200, replies.encode(wanted))

    # --- what happens -----------------------------------------------------------------------------

    def _watch(self) -> None:
        for kind, resource in RESOURCES.items():
            table = self.collections[resource].table
            if kind not in self._known:
                self._known[kind] = set(table.ids)
                table.watch(partial(self._notice, kind, table))

    def _notice(self, kind: str, table: Table[Any], record_id: int) -> None:
        """Called in the middle of an edit, when the record need not be complete yet."""
        known, row = self._known[kind], table.get(record_id) or table.deleted.get(record_id)
        if record_id not in table.rows:
            action = "deleted"
            known.discard(record_id)
        elif record_id not in known:
            action = "added"
            known.add(record_id)
        elif is_only_stale(table, record_id):
            return
        else:
            action = "updated"
        for callback in list(self.registered.values()):
            if callback.wants(kind, row):
                self.courier.send(partial(self._call, callback, record_id, action))

    def _call(self, callback: Callback, record_id: int, action: str) -> None:
        burst = self._faults.get(CallbackFault.BURST, 1)
        for number in range(burst):
            parcel = self._parcel(callback, record_id + number, record_id, action)
            for _ in range(1 + self._faults.get(CallbackFault.REPLAY, 0)):
                self._deliver(callback, parcel)

    def _parcel(self, callback: Callback, shown_id: int, record_id: int, action: str) -> Parcel:
        with self.world.lock:
            collection = self.collections[RESOURCES[callback.type]]
            is_there = action != "deleted" and collection.table.get(record_id) is not None
            entity = collection.encoded(record_id).decode() if is_there else None
        is_foreign = CallbackFault.FOREIGN_KEY_URL in self._faults
        body = replies.encode(
            {
                "Action": action,
                "Type": callback.type,
                "ID": shown_id,
                "MemberId": "zAdmin",
                "CompanyId": self.company_id,
                "FromUrl": "cw.example",
                "Entity": entity,
                "Metadata": {
                    "key_url": "https://keys.example.net/key"
                    if is_foreign
                    else f"{self._origin}{KEY}{self.company_id}"
                },
            }
        )
        return Parcel(f"{callback.url}{shown_id}&action={action}", body, self._signature(body))

    def _signature(self, body: bytes) -> str:
        key = "wrong" if CallbackFault.WRONG_SIGNATURE in self._faults else self.signing_key
        return b64encode(digest(sha256(key.encode()).digest(), body, "sha256")).decode()

    def _deliver(self, callback: Callback, parcel: Parcel) -> None:
        status = self.courier.deliver(parcel)
        self.deliveries.append(Delivery(parcel.url, parcel.body, status))
        failing = self._failing.setdefault(callback.id, set())
        if 200 <= status < 300:
            failing.clear()
            return
        failing.add(self.world.now.date())
        if len(failing) >= FAILING_DAYS and callback.id in self.registered:
            self.registered[callback.id].inactive_flag = True


def replace_id(callback: Callback, callback_id: int) -> Callback:
    return msgspec.structs.replace(callback, id=callback_id)


def is_only_stale(table: Table[Any], record_id: int) -> bool:
    """It reads differently, because something that it quotes has changed, but was not edited itself."""
    try:
        table.revision(record_id)
    except KeyError:
        return False
    return True
