"""Incidents as Graph sends them: alerts of one attack, and what became of incidents that were merged."""

from collections import defaultdict

from ..grammar import Document
from ..world.security_records import Alert
from .alerts import PORTAL, alert
from .portal import RISKS, Portal, category, kind_of
from .verdicts import classification, determination, severity


def incidents(portal: Portal, with_alerts: bool) -> list[Document]:
    """An incident that was merged into another keeps its line, but none of its alerts."""
    alerts: dict[int, list[Alert]] = defaultdict(list)
    merged: dict[int, list[Alert]] = defaultdict(list)
    for row in portal.alerts:
        assert row.incident_id is not None
        alerts[portal.incident_id(row)].append(row)
        if row.incident_id in portal.msp.redirects:
            merged[row.incident_id].append(row)
    documents = [_incident(portal, number, rows, with_alerts) for number, rows in sorted(alerts.items())]
    return documents + [
        _redirected(portal, number, rows, with_alerts) for number, rows in sorted(merged.items())
    ]


def _incident(portal: Portal, number: int, rows: list[Alert], with_alerts: bool) -> Document:
    gravest = max(rows, key=lambda row: RISKS.index(row.severity))
    latest = max(rows, key=lambda row: portal.world.alerts.revision(row.id))
    first = min(rows, key=lambda row: row.id)
    hosts = {row.device.hostname for row in rows if row.device}
    where = f" on {len(hosts)} endpoints" if len(hosts) > 1 else f" on {hosts.pop()}" if hosts else ""
    document: Document = {
        "id": str(number),
        "tenantId": portal.tenant.id,
        "status": _status(portal, number, rows),
        "incidentWebUrl": f"{PORTAL}/incident2/{number}/overview?tid={portal.tenant.id}",
        "redirectIncidentId": None,
        "displayName": f"{kind_of(gravest).title}{where}",
        "createdDateTime": portal.created_at(first),
        "lastUpdateDateTime": portal.updated_at(latest),
        "assignedTo": portal.person(latest.assignee),
        "classification": classification(latest) or "unknown",
        "determination": determination(latest) or "unknown",
        "severity": severity(gravest),
        "customTags": [],
        "systemTags": [],
        "description": f"{len(rows)} alerts of category {category(gravest)}",
        "lastModifiedBy": latest.updated_by,
        "resolvingComment": None,
        "summary": None,
        "priorityScore": 20 * (RISKS.index(gravest.severity) + 1),
        "comments": [],
    }
    return document | ({"alerts": [alert(portal, row) for row in rows]} if with_alerts else {})


def _redirected(portal: Portal, number: int, rows: list[Alert], with_alerts: bool) -> Document:
    into = str(portal.msp.incident_id(number))
    document = _incident(portal, number, rows, with_alerts=False)
    nothing: Document = {"alerts": []} if with_alerts else {}
    return document | {"status": "redirected", "redirectIncidentId": into} | nothing


def _status(portal: Portal, number: int, rows: list[Alert]) -> str:
    if number in portal.msp.awaiting:
        return "awaitingAction"
    states = {row.state for row in rows}
    if states == {"resolved"}:
        return "resolved"
    return "inProgress" if "in_progress" in states else "active"
