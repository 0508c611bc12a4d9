"""Alerts as Graph sends them, under version two of its security API."""

from ..grammar import Document
from ..world.security_records import Alert
from .evidence import evidence
from .portal import Portal, category, kind_of
from .verdicts import classification, determination, severity, sources, status

PORTAL = "https://security.microsoft.com"


def alert(portal: Portal, row: Alert) -> Document:
    kind, incident = kind_of(row), portal.incident_id(row)
    service, detection, product = sources(row)
    occurred_at = portal.clock.text(row.occurred_at, row.id)
    return {
        "id": row.reference,
        "providerAlertId": row.reference.removeprefix("da").removeprefix("fa"),
        "incidentId": str(incident),
        "status": status(row),
        "severity": severity(row),
        "classification": classification(row),
        "determination": determination(row),
        "serviceSource": service,
        "detectionSource": detection,
        "productName": product,
        "detectorId": portal.identity.guid(f"detector {kind.key}"),
        "tenantId": portal.tenant.id,
        "title": kind.title,
        "description": f"{kind.title}: {kind.threat}" if kind.threat else kind.title,
        "recommendedActions": "Check whether it was expected, and contain it if it was not.",
        "category": category(row),
        "categories": [category(row)],
        "assignedTo": portal.person(row.assignee),
        "alertWebUrl": f"{PORTAL}/alerts/{row.reference}?tid={portal.tenant.id}",
        "incidentWebUrl": f"{PORTAL}/incident2/{incident}/overview?tid={portal.tenant.id}",
        "actorDisplayName": None,
        "threatDisplayName": kind.threat or None,
        "threatFamilyName": None,
        "mitreTechniques": list(kind.techniques),
        "createdDateTime": portal.created_at(row),
        "lastUpdateDateTime": portal.updated_at(row),
        "resolvedDateTime": portal.resolved_at(row),
        "firstActivityDateTime": occurred_at,
        "lastActivityDateTime": occurred_at,
        "systemTags": [],
        "alertPolicyId": None,
        "investigationState": "unsupportedAlertType" if row.device is None else "terminatedBySystem",
        "comments": _comments(portal, row),
        "customDetails": {},
        "evidence": evidence(portal, row),
        "additionalData": {},
    }


def _comments(portal: Portal, row: Alert) -> list[Document]:
    verdicts = (change for change in row.history if change.what == "verdict")
    return [
        {
            "@odata.type": "#microsoft.graph.security.alertComment",
            "comment": f"Verdict: {change.after.replace('_', ' ')}.",
            "createdByDisplayName": portal.person(change.by),
            "createdDateTime": portal.clock.text(change.at, row.id),
        }
        for change in verdicts
    ]
