"""Two MSPs that have nothing yet, a simulated ConnectWise, and workers that are quick or missing."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from config.celery import app
from connectors.setup import sync as sync_step
from connectors.simulators.connectwise import ConnectWiseSimulator, Role
from connectors.simulators.world import World
from tenants.context import tenant
from tenants.roles import Role as Person
from tenants.roles import assign
from tests import factories
from tests.admin.setup.path import CONNECT, entered

TICKETS = 6


@pytest.fixture(scope="module")
def vendor() -> Iterator[ConnectWiseSimulator]:
    with ConnectWiseSimulator({"desk": World.small(seed=1, now=timezone.now(), tickets=TICKETS)}) as running:
        yield running


@pytest.fixture
def desk(vendor) -> ConnectWiseSimulator:
    vendor.set_role("desk", Role())
    vendor.clear_faults("desk")
    return vendor


@pytest.fixture
def fresh(db) -> Callable[..., Client]:
    """People of two MSPs that have nothing yet."""
    for schema in ("north", "south"):
        with tenant(schema):
            for role in Person:
                assign(User.objects.create_user(f"{schema}-{role}", password="correct-horse-9"), role)

    def client_of(role: str = "owner", schema: str = "north") -> Client:
        client = Client(HTTP_HOST=f"{schema}.localhost")
        with tenant(schema):
            client.force_login(User.objects.get(username=f"{schema}-{role}"))
        return client

    return client_of


@pytest.fixture
def at_once() -> Iterator[None]:
    """A worker that is never busy: what is put on its queue is done before the page answers."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def no_worker(monkeypatch) -> None:
    monkeypatch.setattr(sync_step, "start", lambda link: None)


@pytest.fixture
def connected(fresh, desk) -> Client:
    client = fresh()
    client.post(CONNECT, entered(desk))
    return client


@pytest.fixture
def staffed(fresh) -> Client:
    """North's desk has Ada, whose account has her e-mail, Ben, who has none, and a program."""
    with tenant("north"):
        source = factories.connection("Desk", last_success_at=timezone.now())
        factories.member(11, "Ada Byron", source=source, email="Ada@north.example")
        factories.member(12, "Ben Nguyen", source=source, email="ben@north.example")
        factories.member(13, "Robot", source=source, looks_automated=True)
        ada = User.objects.create_user("ada", email="ada@north.example")
        assign(ada, Person.TECHNICIAN)
    return fresh()
