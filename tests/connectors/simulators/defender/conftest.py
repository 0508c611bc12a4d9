"""Two simulated MSPs behind running Microsoft services, and clients logged in to the first one's first client."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.simulators.defender import DefenderSimulator, Tenant
from connectors.simulators.world import World

from . import wire

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ENDPOINT_KINDS = ("trojan", "script", "ransomware", "admin-tool")
OFFICE_KINDS = ("phishing-mail", "impossible-travel", "inbox-rule")


@pytest.fixture
def world() -> World:
    """Its first company has a dozen alerts, each minute one, and so has nobody else by accident."""
    made = World.empty(seed=7, now=NOW)
    company = made.clients.companies.ids[0]
    linux = made.add_device(company, "server", os="Ubuntu 22.04")
    for kind in (*ENDPOINT_KINDS, *OFFICE_KINDS, *ENDPOINT_KINDS):
        made.advance(timedelta(minutes=1))
        made.raise_alert(company, kind=kind, seen_by="office" if kind in OFFICE_KINDS else "mde")
    made.raise_alert(device=linux.id, kind="linux-miner", seen_by="mde")
    made.raise_alert(company, kind="trojan", seen_by="edr")
    made.raise_alert(made.clients.companies.ids[1], kind="trojan", seen_by="mde")
    return made


@pytest.fixture
def simulator(world: World) -> Iterator[DefenderSimulator]:
    other = World.empty(seed=8, now=NOW)
    other.raise_alert(kind="trojan", seen_by="mde")
    with DefenderSimulator({"acme": world, "other": other}) as running:
        yield running


@pytest.fixture
def tenant(simulator: DefenderSimulator, world: World) -> Tenant:
    return simulator.tenant("acme", world.clients.companies.ids[0])


@pytest.fixture
def graph(simulator: DefenderSimulator, tenant: Tenant) -> Iterator[httpx.Client]:
    with wire.graph(simulator.credentials("acme"), tenant) as client:
        yield client


@pytest.fixture
def defender(simulator: DefenderSimulator, tenant: Tenant) -> Iterator[httpx.Client]:
    with wire.defender(simulator.credentials("acme"), tenant) as client:
        yield client
