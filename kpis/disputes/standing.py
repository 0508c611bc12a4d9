"""Whether a ticket counts for a technician: only then may they dispute it."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from connectors.models import RawTicket, RawTimeEntry
from kpis.sources import with_sources
from tenants.models import MemberLink

COUNTS = """
SELECT ticket.row_id
FROM ticket
WHERE ticket.source_id = %(source)s
    AND ticket.id = %(ticket)s
    AND (
        ticket.technician = %(member)s
        OR NOT ticket.is_decided AND (
            SELECT entry.member_id
            FROM raw_time_entries AS entry
            LEFT JOIN raw_members AS member
                ON member.source_id = entry.source_id AND member.external_id = entry.member_id
            WHERE entry.source_id = ticket.source_id
                AND entry.ticket_id = ticket.id
                AND entry.deleted_at IS NULL
                AND entry.member_id IS NOT NULL
                AND member.is_automation IS NOT TRUE
            ORDER BY entry.started_at, entry.external_id
            LIMIT 1
        ) = %(member)s
    )
"""


def member_of(user_id: Any) -> int | None:
    """The technician that an account is."""
    return MemberLink.objects.filter(user_id=user_id).values_list("member_id", flat=True).first()


def ticket_that_counts(source: int, ticket: int, member: int) -> RawTicket | None:
    """As their technician, or because they worked on it first; not once it is deleted or merged into another."""
    with connection.cursor() as cursor:
        cursor.execute(with_sources(COUNTS), {"source": source, "ticket": ticket, "member": member})
        row = cursor.fetchone()
    return RawTicket.objects.get(pk=row[0]) if row else None


def minutes_by_member(source: int, ticket: int) -> dict[int | None, Decimal]:
    """Most of them first."""
    entries = RawTimeEntry.objects.filter(source=source, ticket_id=ticket, deleted_at=None).order_by()
    booked = (
        entries.values_list("member_id").annotate(minutes=Sum("minutes")).order_by("-minutes", "member_id")
    )
    return dict(booked)
