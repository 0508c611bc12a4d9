"""ConnectWise's callbacks: asking for them, and telling its own from forged ones.

https://developer.connectwise.com, "Callbacks". Its calls are hints: three days of trouble and it stops calling.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from connectors.base import Callbacks, Notice
from connectors.errors import StopConnection, StopStream, SyncProblem
from connectors.http import Answer, Http
from connectors.vendors.connectwise.answers import judge
from connectors.vendors.connectwise.client import ConnectWise, Settings, hosts

PATH = "system/callbacks"
TYPES = ("ticket", "time", "company")
EVERYTHING = {"level": "owner", "objectId": 1}
SIGNATURE = "x-content-signature"
# ConnectWise waits five seconds for an answer, of which reading the key is a part.
KEY_SECONDS = 3.0


class Metadata(msgspec.Struct):
    key_url: str


class Call(msgspec.Struct, rename="pascal"):
    id: int = msgspec.field(name="ID")
    action: str
    type: str
    metadata: Metadata
    entity: str | None = None


class Info(msgspec.Struct):
    last_updated: str = msgspec.field(name="lastUpdated", default="")


class Entity(msgspec.Struct):
    info: Info | None = msgspec.field(name="_info", default=None)


class Registered(msgspec.Struct, rename="camel"):
    id: int
    url: str = ""
    type: str = ""
    level: str = ""
    object_id: int = 0
    inactive_flag: bool = False

    @property
    def is_of_everything(self) -> bool:
        return not self.inactive_flag and (self.level.lower(), self.object_id) == ("owner", 1)


def read(body: bytes) -> Notice:
    """Which change of which record it tells of; a deletion comes without a time, and happens once."""
    try:
        call = msgspec.json.decode(body, type=Call)
        entity = msgspec.json.decode(call.entity, type=Entity) if call.entity else Entity()
    except msgspec.MsgspecError as problem:
        raise ValueError(str(problem)) from None
    changed_at = entity.info.last_updated if entity.info else ""
    return Notice(f"{call.type} {call.id} {call.action} {changed_at}", call.metadata.key_url)


def signing_key(settings: Settings, url: str) -> str:
    """It is given to whoever asks, so our own keys stay here; and asked is nobody but the connection's hosts."""
    http = Http({}, judge, hosts(settings), timeout=KEY_SECONDS)
    try:
        return http.once("GET", url, _key)
    finally:
        http.close()


def _key(answer: Answer) -> str:
    try:
        return str(msgspec.json.decode(answer.body)["signing_key"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        raise StopStream("ConnectWise's signing key cannot be read.") from None


def is_genuine(key: str, body: bytes, headers: Mapping[str, str]) -> bool:
    signature = b64encode(hmac.digest(sha256(key.encode()).digest(), body, "sha256"))
    return hmac.compare_digest(signature, headers.get(SIGNATURE, "").encode())


def register(client: ConnectWise, address: str, earlier: str) -> None:
    """Leaves exactly one callback of each type, and other programs' callbacks alone."""
    kept: set[str] = set()
    for each in _ours(client, address, earlier):
        if each.url == _url(address) and each.is_of_everything and each.type in {*TYPES} - kept:
            kept.add(each.type)
        else:
            _change(client, "DELETE", f"{PATH}/{each.id}")
    for kind in TYPES:
        if kind not in kept:
            wanted = {"description": f"Deskmetry {kind}", "url": _url(address), "type": kind}
            _change(client, "POST", PATH, wanted | EVERYTHING)


def withdraw(client: ConnectWise, address: str) -> None:
    for each in _ours(client, address):
        _change(client, "DELETE", f"{PATH}/{each.id}")


def trouble(client: ConnectWise, address: str) -> str:
    try:
        alive = {each.type for each in _ours(client, address) if each.is_of_everything}
    except StopConnection:
        raise
    except SyncProblem as problem:
        return str(problem)
    if missing := [kind for kind in TYPES if kind not in alive]:
        return _(
            "ConnectWise no longer calls about: %(types)s. It stops when it can't reach this server for some days. "
            'Press "Get told of changes at once" again; until then, changes are found every few minutes.'
        ) % {"types": ", ".join(missing)}
    return ""


def _url(address: str) -> str:
    """ConnectWise appends the record's id and what happened to it."""
    return f"{address}?recordId="


def _ours(client: ConnectWise, *addresses: str) -> Iterator[Registered]:
    prefixes = tuple(filter(None, addresses))
    listed = client.get(PATH, {"pageSize": "1000"}).body
    yield from [
        each for each in msgspec.json.decode(listed, type=list[Registered]) if each.url.startswith(prefixes)
    ]


def _change(client: ConnectWise, method: str, path: str, json: Any = None) -> None:
    try:
        client.change(method, path, json)
    except StopConnection:
        raise
    except StopStream as problem:
        raise StopStream(
            _(
                "%(problem)s To be told of changes, the API member has to be allowed to add and delete callbacks "
                "(system/callbacks) in its security role. Everything else works without."
            )
            % {"problem": problem}
        ) from None


CALLBACKS = Callbacks(
    read=read,
    signing_key=signing_key,
    is_genuine=is_genuine,
    register=register,
    withdraw=withdraw,
    trouble=trouble,
)
