"""What technicians say against a ticket that counts for them, what was decided about it, and every step on the way."""

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.models import Connection


class Dispute(models.Model):
    """A technician's objection to a ticket. While it is upheld, the ticket counts for whom its effect says."""

    class Kind(models.TextChoices):
        ATTRIBUTION = "attribution", _("Somebody else did the work")
        OWNER = "owner", _("It was assigned to the wrong person")
        WAITING = "waiting", _("It waited on parts or on the client")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        UPHELD = "upheld", _("Upheld")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Effect(models.TextChoices):
        EXCLUDE = "exclude", _("It counts for no technician")
        CREDIT = "credit", _("It counts for another technician")

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket_id = models.BigIntegerField()
    member_id = models.BigIntegerField(help_text=_("The member's id in the ticket desk."))
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words = models.TextField()
    opened_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_words = models.TextField(blank=True, default="")
    effect = models.CharField(max_length=8, choices=Effect.choices, blank=True, default="")
    credited_to = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "ticket_id", "member_id"],
                condition=models.Q(status="open"),
                name="one_open_dispute",
            ),
            models.CheckConstraint(
                condition=models.Q(effect="credit", credited_to__isnull=False)
                | (~models.Q(effect="credit") & models.Q(credited_to=None)),
                name="credit_names_somebody",
            ),
            models.CheckConstraint(
                condition=(models.Q(status="upheld") & ~models.Q(effect=""))
                | (~models.Q(status="upheld") & models.Q(effect="")),
                name="upheld_has_an_effect",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "ticket_id"], name="disputes_of_ticket"),
            models.Index(fields=["member_id"], name="disputes_of_technician"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}"


# To sort by: what waits for a decision comes first.
OPEN_FIRST = models.Case(
    models.When(status=Dispute.Status.OPEN, then=models.Value(0)),
    default=models.Value(1),
    output_field=models.IntegerField(),
)


class DisputeEvent(models.Model):
    """One step of a dispute: who did what when, and in which words; rows are only added."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Disputed")
        UPHELD = "upheld", _("Upheld")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REOPENED = "reopened", _("Decision taken back")

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="events")
    happened_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Kept beside the account, which may be deleted.
    username = models.CharField(max_length=150, blank=True)
    words = models.TextField(blank=True)
    effect = models.CharField(max_length=8, choices=Dispute.Effect.choices, blank=True, default="")
    credited_to = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} by {self.username}"
