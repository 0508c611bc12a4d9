"""Suspend a tenant: it answers 403 everywhere and runs no jobs, and keeps its data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.context import UnknownTenant
from tenants.suspension import suspend


class Command(BaseCommand):
    help = "Suspend a tenant: it answers 403 everywhere and runs no jobs. Its data stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", metavar="SCHEMA")
        parser.add_argument("--reason", default="", help="for the operators; visitors do not see it")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            suspend(options["tenant"], options["reason"])
        except UnknownTenant as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['tenant']}: suspended")
