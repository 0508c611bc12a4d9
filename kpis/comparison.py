"""What may be asked about technicians in any window of days: how they compare on equal work, and in which work.

Never a ranking: technicians come in the order of their ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from kpis.fairness import Judged
from kpis.handled_work import Domain, Work, window
from kpis.teams import Domains, Team, answers_of_window, by_domain, compare, is_flagged


@dataclass(frozen=True)
class Measure:
    """The ratio to expected with its 90 % interval, and of how many tickets."""

    ratio: float
    low: float
    high: float
    tickets: int


@dataclass(frozen=True)
class Comparison:
    """One technician; 50 points are the team's work. Tier: -1 needs attention, 0 as expected, 1 better."""

    technician: int
    handling: Measure
    minutes: float
    expected_minutes: float
    reopening: Measure
    satisfaction: float | None  # kept close to the team's while answers are few
    answers: int
    team_satisfaction: float | None
    score: float
    team_score: float
    tier: int


@dataclass(frozen=True)
class DomainWork:
    """One technician's work on one board and type; a measure is missing where there are too few tickets for it."""

    technician: int
    domain: Domain
    tickets: int
    minutes: float  # of the judged ones
    expected_minutes: float
    measures: Mapping[str, Measure]
    flagged: tuple[str, ...]
    is_strength: bool
    is_weakness: bool


def compared(since: date, until: date) -> list[Comparison]:
    """All who can be compared on the days before `until`."""
    work = window(since, until)
    return comparisons(work, compare(work, answers_of_window(since, until))) if work else []


def domain_works(since: date, until: date) -> list[DomainWork]:
    """What each technician finally closed on the days before `until`, by board and type."""
    work = window(since, until)
    return works_by_domain(work) if work else []


def comparisons(work: Work, team: Team) -> list[Comparison]:
    rows: list[int] = np.flatnonzero(team.is_compared).tolist()
    team_score = float(team.score[rows].mean()) if rows else float("nan")
    n, tickets = work.handled.n.sum(axis=1), work.handled.tickets.sum(axis=1)
    return [
        Comparison(
            technician=team.technicians[row],
            handling=_measure(team.handling, row, 0, n[row]),
            minutes=float(team.minutes[row, 0]),
            expected_minutes=float(team.expected_minutes[row, 0]),
            reopening=_measure(team.reopening, row, 0, tickets[row]),
            satisfaction=_known(team.satisfaction[row, 0]),
            answers=int(team.answers[row, 0]),
            team_satisfaction=_known(team.team_satisfaction),
            score=float(team.score[row, 0]),
            team_score=team_score,
            tier=int(team.tier[row, 0]),
        )
        for row in rows
    ]


def works_by_domain(work: Work) -> list[DomainWork]:
    domains, tickets = by_domain(work), work.by_domain(work.handled.tickets)
    of = {
        "handling": work.by_domain(work.handled.n),
        "reopen": tickets,
        "escalation": work.by_domain(work.first_hand),
    }
    minutes = work.by_domain(work.minutes)
    return [
        DomainWork(
            technician=domains.technicians[row],
            domain=domains.domains[column],
            tickets=int(tickets[row, column]),
            minutes=float(minutes[row, column]),
            expected_minutes=float(
                minutes[row, column] / np.exp(np.nan_to_num(domains.handling.raw[row, column]))
            ),
            measures={
                name: _measure(judged, row, column, of[name][row, column])
                for name, judged in domains.measures.items()
                if judged.is_judged[row, column]
            },
            flagged=_flagged(domains, row, column),
            is_strength=bool(domains.strengths[row, column]),
            is_weakness=bool(domains.weaknesses[row, column]),
        )
        for row, column in np.argwhere((tickets > 0) | (of["escalation"] > 0)).tolist()
    ]


def _flagged(domains: Domains, row: int, column: int) -> tuple[str, ...]:
    return tuple(name for name, judged in domains.measures.items() if is_flagged(judged)[row, column])


def _measure(judged: Judged, row: int, column: int, tickets: float) -> Measure:
    ratio, low, high = (float(each[row, column]) for each in (judged.ratio, judged.low, judged.high))
    return Measure(ratio, low, high, int(tickets))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
