"""What may be told of several technicians together: nothing of fewer than five, and nothing that gives it away.

What is kept back could be had by subtraction, so it, too, must be of five people; else one group more is kept back.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from kpis.handled_work import Domain
from kpis.period import Period

LEAST_PEOPLE = 5

WORKED = """
SELECT
    board,
    segment,
    technician,
    COALESCE(SUM(numerator) FILTER (WHERE kpi = 'tech_profile'), 0)::float8,
    COALESCE(SUM(denominator) FILTER (WHERE kpi = 'tech_efficiency'), 0)::int
FROM kpi_breakdown
WHERE kpi_date >= %(since)s AND kpi_date < %(until)s
    AND technician IN (SELECT external_id FROM raw_members WHERE NOT is_automation)
    AND (kpi, metric) IN (('tech_profile', 'domain_minutes'), ('tech_efficiency', 'fcr'))
GROUP BY board, segment, technician
"""


@dataclass(frozen=True)
class Work:
    """What one technician did in one domain."""

    domain: Domain
    technician: int
    minutes: float
    tickets: int


@dataclass(frozen=True)
class Group:
    """What technicians did on one board, together."""

    board: int | None
    people: frozenset[int]  # who worked there
    hours: float
    tickets: int


def work_of(period: Period) -> list[Work]:
    with connection.cursor() as cursor:
        cursor.execute(WORKED, {"since": period.since, "until": period.until})
        return [
            Work((board, type_name), technician, minutes, tickets)
            for board, type_name, technician, minutes, tickets in cursor.fetchall()
        ]


def people(works: Sequence[Work]) -> frozenset[int]:
    """Who logged time or finished a ticket."""
    return frozenset(work.technician for work in works if work.minutes > 0 or work.tickets)


def domains_of_many(works: Sequence[Work]) -> set[Domain]:
    """The domains that so many work in that having worked there gives nobody away."""
    by_domain: dict[Domain, list[Work]] = defaultdict(list)
    for work in works:
        by_domain[work.domain].append(work)
    return {domain for domain, own in by_domain.items() if len(people(own)) >= LEAST_PEOPLE}


def boards(works: Sequence[Work]) -> list[Group]:
    """Most hours first."""
    by_board: dict[int | None, list[Work]] = defaultdict(list)
    for work in works:
        by_board[work.domain[0]].append(work)
    groups = [
        Group(
            board,
            people(own),
            sum(work.minutes for work in own) / 60,
            sum(work.tickets for work in own),
        )
        for board, own in by_board.items()
    ]
    return sorted(groups, key=lambda group: (-group.hours, group.board or 0))


def told(groups: Sequence[Group]) -> list[Group]:
    """Those that may be shown, in the same order."""
    kept_back = [group for group in groups if len(group.people) < LEAST_PEOPLE]
    shown = sorted(
        (group for group in groups if len(group.people) >= LEAST_PEOPLE),
        key=lambda group: (-len(group.people), -group.hours),
    )
    while kept_back and shown and _are_few(kept_back):
        kept_back.append(shown.pop())
    return [group for group in groups if group in shown]


def board_name(board: int | None, boards: Mapping[int, str]) -> str:
    return _("No board") if board is None else boards.get(board, f"#{board}")


def _are_few(groups: Sequence[Group]) -> bool:
    return len(frozenset().union(*(group.people for group in groups))) < LEAST_PEOPLE
