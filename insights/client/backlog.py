"""A client's open tickets at the end of the period, how old they were, and how many there were on the days before.

Clients' backlogs are not stored: the end is counted, and the days before follow from what came and went.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from insights.client.cells import Figures
from insights.client.ways import Ways
from kpis.calendar import days_between
from kpis.due import Due
from kpis.facts.backlog import OPEN_TICKETS
from kpis.sources import with_sources
from tenants.models import TenantSettings

OLDEST_SHOWN, OLD_DAYS = 5, 30
AGES: tuple[tuple[int, Any], ...] = (
    (7, gettext_lazy("Up to 7 days")),
    (30, gettext_lazy("8 to 30 days")),
    (90, gettext_lazy("31 to 90 days")),
)
OLDER: Any = gettext_lazy("Over 90 days")


OPEN_THEN = """
SELECT
    raw.id,
    raw.external_id,
    raw.summary,
    (raw.opened_at AT TIME ZONE %(zone)s)::date
FROM open_tickets
JOIN raw_tickets AS raw ON raw.external_id = open_tickets.id AND raw.record_type = 'ServiceTicket'
WHERE open_tickets.company = %(company)s
ORDER BY raw.opened_at, raw.id
"""


@dataclass(frozen=True)
class Waiting:
    number: int
    summary: str
    days: int
    url: str


@dataclass(frozen=True)
class Backlog:
    tickets: int
    over_30_days: int
    ages: list[tuple[str, int]]
    oldest: list[Waiting]
    by_day: dict[date, float]


def backlog(ways: Ways, whole: Figures) -> Backlog:
    """As of the period's last day."""
    waiting = _open_then(ways.company, ways.period.last_day)
    return Backlog(
        tickets=len(waiting),
        over_30_days=sum(one.days >= OLD_DAYS for one in waiting),
        ages=_ages(waiting),
        oldest=waiting[:OLDEST_SHOWN],
        by_day=_by_day(len(waiting), whole),
    )


def _open_then(company: int, day: date) -> list[Waiting]:
    """The oldest first."""
    due = Due(((day, day + timedelta(days=1)),), TenantSettings.load().zone, timezone.now())
    with connection.cursor() as cursor:
        statement = with_sources(OPEN_THEN, due, (OPEN_TICKETS,))
        cursor.execute(statement, due.parameters | {"company": company})
        rows = cursor.fetchall()
    page = "admin:connectors_rawticket_change"
    return [
        Waiting(number, summary, (day - opened).days, reverse(page, args=[row]))
        for row, number, summary, opened in rows
    ]


def _by_day(at_end: int, whole: Figures) -> dict[date, float]:
    new, reopened, closed = (
        whole.by_day(metric) for metric in ("new_tickets", "reopened_tickets", "closed_tickets")
    )
    found, left = {}, float(at_end)
    for day in reversed(list(days_between(whole.period.since, whole.period.until))):
        found[day] = left
        left -= new.get(day, 0) + reopened.get(day, 0) - closed.get(day, 0)
    return found


def _ages(waiting: list[Waiting]) -> list[tuple[str, int]]:
    titles = [*(title for _most, title in AGES), OLDER]
    counts = [0] * len(titles)
    for one in waiting:
        counts[next((place for place, (most, _title) in enumerate(AGES) if one.days <= most), -1)] += 1
    return [(str(title), counted) for title, counted in zip(titles, counts, strict=True)]
