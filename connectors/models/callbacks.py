"""Whether a connection's vendor calls us when something changes, and what it has said lately."""

from secrets import token_urlsafe

from django.db import models
from django.db.models.functions import Now

from connectors import crypto
from connectors.models.connection import Connection


def new_key() -> str:
    return token_urlsafe(32)


class Listening(models.Model):
    """The address that a vendor was asked to call. A call is a hint to sync soon: no row rests on what it says."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="listening")
    # The part of the address that nobody can guess.
    key = models.CharField(max_length=64, default=new_key, editable=False)
    address = models.TextField(blank=True, help_text="Empty: the vendor was not asked to call.")
    heard_at = models.DateTimeField(null=True, help_text="About when the vendor last called.")
    hinted_at = models.DateTimeField(
        null=True,
        help_text="Since when a sync waits that calls have asked for; further calls ask for no other.",
    )

    def __str__(self) -> str:
        return f"callbacks of {self.connection_id}"


class SigningKey(models.Model):
    """What a vendor's signatures are checked with, by the address it was read from. Empty: nothing usable."""

    listening = models.ForeignKey(Listening, on_delete=models.CASCADE, related_name="signing_keys")
    url = models.TextField()
    encrypted_key = models.BinaryField(default=b"", editable=False)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["listening", "url"], name="one_signing_key_per_address")
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def key(self) -> str:
        return crypto.decrypt(bytes(self.encrypted_key))["key"] if self.encrypted_key else ""

    @key.setter
    def key(self, key: str) -> None:
        self.encrypted_key = crypto.encrypt({"key": key}) if key else b""


class HeardCallback(models.Model):
    """A call that was taken, remembered for a while so that the same one again does nothing."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)
    heard_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["connection", "digest"], name="one_row_per_callback")]

    def __str__(self) -> str:
        return f"{self.connection_id}, {self.heard_at}"
