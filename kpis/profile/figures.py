"""A technician's headline figures, each beside its value of the days before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kpis.cards import count, duration, duration_of_hours, number, percent, whole_hours
from kpis.due import Due
from kpis.facts.finally_closed import FINALLY_CLOSED, LAST_CLOSURES
from kpis.own_cells import OwnCells
from kpis.period import Period
from kpis.sources import with_sources
from kpis.windows import Efficiency, Percentiles, efficiency
from tenants.models import TenantSettings

TIMES_TO_RESOLVE = """
SELECT
    asked.number,
    (PERCENTILE_CONT(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY ttr_seconds))::float8[]
FROM UNNEST(%(sinces)s::date[], %(untils)s::date[]) WITH ORDINALITY AS asked (since, until, number)
JOIN finally_closed ON finally_closed.kpi_date >= asked.since AND finally_closed.kpi_date < asked.until
WHERE technician = %(technician)s AND timed = 1
GROUP BY asked.number
"""


@dataclass(frozen=True)
class Spent:
    """What stored cells and tickets say of one period; `figures` is None without any."""

    hours: float
    figures: Efficiency | None


@dataclass(frozen=True)
class Figure:
    title: Any
    value: str
    before: str
    note: Any
    work: str  # what kpis.profile.work calls what is behind it


Said = Callable[[Spent, Efficiency], str]
SHOWN: tuple[tuple[Any, Said, Any, str], ...] = (
    (_("Tickets finished"), lambda _spent, own: count(own.handled), "", "tickets"),
    (
        _("Median time to resolve"),
        lambda _spent, own: duration_of_hours(own.median_ttr_hours),
        _("half of the tickets took less"),
        "tickets",
    ),
    (
        _("Solved the first time"),
        lambda _spent, own: percent(own.fcr_percent),
        _("never reopened"),
        "tickets",
    ),
    (
        _("First response"),
        lambda _spent, own: duration(own.first_response_minutes),
        _("on average"),
        "first-response",
    ),
    (_("Hours entered"), lambda spent, _own: whole_hours(spent.hours), "", "time"),
    (_("Billable"), lambda _spent, own: percent(own.billable_percent), _("of the hours entered"), "time"),
    (
        _("Utilisation"),
        lambda _spent, own: percent(own.utilisation_percent),
        _("of the working hours on days with entries"),
        "time",
    ),
    (
        _("Client satisfaction"),
        lambda _spent, own: "–" if own.csat is None else number(own.csat, 1),
        _("of 5, as clients answered"),
        "satisfaction",
    ),
)


def spent(member_id: int, asked: Sequence[Period], cells: Sequence[OwnCells]) -> list[Spent]:
    """Of each of the periods."""
    times = _times_to_resolve(member_id, asked)
    return [
        Spent(
            own.minutes / 60, efficiency(member_id, own.efficiency, times.get(number)) if own.cells else None
        )
        for number, own in enumerate(cells, start=1)
    ]


def _times_to_resolve(member_id: int, asked: Sequence[Period]) -> dict[int, Percentiles]:
    sinces, untils = [period.since for period in asked], [period.until for period in asked]
    due = Due(((min(sinces), max(untils)),), TenantSettings.load().zone, timezone.now())
    parameters = due.parameters | {"technician": member_id, "sinces": sinces, "untils": untils}
    with connection.cursor() as cursor:
        cursor.execute(with_sources(TIMES_TO_RESOLVE, due, (LAST_CLOSURES, FINALLY_CLOSED)), parameters)
        return {number: Percentiles(*(part / 3600 for part in parts)) for number, parts in cursor.fetchall()}


def figures(now: Spent, before: Spent) -> Sequence[Figure]:
    return [
        Figure(title, _said(said, now), _said(said, before) if before.figures else "", note, work)
        for title, said, note, work in SHOWN
    ]


def _said(said: Said, spent: Spent) -> str:
    return said(spent, spent.figures) if spent.figures else "–"
