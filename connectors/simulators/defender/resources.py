"""Every list that Graph and Defender for Endpoint serve: who may read it, and what it can be asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from ..grammar import Document
from . import directory
from .alerts import alert
from .endpoint_alerts import endpoint_alert
from .incidents import incidents
from .machines import machines
from .odata import Kind
from .options import Rules
from .portal import Portal
from .replies import Service

Expanded = frozenset[str]
Documents = Callable[[Portal, Expanded], list[Document]]
Kinds = dict[str, Kind]
MOST_SKIP = 500
ALERTS_OF_MACHINE = "api/machines/{id}/alerts"


@dataclass(frozen=True, slots=True)
class Resource:
    service: Service
    context: str  # the entity set's name in the metadata
    roles: frozenset[str]
    rules: Rules
    documents: Documents
    denied: str = "Authorization_RequestDenied"
    needs_licence: bool = False
    names: tuple[str, ...] = ("id",)  # by which one of them can be asked for
    of_machine: bool = False  # the id in its path is that of a machine


def _texts(*names: str) -> Kinds:
    return dict.fromkeys(names, "text")


def _moments(*names: str) -> Kinds:
    return dict.fromkeys(names, "moment")


CHANGES = _moments("createdDateTime", "lastUpdateDateTime")
JUDGED = _texts("assignedTo", "classification", "determination", "severity", "status")
ALERT_RULES = Rules(
    properties=CHANGES | JUDGED | _texts("serviceSource"),
    sorts=CHANGES,
    default_order="createdDateTime desc",
    default_top=1000,
    most=1000,
    most_skip=MOST_SKIP,
)
INCIDENT_RULES = Rules(
    properties=CHANGES | JUDGED,
    sorts=CHANGES,
    default_order="createdDateTime desc",
    default_top=50,
    most=50,
    most_skip=MOST_SKIP,
    expandable=frozenset({"alerts"}),
)
RELATIONSHIP_RULES = Rules(
    properties=_texts("status", "displayName", "customer/tenantId", "customer/displayName")
    | _moments("createdDateTime", "endDateTime"),
    sorts=_texts("displayName") | _moments("createdDateTime", "endDateTime"),
    default_order="createdDateTime",
    default_top=100,
    most=300,
)
ENDPOINT_MOMENTS = _moments("alertCreationTime", "lastUpdateTime", "lastEventTime")
ENDPOINT_ALERT_RULES = Rules(
    properties=ENDPOINT_MOMENTS
    | {"incidentId": "number", "investigationId": "number"}
    | _texts("id", "assignedTo", "detectionSource", "status", "severity", "category"),
    sorts=ENDPOINT_MOMENTS,
    default_order="alertCreationTime desc",
    default_top=10_000,
    most=10_000,
    expandable=frozenset({"evidence"}),
)
ONLY_ALL = Rules({}, ENDPOINT_MOMENTS, "alertCreationTime desc", 10_000, 10_000)
MACHINE_RULES = Rules(
    properties=_moments("lastSeen")
    | {"rbacGroupId": "number"}
    | _texts("computerDnsName", "id", "version", "deviceValue", "aadDeviceId", "exposureLevel")
    | _texts("onboardingStatus", "lastIpAddress", "healthStatus", "osPlatform", "riskScore"),
    sorts=_moments("firstSeen", "lastSeen") | _texts("computerDnsName", "id"),
    default_order="firstSeen",
    default_top=10_000,
    most=10_000,
)


def _directory_rules(**properties: Kind) -> Rules:
    return Rules(properties, _texts("displayName", "id"), "id", default_top=100, most=999)


def _alerts(portal: Portal, _: Expanded) -> list[Document]:
    return [alert(portal, row) for row in portal.alerts]


def _endpoint_alerts(portal: Portal, expanded: Expanded) -> list[Document]:
    return [endpoint_alert(portal, row, "evidence" in expanded) for row in portal.endpoint_alerts()]


def _plain(documents: Callable[[Portal], list[Document]]) -> Documents:
    return lambda portal, _: documents(portal)


def _graph(
    context: str, role: str, rules: Rules, documents: Documents, denied: str = "Authorization_RequestDenied"
) -> Resource:
    return Resource(
        "graph", context, frozenset({role, role.replace("Read", "ReadWrite")}), rules, documents, denied
    )


RESOURCES = {
    ALERTS_OF_MACHINE: Resource(
        "defender",
        "Alerts",
        frozenset({"Alert.Read.All", "Alert.ReadWrite.All"}),
        ONLY_ALL,
        _endpoint_alerts,
        denied="Forbidden",
        needs_licence=True,
        of_machine=True,
    ),
    "security/alerts_v2": _graph(
        "security/alerts_v2", "SecurityAlert.Read.All", ALERT_RULES, _alerts, "Forbidden"
    ),
    "security/incidents": _graph(
        "security/incidents",
        "SecurityIncident.Read.All",
        INCIDENT_RULES,
        lambda portal, expanded: incidents(portal, "alerts" in expanded),
        "Forbidden",
    ),
    "tenantRelationships/delegatedAdminRelationships": _graph(
        "tenantRelationships/delegatedAdminRelationships",
        "DelegatedAdminRelationship.Read.All",
        RELATIONSHIP_RULES,
        _plain(directory.relationships),
    ),
    "organization": _graph(
        "organization", "Organization.Read.All", _directory_rules(), _plain(directory.organization)
    ),
    "subscribedSkus": _graph(
        "subscribedSkus", "Organization.Read.All", _directory_rules(), _plain(directory.licences)
    ),
    "servicePrincipals": _graph(
        "servicePrincipals",
        "Application.Read.All",
        _directory_rules(appId="text", displayName="text"),
        _plain(directory.service_principals),
    ),
    "contracts": _graph(
        "contracts",
        "Directory.Read.All",
        _directory_rules(customerId="text", defaultDomainName="text", displayName="text"),
        _plain(directory.contracts),
    ),
    "api/alerts": Resource(
        "defender",
        "Alerts",
        frozenset({"Alert.Read.All", "Alert.ReadWrite.All"}),
        ENDPOINT_ALERT_RULES,
        _endpoint_alerts,
        denied="Forbidden",
        needs_licence=True,
    ),
    "api/machines": Resource(
        "defender",
        "Machines",
        frozenset({"Machine.Read.All", "Machine.ReadWrite.All"}),
        MACHINE_RULES,
        _plain(machines),
        denied="Forbidden",
        needs_licence=True,
        names=("id", "computerDnsName"),
    ),
}
