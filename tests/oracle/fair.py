"""The statistics of fair comparison, as figure 09 says them: norms from peers, noise, shrunken ratios."""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import NamedTuple, TypeVar

from scipy.special import gammaincinv

LEAST_PEER_TICKETS = 30
LEAST_PEERS = 2
LEAST_FREEDOM = 30
BOARD_BORROWS = 30
LOG_BORROWS = 5
RATE_BORROWS = 20
LEAST_SPREAD = 0.3
Z = 1.6448536

Unit = TypeVar("Unit", bound=Hashable)
Stratum = tuple[int | None, str, str]  # board, type, priority: a prefix is a coarser stratum
Prefix = tuple[object, ...]
NO_NUMBER = Decimal(0)


class Ratio(NamedTuple):
    ratio: float
    low: float
    high: float


class Tally:
    """Tickets and a total of something by technician and stratum, and by all coarser strata."""

    def __init__(self, rows: Iterable[tuple[int, Stratum, Decimal, Decimal]]) -> None:
        self.strata: dict[int, set[Stratum]] = defaultdict(set)
        self.tickets: dict[tuple[int | None, Prefix], Decimal] = defaultdict(Decimal)
        self.totals: dict[tuple[int | None, Prefix], Decimal] = defaultdict(Decimal)
        for technician, stratum, total, tickets in rows:
            self.strata[technician].add(stratum)
            self.tickets[technician, stratum] += tickets
            self.totals[technician, stratum] += total
        for technician, strata in self.strata.items():
            for stratum in strata:
                self.add_to_coarser(technician, stratum)

    def add_to_coarser(self, technician: int, stratum: Stratum) -> None:
        """To the coarser strata, and to everybody's."""
        prefixes: list[Prefix] = [stratum[:length] for length in range(len(stratum))]
        names = [(who, prefix) for who in (technician, None) for prefix in prefixes]
        for name in (*names, (None, stratum)):
            self.tickets[name] += self.tickets[technician, stratum]
            self.totals[name] += self.totals[technician, stratum]

    def of(self, technician: int, prefix: Prefix = ()) -> tuple[float, float]:
        """Tickets and total."""
        name = (technician, prefix)
        return float(self.tickets.get(name, NO_NUMBER)), float(self.totals.get(name, NO_NUMBER))

    def of_peers(self, technician: int, prefix: Prefix = ()) -> tuple[float, float]:
        everybody, own = (None, prefix), (technician, prefix)
        tickets = self.tickets.get(everybody, NO_NUMBER) - self.tickets.get(own, NO_NUMBER)
        return float(tickets), float(self.totals.get(everybody, NO_NUMBER) - self.totals.get(own, NO_NUMBER))

    def peers(self, technician: int) -> list[int]:
        return [other for other in self.strata if other != technician]

    def has_norm(self, technician: int) -> bool:
        tickets, _ = self.of_peers(technician)
        return tickets >= LEAST_PEER_TICKETS and len(self.peers(technician)) >= LEAST_PEERS

    def norm(self, technician: int, stratum: Stratum, borrowed: int) -> float:
        """What a ticket takes peers, from all strata to the finest."""
        tickets, total = self.of_peers(technician)
        norm = total / tickets
        for length in range(1, len(stratum) + 1):
            tickets, total = self.of_peers(technician, stratum[:length])
            norm = (total + borrowed * norm) / (tickets + borrowed)
        return norm


@dataclass(frozen=True)
class Noise:
    """The variance of a ticket's logarithm that neither stratum nor technician explains."""

    variance: float
    within: dict[int | None, float]
    freedom: dict[int | None, float]

    def of_board(self, board: int | None) -> float:
        within = self.within.get(board, 0.0) + BOARD_BORROWS * self.variance
        return within / (self.freedom.get(board, 0.0) + BOARD_BORROWS)


def noise_of(logs: Tally, squares: dict[tuple[int, Stratum], Decimal]) -> Noise | None:
    within: dict[int | None, float] = defaultdict(float)
    freedom: dict[int | None, float] = defaultdict(float)
    for technician, strata in logs.strata.items():
        for stratum in strata:
            tickets, total = logs.tickets[technician, stratum], logs.totals[technician, stratum]
            spread = squares[technician, stratum] - total * total / tickets
            within[stratum[0]] += max(0.0, float(spread))
            freedom[stratum[0]] += float(tickets) - 1
    if sum(freedom.values()) < LEAST_FREEDOM or sum(within.values()) == 0:
        return None
    return Noise(sum(within.values()) / sum(freedom.values()), dict(within), dict(freedom))


class Raw(NamedTuple):
    """How far someone's tickets lie from the norm on the logarithmic scale, and how sure that is."""

    log_ratio: float
    variance: float


def raw(logs: Tally, noise: Noise, technician: int, strata: Iterable[Stratum]) -> Raw:
    above, doubt, all_tickets = 0.0, 0.0, 0.0
    for stratum in strata:
        tickets, total = logs.of(technician, stratum)
        peer_tickets, _ = logs.of_peers(technician, stratum)
        above += total - tickets * logs.norm(technician, stratum, LOG_BORROWS)
        doubt += noise.of_board(stratum[0]) * tickets * (1 + tickets / (peer_tickets + LOG_BORROWS))
        all_tickets += tickets
    return Raw(above / all_tickets, doubt / all_tickets**2)


def doubt_about_peers(logs: Tally, technician: int) -> float:
    """How much of the peers' own differences goes into the norm: half of what a few of them dominate."""
    all_tickets, _ = logs.of_peers(technician)
    return sum((logs.of(peer)[0] / all_tickets) ** 2 for peer in logs.peers(technician)) / 2


def shrunken(raws: dict[Unit, Raw], doubt: Callable[[Unit], float]) -> dict[Unit, Ratio]:
    if not raws:
        return {}
    middle = median(each.log_ratio for each in raws.values())
    deviation = 1.4826 * median(abs(each.log_ratio - middle) for each in raws.values())
    spread = max(0.0, deviation**2 - median(each.variance for each in raws.values()))
    between = max(spread, LEAST_SPREAD**2)
    ratios = {}
    for unit, each in raws.items():
        unsure = each.variance + spread * doubt(unit)
        share = between / (between + unsure)
        centre, reach = share * each.log_ratio, Z * math.sqrt(share * unsure)
        ratios[unit] = Ratio(*map(math.exp, (centre, centre - reach, centre + reach)))
    return ratios


def expected(counts: Tally, technician: int, strata: Iterable[Stratum]) -> float:
    tickets = ((counts.of(technician, stratum)[0], stratum) for stratum in strata)
    return sum(count * counts.norm(technician, stratum, RATE_BORROWS) for count, stratum in tickets)


def rate_ratios(events: dict[Unit, tuple[float, float]]) -> dict[Unit, Ratio]:
    """Of what was observed and expected of each."""
    excess = sum((observed - expected) ** 2 - expected for observed, expected in events.values())
    squares = sum(expected**2 for _, expected in events.values())
    shape = 1 / max(LEAST_SPREAD**2, excess / squares if squares else 0.0)
    return {
        unit: Ratio(
            (shape + observed) / (shape + expected),
            float(gammaincinv(shape + observed, 0.05)) / (shape + expected),
            float(gammaincinv(shape + observed, 0.95)) / (shape + expected),
        )
        for unit, (observed, expected) in events.items()
    }
