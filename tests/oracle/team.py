"""A team's work in one frame, read from counted cells and judged by technician or by technician and domain."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.fair import (
    Noise,
    Ratio,
    Stratum,
    Tally,
    doubt_about_peers,
    expected,
    noise_of,
    rate_ratios,
    raw,
    shrunken,
)
from tests.oracle.figures import Key
from tests.oracle.frames import Cells, Metric
from tests.oracle.handled import KPI

HANDLING_MINUTES = Metric(KPI, "handling_minutes")
HANDLING_LOG = Metric(KPI, "handling_log")
HANDLING_LOG_SQUARES = Metric(KPI, "handling_log_squares")
REOPENED_WORK = Metric(KPI, "reopened_work")
ESCALATED = Metric(KPI, "escalated")
LEAST_TICKETS = 10
LEAST_TICKETS_OF_PAIR = 5

Pair = tuple[int, int | None, str]  # technician, board, type


@dataclass(frozen=True)
class Team:
    logs: Tally
    noise: Noise | None
    reopened: Tally
    escalated: Tally


def team_of(cells: Cells, held: tuple[date, ...]) -> Team:
    logs = tally(cells, HANDLING_LOG, held)
    squares: dict[tuple[int, Stratum], Decimal] = defaultdict(Decimal)
    for key, (numerator, _) in cells.of_days(HANDLING_LOG_SQUARES, held):
        assert key.technician is not None
        squares[key.technician, stratum_of(key)] += numerator
    return Team(
        logs=logs,
        noise=noise_of(logs, squares),
        reopened=tally(cells, REOPENED_WORK, held),
        escalated=tally(cells, ESCALATED, held),
    )


def tally(cells: Cells, metric: Metric, held: tuple[date, ...]) -> Tally:
    return Tally(
        (key.technician, stratum_of(key), numerator, denominator)
        for key, (numerator, denominator) in cells.of_days(metric, held)
        if key.technician is not None and denominator is not None
    )


def stratum_of(key: Key) -> Stratum:
    priority, _, type_name = key.segment.partition(":")
    return key.board, type_name, priority


def judge_technicians(team: Team) -> dict[int, Ratio]:
    """Of those who handled enough; nobody while the noise is not known."""
    if team.noise is None:
        return {}
    compared = [who for who in team.logs.strata if is_compared(team.logs, who)]
    raws = {who: raw(team.logs, team.noise, who, team.logs.strata[who]) for who in compared}
    return shrunken(raws, lambda who: doubt_about_peers(team.logs, who))


def is_compared(logs: Tally, technician: int) -> bool:
    tickets, _ = logs.of(technician)
    return tickets >= LEAST_TICKETS and logs.has_norm(technician)


def raw_log_ratio(team: Team, technician: int) -> float:
    assert team.noise is not None
    return raw(team.logs, team.noise, technician, team.logs.strata[technician]).log_ratio


def judge_reopening(team: Team, technicians: Iterable[int]) -> dict[int, Ratio]:
    counts = team.reopened
    return rate_ratios(
        {who: (counts.of(who)[1], expected(counts, who, counts.strata[who])) for who in technicians}
    )


def judge_pairs(team: Team) -> dict[Pair, Ratio]:
    """Handling by technician and domain, whose peers' own differences count as no doubt."""
    if team.noise is None:
        return {}
    pairs = judged_pairs(team.logs)
    raws = {pair: raw(team.logs, team.noise, pair[0], strata) for pair, strata in pairs.items()}
    return shrunken(raws, lambda _: 0.0)


def judge_rate_of_pairs(counts: Tally) -> dict[Pair, Ratio]:
    return rate_ratios(
        {
            pair: (counts.of(pair[0], pair[1:])[1], expected(counts, pair[0], strata))
            for pair, strata in judged_pairs(counts).items()
        }
    )


def judged_pairs(counts: Tally) -> dict[Pair, list[Stratum]]:
    """With enough tickets there, of technicians who have peers."""
    pairs: dict[Pair, list[Stratum]] = defaultdict(list)
    for technician, strata in counts.strata.items():
        for board, type_name, priority in strata:
            tickets, _ = counts.of(technician, (board, type_name))
            if tickets >= LEAST_TICKETS_OF_PAIR and counts.has_norm(technician):
                pairs[technician, board, type_name].append((board, type_name, priority))
    return pairs
