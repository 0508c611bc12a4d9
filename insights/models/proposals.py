"""Improvement projects from the idea to its effect: one row per scope, client, topic and archetype, for ever."""

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.asking import LlmCall
from insights.models.topics import Topic


class Proposal(models.Model):
    class Scope(models.TextChoices):
        DESK = "desk", _("All clients")
        CLIENT = "client", _("One client")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        SNOOZED = "snoozed", _("Put off")
        ACCEPTED = "accepted", _("Accepted")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done")
        MEASURED = "measured", _("Measured")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("No longer supported by tickets")

    class Source(models.TextChoices):
        MODEL = "llm", _("Language model")
        HEURISTIC = "heuristic", _("Playbook")

    class Confidence(models.TextChoices):
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")

    scope = models.CharField(max_length=10, choices=Scope.choices)
    company = models.BigIntegerField(null=True)
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, related_name="proposals", help_text=_("Never an alias.")
    )
    archetype = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    rolled_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="parts", null=True, blank=True
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    call = models.ForeignKey(LlmCall, on_delete=models.SET_NULL, null=True, related_name="+")
    # Words: from the playbook or the language model, in the MSP's language. Numbers never come from there.
    name = models.CharField(max_length=120)
    trigger = models.CharField(max_length=200)
    problem = models.TextField()
    recommendation = models.TextField()
    steps = models.JSONField(default=list)
    confidence = models.CharField(max_length=10, choices=Confidence.choices)
    # What speaks for it and against it: {"tickets": [[connection, ticket], …], "counter": […], counts …}
    evidence = models.JSONField(default=dict)
    # Everything computed: effort, savings, cost, payback, return, with P10, P50 and P90 (insights.roi.Forecast).
    forecast = models.JSONField(default=dict)
    saved_minutes_per_month = models.DecimalField(max_digits=12, decimal_places=2, help_text=_("P50."))
    net_value_p10 = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        help_text=_("Of twelve months, as capacity: what proposals are ranked by."),
    )
    beneficiary = models.CharField(max_length=10, help_text=_("msp, client or both"))
    first_proposed_at = models.DateTimeField()
    refreshed_at = models.DateTimeField()
    # What people decide.
    snoozed_until = models.DateField(null=True, blank=True)
    status_reason = models.TextField(blank=True)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    planned_start = models.DateField(null=True, blank=True)
    planned_end = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    planned_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    actual_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    actual_hours = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    project_ticket_id = models.BigIntegerField(
        null=True, blank=True, help_text=_("The ticket at the desk under which the work is booked.")
    )
    version = models.PositiveIntegerField(default=0)  # grows with each step and each change of the plan

    class Meta:
        db_table = "proposals"
        ordering = ["-net_value_p10", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "company", "topic", "archetype"],
                nulls_distinct=False,
                name="one_proposal_per_idea",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProposalEvent(models.Model):
    """One step of a proposal's life with what was known at that moment; rows are only added."""

    class Kind(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        REFRESHED = "refreshed", _("Evidence renewed")
        MOVED = "moved", _("Status changed")
        PLANNED = "planned", _("Owner, dates or cost changed")
        MEASURED = "measured", _("Measured")
        COMMENTED = "commented", _("Commented")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    happened_at = models.DateTimeField()
    happened_on = models.DateField(help_text=_("The local day: the figures count by it."))
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    username = models.CharField(max_length=150, blank=True)  # kept beside the account, which may be deleted
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12, help_text=_("The status from then on."))
    text = models.TextField(blank=True)
    saved_minutes_per_month = models.DecimalField(max_digits=12, decimal_places=2)
    snapshot = models.JSONField(default=dict, help_text=_("Evidence and forecast as they were."))

    class Meta:
        db_table = "proposal_events"
        ordering = ["happened_at", "id"]
        indexes = [models.Index(fields=["proposal", "happened_at"], name="proposal_history")]

    def __str__(self) -> str:
        return f"{self.kind} {self.before} → {self.after}"
