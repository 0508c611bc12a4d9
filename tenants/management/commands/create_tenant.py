"""Make a tenant, and on request its first owner. Running it again completes and changes nothing else."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.http.request import validate_host

from tenants.context import tenant
from tenants.directory.models import Msp
from tenants.people import Person, create_user
from tenants.provisioning import NewTenant, create_tenant, schema_for
from tenants.roles import Role


class Command(BaseCommand):
    help = "Make a tenant (one MSP): its schema, its address, its groups and settings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='what people call it, such as "Acme IT"')
        parser.add_argument("--schema", default="", help="its short name in lower case; made from the name")
        parser.add_argument("--domain", default="", help="its host name; <schema>.BASE_DOMAIN unless given")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/Paris")
        parser.add_argument("--currency", default="USD", help="three capitals, such as EUR")
        parser.add_argument("--language", default="en", choices=[code for code, _ in settings.LANGUAGES])
        parser.add_argument("--owner-username", default="", help="also make this owner")
        parser.add_argument(
            "--owner-email", default="", help="the owner's address (and user name, without one)"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        new = NewTenant(
            schema=options["schema"] or schema_for(options["name"]),
            name=options["name"],
            domain=options["domain"].lower(),
            time_zone=options["time_zone"],
            currency=options["currency"],
            language=options["language"],
        )
        if Msp._meta.db_table not in connection.introspection.table_names():
            raise CommandError("This database is empty. Run `manage.py migrate_schemas --shared` first.")
        try:
            msp, is_new = create_tenant(new)
            owner = _owner(new.schema, options["owner_username"], options["owner_email"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        state = "made" if is_new else "was there already"
        self.stdout.write(f"{msp.schema_name}: {state}, at {new.host}{owner}")
        if not validate_host(new.host, settings.ALLOWED_HOSTS):
            self.stderr.write(f"Add {new.host} to ALLOWED_HOSTS, or it answers 404.")


def _owner(schema: str, username: str, email: str) -> str:
    if not (username or email):
        return ""
    with tenant(schema):
        made = create_user(Person(username=username or email, role=Role.OWNER, email=email))
    shown = f", password {made.generated_password}" if made.generated_password else ""
    return f", owner {made.user.username}{shown}"
