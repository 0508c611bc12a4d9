"""Figure 09: how technicians compare on equal work, as of each day over its 30 days."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.fair import Ratio
from tests.oracle.figures import RATE_PLACES, Breakdown, Figures, Key, Parts, rounded
from tests.oracle.frames import Cells, Metric, by_frame
from tests.oracle.handled import KPI
from tests.oracle.people import People
from tests.oracle.team import (
    HANDLING_LOG,
    HANDLING_LOG_SQUARES,
    HANDLING_MINUTES,
    REOPENED_WORK,
    judge_reopening,
    judge_technicians,
    raw_log_ratio,
    team_of,
)

CSAT = Metric("tech_efficiency", "csat")
FRAME_DAYS = 30
METRICS = [HANDLING_MINUTES, HANDLING_LOG, HANDLING_LOG_SQUARES, REOPENED_WORK, CSAT]
TEAMS_ANSWERS = 10
HARDLY_MORE_REOPENED = 1.1
HARDLY_LESS_SATISFIED = 0.2


@dataclass(frozen=True)
class Judgement:
    """Of one technician in one frame; satisfaction is None while no client of the team answered."""

    handling: Ratio
    minutes: Decimal
    raw_log_ratio: float
    reopening: Ratio
    satisfaction: float | None
    team_satisfaction: float

    @property
    def score(self) -> float:
        quality = [50 - 50 * in_halvings(self.reopening.ratio)]
        if self.satisfaction is not None:
            quality.append(50 + 25 * clipped(self.satisfaction - self.team_satisfaction, 2))
        speed = 50 - 50 * in_halvings(self.handling.ratio)
        return (speed + sum(quality) / len(quality)) / 2

    @property
    def tier(self) -> int:
        if self.handling.low > 1 or self.reopening.low > 1:
            return -1
        is_careful = self.reopening.ratio <= HARDLY_MORE_REOPENED
        return int(self.handling.high < 1 and is_careful and self.is_liked)

    @property
    def is_liked(self) -> bool:
        least = self.team_satisfaction - HARDLY_LESS_SATISFIED
        return self.satisfaction is None or self.satisfaction >= least

    def cells(self) -> Iterator[tuple[str, Parts]]:
        yield "handling_ratio", alone(self.handling.ratio)
        yield "handling_low", alone(self.handling.low)
        yield "handling_high", alone(self.handling.high)
        as_expected = float(self.minutes) / math.exp(self.raw_log_ratio)
        yield "expected_minutes", (self.minutes, rounded(as_expected, RATE_PLACES))
        yield "reopen_ratio", alone(self.reopening.ratio)
        yield "reopen_low", alone(self.reopening.low)
        yield "reopen_high", alone(self.reopening.high)
        if self.satisfaction is not None:
            yield "csat_fair", alone(self.satisfaction)
        yield "score", alone(self.score)
        yield "tier", alone(self.tier)


def alone(value: float) -> Parts:
    return rounded(value, RATE_PLACES), None


def clipped(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)


def in_halvings(ratio: float) -> float:
    """1 at the double and beyond, -1 at the half."""
    return clipped(math.log(ratio) / math.log(2), 1)


def derived(cells: Cells, days: list[date], people: People) -> Figures:
    judged = by_frame(cells, days, FRAME_DAYS, METRICS, lambda held: judgements(cells, held, people))
    breakdown: Breakdown = {}
    for day in days:
        for technician, judgement in judged[day].items():
            for metric, parts in judgement.cells():
                breakdown[Key(KPI, metric, day, technician=technician)] = parts
    return Figures({day: {"technicians_off_expected": slow(judged[day])} for day in days}, breakdown)


def slow(judged: dict[int, Judgement]) -> int | None:
    """NULL while nobody can be compared."""
    return sum(each.handling.low > 1 for each in judged.values()) if judged else None


def judgements(cells: Cells, held: tuple[date, ...], people: People) -> dict[int, Judgement]:
    team = team_of(cells, held)
    handling = judge_technicians(team)
    reopening, liking = judge_reopening(team, handling), Liking(cells, held, people)
    return {
        who: Judgement(
            handling=ratio,
            minutes=handled_minutes(cells, held, who),
            raw_log_ratio=raw_log_ratio(team, who),
            reopening=reopening[who],
            satisfaction=liking.of(who),
            team_satisfaction=float(liking.team_mean),
        )
        for who, ratio in handling.items()
    }


def handled_minutes(cells: Cells, held: tuple[date, ...], technician: int) -> Decimal:
    of_day = cells.of_days(HANDLING_MINUTES, held)
    return sum((numerator for key, (numerator, _) in of_day if key.technician == technician), Decimal(0))


class Liking:
    """What clients said of each known technician, borrowing some answers of the team's mean."""

    def __init__(self, cells: Cells, held: tuple[date, ...], people: People) -> None:
        self.answers: dict[int | None, list[tuple[Fraction, Fraction]]] = {}
        for key, (numerator, denominator) in cells.of_days(CSAT, held):
            if people.knows_technician_numbered(key.technician):
                given = (Fraction(numerator), Fraction(denominator or 0))
                self.answers.setdefault(key.technician, []).append(given)
        everybody = [given for of_one in self.answers.values() for given in of_one]
        self.team_mean = sum(total for total, _ in everybody) / max(1, sum(count for _, count in everybody))

    def of(self, technician: int) -> float | None:
        if not self.answers:
            return None
        own = self.answers.get(technician, [])
        total = sum(total for total, _ in own) + TEAMS_ANSWERS * self.team_mean
        return float(total / (sum(count for _, count in own) + TEAMS_ANSWERS))
