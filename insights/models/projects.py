"""What was frozen when a proposal was accepted, and what was measured afterwards against it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.proposals import Proposal


class ProjectBaseline(models.Model):
    """Before, controls and date of judgement, fixed before anybody knows the outcome."""

    class Design(models.TextChoices):
        CLIENTS = "clients", _("Compared with the same topic at other clients")
        TOPICS = "topics", _("Compared with other topics of the same clients (weak)")
        NONE = "none", _("Nothing to compare with: before and after only")

    proposal = models.OneToOneField(Proposal, on_delete=models.CASCADE, related_name="baseline")
    frozen_at = models.DateTimeField()
    registry_version = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField(help_text=_("The first day no longer in it."))
    design = models.CharField(max_length=10, choices=Design.choices)
    treated = models.JSONField(default=dict, help_text=_("Clients and topic that the project is for."))
    controls = models.JSONField(default=list, help_text=_("Clients or topics it is compared with."))
    weekly_tickets = models.JSONField(default=list)
    weekly_hours = models.JSONField(default=list)
    tickets_per_week = models.FloatField(help_text=_("Shrunk towards other clients' or topics' rate."))
    hours_per_month = models.FloatField()
    weeks_to_measure = models.PositiveSmallIntegerField(help_text=_("After the project's end."))
    measure_on = models.DateField(null=True, help_text=_("Known once the project has ended."))
    detectable_reduction = models.FloatField(
        null=True, help_text=_("The smallest reduction that would be noticed four times out of five.")
    )
    forecast = models.JSONField(default=dict)

    class Meta:
        db_table = "project_baselines"
        ordering = ["proposal"]

    def __str__(self) -> str:
        return f"baseline of proposal {self.proposal_id}"


class ProjectMeasurement(models.Model):
    """What a finished project has brought, as of a day."""

    class Verdict(models.TextChoices):
        TOO_EARLY = "too_early", _("Too early to say")
        UNDERPOWERED = "underpowered", _("Too few tickets to say")
        NO_DETECTABLE_EFFECT = "no_detectable_effect", _("No effect that can be told from chance")
        IMPROVED = "improved", _("Improved")
        WORSENED = "worsened", _("Worsened")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="measurements")
    measured_on = models.DateField(help_text=_("The local day up to which was counted."))
    measured_at = models.DateTimeField()
    verdict = models.CharField(max_length=24, choices=Verdict.choices)
    is_final = models.BooleanField(default=False, help_text=_("Made on the day that was fixed beforehand."))
    weeks_after = models.PositiveSmallIntegerField()
    ticket_reduction = models.FloatField(null=True, help_text=_("1: all gone, 0: as before, below 0: more."))
    ticket_reduction_low = models.FloatField(null=True)
    ticket_reduction_high = models.FloatField(null=True)
    hour_reduction = models.FloatField(null=True)
    hour_reduction_low = models.FloatField(null=True)
    hour_reduction_high = models.FloatField(null=True)
    saved_minutes_per_month = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    saved_minutes_low = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    saved_minutes_high = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    roi_capacity = models.FloatField(null=True, help_text=_("Of twelve months at this rate, realised."))
    roi_cash = models.FloatField(null=True)
    details = models.JSONField(
        default=dict, help_text=_("Weekly series of treated and controls, phi and tau.")
    )

    class Meta:
        db_table = "project_measurements"
        ordering = ["proposal", "measured_on"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "measured_on"], name="one_measurement_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.measured_on}"
