"""A small simulated MSP behind a running ConnectWise simulator, and a plain HTTP client logged in to it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World

from .wire import connect

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World.small(seed=7, now=NOW, tickets=60)


@pytest.fixture
def simulator(world: World) -> Iterator[ConnectWiseSimulator]:
    with ConnectWiseSimulator({"acme": world}) as running:
        yield running


@pytest.fixture
def api(simulator: ConnectWiseSimulator) -> Iterator[httpx.Client]:
    with connect(simulator.credentials("acme")) as client:
        yield client
