"""Making a tenant against running its migrations alone."""

from statistics import median

from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context

from tenants.provisioning import NewTenant, create_tenant
from tests.bench.desk import drop
from tests.bench.report import Report, timed

REPEATS = 3


def run(report: Report, _size: float) -> None:
    call_command("migrate_schemas", shared=True, verbosity=0)
    pairs = [
        (_created(f"bench_tenant_{number}"), _migrated(f"bench_bare_{number}")) for number in range(REPEATS)
    ]
    created, migrated = (median(seconds) for seconds in zip(*pairs, strict=True))
    report.note(f"a tenant: {created:.2f} s; its migrations alone: {migrated:.2f} s (medians of {REPEATS})")
    report.ratio("creating a tenant / its migrations alone", created / migrated, at_most=1.3)


def _created(schema: str) -> float:
    drop(schema)
    with timed() as watch:
        create_tenant(NewTenant(schema, schema))
    drop(schema)
    return watch.seconds


def _migrated(schema: str) -> float:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        with timed() as watch:
            cursor.execute(f"CREATE SCHEMA {schema}")
            call_command("migrate_schemas", tenant=True, schema_name=schema, interactive=False, verbosity=0)
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
    return watch.seconds
