"""The figures: one row per day, one tall table of breakdowns, and what somebody should act on."""

from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _


def minutes(help_text: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text=help_text)


def percent(help_text: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=7, decimal_places=4, null=True, help_text=help_text)


class KpiDaily(models.Model):
    """The headline figures of one local day. Nothing measured is NULL, never 0."""

    kpi_date = models.DateField(primary_key=True)
    new_tickets = models.IntegerField(db_default=0)
    closed_tickets = models.IntegerField(db_default=0)
    reopened_tickets = models.IntegerField(db_default=0)
    backlog_open = models.IntegerField(db_default=0)
    backlog_over_30d = models.IntegerField(db_default=0)
    billable_minutes = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    non_billable_minutes = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    avg_ttr_minutes = minutes(_("Mean time to resolve of tickets finally closed on the day."))
    median_ttr_minutes = minutes(_("Median of the same."))
    p90_ttr_minutes = minutes(_("90th percentile of the same."))
    business_ttr_minutes = minutes(_("Mean business time to resolve, less waiting on the client."))
    avg_first_response_minutes = minutes(
        _("Mean time to the first response, of tickets first answered on the day.")
    )
    fcr_rate = percent(_("Percent of tickets finally closed on the day that were never reopened."))
    one_touch_rate = percent(_("Percent solved by one technician on one day, never reopened or reassigned."))
    csat_avg = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    nps = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    sla_breach_count = models.IntegerField(db_default=0)
    ticket_zscore = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    ticket_seasonal_score = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    anomaly_detected = models.BooleanField(db_default=False)
    active_technicians = models.IntegerField(db_default=0)
    tickets_per_technician = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    billable_ratio = percent(_("Billable share of all minutes."))
    computed_at = models.DateTimeField()
    data_as_of = models.DateTimeField(null=True)
    is_final = models.BooleanField(db_default=False, help_text=_("Past the late-entry window."))
    definition_version = models.CharField(max_length=40)

    class Meta:
        db_table = "kpi_daily"
        ordering = ["-kpi_date"]
        verbose_name = _("KPI day")

    def __str__(self) -> str:
        return str(self.kpi_date)


class KpiBreakdown(models.Model):
    """A metric of one day, cut by company, technician, board and segment; ratios keep both parts."""

    kpi = models.CharField(max_length=40)
    metric = models.CharField(max_length=40)
    kpi_date = models.DateField()
    company = models.BigIntegerField(null=True)
    technician = models.BigIntegerField(null=True)
    board = models.BigIntegerField(null=True)
    segment = models.TextField(blank=True)
    numerator = models.DecimalField(max_digits=18, decimal_places=4)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)

    class Meta:
        db_table = "kpi_breakdown"
        ordering = ["id"]
        # Recompute, dashboards and the API's pages. One more would cost a recompute more than it saves a reader.
        indexes = [models.Index(fields=["kpi_date", "id"], name="kpi_breakdown_by_day")]

    def __str__(self) -> str:
        return f"{self.kpi}.{self.metric} {self.kpi_date}"


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


class CalendarDay(models.Model):
    """A local day on the business clock: its working spans and the working seconds before it."""

    day = models.DateField(primary_key=True)
    starts_at = models.DateTimeField(unique=True, help_text=_("Local midnight."))
    is_working = models.BooleanField()
    first_start = models.DateTimeField(null=True)
    first_end = models.DateTimeField(null=True)
    second_start = models.DateTimeField(null=True)
    second_end = models.DateTimeField(null=True)
    seconds_before = models.BigIntegerField()

    class Meta:
        db_table = "kpi_calendar"
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)


class ComputeState(models.Model):
    """The watermark: what the figures were last computed from. One row."""

    computed_at = models.DateTimeField(null=True)
    computed_until = models.DateField(null=True, help_text=_("The last day that has figures."))
    holds_until = models.DateTimeField(null=True)  # after it, time alone changes the figures of the last day
    fingerprint = models.CharField(
        max_length=64, help_text=_("Of the definitions and the settings they depend on.")
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_compute_state")]

    def __str__(self) -> str:
        return f"computed at {self.computed_at}"
