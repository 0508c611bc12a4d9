"""A connection to one vendor, and how far each of its streams has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors import crypto


class Connection(models.Model):
    class Status(models.TextChoices):
        NEW = "new", _("Not synced yet")
        OK = "ok", _("Working")
        FAILING = "failing", _("Failing")
        ATTENTION = "attention", _("Needs attention")

    name = models.CharField(max_length=100, unique=True)
    # No choices: which vendors exist is known by the folder connectors/vendors, not by a migration.
    vendor = models.SlugField(max_length=40)
    settings = models.JSONField(
        default=dict, blank=True, help_text=_("The vendor's settings that are not secret.")
    )
    encrypted_credentials = models.BinaryField(default=b"", editable=False)
    is_enabled = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW, editable=False)
    status_message = models.TextField(blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def credentials(self) -> crypto.Secrets:
        stored = bytes(self.encrypted_credentials)
        return crypto.decrypt(stored) if stored else crypto.Secrets()

    @credentials.setter
    def credentials(self, secrets: dict[str, str]) -> None:
        self.encrypted_credentials = crypto.encrypt(secrets)


class StreamState(models.Model):
    """How far a stream has come. Moved in the same transaction as the rows it speaks of."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="stream_states")
    stream = models.CharField(max_length=60)
    customer = models.TextField(
        blank=True, help_text=_("Whose part of the stream, where each customer is asked for on its own.")
    )
    cursor = models.DateTimeField(
        null=True, help_text=_("Everything the vendor changed before this moment is here.")
    )
    position = models.JSONField(null=True, help_text=_("Where an unfinished walk goes on."))
    swept_at = models.DateTimeField(null=True, help_text=_("When deletions were last looked for."))

    class Meta:
        ordering = ["connection", "stream", "customer"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "stream", "customer"], name="one_state_per_stream")
        ]

    def __str__(self) -> str:
        return "/".join(filter(None, (str(self.connection_id), self.stream, self.customer)))


class PendingParent(models.Model):
    """A changed record whose children are still to be fetched, remembered across a kill."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    stream = models.CharField(max_length=60)
    parent_id = models.BigIntegerField()

    class Meta:
        ordering = ["-parent_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "stream", "parent_id"], name="one_pending_per_parent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stream} of {self.parent_id}"
