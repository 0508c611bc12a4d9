"""The tables of the public schema: MSPs, their domains, and where an API token belongs."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
RESERVED_NAMES = {"public", "information_schema", "pg_catalog", "postgres", "www", "api", "admin"}


def validate_schema_name(name: str) -> None:
    if not SCHEMA_NAME.fullmatch(name) or name.startswith("pg_"):
        raise ValidationError(
            f'"{name}" cannot name a tenant: use 2 to 40 lower-case letters, digits or underscores, '
            "starting with a letter and not with pg_."
        )
    if name in RESERVED_NAMES:
        raise ValidationError(f'"{name}" is reserved; choose another name for the tenant.')


class Msp(TenantMixin):  # type: ignore[misc]
    """One managed service provider: a schema of its own and everything in it."""

    name = models.CharField(max_length=200)
    is_suspended = models.BooleanField(default=False, help_text="Answers 403 and runs no jobs.")
    suspended_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    kept: dict[str, Any]
    auto_create_schema = True
    auto_drop_schema = False

    class Meta:
        ordering = ["schema_name"]
        verbose_name = "MSP"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        validate_schema_name(self.schema_name)


class Domain(DomainMixin):  # type: ignore[misc]
    class Meta:
        ordering = ["domain"]

    def __str__(self) -> str:
        return str(self.domain)


def is_public_host(host: str) -> bool:
    """Where the operators are, and where the API finds its tenant by the token."""
    return host == settings.BASE_DOMAIN or host in LOOPBACK


class ApiTokenRoute(models.Model):
    """Tells which schema a token belongs to, knowing the token's hash and nothing more."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    msp = models.ForeignKey(Msp, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["token_hash"]

    def __str__(self) -> str:
        return f"token of {self.msp_id}"
