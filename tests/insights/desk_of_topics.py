"""A tenant whose tickets say what the corpus says, and what became of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.models import RawTicket, RawTicketNote
from insights.models import TicketTopic
from tests import factories
from tests.insights.corpus import Said

FIRST_TICKET, FIRST_NOTE = 10_001, 500_001


def receive(said: Sequence[Said]) -> list[RawTicket]:
    """A sync of these tickets, with the mails that opened them."""
    source = factories.connection()
    number = RawTicket.objects.count()
    made = [
        RawTicket(
            source=source,
            external_id=FIRST_TICKET + number + at,
            row_hash=b"",
            record_type="ServiceTicket",
            summary=each.summary,
            company_id=each.company,
            contact_name="" if each.is_alert else each.contact,
            channel="Monitoring" if each.is_alert else "Email",
            opened_at=each.opened_at,
            last_updated_at=each.opened_at,
            is_closed=False,
        )
        for at, each in enumerate(said)
    ]
    RawTicket.objects.bulk_create(made)
    RawTicketNote.objects.bulk_create(
        RawTicketNote(
            source=source,
            external_id=FIRST_NOTE + ticket.external_id,
            row_hash=b"",
            ticket_id=ticket.external_id,
            is_internal=False,
            written_at=ticket.opened_at + timedelta(seconds=1),
            text=each.body,
        )
        for ticket, each in zip(made, said, strict=True)
        if each.body
    )
    return made


def reword(ticket: RawTicket, summary: str, now: datetime) -> None:
    RawTicketNote.objects.filter(ticket_id=ticket.external_id).delete()
    RawTicket.objects.filter(pk=ticket.pk).update(summary=summary, last_updated_at=now)


def decided() -> dict[int, tuple[int | None, bool]]:
    """Of each ticket: its topic, and whether it counts."""
    rows = TicketTopic.objects.values_list("ticket_id", "topic_id", "is_core")
    return {ticket: (topic, is_core) for ticket, topic, is_core in rows}


def everything_decided() -> list[tuple[object, ...]]:
    columns = (
        "source_id",
        "ticket_id",
        "topic_id",
        "registry_version",
        "similarity",
        "is_core",
        "words_digest",
    )
    return list(TicketTopic.objects.order_by("source_id", "ticket_id").values_list(*columns))
