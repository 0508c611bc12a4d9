"""Reads ConnectWise's JSON tolerantly: fields may be absent, null, overlong or of an unknown kind."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connectors.base import Record
from connectors.errors import SkipRecord
from connectors.texts import moment, text

LONGEST_TEXT = 20_000
LARGEST_WHOLE = 2**31 - 1


def storable(value: Any) -> Any:
    """The same JSON without NUL, which jsonb can't hold either."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    return value


def ref_id(record: Record, name: str) -> int | None:
    reference = record.get(name)
    return reference.get("id") if reference else None


def ref_name(record: Record, name: str) -> str:
    reference = record.get(name)
    return text(reference.get("name")) if reference else ""


def needed_moment(record: Record, *names: str) -> datetime:
    for name in names:
        if value := moment(record, name) or moment(record.get("_info") or {}, name):
            return value
    raise SkipRecord(f"{names[0]} is missing. If that is so for all records, the API member's role hides it.")


def day(record: Record, name: str) -> date | None:
    value = moment(record, name)
    return value.date() if value else None


def minutes_of_hours(value: Any) -> Decimal | None:
    """Hours with their decimals, in minutes to the hundredth."""
    return None if value is None else Decimal(round(float(value) * 6000)).scaleb(-2)


def whole(record: Record, name: str) -> int:
    """A whole number, 0 when absent. Checked here since COPY would cut off the bits that don't fit."""
    number = round(record.get(name) or 0)
    if abs(number) > LARGEST_WHOLE:
        raise SkipRecord(f"{name} is too large: {str(number)[:40]}")
    return number


def amount(value: Any) -> Decimal | None:
    """Money and quantities; ConnectWise sends some of them as strings."""
    return None if value in (None, "") else Decimal(str(value)).quantize(Decimal("0.01"))
