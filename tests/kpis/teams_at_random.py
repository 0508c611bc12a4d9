"""Teams whose truth is known: lognormal handling times, uneven mixes of work, many strata with few tickets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpis.fairness import PEERS_IN_DOUBT, Floats, Handled, Judged, Strata, judge_handling

Integers = NDArray[np.int64]

BOARDS, TYPES, PRIORITIES = 3, 6, 4
SIZE = BOARDS * TYPES * PRIORITIES
STRATA = Strata.of(
    np.repeat(np.arange(BOARDS), SIZE // BOARDS), np.repeat(np.arange(SIZE // PRIORITIES), PRIORITIES)
)
URGENCY = np.array([0.05, 0.15, 0.6, 0.2])


@dataclass(frozen=True)
class World:
    """How large teams are, how much tickets of one kind differ, how much people do, and how slow the first one is."""

    people: tuple[int, int] = (5, 30)
    sigma: tuple[float, float] = (0.8, 1.2)
    spread: float = 0.0
    slow: float = 0.0
    odd: float = 0.0  # share of tickets booked tenfold


@dataclass(frozen=True)
class Drawn:
    work: Handled
    effects: Floats  # natural logarithms of how much longer each takes
    tickets: Integers

    @property
    def judged(self) -> Judged:
        return judge_handling(self.work, STRATA, STRATA.everything, 10, PEERS_IN_DOUBT)

    @property
    def truth(self) -> Floats:
        """The ratio of each to the team."""
        return np.exp(self.effects - np.average(self.effects, weights=self.tickets))


def draw(rng: np.random.Generator, world: World) -> Drawn:
    people = int(rng.integers(world.people[0], world.people[1] + 1))
    tickets, effects = rng.integers(10, 301, people), rng.normal(0, world.spread, people)
    if world.slow:
        tickets[0], effects[0] = 60, np.log(world.slow)
    who = np.repeat(np.arange(people), tickets)
    what = _kinds(rng, tickets)
    minutes: Floats = (
        3 + _means(rng)[what] + effects[who] + rng.normal(0, rng.uniform(*world.sigma), len(who))
    )
    minutes[rng.random(len(who)) < world.odd] += np.log(10)
    return Drawn(_summed(who * SIZE + what, minutes.clip(0).round(4), people), effects, tickets)


def _kinds(rng: np.random.Generator, tickets: Integers) -> Integers:
    """The strata of all tickets, technician by technician, each with a mix of their own."""
    popularity = rng.dirichlet(np.ones(TYPES), BOARDS)
    mixes = rng.dirichlet(np.full(BOARDS, 0.7), len(tickets))
    shares = mixes[:, :, None, None] * popularity[:, :, None] * URGENCY
    counts = rng.multinomial(tickets, shares.reshape(len(tickets), SIZE))
    return np.repeat(np.tile(np.arange(SIZE), len(tickets)), counts.ravel())


def _means(rng: np.random.Generator) -> Floats:
    shape = BOARDS, TYPES, PRIORITIES
    of = [rng.normal(0, 0.3, (BOARDS, 1, 1)), rng.normal(0, 0.5, (BOARDS, TYPES, 1))]
    of += [rng.normal(0, 0.2, shape), rng.normal(0, 0.2, PRIORITIES)]
    return np.asarray(np.sum([np.broadcast_to(part, shape) for part in of], axis=0).ravel())


def _summed(place: Integers, x: Floats, people: int) -> Handled:
    parts: list[Floats] = [
        np.bincount(place, weights, people * SIZE).astype(np.float64).reshape(people, SIZE)
        for weights in (np.ones(len(x)), x, np.round(x * x, 4))
    ]
    n, logs, squares = parts
    return Handled(n, logs, squares, n, np.zeros_like(n))
