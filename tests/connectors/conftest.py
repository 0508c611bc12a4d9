"""Two tenants, each with a small simulated desk behind one ConnectWise address, on 2 March 2026."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import time_machine

from connectors.models import Connection
from connectors.registry import connectors
from connectors.simulators.base import Simulator
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.defender import DefenderSimulator, Tenant
from connectors.simulators.sentinelone import SentinelOneSimulator
from connectors.simulators.world import World
from connectors.vendors.defender.client import MACHINES, PAGE_SIZES
from tenants.context import tenant

from .connectwise import ConnectWiseHarness
from .contract import Harness
from .defender import RECENT, DefenderHarness, fill
from .defender import connected as to_microsoft
from .sentinelone import SentinelOneHarness, watched_world
from .site import TENANTS, Site, connected, raw_tables

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PAGE_SIZE = "connectors.vendors.connectwise.client.PAGE_SIZE"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def naps(monkeypatch) -> list[float]:
    """The seconds that were to be waited before asking a vendor again; nobody really waits."""
    seconds: list[float] = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=seconds.append))
    return seconds


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@pytest.fixture
def quick_http(monkeypatch, trust) -> None:
    """Plain HTTP needs no certificates, and reading them takes longer than a sync of these desks."""
    monkeypatch.setattr("connectors.http._trust", lambda: trust)


@pytest.fixture
def worlds() -> dict[str, World]:
    made = {name: World.small(seed=seed, now=NOW, tickets=24) for seed, name in enumerate(TENANTS, 1)}
    for world in made.values():
        world.add_survey_result(world.tickets.ids[0], csat=4, nps=9)
    return made


@pytest.fixture
def simulator(worlds, clock, naps, quick_http) -> Iterator[ConnectWiseSimulator]:
    with ConnectWiseSimulator(worlds, compress=False) as running:
        yield running


@pytest.fixture
def world(simulator) -> World:
    """North's."""
    return simulator.world("north")


@pytest.fixture
def later(simulator, clock) -> Callable[..., None]:
    """Let time pass, everywhere: `later(minutes=5)`."""
    return partial(pass_by, clock, simulator)


def pass_by(clock: Any, simulator: Simulator[Any], **duration: float) -> None:
    clock.shift(timedelta(**duration))
    for name in TENANTS:
        simulator.advance(name, timedelta(**duration))


@pytest.fixture
def page_size(monkeypatch) -> Callable[[int], None]:
    return lambda size: monkeypatch.setattr(PAGE_SIZE, size)


@pytest.fixture
def link_to(simulator) -> Callable[..., Site]:
    """Make a connection in a tenant to a simulated company, the tenant's own unless another is named."""

    def make(schema: str = "north", company: str = "", **changed: str) -> Site:
        return connected(schema, simulator.credentials(company or schema), **changed)

    return make


@pytest.fixture
def connect(db, link_to) -> Iterator[Callable[..., Site]]:
    """Like link_to, inside the test's transaction; a tenant that was not connected must stay empty."""
    used: set[str] = set()

    def make(schema: str = "north", *args: str, **changed: str) -> Site:
        used.add(schema)
        return link_to(schema, *args, **changed)

    yield make
    _assert_empty(set(TENANTS) - used)


@pytest.fixture
def north_desk(connect) -> Site:
    return connect("north")


@pytest.fixture
def connectwise_harness(simulator, later, page_size) -> ConnectWiseHarness:
    return ConnectWiseHarness(simulator, later, page_size)


@pytest.fixture
def sentinelone(clock, naps, quick_http, monkeypatch) -> Iterator[SentinelOneSimulator]:
    """A console for each tenant; nobody waits to keep to its limits."""
    monkeypatch.setattr("connectors.pacing.Pace.wait", lambda pace: None)
    worlds = {name: watched_world(seed, NOW) for seed, name in enumerate(TENANTS, 1)}
    with SentinelOneSimulator(worlds, compress=False) as running:
        yield running


@pytest.fixture
def sentinelone_harness(sentinelone, clock, monkeypatch) -> SentinelOneHarness:
    page_size = "connectors.vendors.sentinelone.client.PAGE_SIZE"
    later = partial(pass_by, clock, sentinelone)
    return SentinelOneHarness(sentinelone, later, lambda size: monkeypatch.setattr(page_size, size))


@pytest.fixture
def defender(clock, naps, quick_http, monkeypatch) -> Iterator[DefenderSimulator]:
    """A partner's tenant with customers for each of ours; nobody waits to keep to Microsoft's limits."""
    monkeypatch.setattr("connectors.pacing.Pace.wait", lambda pace: None)
    worlds = {name: World.small(seed, NOW - RECENT, tickets=24) for seed, name in enumerate(TENANTS, 1)}
    with DefenderSimulator(worlds, compress=False) as running:
        fill(running, TENANTS, NOW)
        yield running


@pytest.fixture
def defender_harness(defender, clock, monkeypatch) -> DefenderHarness:
    def page_size(size: int) -> None:
        """Of lists that are read whole in one go, no worker lives long enough to see the end in single steps."""
        sizes = {path: max(size, 10) if path == MACHINES else size for path in PAGE_SIZES}
        monkeypatch.setattr("connectors.vendors.defender.client.PAGE_SIZES", sizes)

    return DefenderHarness(defender, partial(pass_by, clock, defender), page_size)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is said of vendors is said of all, or of the one that a module names as its VENDOR."""
    if "harness" in metafunc.fixturenames:
        only = getattr(metafunc.module, "VENDOR", "")
        metafunc.parametrize("harness", [only] if only else sorted(connectors()), indirect=True)


@pytest.fixture
def harness(request) -> Harness:
    """Each vendor brings a fixture named after it: what its simulator can do for the contract."""
    return request.getfixturevalue(f"{request.param}_harness")  # type: ignore[no-any-return]


@pytest.fixture
def site_of(db, harness) -> Iterator[Callable[..., Site]]:
    """A connection of the vendor under test: `site_of("north")`, or to another tenant's vendor account."""
    used: set[str] = set()

    def make(schema: str = "north", company: str = "") -> Site:
        used.add(schema)
        settings, credentials = harness.login(company or schema)
        with tenant(schema):
            link = Connection(name="Vendor", vendor=harness.slug, settings=settings)
            link.credentials = credentials
            link.save()
        return Site(schema, link)

    yield make
    _assert_empty(set(TENANTS) - used)


@pytest.fixture
def site(site_of) -> Site:
    return site_of("north")


@pytest.fixture
def site_at(db, defender_harness) -> Callable[..., Site]:
    """A connection of north's to Microsoft, with other settings than the usual ones if need be."""

    def make(secret: str = "", **settings: Any) -> Site:
        entered, credentials = defender_harness.login("north", **settings)
        return to_microsoft(entered, credentials | ({"client_secret": secret} if secret else {}))

    return make


@pytest.fixture
def customer(defender_harness) -> Tenant:
    """Some customer of north's with alerts and machines."""
    return defender_harness.first("north")


@pytest.fixture
def bad(defender_harness) -> Tenant:
    """A customer with alerts and machines, neither the first nor the last that is read."""
    return next(each for each in defender_harness.customers("north")[1:-1] if each.company)


def _assert_empty(schemas: set[str]) -> None:
    for schema in schemas:
        with tenant(schema):
            assert not any(table._default_manager.exists() for table in raw_tables())
