"""Which path lists what, and what each can be filtered and sorted by."""

from collections.abc import Callable
from dataclasses import dataclass

from .documents import Documents
from .query import Choice, Filters
from .rendering import Document


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


VERDICTS = _same("false_positive", "suspicious", "true_positive", "undefined")
STATUSES = _same("in_progress", "resolved", "unresolved")
MITIGATIONS = _same("marked_as_benign", "mitigated", "not_mitigated")
CONFIDENCES = _same("malicious", "n/a", "suspicious")
STATES = _same("active", "deleted", "expired")
SYSTEMS = _same("linux", "macos", "windows", "windows_legacy")
MACHINES = _same("desktop", "kubernetes node", "laptop", "server", "storage", "unknown")
STAR_STATUSES = {"UNRESOLVED": "Unresolved", "IN_PROGRESS": "In progress", "RESOLVED": "Resolved"}
STAR_VERDICTS = {name.upper(): name.replace("_", " ").capitalize() for name in VERDICTS}
STAR_SEVERITIES = _same("Low", "Medium", "High", "Critical")


@dataclass(frozen=True, slots=True)
class Resource:
    documents: Callable[[Documents], list[Document]]
    filters: Filters
    site_path: str = "siteId"
    id_path: str = "id"
    sort_by: str = "id"
    wrapped_as: str = ""  # the list is one field of an object


def _scopes(prefix: str = "", group: bool = True) -> dict[str, Choice]:
    names = {"siteIds": "siteId", "accountIds": "accountId", **({"groupIds": "groupId"} if group else {})}
    return {parameter: Choice(prefix + path) for parameter, path in names.items()}


