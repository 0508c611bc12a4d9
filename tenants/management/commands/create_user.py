"""Make a user of a tenant, or change the role of one. A generated password is printed once."""

import os
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.context import UnknownTenant, tenant
from tenants.people import MadeUser, Person, create_user
from tenants.roles import Role

PASSWORD_VARIABLE = "DESKMETRY_PASSWORD"  # noqa: S105 - the variable's name


class Command(BaseCommand):
    help = (
        "Make a user of a tenant, or give one another role. The password comes from standard input "
        f"(--password-stdin) or {PASSWORD_VARIABLE}; otherwise a new user gets one that is printed once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SCHEMA")
        parser.add_argument("--username", required=True)
        parser.add_argument("--role", required=True, choices=[str(role) for role in Role])
        parser.add_argument("--email", default="")
        parser.add_argument("--member-id", type=int, help="which member of the ticket desk this is")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from the input")

    def handle(self, *_: Any, **options: Any) -> None:
        person = Person(
            username=options["username"],
            role=Role(options["role"]),
            email=options["email"],
            member_id=options["member_id"],
        )
        try:
            with tenant(options["tenant"]):
                made = create_user(person, _password(options["password_stdin"]))
        except UnknownTenant as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{options['tenant']}: {_sentence(made, person.role)}")


def _password(from_input: bool) -> str:
    if not from_input:
        return os.environ.get(PASSWORD_VARIABLE, "")
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("No password arrived on standard input.")
    return password


def _sentence(made: MadeUser, role: Role) -> str:
    shown = f", password {made.generated_password}" if made.generated_password else ""
    return f"{made.user.username} {'made' if made.is_new else 'was there already'}, {role}{shown}"
