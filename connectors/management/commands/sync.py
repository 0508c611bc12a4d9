"""Bring connections up to date from the vendors, make rows anew from the archive, or say what either would do."""

from argparse import ArgumentTypeError
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from connectors.crypto import CredentialsUnreadable
from connectors.errors import AlreadyRunning, SyncProblem
from connectors.models import Connection, SyncRun
from connectors.progress import bars
from connectors.registry import connectors
from connectors.rehearsal import rehearse
from connectors.replay import replay
from connectors.sync import sync
from connectors.walks import Extent
from tenants.context import UnknownTenant, each_tenant
from tenants.models import TenantSettings

COUNTS = ("rows_seen", "rows_new", "rows_changed", "rows_deleted", "rows_skipped")


class Command(BaseCommand):
    help = "Sync every enabled connection of every active tenant, or only some of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SCHEMA")
        parser.add_argument("--connection", metavar="NAME")
        parser.add_argument("--stream", default="", help="only this stream and what hangs on it")
        extent = parser.add_mutually_exclusive_group()
        extent.add_argument("--sweep", action="store_true", help="also look for deletions")
        extent.add_argument("--full", action="store_true", help="read everything again")
        extent.add_argument("--replay", action="store_true", help="make rows anew from the archive")
        extent.add_argument(
            "--since",
            metavar="DATE",
            type=_moment,
            help="read changes from here on again: 2026-03-02, or 2026-03-02T08:00, in the tenant's time zone",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="ask the vendor, say what would change, store nothing"
        )
        parser.add_argument(
            "--allow-removals", action="store_true", help="accept that many records are gone at the vendor"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        _refuse_unknown_stream(options["stream"])
        results: list[bool] = []
        try:
            for msp in each_tenant(options["tenant"]):
                links = _links(options["connection"])
                results += [self._bring_up_to_date(msp.schema_name, link, options) for link in links]
        except UnknownTenant as error:
            raise CommandError(str(error)) from None
        if options["connection"] and not results:
            raise CommandError(f'There is no enabled connection "{options["connection"]}".')
        if failed := results.count(False):
            raise CommandError(f"{failed} connection(s) need attention; see above.")

    def _bring_up_to_date(self, schema: str, link: Connection, options: dict[str, Any]) -> bool:
        name = f"{schema}/{link}"
        try:
            work = partial(self._walk, name, link, options)
            runs = rehearse(work) if options["dry_run"] else work()
        except (SyncProblem, CredentialsUnreadable, AlreadyRunning) as problem:
            self.stderr.write(f"{name}: {problem}")
            return False
        self._report(name, runs, is_rehearsal=options["dry_run"])
        return all(run.status == SyncRun.Status.OK for run in runs)

    def _walk(self, name: str, link: Connection, options: dict[str, Any]) -> list[SyncRun]:
        if options["replay"]:
            return replay(link, options["stream"])
        extent = Extent.FULL if options["full"] else Extent.SWEEP if options["sweep"] else Extent.CHANGES
        with bars(f"{name}: ", self.stdout.write) as progress:
            return sync(
                link,
                extent,
                only=options["stream"],
                since=_in_tenants_zone(options["since"]),
                allow_removals=options["allow_removals"],
                progress=progress,
            )

    def _report(self, name: str, runs: list[SyncRun], *, is_rehearsal: bool) -> None:
        if is_rehearsal:
            streams = dict.fromkeys(run.stream for run in runs)
            of_each = {stream: [run for run in runs if run.stream == stream] for stream in streams}
            for stream, its in of_each.items():
                if any(getattr(run, count) for run in its for count in COUNTS[1:]):
                    self.stdout.write(f"{name}: {stream}: {_summary(its)}")
        remark = "; this was a dry run, and nothing was stored" if is_rehearsal else ""
        self.stdout.write(f"{name}: {_summary(runs)}{remark}")
        for error in dict.fromkeys(run.error for run in runs if run.error):
            self.stderr.write(f"{name}: {error}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f'"{text}" is not a date like 2026-03-02 or 2026-03-02T08:00.') from None
    if moment.astimezone() > timezone.now():
        raise ArgumentTypeError(f"{text} is in the future.")
    return moment


def _in_tenants_zone(moment: datetime | None) -> datetime | None:
    """Also a full moment may be given, with its own offset."""
    if moment is None or moment.tzinfo:
        return moment
    return moment.replace(tzinfo=TenantSettings.load().zone)


def _links(name: str | None) -> QuerySet[Connection]:
    links = Connection.objects.filter(is_enabled=True)
    return links.filter(name=name) if name else links


def _refuse_unknown_stream(name: str) -> None:
    known = {stream.name for connector in connectors().values() for stream in connector.streams}
    if name and name not in known:
        raise CommandError(f'There is no stream "{name}". There are: {", ".join(sorted(known))}.')


def _summary(runs: list[SyncRun]) -> str:
    seen, new, changed, deleted, skipped = (sum(getattr(run, name) for run in runs) for name in COUNTS)
    return f"{seen} records seen, {new} new, {changed} changed, {deleted} deleted, {skipped} skipped"
