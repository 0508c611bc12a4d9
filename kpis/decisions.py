"""What a manager decides about a finding. A decision stays until somebody decides otherwise."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from kpis.models import Finding

DECISIONS = {
    Finding.Status.OPEN,
    Finding.Status.ACKNOWLEDGED,
    Finding.Status.DISMISSED,
    Finding.Status.ACTIONED,
}


def decide(finding: Finding, status: str, reason: str, user: User) -> None:
    """Raises ValidationError, in words for the manager, when the decision cannot stand."""
    if status not in DECISIONS:
        raise ValidationError(_("Choose one of: acknowledge, mark as done, dismiss, reopen."))
    if status == Finding.Status.DISMISSED and not reason.strip():
        raise ValidationError(_("Say why this finding is dismissed; it will not be raised again."))
    finding.status = status
    finding.status_reason = reason.strip()
    finding.status_changed_by = user
    finding.status_changed_at = timezone.now()
    finding.save(update_fields=["status", "status_reason", "status_changed_by", "status_changed_at"])
