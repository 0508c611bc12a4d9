"""Find the recurring problems in the tickets of one or all tenants, and say what each ticket is about."""

from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from insights.models import Topic
from insights.topics.assignment import assign
from insights.topics.bootstrap import bootstrap
from insights.topics.review import find_candidates
from tenants.context import UnknownTenant, active_schemas, tenant

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Learn topics where there are none, assign tickets to them, and look for new ones to review."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SCHEMA", help="only this one")
        parser.add_argument("--dry-run", action="store_true", help="say what would be found; store nothing")

    def handle(self, *_: Any, **options: Any) -> None:
        schemas = [options["tenant"]] if options["tenant"] else active_schemas()
        failed = [schema for schema in schemas if not self._find(schema, options["dry_run"])]
        self.stdout.write(f"{len(schemas)} tenants, {len(failed)} failed")
        if failed:
            raise CommandError(f"No topics were looked for in: {', '.join(failed)}.")

    def _find(self, schema: str, is_dry: bool) -> bool:
        try:
            with tenant(schema):
                self.stdout.write(f"{schema}: {_rehearsed() if is_dry else _found()}")
        except UnknownTenant as error:
            raise CommandError(str(error)) from None
        except Exception:
            log.exception("finding topics failed", tenant=schema)
            self.stdout.write(f"{schema}: failed; the log says why")
            return False
        return True


def _rehearsed() -> str:
    with transaction.atomic():
        told = _found()
        transaction.set_rollback(True)
    return f"{told}; this was a dry run, and nothing was stored"


def _found() -> str:
    now = timezone.now()
    if bootstrap(now) is None:
        return "too few tickets to find topics in"
    assigned = assign(now)
    candidates = find_candidates(now)
    active = Topic.objects.filter(status=Topic.Status.ACTIVE).count()
    return (
        f"{active} topics, {assigned.tickets} tickets assigned, {assigned.moved} of them moved, "
        f"{len(candidates)} new candidates to review"
    )
