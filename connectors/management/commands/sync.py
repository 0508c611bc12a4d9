"""Bring connections up to date from the vendors, or make rows anew from the archive."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from connectors.crypto import CredentialsUnreadable
from connectors.errors import AlreadyRunning, SyncProblem
from connectors.models import Connection, SyncRun
from connectors.progress import bars
from connectors.registry import connectors
from connectors.replay import replay
from connectors.sync import sync
from connectors.walks import Extent
from tenants.context import UnknownTenant, each_tenant


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
        try:
            runs = self._walk(link, options)
        except (SyncProblem, CredentialsUnreadable, AlreadyRunning) as problem:
            self.stderr.write(f"{schema}/{link}: {problem}")
            return False
        self.stdout.write(f"{schema}/{link}: {_summary(runs)}")
        for error in dict.fromkeys(run.error for run in runs if run.error):
            self.stderr.write(f"{schema}/{link}: {error}")
        return all(run.status == SyncRun.Status.OK for run in runs)

    def _walk(self, link: Connection, options: dict[str, Any]) -> list[SyncRun]:
        if options["replay"]:
            return replay(link, options["stream"])
        extent = Extent.FULL if options["full"] else Extent.SWEEP if options["sweep"] else Extent.CHANGES
        with bars() as progress:
            return sync(
                link,
                extent,
                only=options["stream"],
                allow_removals=options["allow_removals"],
                progress=progress,
            )


def _links(name: str | None) -> QuerySet[Connection]:
    links = Connection.objects.filter(is_enabled=True)
    return links.filter(name=name) if name else links


def _refuse_unknown_stream(name: str) -> None:
    known = {stream.name for connector in connectors().values() for stream in connector.streams}
    if name and name not in known:
        raise CommandError(f'There is no stream "{name}". There are: {", ".join(sorted(known))}.')


def _summary(runs: list[SyncRun]) -> str:
    def total(name: str) -> int:
        return sum(getattr(run, name) for run in runs)

    return (
        f"{total('rows_seen')} records seen, {total('rows_new')} new, {total('rows_changed')} changed, "
        f"{total('rows_deleted')} deleted, {total('rows_skipped')} skipped"
    )
