"""What an MSP decides for itself, and who its people are. One schema holds one MSP's rows."""

from datetime import time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.brand import digest, validate_colour
from tenants.context import kept_for_request

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SEVERITIES = ("critical", "high", "medium", "low", "informational")
END_OF_DAY = "24:00"


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _('"%(name)s" is not a time zone. Use a name like Europe/Paris or America/Toronto.')
            % {"name": name}
        )


def validate_working_hours(hours: Any) -> None:
    """Up to two spans a weekday, in order: {"mon": [["08:00", "12:00"], ["13:00", "17:00"]], …}."""
    if not isinstance(hours, dict) or not set(hours) <= set(WEEKDAYS):
        raise ValidationError(_("Working hours are given per weekday: mon, tue, wed, thu, fri, sat, sun."))
    for weekday, spans in hours.items():
        try:
            moments = [minute_of_day(moment) for start, end in spans for moment in (start, end)]
        except (TypeError, ValueError):
            raise ValidationError(
                _('%(day)s: write spans as ["08:00", "17:00"]; the end of the day is "24:00".')
                % {"day": weekday}
            ) from None
        if len(spans) > 2 or sorted(set(moments)) != moments:
            raise ValidationError(
                _("%(day)s: at most two spans, in order, that do not overlap.") % {"day": weekday}
            )


def minute_of_day(moment: str) -> int:
    if moment == END_OF_DAY:
        return 24 * 60
    parsed = time.fromisoformat(moment)
    return parsed.hour * 60 + parsed.minute


def office_hours() -> dict[str, list[list[str]]]:
    return {day: [["08:00", "17:00"]] for day in WEEKDAYS[:5]}


def default_alert_sla_hours() -> dict[str, int]:
    return {"critical": 4, "high": 8, "medium": 24, "low": 72, "informational": 168}


def validate_alert_sla_hours(hours: Any) -> None:
    if not isinstance(hours, dict) or set(hours) != set(SEVERITIES):
        raise ValidationError(_("Give the hours for each of: critical, high, medium, low, informational."))
    if not all(isinstance(value, int | float) and value > 0 for value in hours.values()):
        raise ValidationError(_("The hours must be above 0."))


def default_device_products() -> list[str]:
    return ["edr", "endpoint", "antivirus", "sentinelone", "defender"]


def validate_ids(ids: Any) -> None:
    if not isinstance(ids, list) or not all(type(id_) is int and id_ > 0 for id_ in ids):
        raise ValidationError(_("Give a list of company ids, such as [12, 40]."))


def validate_words(words: Any) -> None:
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise ValidationError(_('Give a list of words, such as ["edr", "antivirus"].'))


class TenantSettings(models.Model):
    """The one row of an MSP's settings."""

    class Privacy(models.TextChoices):
        NAMED = "named", _("Managers see technicians by name")
        PSEUDONYMOUS = "pseudonymous", _("Managers see pseudonyms")
        OWN_ONLY = "own_only", _("Technicians see only themselves; managers see the team's total")

    class Labels(models.TextChoices):
        RULE = "rule", _("Rules (phrases)")
        MODEL = "llm", _("The language model, and rules where it has said nothing")

    class AnomalyRule(models.TextChoices):
        SEASONAL = "seasonal", _("Compared with similar days (weekday, holidays)")
        PLAIN = "plain", _("Plain z-score over 30 days")

    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    working_hours = models.JSONField(default=office_hours, validators=[validate_working_hours])
    brand_colour = models.CharField(
        max_length=7,
        blank=True,
        validators=[validate_colour],
        help_text=_("Of links and buttons, as # and six digits. Empty for Deskmetry's blue."),
    )
    logo = models.BinaryField(default=b"", blank=True)
    logo_digest = models.CharField(max_length=16, blank=True, editable=False)
    language = models.CharField(max_length=5, choices=[("en", "English"), ("fr", "Français")], default="en")
    currency = models.CharField(max_length=3, default="USD")
    loaded_hourly_cost = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        default=45,
        help_text=_("What an hour of a technician costs you, all included."),
    )
    hourly_rate = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        default=120,
        help_text=_("What you charge for an hour outside agreements."),
    )
    cashable_share = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        default=Decimal("0.25"),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("How much of the time that a project saves becomes money: 0.25 is a quarter."),
    )
    labels_from = models.CharField(
        max_length=10,
        choices=Labels.choices,
        default=Labels.RULE,
        help_text=_("Who says which tickets ask for training or could be sold to."),
    )
    alert_sla_hours = models.JSONField(default=default_alert_sla_hours, validators=[validate_alert_sla_hours])
    companies_without_agreement = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_ids],
        help_text=_("Ids of companies that need no agreement: your own, and clients billed by the hour."),
    )
    agreement_lists_are_complete = models.BooleanField(
        default=False,
        help_text=_(
            "An agreement that lists work types or work roles covers nothing else. In ConnectWise a listed one "
            "usually only has another rate, so this is off."
        ),
    )
    device_products = models.JSONField(
        default=default_device_products,
        validators=[validate_words],
        help_text=_("Words in the names of products that clients pay for per device."),
    )
    late_entry_days = models.PositiveSmallIntegerField(
        default=7, help_text=_("For how many days after a day its time entries may still arrive.")
    )
    privacy_mode = models.CharField(max_length=20, choices=Privacy.choices, default=Privacy.NAMED)
    anomaly_rule = models.CharField(max_length=20, choices=AnomalyRule.choices, default=AnomalyRule.SEASONAL)
    anomaly_threshold = models.FloatField(
        default=3.0, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )

    class Meta:
        verbose_name = verbose_name_plural = _("settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_settings")]

    def __str__(self) -> str:
        return "settings"

    def save(self, *args: Any, **options: Any) -> None:
        if "logo" in self.__dict__:
            self.logo_digest = digest(bytes(self.logo))
        super().save(*args, **options)
        kept_for_request().pop("settings", None)

    @classmethod
    def load(cls) -> "TenantSettings":
        """Looked up once in a request; anew each time elsewhere, where work may outlast a change of them."""
        kept = kept_for_request()
        if "settings" not in kept:
            # Without the logo, which is long and seldom wanted.
            kept["settings"] = cls.objects.defer("logo").get_or_create(id=1)[0]
        return kept["settings"]  # type: ignore[no-any-return]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def names_technicians(self) -> bool:
        return self.privacy_mode == self.Privacy.NAMED


class Holiday(models.Model):
    """A day on which the business clock stands still."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class MemberLink(models.Model):
    """Says which ticket-desk member a user is, so that technicians find their own figures."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="member_link")
    member_id = models.BigIntegerField(unique=True, help_text=_("The member's id in the ticket desk."))

    class Meta:
        ordering = ["member_id"]

    def __str__(self) -> str:
        return f"{self.user_id} is member {self.member_id}"


class ApiToken(models.Model):
    """A BI tool's key. Only its hash is kept; the token itself is shown once.

    A trigger of the table keeps the token's route in the public schema (directory.ApiTokenRoute):
    written with the row, gone when the row is revoked or deleted, by whatever way.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=8, editable=False, help_text=_("The token's last characters."))
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty when it never expires."))
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("API token")

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"
