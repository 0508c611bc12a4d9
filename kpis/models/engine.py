"""What the engine needs to compute: the business calendar, and how far it has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
