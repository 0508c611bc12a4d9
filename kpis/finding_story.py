"""What the page of a finding tells besides its fields: why it is open again, its evidence, history and comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kpis.cards import number
from kpis.models import Finding, FindingEvent
from kpis.told_evidence import told
from tenants.models import TenantSettings

Status, Severity, Kind = Finding.Status, Finding.Severity, FindingEvent.Kind
OPENED_BY_COMPUTE = (Kind.REOPENED, Kind.ESCALATED, Kind.RETURNED)


@dataclass(frozen=True)
class Told:
    """An event in words."""

    happened_at: datetime
    who: str
    what: Any
    detail: str


def story(finding: Finding) -> dict[str, Any]:
    events = list(finding.events.order_by("id"))
    return {
        "open_again": why_open_again(finding, events),
        "evidence": told(evidence_shown(finding)),
        "comments": [event for event in events if event.kind == Kind.COMMENTED],
        "history": [_told(event) for event in reversed(events) if event.kind != Kind.COMMENTED],
    }


def evidence_shown(finding: Finding) -> dict[str, Any]:
    """Of a finding about a person without tickets, unless people are named: the desk says of each whose it is."""
    if finding.technician is None or TenantSettings.load().names_technicians:
        return dict(finding.evidence)
    return {name: value for name, value in finding.evidence.items() if name != "ticket_ids"}


def why_open_again(finding: Finding, events: Sequence[FindingEvent]) -> str:
    """Empty unless the compute, and not a person, opened what somebody had decided about, or what was over."""
    moves = [event for event in events if event.kind in (*OPENED_BY_COMPUTE, Kind.DECIDED)]
    if finding.status != Status.OPEN or not moves or moves[-1].kind == Kind.DECIDED:
        return ""
    decisions = [event for event in moves if event.kind == Kind.DECIDED]
    decision = decisions[-1] if decisions else None
    words = _of_decision(finding, decision) if decision else {}
    return (_sentence(moves[-1], decision) % words) if _sentence(moves[-1], decision) else ""


def _sentence(last: FindingEvent, decision: FindingEvent | None) -> str:
    status = decision.after if decision else ""
    if last.kind == Kind.REOPENED and status == Status.DISMISSED:
        return _("Dismissed on %(day)s by %(who)s (%(reason)s) at %(then)s; now %(now)s.")
    if status == Status.ACTIONED:
        return _("Marked as done on %(day)s by %(who)s at %(then)s; now %(now)s.")
    if last.kind == Kind.ESCALATED and status == Status.ACKNOWLEDGED:
        return _("Acknowledged on %(day)s by %(who)s at %(then)s; now %(now)s.")
    return _("It was over, and was found again.") if last.kind == Kind.RETURNED else ""


def _of_decision(finding: Finding, decision: FindingEvent) -> dict[str, str]:
    return {
        "day": date_format(localtime(decision.happened_at)),
        "who": decision.username,
        "reason": decision.text,
        "then": _as_of(finding.decided_severity or finding.severity, finding.decided_weight or Decimal(0)),
        "now": _as_of(finding.severity, finding.weight),
    }


def _as_of(severity: str, weight: Decimal) -> str:
    return _("%(severity)s (weight %(weight)s)") % {
        "severity": Severity(severity).label.lower(),
        "weight": number(weight, 0),
    }


def _told(event: FindingEvent) -> Told:
    labels = dict(Status.choices) | dict(Severity.choices)
    before, after = (str(labels.get(word, word)) for word in (event.before, event.after))
    if event.kind == Kind.ASSIGNED:
        before, after = before or _("nobody"), after or _("nobody")
    change = f"{before} → {after}" if before else after
    return Told(
        event.happened_at,
        event.username,
        Kind(event.kind).label,
        f"{change}: {event.text}" if event.text else change,
    )
