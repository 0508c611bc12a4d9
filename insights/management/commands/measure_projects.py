"""Measure the finished projects of one or all tenants against what was frozen at their acceptance."""

from collections.abc import Iterable
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from insights.measure import measure, measured
from insights.models import ProjectMeasurement
from tenants.context import UnknownTenant, active_schemas, tenant

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Measure finished projects. One tenant's failure does not stop the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SCHEMA", help="only this one")
        parser.add_argument("--dry-run", action="store_true", help="say what would be measured; keep nothing")

    def handle(self, *_: Any, **options: Any) -> None:
        schemas = [options["tenant"]] if options["tenant"] else active_schemas()
        projects, failed = 0, []
        for schema in schemas:
            try:
                projects += self._measure(schema, options["dry_run"])
            except UnknownTenant as error:
                raise CommandError(str(error)) from None
            except Exception:
                log.exception("measuring failed", tenant=schema)
                self.stdout.write(f"{schema}: failed; the log says why")
                failed.append(schema)
        self.stdout.write(f"{len(schemas)} tenants, {projects} projects measured, {len(failed)} failed")
        if failed:
            raise CommandError(f"Projects were not measured for: {', '.join(failed)}.")

    def _measure(self, schema: str, is_dry: bool) -> int:
        with tenant(schema):
            now = timezone.now()
            measurements = measured(now) if is_dry else (each.measurement for each in measure(now))
            lines = [line_of(each) for each in measurements]
        for line in lines:
            self.stdout.write(f"{schema}: {line}")
        return len(lines)


def line_of(measurement: ProjectMeasurement) -> str:
    parts: Iterable[str] = (
        measurement.verdict.replace("_", " "),
        _reduction(measurement),
        f"{measurement.weeks_after} weeks after",
        "final" if measurement.is_final else "interim",
    )
    return f"{measurement.proposal.name}: {', '.join(part for part in parts if part)}"


def _reduction(measurement: ProjectMeasurement) -> str:
    value, low = measurement.ticket_reduction, measurement.ticket_reduction_low
    high = measurement.ticket_reduction_high
    if value is None or low is None or high is None:
        return ""
    return f"{value:.0%} fewer tickets ({low:.0%} to {high:.0%})"
