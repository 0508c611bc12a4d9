"""The language model that an MSP has connected, what asking it may cost, and everything it was asked."""

from uuid import uuid4

from django.contrib.auth.models import User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors import crypto


class ConnectedModel(models.Model):
    """The one row that says which server is asked, and how much it may cost. Without it, playbooks propose."""

    class Kind(models.TextChoices):
        OPENAI = "openai", _("OpenAI, or a server that speaks like it")
        AZURE = "azure", _("Azure OpenAI with an api-version")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OPENAI)
    base_url = models.URLField(max_length=300, help_text=_("Such as https://api.openai.com/v1"))
    model = models.CharField(max_length=100, help_text=_("With Azure, the name of the deployment."))
    api_version = models.CharField(max_length=30, blank=True, help_text=_("For Azure with an api-version."))
    encrypted_key = models.BinaryField(default=b"", editable=False)
    is_enabled = models.BooleanField(default=True)
    tokens_per_month = models.PositiveIntegerField(default=2_000_000, validators=[MinValueValidator(0)])
    money_per_month = models.DecimalField(
        max_digits=10, decimal_places=2, default=20, validators=[MinValueValidator(0)]
    )
    money_per_million_input = models.DecimalField(
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: as in our list of prices."),
    )
    money_per_million_output = models.DecimalField(
        max_digits=10, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    calls_per_run = models.PositiveIntegerField(default=200)
    retention_days = models.PositiveSmallIntegerField(
        default=90, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    # The circuit-breaker: after failures in a row nobody asks until then.
    failures_in_a_row = models.PositiveSmallIntegerField(default=0, editable=False)
    rests_until = models.DateTimeField(null=True, editable=False)
    last_problem = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("language model")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_connected_model")]

    def __str__(self) -> str:
        return f"{self.model} at {self.base_url}"

    @property
    def key(self) -> crypto.Secrets:
        stored = bytes(self.encrypted_key)
        return crypto.decrypt(stored) if stored else crypto.Secrets()

    @key.setter
    def key(self, secrets: dict[str, str]) -> None:
        self.encrypted_key = crypto.encrypt(secrets)


class LlmAbility(models.Model):
    """What a server was found not to understand; forgotten after a day, as servers are updated."""

    base_url = models.CharField(max_length=300)
    model = models.CharField(max_length=100)
    abilities = models.JSONField(default=dict)
    learned_at = models.DateTimeField()

    class Meta:
        ordering = ["base_url", "model"]
        constraints = [models.UniqueConstraint(fields=["base_url", "model"], name="one_ability_per_model")]

    def __str__(self) -> str:
        return f"{self.model} at {self.base_url}"


class MonthlyBudget(models.Model):
    """What asking has cost in a month, and what is being spent right now."""

    month = models.DateField(primary_key=True, help_text=_("Its first day."))
    spent_tokens = models.BigIntegerField(default=0)
    reserved_tokens = models.BigIntegerField(default=0)
    spent_money = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    reserved_money = models.DecimalField(max_digits=14, decimal_places=6, default=0)

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class LlmCall(models.Model):
    """A question and its answer, kept so that nobody pays twice for it and anybody can see what was sent."""

    class State(models.TextChoices):
        ASKING = "asking", _("Being asked")
        ANSWERED = "answered", _("Answered")
        REFUSED = "refused", _("Not usable")
        FAILED = "failed", _("Failed")

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKING)
    holder = models.UUIDField(
        default=uuid4, editable=False
    )  # who asks; whoever lost the lease writes nothing
    leased_until = models.DateTimeField(null=True, help_text=_("Who asks must be done by then."))
    # What of the month's budget is held for the request that is out right now.
    budget_month = models.DateField(null=True)
    reserved_tokens = models.PositiveIntegerField(default=0)
    reserved_money = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    company = models.BigIntegerField(null=True, help_text=_("Whose ticket texts are in it."))
    base_url = models.CharField(max_length=300)
    model = models.CharField(max_length=100)
    prompt_version = models.CharField(max_length=20)
    schema_version = models.CharField(max_length=20)
    parameters = models.JSONField(default=dict)
    messages = models.JSONField(default=list, help_text=_("As they were sent: without names."))
    reply = models.TextField(blank=True)
    result = models.JSONField(null=True, help_text=_("What was accepted of the reply."))
    verdict = models.TextField(blank=True, help_text=_("Why the reply was not used."))
    mode = models.CharField(max_length=20, blank=True, help_text=_("How the reply's form was asked for."))
    request_id = models.CharField(max_length=100, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    is_estimated = models.BooleanField(default=False, help_text=_("The server did not count the tokens."))
    money = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = _("language model call")
        indexes = [
            models.Index(fields=["asked_at"], name="insights_call_asked"),  # retention
            models.Index(fields=["company"], name="insights_call_company"),  # erasure
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.digest[:12]}"
