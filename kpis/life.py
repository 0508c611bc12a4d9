"""What becomes of a finding when it is found again, or no longer: pure rules, no tables.

What people decided stands until the evidence changes so much that it is another question.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kpis.base import Found
from kpis.models import Finding, FindingEvent

Status, Severity, Kind = Finding.Status, Finding.Severity, FindingEvent.Kind

GRACE_DAYS = 7  # a threshold like "more than 3 in 30 days" flickers
MATERIAL_RISE = Decimal("1.5")
RANKS = {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2}
UNDECIDED = (Status.OPEN, Status.ACKNOWLEDGED)


@dataclass(frozen=True)
class Step:
    """The status that a finding takes, what is told of it, and whether a new stretch of days begins."""

    status: str
    happened: tuple[FindingEvent.Kind, ...] = ()
    is_new_stretch: bool = False


def found_first(found: Found) -> Step:
    return (
        Step(Status.EXPIRED, (Kind.FOUND, Kind.OVER)) if found.is_over else Step(Status.OPEN, (Kind.FOUND,))
    )


def found_again(known: Finding, found: Found, *, was_over: bool) -> Step:
    """`known` is as it was kept before."""
    if found.is_over:
        return Step(known.status) if was_over else over(known)
    if was_over or found.first_seen > known.last_seen + timedelta(days=GRACE_DAYS):
        return _returned(known, found)
    return _went_on(known, found)


def _returned(known: Finding, found: Found) -> Step:
    if known.status != Status.DISMISSED:
        return Step(Status.OPEN, (Kind.RETURNED,), is_new_stretch=True)
    if is_another_question(known, found):
        return Step(Status.OPEN, (Kind.RETURNED, Kind.REOPENED), is_new_stretch=True)
    return Step(known.status, (Kind.RETURNED,), is_new_stretch=True)


def _went_on(known: Finding, found: Found) -> Step:
    has_escalated = _rank(found.severity) > _rank(known.severity)
    told = (Kind.ESCALATED,) if has_escalated else ()
    if known.status == Status.ACKNOWLEDGED:
        return Step(Status.OPEN if has_escalated else known.status, told)
    if known.status not in UNDECIDED and is_another_question(known, found):
        return Step(Status.OPEN, (*told, Kind.REOPENED))
    return Step(known.status, told)


def not_found(known: Finding, today: date, momentary: Set[str], *, was_over: bool) -> Step:
    """Rules of frames look back a week by themselves; those of a moment are given one."""
    is_spared = known.identity.partition(":")[0] in momentary and known.last_seen >= today - timedelta(
        days=GRACE_DAYS
    )
    return Step(known.status) if was_over or is_spared else over(known)


def over(known: Finding) -> Step:
    """Decisions outlive what they are about, so that they hold when it comes back."""
    return Step(Status.EXPIRED if known.status in UNDECIDED else known.status, (Kind.OVER,))


def is_another_question(decided: Finding, found: Found) -> bool:
    """Whether the evidence has changed materially since somebody decided."""
    if decided.decided_severity and _rank(found.severity) > _rank(decided.decided_severity):
        return True
    then = decided.decided_weight
    if then is None:
        return False
    return found.weight >= then * MATERIAL_RISE and found.weight - then >= found.weight_step


def _rank(severity: str) -> int:
    return RANKS[Severity(severity)]
