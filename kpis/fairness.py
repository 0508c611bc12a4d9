"""Fair comparison as pure functions over arrays: of technicians, or of technician × domain, on equal work.

Rows are technicians, columns strata of work (board, type, priority), in that order. Who is judged is measured
against what others need for the same mix, and pulled towards it as far as the tickets leave doubt. No tables here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

BORROWED_TICKETS = 5.0  # of the coarser stratum, by a stratum with few tickets
BORROWED_TICKETS_OF_RATES = 20.0
BORROWED_FREEDOM = 30.0  # of all boards, by a board's noise
LEAST_SPREAD = 0.3  # between people, on the scale of natural logarithms
PEERS_IN_DOUBT = 0.5  # how much of the peers' own differences counts as doubt about the norm
CONSISTENT_MAD = 1.4826  # makes the median absolute deviation estimate a standard deviation
QUANTILE = 1.6448536  # of the standard normal distribution, 5 % beyond it
TAILS = (0.05, 0.95)
TOLERATED_REOPENING = 1.1  # of those who are called better
TOLERATED_DISSATISFACTION = 0.2  # below the team's mean, on a scale of 1 to 5
ROUNDING = 1e-9
LEAST_PEER_TICKETS = 30
LEAST_PEERS = 2
LEAST_FREEDOM = 30


@dataclass(frozen=True)
class Strata:
    """Where each type (of a board) and each board begins among the columns, and to which of them a column belongs."""

    type_starts: Places
    board_starts: Places
    type_of: Places
    board_of: Places
    board_of_type: Places

    @classmethod
    def of(cls, boards: Places, types: Places) -> "Strata":
        """From the columns' boards and types; equal ones stand next to each other, a type's within its board."""
        type_starts, board_starts = _starts(types), _starts(boards)
        type_of, board_of = _run_of(type_starts, len(types)), _run_of(board_starts, len(boards))
        return cls(type_starts, board_starts, type_of, board_of, board_of[type_starts])

    @property
    def everything(self) -> Places:
        return np.zeros(1, dtype=np.intp)


@dataclass(frozen=True)
class Handled:
    """Per technician and stratum: judged tickets, sums of ln minutes and of their squares; all tickets, reopened."""

    n: Floats
    logs: Floats
    squares: Floats
    tickets: Floats
    reopened: Floats


@dataclass(frozen=True)
class Judged:
    """Per technician and group of strata: the ratio to expected and its 90 % interval, NaN where not judged.

    `raw` is the logarithm of the ratio before it was pulled towards 1, where the measure has one.
    """

    is_judged: Flags
    ratio: Floats
    low: Floats
    high: Floats
    raw: Floats

    @property
    def is_above(self) -> Flags:
        return np.asarray(self.low > 1)

    @property
    def is_below(self) -> Flags:
        return np.asarray(self.high < 1)


def judge_handling(work: Handled, strata: Strata, groups: Places, least: int, doubt: float) -> Judged:
    """Handling time; `groups` says where the columns that are judged together begin."""
    n, noise = _sums(work.n, groups), _noise(work, strata)
    is_judged = (n >= least) & has_peers(work.n)[:, None] & (noise is not None)
    if noise is None or not is_judged.any():
        return _nobody(is_judged)
    norm = norms(work.n, work.logs, strata, BORROWED_TICKETS)
    at_least_one = np.maximum(n, 1)
    raw = _sums(work.logs - work.n * norm, groups) / at_least_one
    peers = work.n.sum(axis=0) - work.n
    variance = noise * work.n * (1 + work.n / (peers + BORROWED_TICKETS))
    v = _sums(variance, groups) / at_least_one**2
    spread = _robust_spread(raw[is_judged], v[is_judged])
    u = v + doubt * spread * _concentration(work.n)[:, None]
    return _shrunken(is_judged, raw, u, spread)


def judge_rate(
    n: Floats, events: Floats, strata: Strata, groups: Places, is_judged: Flags, interval_above: float = 0
) -> Judged:
    """Events such as reopenings, observed against expected ones, of those who are judged.

    Intervals are costly and only made of ratios above `interval_above`.
    """
    if not is_judged.any():
        return _nobody(is_judged)
    norm = norms(n, events, strata, BORROWED_TICKETS_OF_RATES)
    observed, expected = (_sums(each, groups)[is_judged] for each in (events, n * norm))
    a = 1 / _spread_of_rates(observed, expected)
    shape, rate = a + observed, a + expected
    ratio = _placed(is_judged, shape / rate)
    asked = ratio[is_judged] > interval_above
    where = is_judged & (ratio > interval_above)
    low, high = (_placed(where, special.gammaincinv(shape[asked], tail) / rate[asked]) for tail in TAILS)
    return Judged(is_judged, ratio, low, high, np.log(ratio))


def judged_rates(n: Floats, groups: Places, least: int) -> Flags:
    """Where there are enough tickets to judge a rate: of one's own, and of peers."""
    return np.asarray((_sums(n, groups) >= least) & has_peers(n)[:, None])


