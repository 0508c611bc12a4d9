"""The simulated vendors of a soak: how a tenant is connected to each, and what they may do wrong."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.defender import DefenderSimulator
from connectors.simulators.sentinelone import SentinelOneSimulator
from connectors.simulators.world import World
from tests.connectors.connectwise import ConnectWiseHarness
from tests.connectors.defender import DefenderHarness
from tests.connectors.sentinelone import SentinelOneHarness

Worlds = Mapping[str, World]
TROUBLE = (
    "too-many-requests",
    "throttled-without-hint",
    "server-error",
    "bad-gateway",
    "unavailable",
    "gateway-timeout",
    "html-page",
    "plain-text",
    "unauthorized",
    "forbidden",
    "conflict",
    "hanging",
    "slow-body",
    "dropped-body",
    "truncated-json",
    "reset-connection",
    "duplicate-page",
    "repeated-cursor",
    "partial-data",
)
# Sooner than the sync gives up asking, since its clock is not the world's.
NOTED_AFTERWARDS = timedelta(days=29)
SECONDS_OF_TROUBLE = 0.1
COMPANIES = 10


@dataclass
class Source:
    """One vendor's simulator with an account per tenant."""

    slug: str
    simulator: Any
    harness: Any

    def login(self, tenant: str) -> tuple[dict[str, Any], dict[str, str]]:
        return self.harness.login(tenant)  # type: ignore[no-any-return]

    def listed(self, tenant: str) -> dict[str, set[Any]]:
        return self.harness.present(tenant)  # type: ignore[no-any-return]

    def untold(self, tenant: str) -> set[str]:
        """Notes on tickets that are closed and unchanged for a month: nothing tells of those (see Decisions)."""
        if self.slug != "connectwise":
            return set()
        world = self.simulator.world(tenant)
        return {
            str(note.id)
            for ticket in world.tickets
            if ticket.is_closed and ticket.updated_at < world.now - NOTED_AFTERWARDS
            for note in ticket.notes
        }

    def make_trouble(self, tenant: str, chance: Random) -> str:
        """Something that passes after some requests, somewhere in a walk."""
        kind = chance.choice(TROUBLE)
        self.simulator.faults(tenant).add(
            kind, times=chance.randint(1, 4), after=chance.randint(0, 20), seconds=SECONDS_OF_TROUBLE
        )
        return kind

    def behave(self, tenant: str) -> None:
        """Nothing goes wrong any more, and people have mended what only they can."""
        self.simulator.faults(tenant).clear()
        if self.slug == "defender":
            for customer in self.harness.customers(tenant):
                customer.change(consent="granted", missing_roles=(), has_defender=True)


@contextmanager
def sources(worlds: Worlds) -> Iterator[list[Source]]:
    with ExitStack() as running:
        found = []
        for slug, simulate, harness in KINDS:
            simulator = running.enter_context(simulate(worlds))
            found.append(Source(slug, simulator, harness(simulator, _unused, _unused)))
        yield found


def _unused(*_: Any, **__: Any) -> None:
    raise AssertionError("a soak has its own clock and never changes the size of pages")


def advance(worlds: Worlds, duration: timedelta, chance: Random) -> None:
    """Life goes on at every desk, with an edit by a person now and then."""
    for world in worlds.values():
        world.advance(duration)
        for _ in range(chance.randint(0, 3)):
            world.apply_random_edit(chance)
            world.apply_random_security_edit(chance)


def make_worlds(tenants: int, now: datetime, tickets_per_day: float, seed: int) -> dict[str, World]:
    return {
        f"soak{number}": World.build(seed=seed + number, now=now, months=0.5, tickets_per_day=tickets_per_day)
        for number in range(1, tenants + 1)
    }


Simulate = Callable[[Worlds], Any]
KINDS: tuple[tuple[str, Simulate, Callable[..., Any]], ...] = (
    ("connectwise", ConnectWiseSimulator, ConnectWiseHarness),
    ("sentinelone", SentinelOneSimulator, SentinelOneHarness),
    ("defender", DefenderSimulator, DefenderHarness),
)
