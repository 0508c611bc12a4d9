"""What every raw table has in common."""

from django.db import models
from django.db.models.functions import Now

from connectors.models.connection import Connection


class RawRow(models.Model):
    """A vendor's record in typed columns. `row_hash` tells whether the vendor's record has changed."""

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    external_id = models.BigIntegerField()
    row_hash = models.BinaryField(max_length=16, editable=False)
    synced_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, help_text="Set once the vendor no longer has the record.")

    class Meta:
        abstract = True


class TextKeyedRow(RawRow):
    """Security vendors' ids are texts: numbers of 19 digits, GUIDs, hashes."""

    external_id = models.TextField()  # type: ignore[assignment]

    class Meta:
        abstract = True


def key(*fields: str, table: str) -> models.UniqueConstraint:
    """The vendor's identity of a row; every look-up by the sync goes through it."""
    return models.UniqueConstraint(fields=["source", *(fields or ("external_id",))], name=f"{table}_key")
