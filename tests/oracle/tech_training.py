"""Figures 03 and 08, over 90 days: where technicians struggle, and what they are good at."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tests.oracle.fair import Ratio
from tests.oracle.figures import Breakdown, Figures, Key
from tests.oracle.frames import Cells, by_frame
from tests.oracle.team import (
    ESCALATED,
    HANDLING_LOG,
    HANDLING_LOG_SQUARES,
    REOPENED_WORK,
    Pair,
    judge_pairs,
    judge_rate_of_pairs,
    team_of,
)
from tests.oracle.tech_comparison import HARDLY_MORE_REOPENED, alone

TRAINING, PROFILE = "tech_training", "tech_profile"
FRAME_DAYS = 90
METRICS = [HANDLING_LOG, HANDLING_LOG_SQUARES, REOPENED_WORK, ESCALATED]
FLAGGED_ABOVE = 1.5

Ratios = dict[Pair, Ratio]


class Domains(NamedTuple):
    handling: Ratios
    reopened: Ratios
    escalated: Ratios

    def flags(self) -> Iterator[tuple[str, Pair, Ratio]]:
        measures = (self.handling, self.reopened, self.escalated)
        for name, ratios in zip(("handling", "reopen", "escalation"), measures, strict=True):
            for pair, ratio in ratios.items():
                if ratio.ratio > FLAGGED_ABOVE and ratio.low > 1:
                    yield f"{name}_flag", pair, ratio

    def profile(self) -> Iterator[tuple[str, Pair, Ratio]]:
        for pair, ratio in self.handling.items():
            if ratio.high < 1 and self.reopened[pair].ratio <= HARDLY_MORE_REOPENED:
                yield "strength", pair, ratio
            if ratio.low > 1:
                yield "weakness", pair, ratio

    def flag_count(self) -> int | None:
        """Pairs, however many of their measures are flagged; NULL while none can be judged."""
        if not (self.handling or self.reopened or self.escalated):
            return None
        return len({pair for _, pair, _ in self.flags()})


def domains(cells: Cells, held: tuple[date, ...]) -> Domains:
    team = team_of(cells, held)
    rates = (judge_rate_of_pairs(counts) for counts in (team.reopened, team.escalated))
    return Domains(judge_pairs(team), *rates)


def derived(cells: Cells, days: list[date]) -> Figures:
    judged = by_frame(cells, days, FRAME_DAYS, METRICS, lambda held: domains(cells, held))
    breakdown: Breakdown = {}
    for day in days:
        for kpi, found in ((TRAINING, judged[day].flags()), (PROFILE, judged[day].profile())):
            for metric, (technician, board, type_name), ratio in found:
                breakdown[Key(kpi, metric, day, None, technician, board, type_name)] = alone(ratio.ratio)
    return Figures({day: {"tech_training_flags": judged[day].flag_count()} for day in days}, breakdown)
