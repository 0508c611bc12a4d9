"""Accounts, sites and agents, as rows."""

from collections.abc import Callable

import msgspec

from connectors.base import Record, Row
from connectors.texts import moment, parts, text


class Identity(msgspec.Struct, rename="camel"):
    key: str = msgspec.field(name="id")
    updated_at: str | None = None

    @property
    def changed_at(self) -> str:
        return self.updated_at or ""


def customer(parent: str) -> Callable[[Record], Row]:
    """A site, whose account is its parent, or an account."""

    def row(record: Record) -> Row:
        return {
            "name": text(record.get("name")),
            "parent_id": text(record.get(parent)) if parent else "",
            "crm_id": text(record.get("externalId")),
            "state": text(record.get("state")),
            "is_default": bool(record.get("isDefault")),
            "ends_at": None,
        }

    return row


def agent(record: Record) -> Row:
    return {
        "customer_id": text(record.get("siteId") or record.get("accountId")),
        "hostname": text(record.get("computerName")),
        "serial": text(record.get("serialNumber")),
        "agent_uuid": text(record.get("uuid")),
        "azure_device_id": "",
        "mac_addresses": mac_addresses(record),
        "os_name": text(record.get("osName")),
        "os_version": text(record.get("osRevision")),
        "kind": text(record.get("machineType")),
        "agent_version": text(record.get("agentVersion")),
        "health": text(record.get("networkStatus")),
        "is_active": bool(record.get("isActive", True)),
        "is_excluded": bool(record.get("isDecommissioned") or record.get("isUninstalled")),
        "merged_into": "",
        "first_seen_at": moment(record, "registeredAt") or moment(record, "createdAt"),
        "last_seen_at": moment(record, "lastActiveDate"),
        "last_updated_at": moment(record, "updatedAt"),
    }


def mac_addresses(record: Record) -> str:
    found = (text(each.get("physical")) for each in parts(record, "networkInterfaces"))
    return ",".join(dict.fromkeys(mac.lower().replace("-", ":") for mac in found if mac))
