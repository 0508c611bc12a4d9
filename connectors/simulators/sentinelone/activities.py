"""The console's activity log: what happened to threats, rule alerts and agents, one line each."""

from ..world.security_names import snowflake
from ..world.security_records import Alert, Device, Happening
from .identity import sha1
from .rendering import (
    INCIDENT_STATUSES,
    VERDICTS,
    Document,
    Renderer,
    file_path,
    is_star,
    kind_of,
    title,
)

NEW_AGENT, DECOMMISSIONED, ISOLATED, RECONNECTED = 17, 47, 61, 62
NEW_MALICIOUS, NEW_SUSPICIOUS, NEW_STAR = 19, 4003, 3608
KILLED, STATUS_CHANGED, VERDICT_CHANGED = 2001, 2028, 2030
STAR_STATUS_CHANGED, STAR_VERDICT_CHANGED = 3614, 3615
TYPES = {
    NEW_AGENT: "New agent registered",
    NEW_MALICIOUS: "New Malicious Threat Not Mitigated",
    DECOMMISSIONED: "Agent Decommissioned",
    ISOLATED: "User Disconnected Agent From Network",
    RECONNECTED: "User Reconnected Agent To Network",
    KILLED: "Kill Performed Successfully",
    2014: "User Issued Quarantine Command",
    STATUS_CHANGED: "Threat Incident Status Changed",
    VERDICT_CHANGED: "Threat Analyst Verdict Changed",
    NEW_STAR: "New Alert From Custom Rule",
    STAR_STATUS_CHANGED: "Alert Incident Status Changed",
    STAR_VERDICT_CHANGED: "Alert Analyst Verdict Changed",
    NEW_SUSPICIOUS: "New Suspicious Threat Not Mitigated",
    4108: "New Suspicious Threat Not Mitigated (Rule)",
    4109: "New Malicious Threat Not Mitigated (Rule)",
}


def activity(render: Renderer, number: int, happening: Happening) -> Document | None:
    """Nothing for what the console never hears of."""
    subject = happening.subject
    if isinstance(subject, Device):
        return _of_agent(render, number, happening, subject) if subject.has_edr else None
    return _of_alert(render, number, happening, subject) if subject.seen_by == "edr" else None


def types() -> list[Document]:
    return [
        {"id": number, "action": action, "descriptionTemplate": "{{ primary_description }}"}
        for number, action in sorted(TYPES.items())
    ]


def timeline(document: Document) -> Document:
    """One line of the activity log as it reads in the timeline of a threat."""
    names = (
        *("accountId", "activityType", "createdAt", "data", "groupId", "hash", "id", "osFamily"),
        *("primaryDescription", "secondaryDescription", "siteId", "threatId", "updatedAt", "userId"),
    )
    return {name: document[name] for name in names}


def _of_agent(render: Renderer, number: int, happening: Happening, device: Device) -> Document | None:
    host = device.hostname
    kinds = {
        "added": (NEW_AGENT, f"{host} subscribed and joined the group Default Group."),
        "retired": (DECOMMISSIONED, f"The management user {happening.by} decommissioned {host}."),
        "isolated": (ISOLATED, f"The management user {happening.by} disconnected {host} from the network.")
        if happening.after == "True"
        else (RECONNECTED, f"The management user {happening.by} reconnected {host} to the network."),
    }
    if happening.what not in kinds:
        return None
    kind, text = kinds[happening.what]
    company = (
        render.world.clients.companies[int(happening.after)] if happening.what == "added" else device.company
    )
    place = render.place(render.estate.site(company, device))
    about = {"computerName": host, "uuid": render.identity.agent_uuid(device)}
    return _line(render, number, happening, kind, text, place, about) | {
        "agentId": render.identity.agent(device),
        "osFamily": device.family,
    }


def _of_alert(render: Renderer, number: int, happening: Happening, alert: Alert) -> Document | None:
    found = _worded(happening, alert)
    if not found or not alert.device:
        return None
    kind, text, extra = found
    threat = kind_of(alert)
    about = {
        "computerName": alert.device.hostname,
        "confidenceLevel": threat.confidence,
        "escapedMaliciousProcessArguments": None,
        "fileContentHash": sha1(threat),
        "fileDisplayName": threat.threat,
        "filePath": file_path(alert),
        "threatClassification": threat.category,
        "threatClassificationSource": "Engine",
        **({"alertId": alert.reference, "ruleName": threat.title} if is_star(alert) else {}),
        **extra,
    }
    place = render.place(render.estate.site_then(alert))
    return _line(render, number, happening, kind, text, place, about) | {
        "agentId": render.identity.agent(alert.device),
        "threatId": None if is_star(alert) else alert.reference,
        "secondaryDescription": sha1(threat),
    }


def _worded(happening: Happening, alert: Alert) -> tuple[int, str, Document] | None:
    kind, by, star = kind_of(alert), happening.by, is_star(alert)
    match happening.what:
        case "raised" if star:
            return NEW_STAR, f"Alert created for {kind.title} from custom rule.", {}
        case "raised":
            number = NEW_MALICIOUS if kind.confidence == "malicious" else NEW_SUSPICIOUS
            return number, f"Threat with confidence level {kind.confidence} detected: {kind.threat}.", {}
        case "mitigation" if not star:
            text = f"The agent successfully killed the threat: {kind.threat}."
            return KILLED, text, {"globalStatus": "success"}
        case "state":
            return _status_changed(
                happening, INCIDENT_STATUSES[happening.before], INCIDENT_STATUSES[happening.after], star
            )
        case "verdict":
            before, after = VERDICTS[happening.before], VERDICTS[happening.after]
            text = f"The management user {by} changed the Analyst Verdict to {title(after)}."
            return (
                STAR_VERDICT_CHANGED if star else VERDICT_CHANGED,
                text,
                {"oldAnalystVerdict": before, "newAnalystVerdict": after},
            )
        case _:
            return None


def _status_changed(happening: Happening, before: str, after: str, star: bool) -> tuple[int, str, Document]:
    text = f"The management user {happening.by} changed the Incident Status from {title(before)} to {title(after)}."
    extra = {
        "oldIncidentStatus": before,
        "newIncidentStatus": after,
        "oldIncidentStatusTitle": title(before),
        "newIncidentStatusTitle": title(after),
    }
    return STAR_STATUS_CHANGED if star else STATUS_CHANGED, text, extra


def _line(
    render: Renderer,
    number: int,
    happening: Happening,
    kind: int,
    text: str,
    place: Document,
    about: Document,
) -> Document:
    at = render.clock.text(happening.at, number)
    is_person = happening.by in render.people
    where = f"Group {place['groupName']} in Site {place['siteName']} of Account {place['accountName']}"
    names = {name: place[name] for name in ("accountName", "groupName", "siteName")}
    scope = {"fullScopeDetails": where, "scopeLevel": "Group", "scopeName": place["groupName"]}
    return {
        **place,
        "activityType": kind,
        "activityUuid": None,
        "agentId": None,
        "agentUpdatedVersion": None,
        "comments": None,
        "createdAt": at,
        "data": {**names, **scope, "username": happening.by if is_person else None, **about},
        "description": None,
        "hash": None,
        "id": snowflake(render.world.seed, "activity", number, happening.at),
        "osFamily": None,
        "primaryDescription": text,
        "secondaryDescription": None,
        "threatId": None,
        "updatedAt": at,
        "userId": render.identity.user(happening.by) if is_person else None,
    }
