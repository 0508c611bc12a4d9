"""Encrypt all saved credentials with the first of CREDENTIAL_KEYS, so that older keys can be dropped."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db.models import BinaryField, Model

from connectors import crypto
from tenants.context import PUBLIC_SCHEMA, tenant
from tenants.directory.models import Msp

ENCRYPTED = "encrypted_"  # how columns with secrets are called, in whatever app


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
            raise CommandError(f"{unreadable} saved credential(s) could not be read; keep the old keys.")

    def _rotate(self, schema: str) -> int:
        """How many could not be read."""
        rotated = unreadable = 0
        for row, column in _secrets():
            try:
                setattr(row, column, crypto.rotate(bytes(getattr(row, column))))
            except crypto.CredentialsUnreadable as problem:
                self.stderr.write(f"{schema}/{row}: {problem}")
                unreadable += 1
                continue
            row.save(update_fields=[column])
            rotated += 1
        self.stdout.write(f"{schema}: {rotated} saved credential(s) rotated")
        return unreadable


def _secrets() -> Iterator[tuple[Model, str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, BinaryField) and field.name.startswith(ENCRYPTED):
                rows = model._default_manager.exclude(**{field.name: b""})
                yield from ((row, field.name) for row in rows)
