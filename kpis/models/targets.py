"""What an MSP wants to reach: a value for a figure, and from where on it is nearly there."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.Model):
    """Which direction is good follows from the figure."""

    class Figure(models.TextChoices):
        MEDIAN_TTR = "median_ttr", _("Median time to resolve, in hours")
        FIRST_RESPONSE = "first_response", _("First response, in minutes")
        FCR = "fcr", _("Solved the first time, in percent")
        SLA_MET = "sla_met", _("SLA met, in percent")
        CSAT = "csat", _("Client satisfaction, from 1 to 5")
        BILLABLE = "billable", _("Billable share of hours, in percent")
        BACKLOG = "backlog", _("Backlog, in tickets")
        UTILISATION = "utilisation", _("Utilisation, in percent")
        ALERTS_IN_SLA = "alerts_in_sla", _("Security alerts resolved in time, in percent")

    figure = models.CharField(max_length=20, choices=Figure.choices, unique=True)
    value = models.DecimalField(
        _("target"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    warn_at = models.DecimalField(
        _("near the target up to"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_(
            "Optional. Between the target and this value a figure counts as near the target, beyond it as missed."
        ),
    )

    class Meta:
        ordering = ["figure"]
        verbose_name = _("target")

    def __str__(self) -> str:
        return str(self.get_figure_display())

    @property
    def is_less_better(self) -> bool:
        return self.figure in LESS_IS_BETTER

    def clean(self) -> None:
        low, high = LIMITS.get(self.figure, (Decimal(0), None))
        for name in ("value", "warn_at"):
            _check(name, getattr(self, name), low, high)
        if self.value is None or self.warn_at is None:
            return
        if (self.warn_at < self.value) if self.is_less_better else (self.warn_at > self.value):
            raise ValidationError({"warn_at": self._wrong_side()})

    def _wrong_side(self) -> Any:
        if self.is_less_better:
            return _("Less is better here, so this has to be the target or more.")
        return _("More is better here, so this has to be the target or less.")


Figure = Target.Figure
LESS_IS_BETTER = frozenset({Figure.MEDIAN_TTR, Figure.FIRST_RESPONSE, Figure.BACKLOG})
PERCENT = (Decimal(0), Decimal(100))
LIMITS: dict[str, tuple[Decimal, Decimal | None]] = {
    Figure.FCR: PERCENT,
    Figure.SLA_MET: PERCENT,
    Figure.BILLABLE: PERCENT,
    Figure.ALERTS_IN_SLA: PERCENT,
    Figure.CSAT: (Decimal(1), Decimal(5)),
}


def _check(name: str, value: Decimal | None, low: Decimal, high: Decimal | None) -> None:
    if value is not None and (value < low or (high is not None and value > high)):
        told = {"low": low, "high": high}
        raise ValidationError({name: _("Give a value from %(low)s to %(high)s.") % told})
