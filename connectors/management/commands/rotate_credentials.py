"""Encrypt all saved credentials with the first of CREDENTIAL_KEYS, so that older keys can be dropped."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connectors import crypto
from connectors.models import Connection
from tenants.context import PUBLIC_SCHEMA, tenant
from tenants.directory.models import Msp


class Command(BaseCommand):
    help = (
        "After putting a new key in front of CREDENTIAL_KEYS and restarting: encrypt everything with it. "
        "Then the old keys can be removed."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        # Suspended tenants too: they come back, and by then the old keys are gone.
        schemas = Msp.objects.exclude(schema_name=PUBLIC_SCHEMA).values_list("schema_name", flat=True)
        unreadable = 0
        for schema in list(schemas):
            with tenant(schema):
                unreadable += self._rotate(schema)
        if unreadable:
            raise CommandError(f"{unreadable} connection(s) could not be read; keep the old keys.")

    def _rotate(self, schema: str) -> int:
        """How many could not be read."""
        rotated = unreadable = 0
        for link in Connection.objects.exclude(encrypted_credentials=b""):
            try:
                link.encrypted_credentials = crypto.rotate(bytes(link.encrypted_credentials))
            except crypto.CredentialsUnreadable as problem:
                self.stderr.write(f"{schema}/{link}: {problem}")
                unreadable += 1
                continue
            link.save(update_fields=["encrypted_credentials"])
            rotated += 1
        self.stdout.write(f"{schema}: {rotated} connection(s) rotated")
        return unreadable
