"""Keeps what definitions find: one row per identity, with its history and what a manager decided about it."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from kpis.base import Found
from kpis.models import Finding

Status = Finding.Status
UNDECIDED = (Status.OPEN, Status.ACKNOWLEDGED)
REFRESHED = ("title", "severity", "company", "technician", "board", "evidence", "last_seen")


def refresh_findings(kpi: str, found: Iterable[Found]) -> None:
    """What is found again is updated, what is not found any more is over. Decisions stay as they are."""
    known = {finding.identity: finding for finding in Finding.objects.filter(kpi=kpi)}
    seen = set()
    for one in found:
        seen.add(one.identity)
        finding = known.get(one.identity) or Finding(
            kpi=kpi, identity=one.identity, first_seen=one.first_seen
        )
        _update(finding, one)
    gone = [finding.pk for identity, finding in known.items() if identity not in seen]
    Finding.objects.filter(pk__in=gone, status__in=UNDECIDED).update(**_now(Status.EXPIRED))


def _update(finding: Finding, found: Found) -> None:
    fields = {name: getattr(found, name) for name in REFRESHED}
    if found.is_over and finding.status in UNDECIDED:
        fields |= _now(Status.EXPIRED)
    elif not found.is_over and finding.status == Status.EXPIRED:
        fields |= _now(Status.OPEN)
    for name, value in fields.items():
        setattr(finding, name, value)
    # Only these: a manager may be deciding about the finding right now.
    finding.save(update_fields=fields if finding.pk else None)


def _now(status: Status) -> dict[str, Any]:
    return {"status": status, "status_changed_at": timezone.now(), "status_changed_by": None}
