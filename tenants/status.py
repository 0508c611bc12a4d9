"""Which tenants are complete: their schemas, migrations and tables, found by three queries in all.

A table that a tenant lacks and public has would be read from public in silence.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import app_labels, schema_context
from psycopg import sql

from tenants.context import PUBLIC_SCHEMA
from tenants.directory.models import Msp

Migration = tuple[str, str]
MIGRATIONS_TABLE = "django_migrations"


@dataclass(frozen=True)
class SchemaState:
    exists: bool
    pending: frozenset[Migration] = field(default_factory=frozenset)
    missing_tables: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_complete(self) -> bool:
        return self.exists and not self.pending and not self.missing_tables


@dataclass(frozen=True)
class TenantState:
    msp: Msp
    domain: str
    schema: SchemaState


def tenant_states() -> list[TenantState]:
    with schema_context(PUBLIC_SCHEMA):
        msps = list(Msp.objects.exclude(schema_name=PUBLIC_SCHEMA).prefetch_related("domains"))
    schemas = schema_states([msp.schema_name for msp in msps])
    return [TenantState(msp, _primary_domain(msp), schemas[msp.schema_name]) for msp in msps]


def laggards(schemas: Sequence[str]) -> list[str]:
    """The schemas that `migrate_schemas` still has work in."""
    return [name for name, state in schema_states(schemas).items() if not state.exists or state.pending]


def schema_states(schemas: Sequence[str]) -> dict[str, SchemaState]:
    tables = _tables(schemas)
    applied = _applied([name for name in schemas if MIGRATIONS_TABLE in tables.get(name, ())])
    known = frozenset(MigrationLoader(None).graph.nodes) if schemas else frozenset()
    expected = _expected_tables()
    return {
        name: SchemaState(True, known - applied[name], expected - tables[name])
        if name in tables
        else SchemaState(False)
        for name in schemas
    }


def _tables(schemas: Sequence[str]) -> dict[str, set[str]]:
    """The tables of each schema that exists."""
    found: dict[str, set[str]] = {}
    query = """
        SELECT n.nspname, c.relname
        FROM pg_namespace n
        LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
        WHERE n.nspname = ANY(%s)
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [list(schemas)])
        for schema, table in cursor.fetchall():
            found.setdefault(schema, set()).add(table)
    return found


def _applied(schemas: Iterable[str]) -> dict[str, set[Migration]]:
    applied: dict[str, set[Migration]] = defaultdict(set)
    branch = sql.SQL("SELECT {name}, app, name FROM {table}")
    branches = [
        branch.format(name=sql.Literal(schema), table=sql.Identifier(schema, MIGRATIONS_TABLE))
        for schema in schemas
    ]
    if branches:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ALL ").join(branches))
            for schema, app, name in cursor.fetchall():
                applied[schema].add((app, name))
    return applied


def _expected_tables() -> frozenset[str]:
    labels = set(app_labels(settings.TENANT_APPS))
    models = apps.get_models(include_auto_created=True)
    return frozenset(
        model._meta.db_table for model in models if model._meta.managed and model._meta.app_label in labels
    ) | {MIGRATIONS_TABLE}


def _primary_domain(msp: Msp) -> str:
    return next((domain.domain for domain in msp.domains.all() if domain.is_primary), "")
