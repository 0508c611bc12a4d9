"""Propose improvement projects for one or all tenants from the tickets there are now."""

from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from insights.propose import Proposed, propose
from tenants.context import UnknownTenant, active_schemas, tenant

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Propose improvement projects. One tenant's failure does not stop the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SCHEMA", help="only this one")
        parser.add_argument("--dry-run", action="store_true", help="say what would change; no model is asked")

    def handle(self, *_: Any, **options: Any) -> None:
        schemas = [options["tenant"]] if options["tenant"] else active_schemas()
        failed = [schema for schema in schemas if not self._told(schema, options["dry_run"])]
        self.stdout.write(f"{len(schemas)} tenants, {len(failed)} failed")
        if failed:
            raise CommandError(f"Nothing was proposed for: {', '.join(failed)}.")

    def _told(self, schema: str, is_dry: bool) -> bool:
        """Whether it went well."""
        try:
            with tenant(schema):
                self.stdout.write(f"{schema}: {_rehearsed() if is_dry else propose(timezone.now())}")
        except UnknownTenant as error:
            raise CommandError(str(error)) from None
        except Exception:
            log.exception("proposing failed", tenant=schema)
            self.stdout.write(f"{schema}: failed; the log says why")
            return False
        return True


def _rehearsed() -> Proposed:
    with transaction.atomic():
        result = propose(timezone.now(), may_ask=False)
        transaction.set_rollback(True)
    return result
