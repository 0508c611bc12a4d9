"""The figures: one row per day, one tall table of breakdowns, what they were before, and how far to trust them."""

from typing import Any

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
    security_alerts_critical = models.IntegerField(null=True)
    security_alerts_high = models.IntegerField(null=True)
    security_alerts_medium = models.IntegerField(null=True)
    security_alerts_low = models.IntegerField(null=True)
    security_alerts_informational = models.IntegerField(null=True)
    security_mttr_minutes = minutes(
        _("Mean time from detection to resolution of alerts resolved on the day.")
    )
    security_sla_pct = percent(_("Percent of alerts resolved on the day that were resolved in time."))
    sales_opportunities_open = models.IntegerField(null=True)
    sales_opportunity_value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    client_training_tickets = models.IntegerField(null=True)
    tech_training_flags = models.IntegerField(null=True)
    mismatch_tickets = models.IntegerField(null=True)
    mismatch_minutes = minutes(_("Minutes worked outside agreements on the day."))
    mismatch_value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    technicians_off_expected = models.IntegerField(null=True)
    projects_proposed = models.IntegerField(null=True)
    projected_savings_minutes = minutes(_("What the proposals open at the day's end would save in a month."))
    realised_savings_minutes = minutes(_("What finished projects save in a month, as measured by then."))
    computed_at = models.DateTimeField()
    data_as_of = models.DateTimeField(null=True)
    is_final = models.BooleanField(db_default=False, help_text=_("Past the late-entry window."))
    definition_version = models.TextField()

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


class KpiRestatement(models.Model):
    """What a figure of a day that was over had been before it came out differently. Rows are only added."""

    kpi = models.CharField(max_length=40)
    metric = models.CharField(
        max_length=40, help_text=_("A metric of the breakdown, or a column of the day.")
    )
    is_daily = models.BooleanField(help_text=_("It is a column of kpi_daily."))
    kpi_date = models.DateField()
    company = models.BigIntegerField(null=True)
    technician = models.BigIntegerField(null=True)
    board = models.BigIntegerField(null=True)
    segment = models.TextField(blank=True)
    was_numerator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    was_denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    now_numerator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    now_denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    reasons = models.TextField(help_text=_("Words of kpis.restatement.Reason, separated by blanks."))
    restated_at = models.DateTimeField()

    class Meta:
        db_table = "kpi_restatement"
        ordering = ["-restated_at", "-id"]
        indexes = [
            models.Index(fields=["kpi_date", "restated_at"], name="kpi_restatement_of_day")
        ]  # a day's page, and figures as they were known

    def __str__(self) -> str:
        return f"{self.kpi}.{self.metric} of {self.kpi_date}: {self.was_numerator} → {self.now_numerator}"


class KpiTrust(models.Model):
    """How far a KPI's figures of a day can be trusted, and what speaks against them."""

    class Grade(models.TextChoices):
        HIGH = "high", _("High")
        MEDIUM = "medium", _("Medium")
        LOW = "low", _("Low")

    kpi = models.CharField(max_length=40)
    kpi_date = models.DateField()
    grade = models.CharField(max_length=6, choices=Grade.choices)
    reasons = models.JSONField(default=list, help_text=_("[{check, wrong, of, percent}], worst first."))

    class Meta:
        db_table = "kpi_trust"
        ordering = ["-kpi_date", "kpi"]
        constraints = [models.UniqueConstraint(fields=["kpi_date", "kpi"], name="one_grade_per_kpi_and_day")]

    def __str__(self) -> str:
        return f"{self.kpi} {self.kpi_date}: {self.grade}"
