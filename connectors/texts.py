"""Reads vendors' JSON tolerantly: fields may be absent, null, overlong, of another kind, or not storable."""

import json
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from connectors.base import Record
from connectors.errors import Retry, SkipRecord, StopStream

Kind = TypeVar("Kind")
LONGEST_NAME = 2_000
# Vendors write moments that never happened as dates of the year 1, 1900 or 1970, or of the year 9999.
EARLIEST_YEAR, NEVER = 1971, 9999


def text(value: Any, longest: int = LONGEST_NAME) -> str:
    """PostgreSQL's text can't hold NUL, and vendors do send it."""
    return "" if value is None else str(value).replace("\0", "")[:longest]


def part(record: Record, name: str) -> Record:
    """The object inside the record, empty where there is none."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def parts(record: Record, name: str) -> list[Record]:
    """The objects of the list inside the record."""
    value = record.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def needed(record: Record, name: str) -> Any:
    value = record.get(name)
    if value is None:
        raise SkipRecord(f"{name} is missing.")
    return value


def moment(record: Record, name: str) -> datetime | None:
    value = record.get(name)
    if not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise SkipRecord(f"{name} is not a date: {text(value, 40)}") from None
    if not EARLIEST_YEAR <= parsed.year < NEVER:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def needed_moment(record: Record, *names: str) -> datetime:
    """The first of these that is there."""
    for name in names:
        if value := moment(record, name):
            return value
    raise SkipRecord(f"{names[0]} is missing.")


def decoded(body: bytes, kind: type[Kind], vendor: str) -> Kind:
    """An answer's JSON; asked for again where it was cut off."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError):
        mended = _mended(body, vendor)
    try:
        return msgspec.json.decode(mended, type=kind)
    except msgspec.ValidationError:
        raise StopStream(f"{vendor} answered in a form that this version does not know.") from None


def _mended(body: bytes, vendor: str) -> bytes:
    """Half a surrogate pair, left of a text cut at a column's length, is no reason to lose a page."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False).encode(errors="replace")
    except ValueError:
        raise Retry(f"{vendor} broke off the answer.") from None


def site_of(pasted: str) -> str:
    """The host, with its scheme only where that is not https. People paste whole addresses; raises ValueError."""
    parts = urlsplit(pasted if "://" in pasted else f"https://{pasted}")
    if not parts.hostname or parts.port == 0:  # the port raises by itself when it is no number
        raise ValueError("no host name")
    host = parts.netloc.rpartition("@")[2]
    return f"http://{host}" if parts.scheme == "http" else host
