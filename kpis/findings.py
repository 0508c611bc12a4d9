"""Keeps what definitions find: one row per identity, with its history and what a manager decided about it.

Writes only what was found. What people decide is another statement's, also when it comes at the same moment.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from kpis import life
from kpis.base import Found, Kpi
from kpis.life import Kind, Step
from kpis.models import Finding, FindingEvent

REFRESHED = (
    "title",
    "severity",
    "company",
    "technician",
    "board",
    "subject",
    "weight",
    "minutes_at_stake",
    "money_at_stake",
    "evidence",
    "last_seen",
)
STAGES = (Kind.FOUND, Kind.RETURNED, Kind.OVER)  # which of them came last tells whether a finding is over
SEVERITIES_TOLD = (Kind.FOUND, Kind.ESCALATED)


def refresh_findings(kpi: Kpi, found: Iterable[Found], today: date, now: datetime) -> None:
    """What is found again is updated, what is not found any more is over. Decisions stay as they are."""
    known = {finding.identity: finding for finding in _with_stage(kpi)}
    events: list[FindingEvent] = []
    seen = set()
    for one in found:
        seen.add(one.identity)
        before = known.get(one.identity)
        events += _updated(before, one, now) if before else _kept(kpi, one, now)
    for identity, finding in known.items():
        if identity not in seen:
            step = life.not_found(finding, today, kpi.momentary, was_over=_is_over(finding))
            events += _moved(finding, step, {}, now)
    FindingEvent.objects.bulk_create(events)


def _with_stage(kpi: Kpi) -> Iterable[Finding]:
    stages = FindingEvent.objects.filter(finding=OuterRef("pk"), kind__in=STAGES)
    last = stages.order_by("-happened_at", "-id").values("kind")[:1]
    return Finding.objects.filter(kpi=kpi.slug).annotate(stage=Subquery(last))


def _is_over(finding: Finding) -> bool:
    """Also where a decision outlived it. What somebody opened again is not, until that is found out anew."""
    if finding.status in life.UNDECIDED:
        return False
    return finding.status == Finding.Status.EXPIRED or finding.stage == Kind.OVER  # type: ignore[attr-defined]


def _kept(kpi: Kpi, found: Found, now: datetime) -> Iterator[FindingEvent]:
    step = life.found_first(found)
    fields = {name: getattr(found, name) for name in (*REFRESHED, "first_seen")}
    finding = Finding.objects.create(kpi=kpi.slug, identity=found.identity, status=step.status, **fields)
    return (_event(kind, finding, finding, step.status, now) for kind in step.happened)


def _updated(finding: Finding, found: Found, now: datetime) -> Iterator[FindingEvent]:
    step = life.found_again(finding, found, was_over=_is_over(finding))
    first = found.first_seen if step.is_new_stretch else min(finding.first_seen, found.first_seen)
    fields = {name: getattr(found, name) for name in REFRESHED} | {"first_seen": first}
    changed = {name: value for name, value in fields.items() if getattr(finding, name) != value}
    return _moved(finding, step, changed, now)


def _moved(finding: Finding, step: Step, changed: dict[str, Any], now: datetime) -> Iterator[FindingEvent]:
    """Nothing happens to a finding about which somebody decided a moment ago, but what was found is kept."""
    row = Finding.objects.filter(pk=finding.pk)
    if step.status != finding.status:
        moved = {"status": step.status, "status_changed_at": now, "status_changed_by": None}
        if not row.filter(status=finding.status).update(**changed, **moved):
            step = Step(finding.status)
            row.update(**changed)
    elif changed:
        row.update(**changed)
    now_found = Finding(severity=finding.severity, weight=finding.weight)
    for name, value in changed.items():
        setattr(now_found, name, value)
    return (_event(kind, finding, now_found, step.status, now) for kind in step.happened)


def _event(
    kind: FindingEvent.Kind, before: Finding, after: Finding, status: str, now: datetime
) -> FindingEvent:
    is_severity = kind in SEVERITIES_TOLD
    return FindingEvent(
        finding=before,
        kind=kind,
        happened_at=now,
        before="" if kind == Kind.FOUND else before.severity if is_severity else before.status,
        after=after.severity if is_severity else status,
        text=f"{before.first_seen} – {before.last_seen}"
        if kind == Kind.RETURNED
        else "",  # the stretch before
        weight=after.weight,
    )
