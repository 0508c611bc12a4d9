"""Unified alerts: threats and rule alerts in one shape, with the severity that a threat alone does not tell."""

from ..world.security_records import Alert
from .clock import write_milliseconds
from .identity import md5, sha1, sha256
from .rendering import VERDICTS, Document, Renderer, file_path, is_star, kind_of

SEVERITIES = {
    "informational": "INFO",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "critical": "CRITICAL",
}
STATUSES = {"new": "NEW", "in_progress": "IN_PROGRESS", "resolved": "RESOLVED"}


def unified_alert(render: Renderer, alert: Alert) -> Document:
    kind = kind_of(alert)
    return {
        "id": render.identity.unified(alert),
        "aiInvestigation": None,
        "analystVerdict": VERDICTS[alert.verdict].upper(),
        "analytics": {
            "category": "Rule" if is_star(alert) else "Reputation",
            "name": kind.title if is_star(alert) else "Agent Policy",
            "typeValue": "RULE" if is_star(alert) else "STATIC",
            "uid": None,
        },
        "assets": [_asset(render, alert)],
        "assignee": _assignee(render, alert),
        "attackSurfaces": ["ENDPOINT"],
        "availableActionIds": None,
        "classification": kind.category.upper(),
        "confidenceLevel": kind.confidence.upper(),
        "createdAt": _moment(render.created_at(alert)),
        "dataSources": ["FILE", "PROCESS"],
        "description": kind.title,
        "detectedAt": _moment(render.clock.text(alert.detected_at)),
        "detectionSource": {"product": "STAR" if is_star(alert) else "EDR", "vendor": "SentinelOne"},
        "detectionTime": _detection(render, alert),
        "exclusionHash": None,
        "externalId": alert.reference,
        "firstSeenAt": _moment(render.clock.text(alert.occurred_at)),
        "lastSeenAt": _moment(render.created_at(alert)),
        "name": f"{kind.threat} detected as {kind.category}",
        "noteExists": alert.ticket is not None,
        "process": {
            "cmdLine": None,
            "file": {
                "certSubject": None,
                "md5": md5(kind),
                "name": kind.threat,
                "path": file_path(alert),
                "sha1": sha1(kind),
                "sha256": sha256(kind),
            },
            "parentName": "explorer.exe",
        },
        "realTime": {"scope": _scope_now(render, alert)},
        "result": "MITIGATED" if alert.is_mitigated else "UNMITIGATED",
        "severity": SEVERITIES[alert.severity],
        "sloDetails": None,
        "status": _status(alert),
        "storylineId": render.identity.storyline(alert),
        "ticketId": None,
        "updatedAt": _moment(render.updated_at(alert)),
    }


def _status(alert: Alert) -> str:
    is_wrong = alert.state == "resolved" and alert.verdict in ("false_positive", "benign")
    return "FALSE_POSITIVE" if is_wrong else STATUSES[alert.state]


def _asset(render: Renderer, alert: Alert) -> Document:
    device = alert.device
    assert device
    return {
        "accessible": True,
        "agentUuid": render.identity.agent_uuid(device),
        "agentVersion": render.agent_version(device),
        "assetTypeClassifier": f"{device.family.title()} {device.kind.title()}",
        "category": "Server" if device.kind == "server" else "Workstation",
        "connectivityToConsole": "ONLINE" if render.is_active(device) else "OFFLINE",
        "decommissioned": device.retired_at is not None,
        "id": render.identity.agent_uuid(device)[:24],
        "lastLoggedInUser": device.user,
        "name": device.hostname,
        "origin": "RESOURCES",
        "osType": device.family.upper(),
        "osVersion": f"{device.os} {device.os_build}",
        "pendingReboot": False,
        "policy": "Default",
        "role": "TARGET",
        "status": "ACTIVE",
        "subcategory": device.kind.title(),
    }


def _assignee(render: Renderer, alert: Alert) -> Document | None:
    if not alert.assignee:
        return None
    address = f"{alert.assignee}@msp.example"
    return {
        "email": address,
        "fullName": alert.assignee,
        "userId": render.identity.user(alert.assignee),
    }


def _detection(render: Renderer, alert: Alert) -> Document:
    device, site = alert.device, render.estate.site_then(alert)
    assert device
    scope = {
        "accountId": site.account.id,
        "accountName": site.account.name,
        "groupName": "Default Group",
        "siteName": site.name,
    }
    asset = {
        "agentVersion": render.agent_version(device),
        "consoleIpAddress": render.external_ip(device),
        "domain": "WORKGROUP",
        "ipV4": device.ip,
        "ipV6": None,
        "lastLoggedInUser": device.user,
        "osName": device.os,
        "osRevision": device.os_build,
        "osType": device.family.upper(),
        "policy": None,
        "subscriptionTime": _moment(render.clock.text(device.first_seen)),
    }
    whole = {
        "accessible": True,
        "asset": asset,
        "cloud": None,
        "kubernetes": None,
        "origin": "RESOURCES",
        "scope": scope,
    }
    return {"assets": [whole], "attacker": None, "scope": scope, "targetUser": None}


def _scope_now(render: Renderer, alert: Alert) -> Document:
    assert alert.device
    site = render.estate.site_now(alert.device)
    return {
        "account": {"id": site.account.id, "name": site.account.name},
        "group": {"id": site.group_id, "name": "Default Group"},
        "site": {"id": site.id, "name": site.name},
    }


def _moment(text: str) -> str:
    return write_milliseconds(text)
