"""Which Microsoft tenants are an MSP's customers: those of its partner relationships, and those entered by hand."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from connectors.base import Json, Record
from connectors.texts import part, text
from connectors.vendors.defender.listing import sortable

# One that ran out may have been forgotten: its customer stays listed. One that was ended was meant to be.
NEVER_BEGAN = {"created", "approvalpending", "approved"}
ENDED_ON_PURPOSE = {"terminated"}
RAN_OUT = {"expired"}
NO_EXTENSION = {"", "PT0S", "P0D"}
# Says of a record in whose tenant it was found. Numbers of incidents, for one, count in each tenant on their own.
STAMP = "@customer"


def of_relationships(relationships: Iterable[Json], entered: Iterable[str]) -> list[Json]:
    """A record for each customer, with the relationships that speak of it."""
    of_tenant: dict[str, list[Record]] = defaultdict(list)
    for relationship in map(_decoded, relationships):
        tenant = text(part(relationship, "customer").get("tenantId")).lower()
        if tenant and _status(relationship) not in NEVER_BEGAN | ENDED_ON_PURPOSE:
            of_tenant[tenant].append(relationship)
    for tenant in entered:
        of_tenant.setdefault(tenant, [])
    return [Json(msgspec.json.encode(_customer(tenant, of_tenant[tenant]))) for tenant in sorted(of_tenant)]


def _customer(tenant: str, relationships: list[Record]) -> Record:
    """Only what a row is made of: a new etag is no change."""
    latest = max(relationships, key=_rank, default={})
    return {
        "tenantId": tenant,
        "displayName": part(latest, "customer").get("displayName"),
        "status": latest.get("status"),
        "endDateTime": latest.get("endDateTime"),
        "extendsItself": _extends_itself(latest),
    }


def _rank(relationship: Record) -> tuple[bool, bool, str]:
    """The one that counts: what still holds before what ran out, then what goes on by itself, then the latest end."""
    is_over = _status(relationship) in RAN_OUT
    return not is_over, _extends_itself(relationship), sortable(text(relationship.get("endDateTime")))


def _extends_itself(relationship: Record) -> bool:
    return text(relationship.get("autoExtendDuration")) not in NO_EXTENSION


def _status(relationship: Record) -> str:
    return text(relationship.get("status")).lower()


def _decoded(record: Json) -> dict[str, Any]:
    decoded = msgspec.json.decode(record)
    return decoded if isinstance(decoded, dict) else {}


def stamped(record: Json, customer: str) -> Json:
    body = bytes(record)
    if body[:1] != b"{":
        return record
    comma = b"" if body[1:].lstrip()[:1] == b"}" else b","
    return Json(b'{"' + STAMP.encode() + b'":' + msgspec.json.encode(customer) + comma + body[1:])
