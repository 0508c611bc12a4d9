"""Let a suspended tenant work again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.context import UnknownTenant
from tenants.suspension import HalfMade, resume


class Command(BaseCommand):
    help = "Let a suspended tenant work again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", metavar="SCHEMA")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            resume(options["tenant"])
        except (UnknownTenant, HalfMade) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['tenant']}: active")
