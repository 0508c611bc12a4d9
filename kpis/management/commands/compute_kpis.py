"""Bring the figures of one or all tenants up to now."""

from datetime import date, timedelta
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kpis.compute import compute, preview
from kpis.due import Window
from tenants.context import UnknownTenant, active_schemas, tenant

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Compute the figures of the days that changed. One tenant's failure does not stop the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SCHEMA", help="only this one")
        parser.add_argument("--full", action="store_true", help="all days, from the first")
        parser.add_argument("--since", type=date.fromisoformat, help="also these days again, changed or not")
        parser.add_argument("--until", type=date.fromisoformat, help="the first day no longer among them")
        parser.add_argument("--dry-run", action="store_true", help="say what would be computed")

    def handle(self, *_: Any, **options: Any) -> None:
        window = _window(options["since"], options["until"])
        schemas = [options["tenant"]] if options["tenant"] else active_schemas()
        failed = []
        for schema in schemas:
            try:
                with tenant(schema):
                    self.stdout.write(f"{schema}: {_line(options['full'], window, options['dry_run'])}")
            except UnknownTenant as error:
                raise CommandError(str(error)) from None
            except Exception:
                log.exception("compute failed", tenant=schema)
                self.stdout.write(f"{schema}: failed; the log says why")
                failed.append(schema)
        self.stdout.write(f"{len(schemas)} tenants, {len(failed)} failed")
        if failed:
            raise CommandError(f"The figures were not computed for: {', '.join(failed)}.")


def _window(since: date | None, until: date | None) -> Window | None:
    if since is None:
        if until is not None:
            raise CommandError("Say since which day: --until needs --since.")
        return None
    return since, until or timezone.now().date() + timedelta(days=2)


def _line(full: bool, window: Window | None, is_dry: bool) -> str:
    if is_dry:
        run = preview(full=full, window=window)
        return f"{run} days to compute"
    report = compute(full=full, window=window)
    return f"{report.days} days{' (all)' if report.is_full else ''} in {report.seconds:.1f} s"
