"""Tickets as texts: what a person wrote or monitoring said, and who that was. What technicians write is not read."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import connection

from insights.described import Ticket
from insights.text.clean import clean, cut
from insights.text.hosts import host_in
from kpis.lexicon import plain

CHUNK = 2_000
LONGEST_BODY = 4_000
MONITORING = "monitor|rmm|alert|supervision|surveillance|siem"
# The body is the mail that opened the ticket, or what monitoring said: not a technician's note, no automatic thanks,
# and no answer that came later.
TEXTS = """
SELECT
    ticket.source_id,
    ticket.external_id,
    ticket.company_id,
    ticket.contact_id,
    ticket.contact_name,
    alert.host_name,
    (
        ticket.channel ~* %(monitoring)s
        OR (
            ticket.contact_id IS NULL
            AND ticket.contact_name = ''
            AND (alert.host_name IS NOT NULL OR program.identifier IS NOT NULL)
        )
    ) AS is_from_monitoring,
    ticket.opened_at,
    ticket.type_name,
    ticket.summary,
    COALESCE(opening.text, '') AS body
FROM raw_tickets AS ticket
LEFT JOIN (
    SELECT DISTINCT source_id, LOWER(identifier) AS identifier
    FROM raw_members
    WHERE is_automation AND identifier <> ''
) AS program
    ON program.source_id = ticket.source_id AND program.identifier = LOWER(ticket.entered_by)
LEFT JOIN LATERAL (
    SELECT detected.host_name
    FROM connectors_alertticketlink AS link
    INNER JOIN raw_security_alerts AS detected
        ON detected.source_id = link.source_id AND detected.external_id = link.alert_id
    WHERE link.ticket_id = ticket.external_id
    ORDER BY link.confidence DESC, link.alert_id
    LIMIT 1
) AS alert ON TRUE
LEFT JOIN LATERAL (
    SELECT LEFT(note.text, %(longest)s) AS text
    FROM raw_ticket_notes AS note
    LEFT JOIN raw_members AS author
        ON author.source_id = note.source_id AND author.external_id = note.member_id
    WHERE note.source_id = ticket.source_id
        AND note.ticket_id = ticket.external_id
        AND note.deleted_at IS NULL
        AND NOT note.is_internal
        AND note.written_at < %(until)s
        AND note.written_at < ticket.opened_at + INTERVAL '10 minutes'
        AND (note.member_id IS NULL OR (author.is_automation AND ticket.channel ~* %(monitoring)s))
    ORDER BY note.written_at, note.external_id
    LIMIT 1
) AS opening ON TRUE
WHERE ticket.record_type = 'ServiceTicket'
    AND ticket.deleted_at IS NULL
    AND ticket.merged_into IS NULL
    AND ticket.opened_at >= %(since)s
    AND ticket.opened_at < %(until)s
    AND (
        %(sources)s::bigint[] IS NULL
        OR (ticket.source_id, ticket.external_id) IN (
            SELECT source, id
            FROM UNNEST(%(sources)s::bigint[], %(ids)s::bigint[]) AS asked (source, id)
        )
    )
ORDER BY ticket.opened_at, ticket.source_id, ticket.external_id
"""


@dataclass(frozen=True, slots=True)
class TicketText:
    """`requester` tells people apart, or devices (else clients) where monitoring speaks; empty: nobody can tell."""

    source: int
    ticket: int
    company: int | None
    contact: int | None
    requester: str
    is_from_monitoring: bool
    opened_at: datetime
    type_name: str
    summary: str
    body: str

    @property
    def key(self) -> Ticket:
        return self.source, self.ticket

    @property
    def text(self) -> str:
        """Of its mail only what its sender wrote."""
        return f"{clean(self.summary)}\n{cut(clean(self.body))}".strip()


def texts(since: datetime, until: datetime, only: Collection[Ticket] | None = None) -> Iterator[TicketText]:
    """In the order in which they were opened, a few thousand at a time, as they were known before `until`."""
    asked: dict[str, Any] = {
        "since": since,
        "until": until,
        "monitoring": MONITORING,
        "longest": LONGEST_BODY,
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(TEXTS, asked | _chosen(only))
        while rows := cursor.fetchmany(CHUNK):
            yield from (_read(*row) for row in rows)


def digest_of(tokens: Iterable[str]) -> int:
    """Of a ticket's words, to see whether they have changed; fits a signed column of 64 bits."""
    digest = blake2b("\n".join(tokens).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _chosen(only: Collection[Ticket] | None) -> dict[str, list[int] | None]:
    if only is None:
        return {"sources": None, "ids": None}
    return {"sources": [source for source, _ in only], "ids": [ticket for _, ticket in only]}


def _read(
    source: int,
    ticket: int,
    company: int | None,
    contact: int | None,
    contact_name: str,
    host: str | None,
    is_from_monitoring: bool,
    opened_at: datetime,
    type_name: str,
    summary: str,
    body: str,
) -> TicketText:
    requester = (
        _machine(host or host_in(summary) or host_in(body), company)
        if is_from_monitoring
        else _person(source, contact, contact_name)
    )
    return TicketText(
        source,
        ticket,
        company,
        contact,
        requester,
        is_from_monitoring,
        opened_at,
        type_name,
        summary,
        body,
    )


def _machine(host: str, company: int | None) -> str:
    """Alerts about accounts name no device; then all of a client's count as one, which is less than there are."""
    if host:
        return f"device {host.partition('.')[0].lower()}"
    return f"client {company}" if company is not None else ""


def _person(source: int, contact: int | None, name: str) -> str:
    if contact is not None:
        return f"contact {source}/{contact}"
    return f"name {plain(name).strip()}" if name.strip() else ""
