"""Where the hours of a period went: a bar for each client, most hours first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from kpis import names, totals
from kpis.behind import behind
from kpis.period import Period
from kpis.totals import ClientHours

CLIENTS_SHOWN = 10


@dataclass(frozen=True)
class ClientBar:
    name: str
    hours: float
    url: str  # to the time entries
    page: str  # of the client
    width: int
    billable_width: int


def hours_of_clients(period: Period) -> list[ClientBar]:
    return bars(
        totals.hours_by_client(period),
        lambda company: behind("minutes", period.since, period.until, company_id=company),
        lambda company: _page(company, period),
    )


def bars(
    rows: Sequence[ClientHours],
    url: Callable[[int], str],
    page: Callable[[int], str] = lambda _company: "",
) -> list[ClientBar]:
    """Of the first of them, by what is at the other end of their links."""
    shown = rows[:CLIENTS_SHOWN]
    found = names.companies(row.company for row in shown)
    longest = max((row.total for row in shown), default=0) or 1
    return [
        ClientBar(
            name=found.get(row.company, f"#{row.company}") if row.company else _("No client"),
            hours=row.total,
            url=url(row.company) if row.company else "",
            page=page(row.company) if row.company else "",
            width=round(1000 * row.total / longest),
            billable_width=round(1000 * row.billable / longest),
        )
        for row in shown
    ]


def _page(company: int, period: Period) -> str:
    return f"{reverse('admin:client', args=[company])}?{period.asked}"
