"""A technician's tickets as lines of a page: where each is in the ticket desk, and the way to object to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from connectors.models import RawTicket
from connectors.vendor_pages import VendorPage, vendor_page
from kpis.due import Due
from kpis.handled_work import Domain
from kpis.period import Period
from kpis.sources import with_sources
from tenants.models import TenantSettings

TICKETS_SHOWN, EXAMPLES_SHOWN = 10, 3

# Of some domains, the closed tickets that took most time, first.
LONGEST = """
WITH worked AS (
    SELECT ticket.row_id, ticket.board, ticket.segment, SUM(entry.minutes) AS minutes
    FROM due
    JOIN ticket ON ticket.closed_at >= due.starts_at AND ticket.closed_at < due.ends_at
    JOIN raw_time_entries AS entry ON entry.source_id = ticket.source_id AND entry.ticket_id = ticket.id
    JOIN UNNEST(%(boards)s::bigint[], %(types)s::text[]) AS domain (board, type_name)
        ON domain.board IS NOT DISTINCT FROM ticket.board AND domain.type_name = ticket.segment
    WHERE ticket.is_closed AND ticket.technician = %(technician)s AND entry.deleted_at IS NULL
    GROUP BY ticket.row_id, ticket.board, ticket.segment
)
SELECT row_id, board, segment, minutes
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY board, segment ORDER BY minutes DESC, row_id) AS place
    FROM worked
) AS placed
WHERE place <= %(wanted)s
ORDER BY place
"""


@dataclass(frozen=True)
class Line:
    number: int | None  # None for time that is on no ticket
    summary: str
    when: datetime | None
    desk: VendorPage | None = None
    dispute: str = ""
    minutes: float | None = None
    value: str = ""


def line(ticket: RawTicket, is_own: bool, when: datetime | None = None, **more: Any) -> Line:
    """Only the own tickets can be objected to."""
    return Line(
        number=ticket.external_id,
        summary=ticket.summary,
        when=when or ticket.closed_at or ticket.opened_at,
        desk=vendor_page(ticket.source, "ticket", ticket.external_id),
        dispute=reverse("dispute", args=[ticket.source_id, ticket.external_id]) if is_own else "",
        **more,
    )


def open_and_closed(member_id: int, is_own: bool) -> dict[str, list[Line]]:
    """The oldest of the open ones, and those closed last."""
    mine = RawTicket.objects.filter(
        owner_id=member_id, record_type="ServiceTicket", deleted_at=None, merged_into=None
    ).select_related("source")
    return {
        "open": _lines(mine.filter(is_closed=False).order_by("opened_at", "id"), is_own),
        "closed": _lines(mine.filter(is_closed=True).order_by("-closed_at", "-id"), is_own),
    }


def longest(
    technician: int, period: Period, domains: Sequence[Domain], is_own: bool
) -> Mapping[Domain, list[Line]]:
    """Up to three closed tickets of each of the domains, those first that took most time."""
    if not domains:
        return {}
    due = Due(((period.since, period.until),), TenantSettings.load().zone, timezone.now())
    asked = {
        "technician": technician,
        "boards": [board for board, _type in domains],
        "types": [type_name for _board, type_name in domains],
        "wanted": EXAMPLES_SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(with_sources(LONGEST, due), due.parameters | asked)
        found = cursor.fetchall()
    tickets = RawTicket.objects.select_related("source").in_bulk([row_id for row_id, *_ in found])
    lines: dict[Domain, list[Line]] = {domain: [] for domain in domains}
    for row_id, board, type_name, minutes in found:
        lines[board, type_name].append(line(tickets[row_id], is_own, minutes=float(minutes)))
    return lines


def _lines(tickets: "QuerySet[RawTicket]", is_own: bool) -> list[Line]:
    shown: Iterable[RawTicket] = tickets[:TICKETS_SHOWN]
    return [line(ticket, is_own) for ticket in shown]
