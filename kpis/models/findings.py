"""What somebody should act on, what was decided about it, and everything that happened to it."""

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _


class Finding(models.Model):
    """Something a manager may act on. Its identity keeps its history from night to night."""

    class Severity(models.TextChoices):
        HIGH = "high", _("High")
        MEDIUM = "medium", _("Medium")
        LOW = "low", _("Low")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        DISMISSED = "dismissed", _("Dismissed")
        ACTIONED = "actioned", _("Actioned")
        EXPIRED = "expired", _("Over")

    kpi = models.CharField(max_length=40)
    identity = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    company = models.BigIntegerField(null=True)
    technician = models.BigIntegerField(null=True)
    board = models.BigIntegerField(null=True)
    subject = models.TextField(blank=True, help_text=_("What it is about: a type of ticket, a device."))
    weight = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text=_("The number that its rule counts.")
    )
    decided_weight = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    decided_severity = models.CharField(max_length=10, choices=Severity.choices, blank=True)
    assigned_to = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    minutes_at_stake = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    money_at_stake = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    evidence = models.JSONField(default=dict)
    first_seen = models.DateField()
    last_seen = models.DateField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    status_reason = models.TextField(blank=True)
    status_changed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    status_changed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-last_seen", "-id"]
        constraints = [models.UniqueConstraint(fields=["kpi", "identity"], name="one_finding_per_identity")]

    def __str__(self) -> str:
        return self.title


# To sort by: the names of severities are in no useful order.
BY_SEVERITY = models.Case(
    *(
        models.When(severity=severity, then=models.Value(rank))
        for rank, severity in enumerate(Finding.Severity.values)
    ),
    output_field=models.IntegerField(),
)


class FindingEvent(models.Model):
    """One thing that happened to a finding; rows are only added."""

    class Kind(models.TextChoices):
        FOUND = "found", _("Found")
        ESCALATED = "escalated", _("Became more severe")
        REOPENED = "reopened", _("Changed so much since it was decided that it is open again")
        RETURNED = "returned", _("Found again after it was over")
        OVER = "over", _("Over")
        DECIDED = "decided", _("Decided")
        ASSIGNED = "assigned", _("Assigned")
        COMMENTED = "commented", _("Commented")

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="events")
    happened_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Kept beside the account, which may be deleted.
    username = models.CharField(max_length=150, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    text = models.TextField(blank=True, help_text=_("The comment or the reason."))
    weight = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        ordering = ["happened_at", "id"]
        indexes = [models.Index(fields=["finding", "happened_at"], name="finding_history")]

    def __str__(self) -> str:
        return f"{self.kind} {self.before} → {self.after}"