THREATS = Resource(
    Documents.threats,
    Filters(
        sorts={
            "id": "id",
            **{
                name: f"threatInfo.{name}"
                for name in ("createdAt", "updatedAt", "classification", "filePath")
            },
            **{name: f"threatInfo.{name}" for name in ("collectionId", "mitigationStatus")},
            "createdDate": "threatInfo.createdAt",
            "contentHash": "threatInfo.sha1",
            "fileDisplayName": "threatInfo.threatName",
            **{name: f"agentDetectionInfo.{name}" for name in ("siteId", "siteName", "agentVersion")},
            **{name: f"agentRealtimeInfo.{name}" for name in ("agentComputerName", "agentMachineType")},
        },
        choices={
            **_scopes("agentDetectionInfo."),
            "ids": Choice("id"),
            "agentIds": Choice("agentRealtimeInfo.agentId"),
            "incidentStatuses": Choice("threatInfo.incidentStatus", STATUSES),
            "analystVerdicts": Choice("threatInfo.analystVerdict", VERDICTS),
            "mitigationStatuses": Choice("threatInfo.mitigationStatus", MITIGATIONS),
            "confidenceLevels": Choice("threatInfo.confidenceLevel", CONFIDENCES),
            "classifications": Choice("threatInfo.classification"),
            "storylines": Choice("threatInfo.storyline"),
            "contentHashes": Choice("threatInfo.sha1"),
            "externalTicketIds": Choice("threatInfo.externalTicketId"),
            "osTypes": Choice("agentRealtimeInfo.agentOsType", SYSTEMS),
            "agentMachineTypes": Choice("agentRealtimeInfo.agentMachineType", MACHINES),
        },
        ranges={name: f"threatInfo.{name}" for name in ("createdAt", "updatedAt")},
        flags={
            "externalTicketExists": "threatInfo.externalTicketExists",
            "failedActions": "threatInfo.failedActions",
            "pendingActions": "threatInfo.pendingActions",
            "rebootRequired": "threatInfo.rebootRequired",
            "agentIsActive": "agentRealtimeInfo.agentIsActive",
        },
        texts={
            "computerName__contains": ("agentRealtimeInfo.agentComputerName",),
            "threatDetails__contains": ("threatInfo.threatName", "threatInfo.filePath"),
            "filePath__contains": ("threatInfo.filePath",),
            "query": ("threatInfo.threatName", "agentRealtimeInfo.agentComputerName", "threatInfo.sha1"),
        },
    ),
    site_path="agentDetectionInfo.siteId",
)
STAR_ALERTS = Resource(
    Documents.star_alerts,
    Filters(
        sorts={
            **{
                f"alertInfo{name[0].upper()}{name[1:]}": f"alertInfo.{name}"
                for name in ("alertId", "createdAt")
            },
            **{
                f"alertInfo{name[0].upper()}{name[1:]}": f"alertInfo.{name}"
                for name in ("reportedAt", "updatedAt")
            },
            "alertInfoIncidentStatus": "alertInfo.incidentStatus",
            "alertInfoAnalystVerdict": "alertInfo.analystVerdict",
            "ruleInfoName": "ruleInfo.name",
            "ruleInfoSeverity": "ruleInfo.severity",
            "agentDetectionInfoName": "agentDetectionInfo.name",
        },
        choices={
            **_scopes("agentDetectionInfo.", group=False),
            "ids": Choice("alertInfo.alertId"),
            **{
                name: Choice("alertInfo.incidentStatus", STAR_STATUSES)
                for name in ("incidentStatus", "incidentStatus__in")
            },
            **{
                name: Choice("alertInfo.analystVerdict", STAR_VERDICTS)
                for name in ("analystVerdict", "analystVerdict__in")
            },
            **{name: Choice("ruleInfo.severity", STAR_SEVERITIES) for name in ("severity", "severity__in")},
            "origAgentUuid__in": Choice("agentDetectionInfo.uuid"),
            "osType__in": Choice("agentDetectionInfo.osFamily", SYSTEMS),
            "machineType__in": Choice("agentDetectionInfo.machineType", MACHINES),
        },
        ranges={name: f"alertInfo.{name}" for name in ("createdAt", "reportedAt")},
        texts={
            "ruleName__contains": ("ruleInfo.name",),
            "origAgentName__contains": ("agentDetectionInfo.name",),
            "query": ("ruleInfo.name", "agentDetectionInfo.name"),
        },
    ),
    site_path="agentDetectionInfo.siteId",
    id_path="alertInfo.alertId",
    sort_by="alertInfoAlertId",
)
AGENTS = Resource(
    Documents.agents,
    Filters(
        sorts=_same(
            *("id", "createdAt", "updatedAt", "registeredAt", "lastActiveDate", "computerName", "siteId"),
            *("siteName", "accountId", "groupId", "osName", "osType", "agentVersion", "machineType", "uuid"),
            *("isActive", "isDecommissioned", "infected", "networkStatus", "serialNumber", "externalIp"),
        ),
        choices={
            **_scopes(),
            "ids": Choice("id"),
            "uuid": Choice("uuid"),
            "uuids": Choice("uuid"),
            "osTypes": Choice("osType", SYSTEMS),
            "machineTypes": Choice("machineType", MACHINES),
            "agentVersions": Choice("agentVersion"),
            "computerName": Choice("computerName"),
            "networkStatuses": Choice(
                "networkStatus", _same("connected", "connecting", "disconnected", "disconnecting")
            ),
        },
        ranges=_same("createdAt", "updatedAt", "registeredAt", "lastActiveDate"),
        flags=_same(
            "isActive", "isDecommissioned", "isUninstalled", "isPendingUninstall", "isUpToDate", "infected"
        ),
        texts={
            "computerName__contains": ("computerName",),
            "computerName__like": ("computerName",),
            "serialNumber__contains": ("serialNumber",),
            "externalIp__contains": ("externalIp",),
            "query": ("computerName", "uuid", "lastLoggedInUserName"),
        },
    ),
)
ACTIVITIES = Resource(
    Documents.activities,
    Filters(
        sorts=_same("id", "activityType", "createdAt"),
        choices={
            **_scopes(),
            "ids": Choice("id"),
            "activityTypes": Choice("activityType"),
            "agentIds": Choice("agentId"),
            "threatIds": Choice("threatId"),
            "userIds": Choice("userId"),
        },
        ranges=_same("createdAt"),
    ),
)
SITES = Resource(
    Documents.sites,
    Filters(
        sorts=_same(
            *("id", "name", "state", "createdAt", "updatedAt", "accountName", "activeLicenses", "siteType"),
            *("totalLicenses", "sku", "suite", "expiration", "description"),
        ),
        choices={
            "siteIds": Choice("id"),
            "accountIds": Choice("accountId"),
            "accountId": Choice("accountId"),
            "state": Choice("state", STATES),
            "states": Choice("state", STATES),
            "name": Choice("name"),
            "externalId": Choice("externalId"),
        },
        flags=_same("isDefault", "healthStatus"),
        texts={"name__contains": ("name",), "query": ("name", "accountName")},
    ),
    site_path="id",
    wrapped_as="sites",
)
ACCOUNTS = Resource(
    Documents.accounts,
    Filters(
        sorts=_same(
            "id", "name", "state", "createdAt", "updatedAt", "accountType", "activeAgents", "totalLicenses"
        ),
        choices={
            "ids": Choice("id"),
            "accountIds": Choice("id"),
            "states": Choice("state", STATES),
            "name": Choice("name"),
        },
        flags=_same("isDefault"),
        texts={"query": ("name",)},
    ),
    site_path="",
)
GROUPS = Resource(
    Documents.groups,
    Filters(
        sorts=_same("id", "name", "createdAt", "updatedAt", "siteId", "type", "rank"),
        choices={
            "siteIds": Choice("siteId"),
            "groupIds": Choice("id"),
            "id": Choice("id"),
            "name": Choice("name"),
        },
        ranges=_same("updatedAt"),
        flags=_same("isDefault"),
        texts={"query": ("name",)},
    ),
)
RESOURCES = {
    "threats": THREATS,
    "cloud-detection/alerts": STAR_ALERTS,
    "agents": AGENTS,
    "activities": ACTIVITIES,
    "sites": SITES,
    "accounts": ACCOUNTS,
    "groups": GROUPS,
}
