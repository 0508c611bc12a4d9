"""The technicians of a frame of days, compared on equal work: ratios, scores and tiers, and the same by domain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection

from kpis import fairness
from kpis.fairness import Flags, Floats, Judged
from kpis.frames import preceding
from kpis.handled_work import Domain, Work

LEAST_TICKETS, LEAST_DOMAIN_TICKETS = 10, 5
BORROWED_ANSWERS = 10
FLAGGED_RATIO = 1.5

ANSWERS = """
SELECT kpi_date, technician, SUM(numerator)::bigint, SUM(denominator)::bigint
FROM UNNEST(%(days)s::date[]) AS wanted (kpi_date)
JOIN kpi_breakdown USING (kpi_date)
WHERE kpi = 'tech_efficiency'
    AND metric = 'csat'
    AND technician IN (SELECT external_id FROM raw_members WHERE NOT is_automation)
GROUP BY kpi_date, technician
"""

Sums = tuple[int, int]  # of satisfaction, and the number of answers
Answers = Mapping[int, Sums]  # by technician


@dataclass(frozen=True)
class Team:
    """The technicians who handled tickets in a frame; what was not judged or is not known is NaN."""

    technicians: tuple[int, ...]
    is_compared: Flags
    handling: Judged
    minutes: Floats
    expected_minutes: Floats
    reopening: Judged
    satisfaction: Floats
    answers: Floats
    team_satisfaction: float
    score: Floats
    tier: Floats


@dataclass(frozen=True)
class Domains:
    """Technician × domain: the same measures, each where there are enough tickets for it."""

    technicians: tuple[int, ...]
    domains: tuple[Domain, ...]
    handling: Judged
    reopening: Judged
    escalation: Judged

    @property
    def measures(self) -> Mapping[str, Judged]:
        return {"handling": self.handling, "reopen": self.reopening, "escalation": self.escalation}

    @property
    def strengths(self) -> Flags:
        return self.handling.is_below & (self.reopening.ratio <= fairness.TOLERATED_REOPENING)

    @property
    def weaknesses(self) -> Flags:
        return self.handling.is_above

    @property
    def is_any_judged(self) -> bool:
        return any(measure.is_judged.any() for measure in self.measures.values())


def is_flagged(measure: Judged) -> Flags:
    return np.asarray((measure.ratio > FLAGGED_RATIO) & measure.is_above)


def compare(work: Work, answers: Answers) -> Team:
    everything, of = work.strata.everything, work.handled
    handling = fairness.judge_handling(of, work.strata, everything, LEAST_TICKETS, fairness.PEERS_IN_DOUBT)
    reopening = fairness.judge_rate(of.tickets, of.reopened, work.strata, everything, handling.is_judged)
    satisfaction, counts, team = _satisfaction(work.technicians, answers)
    minutes = work.minutes.sum(axis=1, keepdims=True)
    return Team(
        technicians=work.technicians,
        is_compared=handling.is_judged[:, 0],
        handling=handling,
        minutes=minutes,
        expected_minutes=minutes / np.exp(handling.raw),
        reopening=reopening,
        satisfaction=satisfaction,
        answers=counts,
        team_satisfaction=team,
        score=fairness.scores(handling, reopening, satisfaction, team),
        tier=fairness.tiers(handling, reopening, satisfaction, team),
    )


def by_domain(work: Work, intervals_above: float = 0) -> Domains:
    """Rates up to `intervals_above` come without their interval, which takes longer than all else."""
    domains, of = work.strata.type_starts, work.handled
    handling = fairness.judge_handling(of, work.strata, domains, LEAST_DOMAIN_TICKETS, doubt=0)
    rates = [
        fairness.judge_rate(
            n,
            events,
            work.strata,
            domains,
            fairness.judged_rates(n, domains, LEAST_DOMAIN_TICKETS),
            intervals_above,
        )
        for n, events in ((of.tickets, of.reopened), (work.first_hand, work.escalated))
    ]
    return Domains(work.technicians, work.domains, handling, *rates)


def answers_of_frames(days: Sequence[date], frame_days: int) -> Iterator[Answers]:
    """What clients answered in the frames that end with each of the days."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, {"days": sorted(set(preceding(days, frame_days - 1)))})
        rows = cursor.fetchall()
    by_day: dict[date, list[tuple[int, int, int]]] = {}
    for day, *answered in rows:
        by_day.setdefault(day, []).append(tuple(answered))
    for day in days:
        found: dict[int, Sums] = {}
        for one in preceding([day], frame_days - 1):
            for technician, satisfaction, answers in by_day.get(one, ()):
                known = found.get(technician, (0, 0))
                found[technician] = known[0] + satisfaction, known[1] + answers
        yield found


def answers_of_window(since: date, until: date) -> Answers:
    (answers,) = answers_of_frames([until - timedelta(days=1)], (until - since).days)
    return answers


def _satisfaction(technicians: Sequence[int], answers: Answers) -> tuple[Floats, Floats, float]:
    """Of each technician, pulled towards the team's mean; NaN while nobody answered at all."""
    total, count = (sum(part) for part in zip(*answers.values(), strict=True)) if answers else (0, 0)
    team = total / count if count else float("nan")
    own = np.array([answers.get(technician, (0, 0)) for technician in technicians], dtype=np.float64)
    means = (own[:, :1] + BORROWED_ANSWERS * team) / (own[:, 1:] + BORROWED_ANSWERS)
    return means, own[:, 1:], team
