"""Alerts as Defender for Endpoint sends them under its own API, which only knows those of devices."""

from typing import Any

from ..grammar import Document
from ..world.security_records import Alert
from .portal import Portal, category, file_path, kind_of, pascal
from .verdicts import classification, determination, is_behaviour, severity, status

NOTHING = dict.fromkeys(
    (
        *("sha1", "sha256", "fileName", "filePath", "processId", "processCommandLine", "processCreationTime"),
        *("parentProcessId", "parentProcessCreationTime", "parentProcessFileName", "parentProcessFilePath"),
        *("ipAddress", "url", "registryKey", "registryHive", "registryValueType", "registryValue"),
        *("registryValueName", "accountName", "domainName", "userSid", "aadUserId", "userPrincipalName"),
        "detectionStatus",
    )
)


def endpoint_alert(portal: Portal, row: Alert, with_evidence: bool = False) -> Document:
    device, kind = row.device, kind_of(row)
    assert device
    occurred_at = portal.clock.text(row.occurred_at, row.id)
    return {
        "id": row.reference,
        "incidentId": portal.incident_id(row),
        "investigationId": None,
        "assignedTo": portal.person(row.assignee),
        "severity": pascal(severity(row)),
        "status": pascal(status(row)),
        "classification": pascal(classification(row)),
        "determination": pascal(determination(row)),
        "investigationState": "UnsupportedAlertType",
        "detectionSource": "WindowsDefenderAtp" if is_behaviour(row) else "WindowsDefenderAv",
        "detectorId": portal.identity.guid(f"detector {kind.key}"),
        "category": category(row),
        "threatFamilyName": None,
        "title": kind.title,
        "description": f"{kind.title}: {kind.threat}",
        "alertCreationTime": portal.created_at(row),
        "firstEventTime": occurred_at,
        "lastEventTime": occurred_at,
        "lastUpdateTime": portal.updated_at(row),
        "resolvedTime": portal.resolved_at(row),
        "machineId": portal.machine_id(device),
        "computerDnsName": device.hostname.lower(),
        "rbacGroupName": None,
        "aadTenantId": portal.tenant.id,
        "threatName": kind.threat or None,
        "mitreTechniques": list(kind.techniques),
        "relatedUser": {"userName": device.user, "domainName": device.hostname.upper()},
        "loggedOnUsers": [{"accountName": device.user, "domainName": device.hostname.upper()}],
        "comments": [],
        "evidence": _evidence(portal, row) if with_evidence else [],
        "domains": [],
    }


def _evidence(portal: Portal, row: Alert) -> list[Document]:
    assert row.device
    folder, name = file_path(row)
    found: dict[str, Any] = {
        "sha1": portal.identity.file_hash(row.kind, 40),
        "sha256": portal.identity.file_hash(row.kind, 64),
        "fileName": name,
        "filePath": folder,
        "detectionStatus": "Prevented" if row.is_mitigated else "Detected",
    }
    person = {"accountName": row.device.user, "domainName": row.device.hostname.upper()}
    at = {"evidenceCreationTime": portal.created_at(row)}
    return [
        {"entityType": "Process" if is_behaviour(row) else "File", **at, **NOTHING, **found},
        {"entityType": "User", **at, **NOTHING, **person, "userPrincipalName": portal.user(row)},
    ]
