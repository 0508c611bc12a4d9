"""Suspending a tenant and letting it work again. Touches no data of the tenant."""

from django_tenants.utils import schema_context

from tenants.context import PUBLIC_SCHEMA, tenant
from tenants.directory.models import Msp
from tenants.status import schema_states


class HalfMade(Exception):
    """A tenant whose schema is not complete may not work."""


def suspend(schema: str, reason: str = "") -> None:
    _set(schema, is_suspended=True, suspended_reason=reason[:300])


def resume(schema: str) -> None:
    with tenant(schema):
        state = schema_states([schema])[schema]
    if not state.is_complete:
        raise HalfMade(f"{schema} is not complete. `manage.py tenant_status` says what is missing.")
    _set(schema, is_suspended=False, suspended_reason="")


def _set(schema: str, **values: object) -> None:
    with tenant(schema) as msp, schema_context(PUBLIC_SCHEMA):
        Msp.objects.filter(pk=msp.pk).update(**values)
