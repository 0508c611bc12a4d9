"""A desk whose technicians closed comparable tickets, each with a handling time of their own."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from connectors.models import RawTicket, RawTimeEntry
from tests import factories
from tests.factories import at

CLOSED = at("2026-03-10 18:00")
# Around half an hour, and as different as tickets of one kind are.
MINUTES = (11, 14, 18, 21, 25, 30, 31, 36, 43, 52, 64, 82)
_ids = count(500_001)


def team(*ids: int, times: float = 1, **fields: Any) -> None:
    """Technicians who each closed tickets of all these minutes, `times` as long each."""
    for technician in ids:
        factories.member(technician, f"Technician {technician}")
        handled(technician, (times * minutes for minutes in MINUTES), **fields)


def handled(
    technician: int, minutes: Iterable[float], closed: datetime = CLOSED, **fields: Any
) -> list[RawTicket]:
    """Tickets that the technician owned, and worked on alone."""
    source = fields.pop("source", None) or factories.connection()
    kind = {
        "summary": "Printer on fire",
        "board_id": 3,
        "type_name": "Printer",
        "priority_id": 4,
        "owner_id": technician,
    } | fields
    moments = {"opened_at": closed - timedelta(days=1), "closed_at": closed, "last_updated_at": closed}
    common = {"source": source, "row_hash": b""}
    tickets, entries = [], []
    for one in minutes:
        ticket = RawTicket(
            external_id=next(_ids),
            record_type="ServiceTicket",
            is_closed=True,
            **common,
            **moments,
            **kind,
        )
        entry = RawTimeEntry(
            external_id=next(_ids),
            charge_to_type="ServiceTicket",
            ticket_id=ticket.external_id,
            member_id=technician,
            started_at=closed - timedelta(hours=5),
            minutes=round(one, 2),
            billable_option="Billable",
            **common,
        )
        tickets.append(ticket)
        entries.append(entry)
    RawTimeEntry.objects.bulk_create(entries)
    return RawTicket.objects.bulk_create(tickets)
