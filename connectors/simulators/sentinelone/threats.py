"""Threats as the console sends them, with the agent as it was at detection and as it is now."""

from datetime import timedelta

from ..world.security_records import Alert
from .identity import sha1
from .rendering import (
    INCIDENT_STATUSES,
    NOTHING_IN_CONTAINERS,
    VERDICTS,
    Document,
    Renderer,
    file_path,
    kind_of,
    title,
)

CLASSIFICATIONS = {
    "Malware": "Trojan",
    "Execution": "Malware",
    "CredentialAccess": "Hacktool",
    "PUP": "PUA",
    "Manual": "Manual",
}
NOTE_AFTER = timedelta(minutes=5)


def threat(render: Renderer, alert: Alert) -> Document:
    return {
        "id": alert.reference,
        "agentDetectionInfo": _agent_then(render, alert),
        "agentRealtimeInfo": _agent_now(render, alert),
        **NOTHING_IN_CONTAINERS,
        "indicators": _indicators(alert),
        "mitigationStatus": _mitigations(render, alert),
        "threatInfo": _threat_info(render, alert),
        "whiteningOptions": ["hash", "path"],
    }


def notes(render: Renderer, alert: Alert) -> list[Document]:
    if not alert.ticket:
        return []
    at = render.clock.text(alert.detected_at + NOTE_AFTER)
    creator = render.world.catalogue.integration
    return [
        {
            "id": str(int(alert.reference) + 1),
            "text": f"Ticket {alert.ticket.id} was opened.",
            "creator": creator.name,
            "creatorId": render.identity.user(creator.identifier),
            "edited": False,
            "createdAt": at,
            "updatedAt": at,
        }
    ]


def _threat_info(render: Renderer, alert: Alert) -> Document:
    kind, verdict = kind_of(alert), VERDICTS[alert.verdict]
    status, mitigation = INCIDENT_STATUSES[alert.state], _mitigation_status(alert)
    is_static = kind.category in ("Malware", "PUP", "Ransomware")
    ticket = alert.ticket if alert.ticket and alert.ticket.external_reference else None
    return {
        "analystVerdict": verdict,
        "analystVerdictDescription": title(verdict),
        "automaticallyResolved": False,
        "browserType": None,
        "certificateId": "",
        "classification": CLASSIFICATIONS.get(kind.category, kind.category),
        "classificationSource": "Static" if is_static else "Behavioral",
        "cloudFilesHashVerdict": "black" if kind.confidence == "malicious" else "provider_unknown",
        "collectionId": str(int(sha1(kind)[:14], 16)),
        "confidenceLevel": kind.confidence,
        "createdAt": render.created_at(alert),
        "detectionEngines": [
            {"key": "pre_execution", "title": "On-Write Static AI"}
            if is_static
            else {"key": "executables", "title": "Behavioral AI"}
        ],
        "detectionType": "static" if is_static else "dynamic",
        "engines": ["On-Write DFI" if is_static else "DBT - Executables"],
        "externalTicketExists": ticket is not None,
        "externalTicketId": str(ticket.id) if ticket else None,
        "failedActions": False,
        "fileExtension": kind.threat.rpartition(".")[2].upper(),
        "fileExtensionType": "Executable",
        "filePath": file_path(alert),
        "fileSize": 40_000 + alert.id * 17 % 900_000,
        "fileVerificationType": "NotSigned",
        "identifiedAt": render.clock.text(alert.detected_at),
        "incidentStatus": status,
        "incidentStatusDescription": title(status),
        "initiatedBy": "agent_policy",
        "initiatedByDescription": "Agent Policy",
        "initiatingUserId": None,
        "initiatingUsername": None,
        "isFileless": False,
        "isValidCertificate": False,
        "maliciousProcessArguments": None,
        "md5": None,
        "mitigatedPreemptively": False,
        "mitigationStatus": mitigation,
        "mitigationStatusDescription": title(mitigation),
        "originatorProcess": "explorer.exe",
        "pendingActions": False,
        "processUser": _process_user(alert),
        "publisherName": "",
        "reachedEventsLimit": False,
        "rebootRequired": False,
        "rootProcessUpn": None,
        "sha1": sha1(kind),
        "sha256": None,
        "storyline": render.identity.storyline(alert),
        "threatId": alert.reference,
        "threatName": kind.threat,
        "updatedAt": render.updated_at(alert),
    }


