"""One seeded MSP with a virtual clock: its past is made by letting the clock run, so is its future."""

import gc
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from .arrivals import Arrivals
from .demand import Demand, Incident
from .fleet import equip
from .projects import ImprovementProject, Spike
from .random_edits import apply_random_edit, apply_random_security_edit
from .security_desk import SecurityDesk
from .security_life import SecurityLife
from .topics import TOPICS
from .truth import Truth

DAYS_PER_MONTH = 30.44
TICKETS_PER_DAY = 22.0
ALERTS_PER_TICKET = 0.4  # of a small world


class World(SecurityDesk):
    def __init__(self, seed: int, now: datetime, end: datetime, companies: int, technicians: int) -> None:
        super().__init__(now, end, companies, technicians, seed)
        self.seed = seed
        self.incidents: list[Incident] = []
        self.projects: list[ImprovementProject] = []
        self.spikes: list[Spike] = []
        self._agenda: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = count()

    @classmethod
    def build(
        cls,
        *,
        seed: int,
        now: datetime,
        months: float = 18,
        tickets_per_day: float = TICKETS_PER_DAY,
        companies: int | None = None,
    ) -> "World":
        scale = max(1.0, tickets_per_day / TICKETS_PER_DAY)
        begin = now - timedelta(days=round(months * DAYS_PER_MONTH))
        world = cls(seed, begin, now, companies or round(40 * scale**0.6), round(15 * scale**0.8))
        rng = random.Random(seed + 1)
        arrivals = Arrivals(world, rng)
        demand = Demand(world, arrivals, rng, tickets_per_day, now)
        world.schedule(world.now, demand.plan_day)
        security = random.Random(seed + 2)
        equip(world, security)
        world.schedule(world.now, SecurityLife(world, arrivals, security, now).plan_day)
        with _without_garbage_collection():
            world.advance_to(now)
        return world

    @classmethod
    def empty(cls, seed: int, now: datetime) -> "World":
        """Boards, members, a few companies and devices, and nothing that ever happens by itself."""
        world = cls(seed, now, now + timedelta(days=365), companies=4, technicians=4)
        equip(world, random.Random(seed + 2), limit=5)
        return world

    @classmethod
    def small(cls, seed: int, now: datetime, tickets: int = 30) -> "World":
        """Some tickets and alerts of the last three weeks; the open ones go on living as the clock advances."""
        world = cls(seed, now - timedelta(days=21), now, companies=4, technicians=4)
        rng = random.Random(seed + 1)
        arrivals = Arrivals(world, rng)
        equip(world, rng, limit=12)
        security = SecurityLife(world, arrivals, rng, now)
        for _ in range(round(tickets * ALERTS_PER_TICKET)):
            world.schedule(world.now + timedelta(minutes=rng.uniform(0, 20 * 1440)), security.alert)
        for _ in range(tickets):
            moment = world.now + timedelta(minutes=rng.uniform(0, 20 * 1440))
            world.schedule(
                moment, arrivals.arrive, rng.choice(TOPICS), rng.choice(list(world.clients.companies))
            )
        world.advance_to(now)
        return world

    def schedule(self, moment: datetime, step: Callable[..., None], *args: Any) -> None:
        heappush(self._agenda, (moment.replace(microsecond=0), next(self._order), step, args))

    def advance_to(self, moment: datetime) -> None:
        with self.lock:
            while self._agenda and self._agenda[0][0] <= moment:
                at, _, step, args = heappop(self._agenda)
                self.now = max(self.now, at)
                step(*args)
            self.now = max(self.now, moment.replace(microsecond=0))

    def advance(self, duration: timedelta) -> None:
        self.advance_to(self.now + duration)

    def apply_random_edit(self, rng: random.Random) -> str:
        """Make one edit of any kind and return its name."""
        with self.lock:
            return apply_random_edit(self, rng)

    def apply_random_security_edit(self, rng: random.Random) -> str:
        """The same for devices and alerts."""
        with self.lock:
            return apply_random_security_edit(self, rng)

    @property
    def truth(self) -> Truth:
        return Truth(self)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Millions of records live for good; scanning them over and over would double the build time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
