"""Microsoft's alerts, incidents, machines and customer tenants, as rows."""

import re
from typing import Any

import msgspec

from connectors.base import Record, Row
from connectors.models import RawSecurityAlert
from connectors.texts import LONGEST_NAME, moment, needed_moment, part, parts, text
from connectors.vendors.defender.customers import STAMP
from connectors.vendors.defender.listing import sortable

NEW, IN_PROGRESS, RESOLVED = RawSecurityAlert.Status.values
# Microsoft compares its enumerations without regard to case, and so do we.
SEVERITIES = {"informational", "low", "medium", "high"}
STATUSES = {
    "new": NEW,
    "active": NEW,
    "unknown": NEW,
    "inprogress": IN_PROGRESS,
    "awaitingaction": IN_PROGRESS,
    "resolved": RESOLVED,
    "redirected": RESOLVED,
}
# What assigns alerts to itself when it starts to investigate: nobody has looked at them yet.
NOBODY = {"", "automation"}
SILENT = {"inactive", "nosensordata", "nosensordataimpairedcommunication"}
HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Customer(msgspec.Struct):
    key: str = msgspec.field(name="tenantId")
    changed_at = ""


class Changing(msgspec.Struct):
    id: str | int
    last_update: str | None = msgspec.field(name="lastUpdateDateTime", default=None)

    @property
    def key(self) -> str:
        return str(self.id)

    @property
    def changed_at(self) -> str:
        return sortable(self.last_update or "") or self.last_update or ""


class Incident(Changing):
    customer: str = msgspec.field(name=STAMP, default="")

    @property
    def key(self) -> str:
        return incident_key(self.customer, self.id)


class Machine(msgspec.Struct):
    key: str = msgspec.field(name="id")
    changed_at = ""


def incident_key(customer: str, number: Any) -> str:
    """Each tenant counts its incidents from 1."""
    return f"{customer}/{text(number)}" if number not in (None, "") else ""


def customer(record: Record) -> Row:
    """A relationship that extends itself has no end to be warned of."""
    ends_at, state = moment(record, "endDateTime"), text(record.get("status"))
    goes_on = bool(record.get("extendsItself"))
    return {
        "name": text(record.get("displayName")),
        "parent_id": "",
        "crm_id": "",
        "is_default": False,
        "state": f"{state}, extends itself on {ends_at:%Y-%m-%d}" if goes_on and ends_at else state,
        "ends_at": None if goes_on else ends_at,
    }


def alert(record: Record) -> Row:
    """https://learn.microsoft.com/graph/api/resources/security-alert"""
    evidence = parts(record, "evidence")
    device = _device(evidence)
    return {
        **_case(record),
        "title": text(record.get("title")),
        "category": text(record.get("category")),
        "product": text(record.get("productName") or record.get("serviceSource")),
        "device_key": text(device.get("mdeDeviceId")),
        "host_name": text(device.get("deviceDnsName") or device.get("hostName")),
        "user_name": _user(evidence),
        "incident_id": incident_key(text(record.get(STAMP)), record.get("incidentId")),
        "redirected_to": "",
        "occurred_at": moment(record, "firstActivityDateTime"),
    }


def incident(record: Record) -> Row:
    """https://learn.microsoft.com/graph/api/resources/security-incident"""
    tenant = text(record.get(STAMP))
    return {
        **_case(record),
        "title": text(record.get("displayName")),
        "category": "",
        "product": "",
        "device_key": "",
        "host_name": "",
        "user_name": "",
        "incident_id": incident_key(tenant, record.get("id")),
        "redirected_to": incident_key(tenant, record.get("redirectIncidentId")),
        "occurred_at": None,
    }


