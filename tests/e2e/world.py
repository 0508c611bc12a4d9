"""Fills the browser tests' own installation: two MSPs with people, tickets and figures, and a new one."""

import json

import django

from config import embedded

PASSWORD = "correct-horse-9"
PAGES = embedded.var_dir() / "pages.json"  # of the first MSP, by route


def build() -> None:
    from kpis.compute import compute
    from kpis.models import KpiBreakdown, KpiDaily
    from tenants.context import tenant
    from tenants.people import Person, create_user
    from tenants.provisioning import NewTenant, create_tenant
    from tenants.roles import Role
    from tests.admin.conftest import COMPANY, MEMBER, fill, finding
    from tests.admin.projects import add_projects
    from tests.pages import addresses

    for schema in ("north", "south"):
        create_tenant(NewTenant(schema, f"{schema.title()} IT"))
        with tenant(schema):
            fill(f"{schema}-marker")
            add_projects(f"{schema}-marker", (COMPANY, COMPANY + 1))
            for role in Role:
                member = MEMBER if role is Role.TECHNICIAN else None
                create_user(Person(username=role, role=role, member_id=member), PASSWORD)
            KpiDaily.objects.all().delete()
            KpiBreakdown.objects.all().delete()
            compute()
            finding(f"{schema}-marker surge")
            if schema == "north":
                PAGES.write_text(json.dumps(addresses()))
    create_tenant(NewTenant("newcomer", "Newcomer IT"))
    with tenant("newcomer"):
        create_user(Person(username="owner", role=Role.OWNER), PASSWORD)


if __name__ == "__main__":
    embedded.attach_unless_configured()
    django.setup()
    build()