def _mitigation_status(alert: Alert) -> str:
    if alert.verdict == "benign":
        return "marked_as_benign"
    return "mitigated" if alert.is_mitigated else "not_mitigated"


def _process_user(alert: Alert) -> str:
    assert alert.device
    return f"WORKGROUP\\{alert.device.user}"


def _mitigations(render: Renderer, alert: Alert) -> list[Document]:
    """The latest comes first; each is noted a little after the threat itself was updated."""
    if not alert.contained_at:
        return []
    actions = (("quarantine", 9_000), ("kill", 2_000))
    return [_mitigation(render, alert, action, offset) for action, offset in actions]


def _mitigation(render: Renderer, alert: Alert, action: str, offset: int) -> Document:
    is_file = action == "quarantine"
    return {
        "action": action,
        "actionsCounters": {"failed": 0, "notFound": 0, "pendingReboot": 0, "success": 1, "total": 1}
        if is_file
        else None,
        "agentSupportsReport": True,
        "groupNotFound": False,
        "lastUpdate": render.clock.optional(alert.contained_at, offset + 4_000),
        "latestReport": "/threats/mitigation-report" if is_file else None,
        "mitigationEndedAt": render.clock.optional(alert.contained_at, offset),
        "mitigationStartedAt": render.clock.optional(alert.contained_at, offset - 1_000),
        "reportId": str(int(alert.reference) + offset) if is_file else None,
        "status": "success",
    }


def _indicators(alert: Alert) -> list[Document]:
    kind = kind_of(alert)
    techniques = [
        {"link": f"https://attack.mitre.org/techniques/{name.replace('.', '/')}/", "name": name}
        for name in kind.techniques
    ]
    tactics = [{"name": kind.category, "source": "MITRE", "techniques": techniques}] if techniques else []
    return [{"category": "General", "description": kind.title, "ids": [43], "tactics": tactics}]


def _agent_then(render: Renderer, alert: Alert) -> Document:
    device = alert.device
    assert device
    return {
        **render.place(render.estate.site_then(alert)),
        "agentDetectionState": None,
        "agentDomain": "WORKGROUP",
        "agentIpV4": device.ip,
        "agentIpV6": "",
        "agentLastLoggedInUpn": None,
        "agentLastLoggedInUserMail": None,
        "agentLastLoggedInUserName": device.user,
        "agentMitigationMode": "protect",
        "agentOsName": device.os,
        "agentOsRevision": device.os_build,
        "agentRegisteredAt": render.clock.text(device.first_seen),
        "agentUuid": render.identity.agent_uuid(device),
        "agentVersion": render.agent_version(device),
        "cloudProviders": {},
        "externalIp": render.external_ip(device),
        "assetVersion": None,
    }


def _agent_now(render: Renderer, alert: Alert) -> Document:
    device = alert.device
    assert device
    return {
        **render.place(render.estate.site_now(device)),
        "activeThreats": render.world.open_alerts(device),
        "agentComputerName": device.hostname,
        "agentDecommissionedAt": render.clock.optional(device.retired_at),
        "agentDomain": "WORKGROUP",
        "agentId": render.identity.agent(device),
        "agentInfected": render.world.open_alerts(device) > 0,
        "agentIsActive": render.is_active(device),
        "agentIsDecommissioned": device.retired_at is not None,
        "agentMachineType": device.kind,
        "agentMitigationMode": "protect",
        "agentNetworkStatus": render.network_status(device),
        "agentOsName": device.os,
        "agentOsRevision": device.os_build,
        "agentOsType": device.family,
        "agentUuid": render.identity.agent_uuid(device),
        "agentVersion": render.agent_version(device),
        "networkInterfaces": [
            {
                "id": str(int(render.identity.agent(device)) + 1),
                "inet": [device.ip],
                "inet6": [],
                "name": "Ethernet",
                "physical": render.mac(device),
            }
        ],
        "operationalState": "na",
        "rebootRequired": False,
        "scanAbortedAt": None,
        "scanFinishedAt": None,
        "scanStartedAt": render.clock.text(device.first_seen),
        "scanStatus": "finished",
        "storageName": None,
        "storageType": None,
        "userActionsNeeded": [],
    }
