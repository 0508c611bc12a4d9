"""Bring the figures of one or all tenants up to now; or print the days as they were known at a moment."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kpis import as_known
from kpis.compute import compute, preview
from kpis.due import Window
from kpis.models import KpiDaily
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
        parser.add_argument(
            "--as-known-at",
            type=_moment,
            metavar="MOMENT",
            help="compute nothing; print the days as CSV as they were known then (2026-03-01T09:30:00Z)",
        )
        parser.add_argument("--from", type=date.fromisoformat, help="the first day to print")
        parser.add_argument("--to", type=date.fromisoformat, help="the last day to print")

    def handle(self, *_: Any, **options: Any) -> None:
        window = _window(options["since"], options["until"])
        schemas = [options["tenant"]] if options["tenant"] else active_schemas()
        if options["as_known_at"]:
            self._print_days(schemas, options["as_known_at"], options["from"], options["to"])
        elif options["from"] or options["to"]:
            raise CommandError("Say as of when: --from and --to need --as-known-at.")
        else:
            self._compute(schemas, window, options)

    def _print_days(
        self, schemas: list[str], moment: datetime, first: date | None, last: date | None
    ) -> None:
        columns = [field.attname for field in KpiDaily._meta.concrete_fields]
        printed = csv.writer(self.stdout)
        printed.writerow(["tenant", *columns])
        period = {"kpi_date__gte": first or date.min, "kpi_date__lte": last or date.max}
        for schema in schemas:
            with _entered(schema):
                days = as_known.days(moment).filter(**period).order_by("kpi_date")
                printed.writerows([schema, *day] for day in days.values_list(*columns))

    def _compute(self, schemas: list[str], window: Window | None, options: dict[str, Any]) -> None:
        failed = []
        for schema in schemas:
            try:
                with _entered(schema):
                    self.stdout.write(f"{schema}: {_line(options['full'], window, options['dry_run'])}")
            except CommandError:
                raise
            except Exception:
                log.exception("compute failed", tenant=schema)
                self.stdout.write(f"{schema}: failed; the log says why")
                failed.append(schema)
        self.stdout.write(f"{len(schemas)} tenants, {len(failed)} failed")
        if failed:
            raise CommandError(f"The figures were not computed for: {', '.join(failed)}.")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


@contextmanager
def _entered(schema: str) -> Iterator[None]:
    try:
        with tenant(schema):
            yield
    except UnknownTenant as error:
        raise CommandError(str(error)) from None


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
