"""Making a tenant: its schema, its domain, its groups and its settings. Running it twice changes nothing.

A tenant stays suspended until all of it is there, so that neither visitors nor jobs meet half a schema.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django_tenants.utils import schema_context, schema_exists

from tenants.context import PUBLIC_SCHEMA
from tenants.directory.models import Domain, Msp, is_public_host, validate_schema_name
from tenants.models import TenantSettings, validate_time_zone
from tenants.roles import create_groups
from tenants.status import laggards

BEING_MADE = "Being set up."
HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class NewTenant:
    schema: str
    name: str
    domain: str = ""
    time_zone: str = "UTC"
    currency: str = "USD"
    language: str = "en"

    @property
    def host(self) -> str:
        return self.domain or f"{self.schema.replace('_', '-')}.{settings.BASE_DOMAIN}"


def schema_for(name: str) -> str:
    """What a tenant's schema is called when nobody says: "Acme & Söhne" becomes acme_sohne."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")


def create_tenant(new: NewTenant) -> tuple[Msp, bool]:
    """The tenant, and whether it was made just now. Raises ValidationError before anything is made.

    What a killed run left half made is completed.
    """
    _validate(new)
    with schema_context(PUBLIC_SCHEMA):
        _refuse_taken_domain(new)
        msp, is_new = _registered(new)
        _complete_schema(msp)
    with schema_context(new.schema):
        _fill(new)
    with schema_context(PUBLIC_SCHEMA):
        Domain.objects.get_or_create(domain=new.host, tenant=msp, defaults={"is_primary": True})
        Msp.objects.filter(pk=msp.pk, suspended_reason=BEING_MADE).update(
            is_suspended=False, suspended_reason=""
        )
        msp.refresh_from_db()
    return msp, is_new


def _validate(new: NewTenant) -> None:
    validate_schema_name(new.schema)
    validate_time_zone(new.time_zone)
    if not new.name.strip() or len(new.name) > 200:
        raise ValidationError("Give the tenant a name of at most 200 characters.")
    if len(new.host) > 253 or not HOST_NAME.fullmatch(new.host):
        raise ValidationError(f'"{new.host}" is not a host name in lower case, like acme.example.com.')
    if not CURRENCY.fullmatch(new.currency):
        raise ValidationError(
            f'"{new.currency}" is not a currency code. Use three capitals, like EUR or USD.'
        )
    languages = dict(settings.LANGUAGES)
    if new.language not in languages:
        raise ValidationError(
            f'"{new.language}" is not a language here. Choose one of {", ".join(languages)}.'
        )


def _refuse_taken_domain(new: NewTenant) -> None:
    if is_public_host(new.host):
        raise ValidationError(f"{new.host} belongs to the operators; choose a host name of the tenant's own.")
    taken = Domain.objects.filter(domain=new.host).exclude(tenant__schema_name=new.schema).first()
    if taken:
        raise ValidationError(f"{new.host} already leads to the tenant {taken.tenant.schema_name}.")


def _registered(new: NewTenant) -> tuple[Msp, bool]:
    known = Msp.objects.filter(schema_name=new.schema).first()
    if known:
        return known, False
    msp = Msp(schema_name=new.schema, name=new.name, is_suspended=True, suspended_reason=BEING_MADE)
    msp.save(verbosity=0)
    return msp, True


def _complete_schema(msp: Msp) -> None:
    """Nothing to do for a tenant made in one go."""
    if not schema_exists(msp.schema_name):
        msp.create_schema(verbosity=0)
    elif laggards([msp.schema_name]):
        call_command(
            "migrate_schemas", tenant=True, schema_name=msp.schema_name, interactive=False, verbosity=0
        )


def _fill(new: NewTenant) -> None:
    create_groups()
    TenantSettings.objects.get_or_create(
        id=1,
        defaults={"time_zone": new.time_zone, "currency": new.currency, "language": new.language},
    )
