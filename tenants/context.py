"""Entering a tenant's schema: the one way for commands, tasks and tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from celery import Task, shared_task
from django.db import connection
from django_tenants.utils import schema_context

from tenants.directory.models import Msp

PUBLIC_SCHEMA = "public"


class UnknownTenant(Exception):
    """Names a tenant that does not exist."""


class NoSchema(Exception):
    """Work that belongs to a tenant was started without saying which."""


@contextmanager
def tenant(schema: str) -> Iterator[Msp]:
    """Everything inside reads and writes this tenant's tables."""
    if not schema or schema == PUBLIC_SCHEMA:
        raise NoSchema("Say which tenant this is for: a schema name is required.")
    with schema_context(PUBLIC_SCHEMA):
        msp = Msp.objects.filter(schema_name=schema).first()
    if msp is None:
        raise UnknownTenant(f'There is no tenant "{schema}". `manage.py tenant_status` lists them.')
    with schema_context(schema):
        yield msp


def active_schemas() -> list[str]:
    """The tenants that take part in the schedule: provisioned and not suspended."""
    with schema_context(PUBLIC_SCHEMA):
        msps = Msp.objects.filter(is_suspended=False).exclude(schema_name=PUBLIC_SCHEMA)
        return list(msps.values_list("schema_name", flat=True))


def each_tenant(only: str | None = None) -> Iterator[Msp]:
    """Enter one tenant after the other."""
    for schema in [only] if only else active_schemas():
        with tenant(schema) as msp:
            yield msp


def current_schema() -> str:
    return str(connection.schema_name)  # type: ignore[attr-defined]


def kept_for_request() -> dict[str, Any]:
    """What was looked up for the request being answered, in its own tenant; outside of one, kept nowhere."""
    kept: dict[str, Any] = getattr(connection.tenant, "kept", {})  # type: ignore[attr-defined]
    return kept


def tenant_task(**options: Any) -> Callable[[Callable[..., Any]], Task[..., Any]]:
    """A Celery task that runs inside the tenant named by its `schema` argument, and nowhere else.

    A suspended tenant's jobs end at once.
    """

    def decorate(function: Callable[..., Any]) -> Task[..., Any]:
        @wraps(function)
        def run(*args: Any, schema: str = "", **kwargs: Any) -> Any:
            with tenant(schema) as msp:
                return None if msp.is_suspended else function(*args, **kwargs)

        return shared_task(**options)(run)  # type: ignore[no-any-return]

    return decorate
