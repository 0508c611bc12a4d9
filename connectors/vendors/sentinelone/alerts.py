"""Threats, the alerts of the MSP's own rules (STAR), and what the activity log tells of threats, as rows."""

from datetime import datetime

import msgspec

from connectors.base import Record, Row
from connectors.models import RawSecurityAlert
from connectors.texts import moment, needed, needed_moment, part, parts, text
from connectors.vendors.sentinelone.words import (
    derived_severity,
    given_severity,
    plain,
    star_id,
    status_of,
    verdict_of,
)

CONTAINING = ("kill", "quarantine")
IS_MITIGATED = {"mitigated": True, "not_mitigated": False}


class ThreatInfo(msgspec.Struct, rename="camel"):
    updated_at: str | None = None


class ThreatHead(msgspec.Struct, rename="camel"):
    key: str = msgspec.field(name="id")
    threat_info: ThreatInfo = msgspec.field(default_factory=ThreatInfo)

    @property
    def changed_at(self) -> str:
        return self.threat_info.updated_at or ""


class StarInfo(msgspec.Struct, rename="camel"):
    alert_id: str
    created_at: str | None = None


class StarHead(msgspec.Struct, rename="camel"):
    alert_info: StarInfo

    @property
    def key(self) -> str:
        return star_id(self.alert_info.alert_id)

    @property
    def changed_at(self) -> str:
        """Changes can't be asked for, so the last weeks are read again, by when the alerts were raised."""
        return self.alert_info.created_at or ""


class ActivityHead(msgspec.Struct, rename="camel"):
    key: str = msgspec.field(name="id")
    created_at: str | None = None

    @property
    def changed_at(self) -> str:
        return self.created_at or ""


def threat(record: Record) -> Row:
    """Whose device it was at detection counts; what it is called is only known of the present."""
    info, then, now = (
        part(record, name) for name in ("threatInfo", "agentDetectionInfo", "agentRealtimeInfo")
    )
    confidence, mitigation = plain(info.get("confidenceLevel")), plain(info.get("mitigationStatus"))
    verdict, detected_at = (
        verdict_of(info.get("analystVerdict")),
        needed_moment(info, "identifiedAt", "createdAt"),
    )
    return {
        "customer_id": text(then.get("siteId") or now.get("siteId") or then.get("accountId")),
        "title": text(info.get("threatName")),
        "category": text(info.get("classification")),
        "product": "SentinelOne",
        "severity": derived_severity(confidence, mitigation, verdict, plain(info.get("classification"))),
        "severity_source": str(RawSecurityAlert.SeveritySource.DERIVED),
        "vendor_severity": "",
        "status": status_of(info.get("incidentStatus")),
        "vendor_status": text(info.get("incidentStatus")),
        "verdict": verdict,
        "confidence": confidence,
        "is_mitigated": IS_MITIGATED.get(mitigation),
        "assigned_to": "",
        "device_key": text(now.get("agentId") or then.get("agentUuid") or now.get("agentUuid")),
        "host_name": text(now.get("agentComputerName")),
        "user_name": text(info.get("processUser") or then.get("agentLastLoggedInUserName")),
        "incident_id": "",
        "redirected_to": "",
        "external_ticket_id": text(info.get("externalTicketId")),
        "occurred_at": None,
        "detected_at": detected_at,
        "contained_at": contained_at(record),
        "vendor_resolved_at": None,
        "last_updated_at": moment(info, "updatedAt") or detected_at,
    }


def contained_at(record: Record) -> datetime | None:
    """When the process was first stopped or its file locked away."""
    ended = [
        moment(action, "mitigationEndedAt") or moment(action, "lastUpdate")
        for action in parts(record, "mitigationStatus")
        if plain(action.get("action")) in CONTAINING and plain(action.get("status")) == "success"
    ]
    return min(filter(None, ended), default=None)


def star_alert(record: Record) -> Row:
    info, rule, then, now = (
        part(record, name) for name in ("alertInfo", "ruleInfo", "agentDetectionInfo", "agentRealtimeInfo")
    )
    severity, severity_source = given_severity(rule.get("severity"))
    detected_at = needed_moment(info, "reportedAt", "createdAt")
    return {
        "customer_id": text(then.get("siteId") or then.get("accountId")),
        "title": text(rule.get("name")),
        "category": text(info.get("hitType")),
        "product": "SentinelOne STAR",
        "severity": severity,
        "severity_source": severity_source,
        "vendor_severity": text(rule.get("severity")),
        "status": status_of(info.get("incidentStatus")),
        "vendor_status": text(info.get("incidentStatus")),
        "verdict": verdict_of(info.get("analystVerdict")),
        "confidence": verdict_of(rule.get("treatAsThreat")),
        "is_mitigated": None,
        "assigned_to": "",
        "device_key": text(now.get("id") or then.get("uuid")),
        "host_name": text(then.get("name") or now.get("name")),
        "user_name": text(part(record, "sourceProcessInfo").get("user")),
        "incident_id": text(info.get("alertId")),
        "redirected_to": "",
        "external_ticket_id": "",
        "occurred_at": moment(info, "createdAt"),
        "detected_at": detected_at,
        "contained_at": None,
        "vendor_resolved_at": None,
        "last_updated_at": moment(info, "updatedAt") or detected_at,
    }


def activity(record: Record) -> Row:
    """A change of a threat's status, told to the microsecond."""
    data = part(record, "data")
    return {
        "alert_id": text(needed(record, "threatId")),
        "occurred_at": needed_moment(record, "createdAt"),
        "old_status": status_of(data.get("oldIncidentStatus")),
        "new_status": status_of(needed(data, "newIncidentStatus")),
        "actor": text(data.get("username")),
    }
