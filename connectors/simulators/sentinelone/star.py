"""Alerts of the MSP's own rules (STAR) as the console sends them: other names and other letters than threats."""

from ..world.security_records import Alert
from .identity import md5, sha1, sha256
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

UNUSED = (
    *("dnsRequest", "dnsResponse", "dstIp", "dstPort", "indicatorCategory", "indicatorDescription"),
    *("indicatorName", "loginAccountDomain", "loginAccountSid", "loginIsAdministratorEquivalent"),
    *("loginIsSuccessful", "loginType", "loginsUserName", "modulePath", "moduleSha1", "netEventDirection"),
    *("registryKeyPath", "registryOldValue", "registryOldValueType", "registryPath", "registryValue"),
    *("srcIp", "srcMachineIp", "srcPort", "tiIndicatorComparisonMethod", "tiIndicatorSource"),
    *("tiIndicatorType", "tiIndicatorValue"),
)
UNUSED_OF_TARGET = (
    *("tgtFileHashSha1", "tgtFileHashSha256", "tgtFileId", "tgtFileOldPath", "tgtFilePath"),
    *("tgtProcCmdLine", "tgtProcImagePath", "tgtProcName", "tgtProcPid", "tgtProcStorylineId", "tgtProcUid"),
)
NEVER = "1970-01-01T00:00:00Z"
SEVERITIES = {
    "informational": "Low",
    "low": "Low",
    "medium": "Medium",
    "high": "High",
    "critical": "Critical",
}


def star_alert(render: Renderer, alert: Alert) -> Document:
    return {
        "agentDetectionInfo": _agent_then(render, alert),
        "agentRealtimeInfo": _agent_now(render, alert),
        "alertInfo": _alert_info(render, alert),
        **NOTHING_IN_CONTAINERS,
        "ruleInfo": _rule(render, alert),
        "sourceParentProcessInfo": _process(render, alert, "explorer.exe"),
        "sourceProcessInfo": _process(render, alert, kind_of(alert).threat),
        "targetProcessInfo": {
            **dict.fromkeys(UNUSED_OF_TARGET),
            "tgtFileCreatedAt": NEVER,
            "tgtFileIsSigned": "signed",
            "tgtFileModifiedAt": NEVER,
            "tgtProcIntegrityLevel": "unknown",
            "tgtProcSignedStatus": "unsigned",
            "tgtProcessStartTime": NEVER,
        },
    }


def _alert_info(render: Renderer, alert: Alert) -> Document:
    return {
        **dict.fromkeys(UNUSED),
        "alertId": alert.reference,
        "analystVerdict": title(VERDICTS[alert.verdict]),
        "createdAt": render.clock.text(alert.occurred_at),
        "dvEventId": render.identity.storyline(alert),
        "eventType": "PROCESSCREATION",
        "hitType": "Events",
        "incidentStatus": title(INCIDENT_STATUSES[alert.state]),
        "isEdr": True,
        "reportedAt": render.created_at(alert),
        "source": "STAR",
        "updatedAt": render.updated_at(alert),
    }


def _rule(render: Renderer, alert: Alert) -> Document:
    kind = kind_of(alert)
    return {
        "description": None,
        "id": render.identity.rule(kind, render.estate.account.id),
        "name": kind.title,
        "queryLang": "1.0",
        "queryType": "events",
        "s1ql": f'SrcProcName = "{kind.threat}"',
        "scopeLevel": "account",
        "severity": SEVERITIES[alert.severity],
        "treatAsThreat": "UNDEFINED",
    }


def _process(render: Renderer, alert: Alert, name: str) -> Document:
    kind, device = kind_of(alert), alert.device
    assert device
    return {
        "commandline": name,
        "effectiveUser": None,
        "fileHashMd5": md5(kind),
        "fileHashSha1": sha1(kind),
        "fileHashSha256": sha256(kind),
        "filePath": file_path(alert),
        "fileSignerIdentity": "MICROSOFT WINDOWS",
        "integrityLevel": "high",
        "loginUser": None,
        "name": name,
        "pid": str(1000 + alert.id % 9000),
        "pidStarttime": render.clock.text(alert.occurred_at),
        "realUser": None,
        "storyline": render.identity.storyline(alert),
        "subsystem": "sys_win32",
        "uniqueId": render.identity.storyline(alert)[::-1],
        "user": f"WORKGROUP\\{device.user}",
    }


def _agent_then(render: Renderer, alert: Alert) -> Document:
    """Site and account by id only."""
    device, site = alert.device, render.estate.site_then(alert)
    assert device
    return {
        "accountId": site.account.id,
        "machineType": device.kind,
        "name": device.hostname,
        "osFamily": device.family,
        "osName": device.os,
        "osRevision": device.os_build,
        "siteId": site.id,
        "uuid": render.identity.agent_uuid(device),
        "version": render.agent_version(device),
    }


def _agent_now(render: Renderer, alert: Alert) -> Document:
    device = alert.device
    assert device
    return {
        "id": render.identity.agent(device),
        "infected": render.world.open_alerts(device) > 0,
        "isActive": render.is_active(device),
        "isDecommissioned": device.retired_at is not None,
        "machineType": device.kind,
        "name": device.hostname,
        "os": device.family,
        "uuid": render.identity.agent_uuid(device),
    }
