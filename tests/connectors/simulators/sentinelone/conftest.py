"""Two simulated MSPs behind a running management console, and a plain HTTP client logged in to the first one's."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from connectors.simulators.sentinelone import SentinelOneSimulator
from connectors.simulators.world import World

from .console import connect, pair_of_worlds

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def simulator() -> Iterator[SentinelOneSimulator]:
    with SentinelOneSimulator(pair_of_worlds(NOW)) as running:
        yield running


@pytest.fixture
def world(simulator: SentinelOneSimulator) -> World:
    return simulator.world("acme")


@pytest.fixture
def api(simulator: SentinelOneSimulator) -> Iterator[httpx.Client]:
    with connect(simulator.credentials("acme")) as client:
        yield client
