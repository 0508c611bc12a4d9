"""The tickets that took longest against what is usual for their kind, for findings about technicians."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from kpis import fairness
from kpis.due import Due
from kpis.facts.handled import HANDLED
from kpis.handled_work import Work, stratum_of, window
from kpis.registry import in_order
from kpis.sources import with_sources
from tenants.models import TenantSettings

TICKETS = """
SELECT technician, id, board, segment, type_name, log_minutes::float8
FROM handled
WHERE technician = ANY(%(technicians)s) AND judged IS NOT NULL
"""


@dataclass(frozen=True)
class Slow:
    """A ticket, and the logarithm of how many times longer it took than is usual."""

    id: int
    board: int | None
    type_name: str
    excess: float


def slowest_tickets(technicians: Collection[int], since: date, until: date) -> Mapping[int, list[Slow]]:
    """Of each technician, those that were judged on the days before `until`, the slowest first."""
    found: dict[int, list[Slow]] = defaultdict(list)
    work = window(since, until)
    if work:
        usual = _usual(work)
        for technician, number, board, segment, type_name, log_minutes in _tickets(technicians, since, until):
            norm = usual.get((technician, stratum_of(board, segment)), log_minutes)
            found[technician].append(Slow(number, board, type_name, log_minutes - norm))
    return defaultdict(
        list,
        {one: sorted(some, key=lambda slow: (-slow.excess, slow.id)) for one, some in found.items()},
    )


def _tickets(technicians: Collection[int], since: date, until: date) -> list[tuple[Any, ...]]:
    due = Due(((since, until),), TenantSettings.load().zone, timezone.now())
    with connection.cursor() as cursor:
        statement = with_sources(TICKETS, due, in_order([HANDLED]))
        cursor.execute(statement, due.parameters | {"technicians": list(technicians)})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _usual(work: Work) -> Mapping[tuple[int, object], float]:
    norms = fairness.norms(work.handled.n, work.handled.logs, work.strata, fairness.BORROWED_TICKETS)
    return {
        (technician, key): float(norms[row, column])
        for row, technician in enumerate(work.technicians)
        for column, key in enumerate(work.keys)
    }
