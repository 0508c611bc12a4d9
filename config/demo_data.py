"""What the demo shows: two MSPs with their people, connected to the simulators and filled with history."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from config import demo_projects, embedded
from connectors.models import Connection, RawMember, RawTimeEntry
from connectors.progress import bars
from connectors.sync import sync
from kpis.compute import compute
from tenants.context import tenant
from tenants.people import Person, create_user
from tenants.provisioning import NewTenant, create_tenant
from tenants.roles import Role
from tenants.tokens import hash_of, issue, revoke

STATE_DIR = embedded.var_dir() / "simulator"
LOGINS = STATE_DIR / "logins.json"
SIMULATOR_PATIENCE_SECONDS = 60
MONTHS = int(os.environ.get("DEMO_MONTHS", "18"))
NEW_TENANTS = (
    NewTenant("demo", "Brightwater IT", time_zone="America/Toronto", currency="CAD"),
    NewTenant("acme", "Acme Services gérés", time_zone="Europe/Paris", currency="EUR", language="fr"),
)


# Of each vendor: the connection's name, which setting is what in the simulator's login, and what of that is secret.
VENDORS: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "connectwise": (
        "ConnectWise",
        {"site": "site", "company_id": "company_id"},
        ("public_key", "private_key", "client_id"),
    ),
    "sentinelone": ("SentinelOne", {"console": "console"}, ("api_token",)),
    "defender": (
        "Microsoft Defender",
        {
            "tenant_id": "tenant_id",
            "client_id": "client_id",
            "login_host": "login_url",
            "graph_host": "graph_url",
            "endpoint_host": "defender_url",
        },
        ("client_secret",),
    ),
}


@dataclass
class DemoMsp:
    new: NewTenant
    users: list[dict[str, str]]
    token: str

    @property
    def schema(self) -> str:
        return self.new.schema


def provision(handed_out: dict[str, Any]) -> list[DemoMsp]:
    """Schemas, people and tokens; those handed out before stay valid."""
    with _spinner("Preparing the database"):
        call_command("migrate_schemas", shared=True, verbosity=0)
    before = {known["schema"]: known for known in handed_out.get("tenants", [])}
    msps = []
    for new in NEW_TENANTS:
        with _spinner(f"Making the tenant {new.schema}"):
            create_tenant(new)
            call_command("migrate_schemas", schema_name=new.schema, verbosity=0)
            with tenant(new.schema):
                msps.append(DemoMsp(new, _people(before.get(new.schema, {})), ""))
                msps[-1].token = _token(before.get(new.schema, {}).get("token", ""))
    return msps


def _people(before: dict[str, Any]) -> list[dict[str, str]]:
    passwords = {user["username"]: user["password"] for user in before.get("users", [])}
    people = []
    for role in Role:
        made = create_user(Person(username=str(role), role=role), passwords.get(str(role), ""))
        password = passwords.get(str(role)) or made.generated_password or _new_password(made.user)
        people.append({"role": str(role), "username": str(role), "password": password})
    return people


def _new_password(user: User) -> str:
    password = token_urlsafe(12)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password


def _token(before: str) -> str:
    manager = User.objects.get(username=str(Role.MANAGER))
    if before and manager.api_tokens.filter(token_hash=hash_of(before), revoked_at=None).exists():
        return before
    for stale in manager.api_tokens.filter(name="demo", revoked_at=None):
        revoke(stale)
    return issue(manager, "demo")[1]


def simulator_command(port: int) -> list[str]:
    LOGINS.unlink(missing_ok=True)
    command = [sys.executable, "manage.py", "simulate", "--port", str(port), "--months", str(MONTHS)]
    command += ["--state-dir", str(STATE_DIR)]
    return command + [part for new in NEW_TENANTS for part in ("--tenant-world", new.schema)]


def connect(msps: list[DemoMsp]) -> dict[str, Any]:
    """Each MSP's connections to the simulated vendors; what the simulators say of their logins."""
    with _spinner(f"Simulating {MONTHS} months of two MSPs"):
        logins = _wait_for_logins()
    for msp in msps:
        with tenant(msp.schema):
            for vendor, (name, settings_of, secrets) in VENDORS.items():
                login = logins[vendor][msp.schema]
                link = Connection.objects.filter(vendor=vendor).first() or Connection(
                    name=name, vendor=vendor
                )
                link.settings = {setting: login[field] for setting, field in settings_of.items()}
                link.credentials = {secret: login[secret] for secret in secrets}
                link.save()
    return logins


def _wait_for_logins() -> dict[str, Any]:
    deadline = time.monotonic() + SIMULATOR_PATIENCE_SECONDS
    while not LOGINS.exists():
        if time.monotonic() > deadline:
            raise embedded.EmbeddedError("The simulator did not start; var/simulator.log says why.")
        time.sleep(0.1)
    return dict(json.loads(LOGINS.read_text()))


def fill(msps: list[DemoMsp]) -> None:
    """Sync and compute each MSP, with somebody watching."""
    for msp in msps:
        with tenant(msp.schema):
            with bars(f"{msp.schema}: ") as progress:
                for link in Connection.objects.filter(is_enabled=True):
                    sync(link, progress=progress)
            with _spinner(f"{msp.schema}: finding topics and projects"):
                demo_projects.tell(demo_projects.past_projects(msp.schema), timezone.now())
            with _spinner(f"{msp.schema}: computing the figures"):
                compute()
            _link_technician()


def _link_technician() -> None:
    """The technician's login shows the busiest person's own page."""
    people = RawMember.objects.filter(is_automation=False).values("external_id")
    worked = RawTimeEntry.objects.filter(member_id__in=people).values("member_id")
    busiest = worked.annotate(total=Sum("minutes")).order_by("-total", "member_id").first()
    if busiest:
        create_user(
            Person(username=str(Role.TECHNICIAN), role=Role.TECHNICIAN, member_id=busiest["member_id"])
        )


def handout(msps: list[DemoMsp], logins: dict[str, Any], web_port: int) -> dict[str, Any]:
    first = msps[0]
    return {
        "url": _url(first, web_port),
        "api": f"http://127.0.0.1:{web_port}/api/v1/",
        "token": first.token,
        "users": first.users,
        "tenants": [
            {
                "schema": msp.schema,
                "name": msp.new.name,
                "url": _url(msp, web_port),
                "users": msp.users,
                "token": msp.token,
            }
            for msp in msps
        ],
        "simulators": {
            vendor: {"url": next(iter(accounts[first.schema].values())), "logins": accounts}
            for vendor, accounts in logins.items()
        },
        "database_url": settings.DATABASE_URL,
    }


def _url(msp: DemoMsp, port: int) -> str:
    return f"http://{msp.new.host}:{port}/"


def introduction(handout: dict[str, Any]) -> str:
    lines = ["", "Deskmetry is running. Ctrl-C stops it; `make demo` continues with the same data.", ""]
    for known in handout["tenants"]:
        lines.append(f"  {known['name']:<22} {known['url']}")
        lines += [
            f"      {user['role']:<12} {user['username']:<12} {user['password']}" for user in known["users"]
        ]
    lines += [
        "",
        f"  API  {handout['api']}",
        f"       curl -H 'Authorization: Bearer {handout['token']}' {handout['api']}kpi-daily/",
        "",
        "  All of this is also in var/demo.json.",
        "",
    ]
    return "\n".join(lines)


@contextmanager
def _spinner(text: str) -> Iterator[None]:
    with Progress(SpinnerColumn(), TextColumn(text), TimeElapsedColumn()) as display:
        task = display.add_task(text, total=1)
        yield
        display.update(task, completed=1)