def norms(n: Floats, total: Floats, strata: Strata, borrowed: float) -> Floats:
    """What peers' tickets of each stratum have on average; few tickets borrow from type, board and all work."""
    peers_n, peers_total = n.sum(axis=0) - n, total.sum(axis=0) - total
    norm: Floats = peers_total.sum(axis=1, keepdims=True) / np.maximum(peers_n.sum(axis=1, keepdims=True), 1)
    for starts, coarser in (
        (strata.board_starts, np.zeros(len(strata.board_starts), dtype=np.intp)),
        (strata.type_starts, strata.board_of_type),
        (np.arange(n.shape[1]), strata.type_of),
    ):
        norm = (_sums(peers_total, starts) + borrowed * norm[:, coarser]) / (
            _sums(peers_n, starts) + borrowed
        )
    return norm


def scores(handling: Judged, reopening: Judged, satisfaction: Floats, team: float) -> Floats:
    """0 to 100, 50 being the team's work: speed and quality count alike. `satisfaction` is NaN where unknown."""
    liked = 50 + 25 * np.clip(satisfaction - team, -2, 2)
    lasting = _points(reopening.ratio)
    quality = np.where(np.isnan(satisfaction), lasting, (lasting + liked) / 2)
    return np.asarray((_points(handling.ratio) + quality) / 2)


def tiers(handling: Judged, reopening: Judged, satisfaction: Floats, team: float) -> Floats:
    """-1 needs attention, 0 as expected, 1 better: speed alone never makes anybody better."""
    is_liked = np.isnan(satisfaction) | (satisfaction - team >= -TOLERATED_DISSATISFACTION - ROUNDING)
    is_better = handling.is_below & (reopening.ratio <= TOLERATED_REOPENING) & is_liked
    needs_attention = handling.is_above | reopening.is_above
    return np.where(needs_attention, -1.0, np.where(is_better, 1.0, 0.0))


def _points(ratio: Floats) -> Floats:
    return np.asarray(50 - 50 * np.clip(np.log2(ratio), -1, 1))


def has_peers(n: Floats) -> Flags:
    """Whether enough tickets of enough others are there to say what is usual."""
    tickets = n.sum(axis=1)
    others = np.count_nonzero(tickets) - (tickets > 0)
    return np.asarray((tickets.sum() - tickets >= LEAST_PEER_TICKETS) & (others >= LEAST_PEERS))


def _noise(work: Handled, strata: Strata) -> Floats | None:
    """The variance of a ticket, by its board; boards with few tickets borrow from all. None: there are too few."""
    freedom = np.maximum(work.n - 1, 0)
    # Each square is rounded, so that of equal tickets a little less than nothing may be left.
    within = np.maximum(work.squares - work.logs**2 / np.maximum(work.n, 1), 0)
    if freedom.sum() < LEAST_FREEDOM or not within.any():
        return None
    of_board, freedom_of_board = (
        np.add.reduceat(each.sum(axis=0), strata.board_starts) for each in (within, freedom)
    )
    pooled = within.sum() / freedom.sum()
    variance = (of_board + BORROWED_FREEDOM * pooled) / (freedom_of_board + BORROWED_FREEDOM)
    return np.asarray(variance[strata.board_of])


def _concentration(n: Floats) -> Floats:
    """How much of a technician's norm rests on few peers: 1 if all on one."""
    tickets = n.sum(axis=1)
    squares = (tickets**2).sum() - tickets**2
    return np.asarray(squares / np.maximum(tickets.sum() - tickets, 1) ** 2)


def _robust_spread(raw: Floats, v: Floats) -> float:
    """The variance between those who are judged; one who is odd must not widen it for everybody."""
    deviation = CONSISTENT_MAD * np.median(np.abs(raw - np.median(raw)))
    return max(0.0, float(deviation**2 - np.median(v)))


def _spread_of_rates(observed: Floats, expected: Floats) -> float:
    if not expected.any():
        return LEAST_SPREAD**2
    surplus = ((observed - expected) ** 2).sum() - expected.sum()
    return max(LEAST_SPREAD**2, float(surplus / (expected**2).sum()))


def _shrunken(is_judged: Flags, raw: Floats, u: Floats, spread: float) -> Judged:
    tau2 = max(spread, LEAST_SPREAD**2)
    kept = tau2 / (tau2 + u)
    mean, deviation = kept * raw, QUANTILE * np.sqrt(kept * u)
    values = (np.exp(mean), np.exp(mean - deviation), np.exp(mean + deviation), raw)
    return Judged(is_judged, *(np.where(is_judged, each, np.nan) for each in values))


def _nobody(is_judged: Flags) -> Judged:
    nothing = np.full(is_judged.shape, np.nan)
    return Judged(np.zeros_like(is_judged), nothing, nothing, nothing, nothing)


def _placed(where: Flags, values: Floats) -> Floats:
    everywhere = np.full(where.shape, np.nan)
    everywhere[where] = values
    return everywhere


def _sums(values: Floats, starts: Places) -> Floats:
    return np.add.reduceat(values, starts, axis=1)


def _starts(values: Places) -> Places:
    return np.flatnonzero(np.r_[True, values[1:] != values[:-1]])


def _run_of(starts: Places, length: int) -> Places:
    return np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, length]))