def _case(record: Record) -> Row:
    """What alerts and incidents tell alike."""
    status = _status(record)
    detected_at = needed_moment(record, "createdDateTime")
    return {
        "severity": _severity(record),
        "severity_source": RawSecurityAlert.SeveritySource.VENDOR.value,
        "vendor_severity": text(record.get("severity")),
        "status": status,
        "vendor_status": text(record.get("status")),
        "verdict": _verdict(record),
        "confidence": "",
        "external_ticket_id": "",
        "assigned_to": text(record.get("assignedTo")),
        "detected_at": detected_at,
        # A reopened alert may keep the moment at which it was resolved.
        "vendor_resolved_at": moment(record, "resolvedDateTime") if status == RESOLVED else None,
        "last_updated_at": moment(record, "lastUpdateDateTime") or detected_at,
    }


def _severity(record: Record) -> str:
    word = text(record.get("severity")).lower()
    return word if word in SEVERITIES else RawSecurityAlert.Severity.UNKNOWN.value


def _status(record: Record) -> str:
    """Whoever has taken an alert over has seen it, whatever its status says."""
    word = text(record.get("status")).lower()
    unknown = RESOLVED if record.get("resolvedDateTime") else NEW
    status = STATUSES.get(word, unknown)
    is_taken = text(record.get("assignedTo")).lower() not in NOBODY
    return IN_PROGRESS if status == NEW and is_taken else status


def _verdict(record: Record) -> str:
    """truePositive as true_positive, and words that came later likewise; nothing where nobody has judged."""
    word = HUMPS.sub("_", text(record.get("classification"))).lower()
    return "" if word in ("unknown", "unknown_future_value") else word


def _device(evidence: list[Record]) -> Record:
    """The one that Microsoft calls primary, else the first that has an id."""
    devices = [each for each in evidence if _is_a(each, "deviceEvidence")]
    return max(devices, key=_weight, default={})


def _weight(device: Record) -> tuple[bool, bool]:
    roles = device.get("detailedRoles")
    is_primary = isinstance(roles, list) and any(text(role).lower() == "primarydevice" for role in roles)
    return is_primary, bool(device.get("mdeDeviceId"))


def _user(evidence: list[Record]) -> str:
    accounts = [
        part(each, "userAccount") for each in evidence if _is_a(each, "userEvidence", "mailboxEvidence")
    ]
    names = [text(account.get("userPrincipalName") or account.get("accountName")) for account in accounts]
    return next(filter(None, names), "")


def _is_a(evidence: Record, *kinds: str) -> bool:
    return text(evidence.get("@odata.type")).rpartition(".")[2].lower() in {kind.lower() for kind in kinds}


def machine(record: Record) -> Row:
    """https://learn.microsoft.com/defender-endpoint/api/machine"""
    platform = text(record.get("osPlatform"))
    is_onboarded = text(record.get("onboardingStatus") or "onboarded").lower() == "onboarded"
    merged_into = text(record.get("mergedIntoMachineId"))
    return {
        "hostname": text(record.get("computerDnsName")),
        "serial": "",  # Microsoft tells none
        "agent_uuid": "",
        "azure_device_id": text(record.get("aadDeviceId")).lower(),
        "mac_addresses": _macs(record),
        "os_name": platform,
        "os_version": text(record.get("version") or record.get("osVersion")),
        "kind": "server" if "server" in platform.lower() else "",
        "agent_version": text(record.get("agentVersion")),
        "health": text(record.get("healthStatus")),
        "is_active": is_onboarded and text(record.get("healthStatus")).lower() not in SILENT,
        "is_excluded": bool(record.get("isExcluded") or record.get("isPotentialDuplication") or merged_into),
        "merged_into": merged_into,
        "first_seen_at": moment(record, "firstSeen"),
        "last_seen_at": moment(record, "lastSeen"),
        "last_updated_at": moment(record, "lastSeen"),
    }


def _macs(record: Record) -> str:
    packed = {
        text(each.get("macAddress")).lower().replace(":", "").replace("-", "")
        for each in parts(record, "ipAddresses")
    }
    real = sorted(mac for mac in packed if len(mac) == 12 and set(mac) != {"0"})
    return text(",".join(":".join(re.findall("..", mac)) for mac in real), LONGEST_NAME)
