"""List the tenants, and fail when one of them is half migrated. Repairs nothing."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.context import tenant
from tenants.status import SchemaState, TenantState, tenant_states

SHOWN = 3


class Command(BaseCommand):
    help = "One line per tenant: active or suspended, its address, what its schema lacks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--connections",
            action="store_true",
            help="also how each connection is; asks every tenant's tables",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        states = tenant_states()
        for state in states:
            self.stdout.write(_line(state))
            for remark in _remarks(state) if options["connections"] else ():
                self.stdout.write(f"  {remark}")
        broken = [state.msp.schema_name for state in states if not state.schema.is_complete]
        self.stdout.write(f"complete: {len(states) - len(broken)} of {len(states)}")
        if broken:
            raise CommandError(
                f"Half made: {', '.join(broken)}. Run `manage.py migrate_schemas --tenant`, or "
                "`manage.py create_tenant` again for a tenant without a schema."
            )


def _line(state: TenantState) -> str:
    activity = "suspended" if state.msp.is_suspended else "active"
    return f"{state.msp.schema_name}: {activity}, {state.domain or 'no domain'}, {_words(state.schema)}"


def _remarks(state: TenantState) -> list[str]:
    """What the apps have to say of a tenant that works; they are above this one, so they are asked by name."""
    if state.msp.is_suspended or not state.schema.is_complete:
        return []
    asked = [app.remarks for app in apps.get_app_configs() if hasattr(app, "remarks")]
    with tenant(state.msp.schema_name):
        return [remark for remarks in asked for remark in remarks()]


def _words(schema: SchemaState) -> str:
    if not schema.exists:
        return "its schema does not exist"
    lacks = []
    if schema.pending:
        names = [f"{app}.{name}" for app, name in sorted(schema.pending)]
        lacks.append(f"{len(names)} pending migrations ({_some(names)})")
    if schema.missing_tables:
        lacks.append(f"missing tables: {_some(sorted(schema.missing_tables))}")
    return "; ".join(lacks) or "complete"


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
