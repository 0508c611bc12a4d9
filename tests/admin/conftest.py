"""Two tenants full of rows, each with its marker in every text; people of every role; a client per person."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation

from connectors.models import SkippedRecord, StreamState, SyncRun
from kpis.models import Finding, KpiBreakdown, KpiDaily
from tenants import tokens
from tenants.context import tenant
from tenants.models import Holiday, MemberLink
from tenants.roles import Role, assign
from tests import factories
from tests.admin.security import add_security
from tests.conftest import NORTH

SECRET = "s3cret-private-key"
MEMBER, OTHER_MEMBER, COMPANY, BOARD = 11, 12, 101, 1
# Of each day and technician: figure, metric, numerator, denominator.
CELLS = [
    ("tech_efficiency", "fcr", 3, 4),
    ("tech_efficiency", "csat", 9, 2),
    ("time_consumption", "billable_minutes", 60, None),
]


def pytest_configure(config) -> None:
    """WhiteNoise misses the folder of collected files, which only a production build makes."""
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


@pytest.fixture(autouse=True)
def _speak_english_again() -> Iterator[None]:
    """A request leaves its language behind, as Django's test client never ends the thread."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _in_norths_time() -> Iterator[None]:
    """What a test calls today is what the pages call today, at any hour of the night."""
    with timezone.override(ZoneInfo(NORTH.time_zone)):
        yield


@pytest.fixture
def both(db) -> None:
    """north and south with a row in every table, and the tenant's marker in all of them."""
    for schema in ("north", "south"):
        with tenant(schema):
            fill(f"{schema}-marker")
            for role in Role:
                assign(User.objects.create_user(role, password="correct-horse-9"), role)
            tokens.issue(User.objects.get(username=Role.OWNER), f"{schema}-marker token")


@pytest.fixture
def sign_in(both) -> Callable[..., Client]:
    def client_of(role: str, schema: str = "north") -> Client:
        client = Client(HTTP_HOST=f"{schema}.localhost")
        with tenant(schema):
            client.force_login(User.objects.get(username=role))
        return client

    return client_of


def fill(marker: str) -> None:
    desk = factories.connection(f"{marker} desk", last_success_at=timezone.now())
    desk.settings = {"site": marker}
    desk.credentials = {"public_key": SECRET, "private_key": SECRET, "client_id": SECRET}
    desk.save()
    names = {"source": desk}
    factories.company(COMPANY, f"{marker} client", **names)
    factories.member(MEMBER, f"{marker} Ada", **names)
    factories.member(OTHER_MEMBER, f"{marker} Ben", **names)
    factories.board(BOARD, f"{marker} board", **names)
    factories.agreement(5, f"{marker} agreement", company_id=COMPANY, **names)
    add_rows(desk, marker, 3)
    StreamState.objects.create(connection=desk, stream=f"{marker} tickets")
    Holiday.objects.create(day="2026-12-25", name=f"{marker} Christmas")
    add_figures(marker)
    add_security(desk, marker, COMPANY)


def add_rows(desk, marker: str, count: int) -> None:
    now = timezone.now()
    for number in range(count):
        opened = now - timedelta(days=number % 9 + 1)
        ticket = factories.ticket(
            opened,
            closed=opened + timedelta(hours=2) if number % 2 else None,
            summary=f"{marker} ticket {number}",
            company_id=COMPANY,
            owner_id=MEMBER,
            board_id=BOARD,
            board_name=f"{marker} board",
            status_name="New",
            source=desk,
        )
        factories.time_entry(ticket, opened, member=MEMBER, notes=f"{marker} work")
        factories.note(ticket, opened, member_id=MEMBER, text=f"{marker} note")
        factories.event(ticket, old=marker)
        factories.survey(ticket, opened, comment=f"{marker} thanks")
        record = {"connection": desk, "stream": "tickets"}
        SyncRun.objects.create(**record, mode="incremental", started_at=opened, error=f"{marker} trouble")
        SkippedRecord.objects.create(
            **record, external_id=f"{marker}-{now}-{number}", reason=marker, payload=marker, seen_at=now
        )


def add_figures(marker: str, days: int = 5) -> None:
    today = timezone.localdate()
    for ago in range(1, days + 1):
        day = today - timedelta(days=ago)
        KpiDaily.objects.create(
            kpi_date=day,
            new_tickets=ago,
            closed_tickets=2,
            backlog_open=10 + ago,
            billable_minutes=60,
            non_billable_minutes=30,
            computed_at=timezone.now(),
            definition_version="1",
        )
        for kpi, metric, numerator, denominator in CELLS:
            for technician in (MEMBER, OTHER_MEMBER):
                KpiBreakdown.objects.create(
                    kpi=kpi,
                    metric=metric,
                    kpi_date=day,
                    company=COMPANY,
                    technician=technician,
                    numerator=numerator,
                    denominator=denominator,
                )
    finding(f"{marker} finding")


def finding(title: str, **fields) -> Finding:
    today = timezone.localdate()
    defaults = {"kpi": "ticket_trends", "identity": title, "severity": "high", "company": COMPANY}
    seen = {"first_seen": today, "last_seen": today}
    return Finding.objects.create(title=title, **defaults | seen | fields)


def link(username: str = "technician", member_id: int = MEMBER) -> None:
    MemberLink.objects.create(user=User.objects.get(username=username), member_id=member_id)
