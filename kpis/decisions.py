"""What people do about findings, one or many at once: decide, assign, comment. All of it stays told in events."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kpis.models import Finding, FindingEvent
from tenants.roles import MANAGING

Status, Kind = Finding.Status, FindingEvent.Kind
DECISIONS = {Status.OPEN, Status.ACKNOWLEDGED, Status.DISMISSED, Status.ACTIONED}


def decide(findings: Collection[Finding], status: str, reason: str, user: User) -> None:
    """Raises ValidationError, in words for the manager, when the decision cannot stand for all of them."""
    if status not in DECISIONS:
        raise ValidationError(_("Choose one of: acknowledge, mark as done, dismiss, reopen."))
    if status == Status.DISMISSED and not reason.strip():
        raise ValidationError(
            _("Say why this is dismissed; it will not be raised again until the evidence changes much.")
        )
    with transaction.atomic():
        for finding in _locked(findings):
            _decide(finding, Status(status), reason.strip(), user)


def _decide(finding: Finding, status: Finding.Status, reason: str, user: User) -> None:
    if status == Status.ACKNOWLEDGED and finding.status != Status.OPEN:
        raise ValidationError(_("“%s” is not open, so it cannot be acknowledged.") % finding.title)
    is_decided = status != Status.OPEN
    before = finding.status
    _save(
        finding,
        status=status,
        status_reason=reason,
        status_changed_by=user,
        status_changed_at=timezone.now(),
        decided_weight=finding.weight if is_decided else None,
        decided_severity=finding.severity if is_decided else "",
    )
    _tell(finding, Kind.DECIDED, user, before=before, after=status, text=reason)


def assignees() -> QuerySet[User]:
    """Who may see findings."""
    return User.objects.filter(is_active=True, groups__name__in=MANAGING).distinct().order_by("username")


def assign(findings: Collection[Finding], to: str, user: User) -> None:
    """To somebody by user name, or to nobody."""
    assignee = assignees().filter(username=to).first()
    if to and assignee is None:
        raise ValidationError(_("Choose somebody who may see findings."))
    with transaction.atomic():
        for finding in _locked(findings):
            before = finding.assigned_to.username if finding.assigned_to else ""
            if before != to:
                _save(finding, assigned_to=assignee)
                _tell(finding, Kind.ASSIGNED, user, before=before, after=to)


def comment(finding: Finding, text: str, user: User) -> None:
    if not text.strip():
        raise ValidationError(_("Write something first."))
    _tell(finding, Kind.COMMENTED, user, text=text.strip())


def _locked(findings: Iterable[Finding]) -> list[Finding]:
    """As they are now; nobody else changes them before we have."""
    return list(Finding.objects.select_for_update().filter(pk__in=[each.pk for each in findings]))


def _save(finding: Finding, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(finding, name, value)
    finding.save(update_fields=list(fields))


def _tell(finding: Finding, kind: FindingEvent.Kind, user: User, **told: str) -> None:
    FindingEvent.objects.create(
        finding=finding,
        kind=kind,
        happened_at=timezone.now(),
        user=user,
        username=user.get_username(),
        weight=finding.weight,
        **told,
    )
