"""The cells that KPIs 09, 03 and 08 derive: technicians compared on the frames that end with each day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import inf

import numpy as np

from kpis.base import Derived, Kpi, Run, Selected
from kpis.compared import DOMAIN_FRAME_DAYS, FRAME_DAYS, OF_HANDLING
from kpis.fairness import Flags, Floats
from kpis.frames import days_to_derive
from kpis.handled_work import ALL_METRICS, Domain, frames
from kpis.teams import (
    FLAGGED_RATIO,
    Domains,
    Team,
    answers_of_frames,
    by_domain,
    compare,
    is_flagged,
)

# Of each day and technician (and domain), one array for each metric; what is NaN has no cell.
CELLS = """
WITH fair AS (
    SELECT kpi_date, technician, board, segment, {columns}
    FROM UNNEST(
        %(days)s::date[], %(technicians)s::bigint[], %(boards)s::bigint[], %(segments)s::text[], {arrays}
    ) AS fair (kpi_date, technician, board, segment, {columns})
)
SELECT
    cell.metric,
    kpi_date,
    NULL::bigint AS company,
    technician,
    board,
    segment,
    ROUND(cell.numerator::numeric, 4) AS numerator,
    ROUND(cell.denominator::numeric, 4) AS denominator
FROM fair
CROSS JOIN LATERAL (VALUES {metrics}) AS cell (metric, numerator, denominator)
WHERE cell.numerator <> 'NaN'
"""

DAILY = """
SELECT kpi_date, people
FROM UNNEST(%(days)s::date[], %(people)s::int[]) AS counted (kpi_date, people)
"""

COMPARED_METRICS = (
    "handling_ratio",
    "handling_low",
    "handling_high",
    "expected_minutes",
    "reopen_ratio",
    "reopen_low",
    "reopen_high",
    "csat_fair",
    "score",
    "tier",
)
DENOMINATORS = {"expected_minutes": "expected"}
Cell = tuple[date, int, int | None, str]  # day, technician, board, segment


class _Found:
    """What was derived so far: what cells are about, and one list of values for each metric."""

    def __init__(self, metrics: Sequence[str]) -> None:
        self.about: list[Cell] = []
        self.values: dict[str, list[float]] = {name: [] for name in metrics}
        self.days: list[date] = []
        self.counts: list[int | None] = []

    def add(self, about: Iterable[Cell], values: Mapping[str, Floats]) -> None:
        self.about.extend(about)
        for name, some in values.items():
            self.values[name].extend(some.tolist())

    def count(self, day: date, number: int | None) -> None:
        self.days.append(day)
        self.counts.append(number)

    @property
    def daily(self) -> Selected:
        return Selected(DAILY, {"days": self.days, "people": self.counts})

    @property
    def breakdown(self) -> Selected:
        days, technicians, boards, segments = (
            map(list, zip(*self.about, strict=True)) if self.about else ([],) * 4
        )
        about = {"days": days, "technicians": technicians, "boards": boards, "segments": segments}
        return Selected(_cells(list(self.values)), about | self.values)


def comparison(run: Run, kpi: Kpi) -> Derived:
    days = days_to_derive(run, kpi, FRAME_DAYS)
    found = _Found([*COMPARED_METRICS, *DENOMINATORS.values()])
    answers = answers_of_frames(days, FRAME_DAYS)
    for (day, work), answered in zip(frames(days, FRAME_DAYS, OF_HANDLING), answers, strict=True):
        team = compare(work, answered) if work else None
        if team and team.is_compared.any():
            who = np.flatnonzero(team.is_compared)
            found.add(
                ((day, team.technicians[row], None, "") for row in who),
                {name: each[who, 0] for name, each in _measures(team).items()},
            )
            found.count(day, int(team.handling.is_above.sum()))
        else:
            found.count(day, None)
    return Derived(days, found.daily, found.breakdown)


def training(run: Run, kpi: Kpi) -> Derived:
    days = days_to_derive(run, kpi, DOMAIN_FRAME_DAYS)
    found = _Found(["handling_flag", "reopen_flag", "escalation_flag"])
    for day, work in frames(days, DOMAIN_FRAME_DAYS, ALL_METRICS):
        domains = by_domain(work, FLAGGED_RATIO) if work else None
        if domains is None or not domains.is_any_judged:
            found.count(day, None)
            continue
        flags = {f"{name}_flag": (is_flagged(each), each.ratio) for name, each in domains.measures.items()}
        found.count(day, _add_pairs(found, day, domains, flags))
    return Derived(days, found.daily, found.breakdown)


def profile(run: Run, kpi: Kpi) -> Derived:
    days = days_to_derive(run, kpi, DOMAIN_FRAME_DAYS)
    found = _Found(["strength", "weakness"])
    for day, work in frames(days, DOMAIN_FRAME_DAYS, OF_HANDLING):
        if work:
            domains = by_domain(work, inf)
            ratio = domains.handling.ratio
            chosen = {"strength": (domains.strengths, ratio), "weakness": (domains.weaknesses, ratio)}
            _add_pairs(found, day, domains, chosen)
    return Derived(days, breakdown=found.breakdown)


def _measures(team: Team) -> dict[str, Floats]:
    handling, reopening = team.handling, team.reopening
    columns = [handling.ratio, handling.low, handling.high, team.minutes]
    columns += [reopening.ratio, reopening.low, reopening.high, team.satisfaction, team.score, team.tier]
    return dict(zip(COMPARED_METRICS, columns, strict=True)) | {"expected": team.expected_minutes}


def _add_pairs(found: _Found, day: date, domains: Domains, chosen: Mapping[str, tuple[Flags, Floats]]) -> int:
    """Cells of the technicians and domains that are chosen; returns of how many."""
    rows, columns = np.nonzero(np.logical_or.reduce([flags for flags, _ in chosen.values()]))
    found.add(
        (
            _pair(day, domains.technicians[row], domains.domains[column])
            for row, column in zip(rows, columns, strict=True)
        ),
        {name: np.where(flags, values, np.nan)[rows, columns] for name, (flags, values) in chosen.items()},
    )
    return len(rows)


def _pair(day: date, technician: int, domain: Domain) -> Cell:
    return day, technician, *domain


def _cells(columns: Sequence[str]) -> str:
    metrics = [name for name in columns if name not in DENOMINATORS.values()]
    return CELLS.format(
        columns=", ".join(columns),
        arrays=", ".join(f"%({name})s::float8[]" for name in columns),
        metrics=", ".join(
            f"('{name}', {name}, {DENOMINATORS.get(name, 'NULL::float8')})" for name in metrics
        ),
    )
