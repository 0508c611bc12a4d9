"""What happened to tickets between the snapshots: status, owner, board, team and priority changes.

The vendor's audit trail is believed where it can be had; until then, what changed between two syncs.
From both follow the spells during which a reopened ticket was open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from connectors.models import RawTicketEvent


@dataclass(frozen=True)
class AuditEvent:
    """One line of a vendor's audit trail."""

    occurred_at: datetime
    kind: str
    old_value: str
    new_value: str
    text: str


# %(staging)s stands for the changed tickets as they are now; raw_tickets still has them as they were.
RECORD_CHANGES = """
INSERT INTO raw_ticket_events (
    source_id, ticket_id, occurred_at, kind, old_value, new_value, was_closed, is_closed, provenance, text
)
SELECT
    old.source_id,
    old.external_id,
    change.occurred_at,
    change.kind,
    change.old_value,
    change.new_value,
    change.was_closed,
    change.is_closed,
    'snapshot',
    ''
FROM {staging} AS new
JOIN raw_tickets AS old ON old.source_id = %(source)s AND old.external_id = new.external_id
CROSS JOIN LATERAL (
    VALUES
        -- A ticket first seen closed has no recorded closure yet: its reopening tells of it.
        ('status', old.closed_at, '', old.status_name, FALSE, TRUE,
            old.is_closed AND NOT new.is_closed AND NOT EXISTS (
                SELECT FROM raw_ticket_events AS known
                WHERE known.source_id = old.source_id AND known.ticket_id = old.external_id AND known.is_closed
            )),
        ('status', CASE WHEN new.is_closed AND NOT old.is_closed THEN new.closed_at ELSE new.last_updated_at END,
            old.status_name, new.status_name, old.is_closed, new.is_closed,
            (old.status_id, old.is_closed) IS DISTINCT FROM (new.status_id, new.is_closed)),
        ('owner', new.last_updated_at, COALESCE(old.owner_id::text, ''), COALESCE(new.owner_id::text, ''), NULL, NULL,
            old.owner_id IS DISTINCT FROM new.owner_id),
        ('board', new.last_updated_at, old.board_name, new.board_name, NULL, NULL,
            old.board_id IS DISTINCT FROM new.board_id),
        ('team', new.last_updated_at, old.team_name, new.team_name, NULL, NULL,
            old.team_id IS DISTINCT FROM new.team_id),
        ('priority', new.last_updated_at, old.priority_name, new.priority_name, NULL, NULL,
            old.priority_id IS DISTINCT FROM new.priority_id)
) AS change (kind, occurred_at, old_value, new_value, was_closed, is_closed, happened)
WHERE change.happened
"""

REMEMBER_MOVES = """
INSERT INTO connectors_ticketmove (source_id, ticket_id, old_company_id)
SELECT old.source_id, old.external_id, old.company_id
FROM {staging} AS new
JOIN raw_tickets AS old ON old.source_id = %(source)s AND old.external_id = new.external_id
WHERE old.company_id <> new.company_id
ON CONFLICT DO NOTHING
"""

# A status is known by its name; the ticket's own board knows it best, another board's will do after a move.
INSERT_AUDIT = """
WITH event AS (
    SELECT ticket_id, occurred_at, kind, old_value, new_value, text, position
    FROM UNNEST(
        %(tickets)s::bigint[], %(moments)s::timestamptz[], %(kinds)s::text[], %(olds)s::text[], %(news)s::text[],
        %(texts)s::text[]
    ) WITH ORDINALITY AS given (ticket_id, occurred_at, kind, old_value, new_value, text, position)
),
status AS (
    SELECT DISTINCT ON (ticket.external_id, known.name)
        ticket.external_id AS ticket_id,
        known.name,
        known.is_closed
    FROM raw_tickets AS ticket
    CROSS JOIN raw_board_statuses AS known
    WHERE ticket.source_id = %(source)s
        AND ticket.external_id = ANY(%(tickets)s)
        AND known.source_id = ticket.source_id
    ORDER BY ticket.external_id, known.name, known.board_id = ticket.board_id DESC NULLS LAST, known.external_id
)
INSERT INTO raw_ticket_events (
    source_id, ticket_id, occurred_at, kind, old_value, new_value, was_closed, is_closed, provenance, text
)
SELECT
    %(source)s,
    event.ticket_id,
    event.occurred_at,
    event.kind,
    event.old_value,
    event.new_value,
    was.is_closed,
    became.is_closed,
    'audit',
    event.text
FROM event
LEFT JOIN status AS was
    ON event.kind = 'status' AND was.ticket_id = event.ticket_id AND was.name = event.old_value
LEFT JOIN status AS became
    ON event.kind = 'status' AND became.ticket_id = event.ticket_id AND became.name = event.new_value
ORDER BY event.ticket_id, event.occurred_at, event.position
"""

# Of each kind that the trail tells of in words we understand, what was seen between syncs is no longer needed.
FORGET_SNAPSHOTS = """
DELETE FROM raw_ticket_events AS seen
USING raw_ticket_events AS told
WHERE seen.source_id = %(source)s
    AND seen.ticket_id = ANY(%(tickets)s)
    AND seen.provenance = 'snapshot'
    AND told.source_id = seen.source_id
    AND told.ticket_id = seen.ticket_id
    AND told.provenance = 'audit'
    AND told.kind = seen.kind
    AND (told.kind <> 'status' OR told.is_closed IS NOT NULL)
"""

REBUILD_SPELLS = """
WITH told AS (
    SELECT
        ticket_id,
        occurred_at,
        is_closed,
        LAG(is_closed, 1, FALSE) OVER by_time AS was_closed,
        ROW_NUMBER() OVER by_time AS position
    FROM raw_ticket_events
    WHERE source_id = %(source)s AND ticket_id = ANY(%(tickets)s) AND kind = 'status' AND is_closed IS NOT NULL
    WINDOW by_time AS (PARTITION BY ticket_id ORDER BY occurred_at, id)
),
last_told AS (
    SELECT DISTINCT ON (ticket_id)
        ticket_id,
        occurred_at,
        is_closed,
        position
    FROM told
    ORDER BY ticket_id, position DESC
),
flips AS (
    SELECT
        ticket_id,
        occurred_at,
        is_closed,
        position
    FROM told
    WHERE is_closed <> was_closed
    UNION ALL
    -- What the ticket itself says now has the last word.
    SELECT
        ticket.external_id,
        GREATEST(COALESCE(ticket.closed_at, ticket.last_updated_at), last_told.occurred_at),
        ticket.is_closed,
        COALESCE(last_told.position, 0) + 1
    FROM raw_tickets AS ticket
    LEFT JOIN last_told ON last_told.ticket_id = ticket.external_id
    WHERE ticket.source_id = %(source)s
        AND ticket.external_id = ANY(%(tickets)s)
        AND COALESCE(last_told.is_closed, FALSE) <> ticket.is_closed
),
numbered AS (
    SELECT
        ticket_id,
        occurred_at,
        is_closed,
        LEAD(occurred_at) OVER in_order AS next_at,
        ROW_NUMBER() OVER in_order AS number
    FROM flips
    WINDOW in_order AS (PARTITION BY ticket_id ORDER BY position)
)
INSERT INTO raw_ticket_spells (source_id, ticket_id, number, started_at, ended_at)
SELECT
    %(source)s,
    first.ticket_id,
    1,
    ticket.opened_at,
    first.occurred_at
FROM numbered AS first
JOIN raw_tickets AS ticket ON ticket.source_id = %(source)s AND ticket.external_id = first.ticket_id
WHERE first.number = 1 AND EXISTS (
    SELECT FROM numbered AS later WHERE later.ticket_id = first.ticket_id AND NOT later.is_closed
)
UNION ALL
-- The flips alternate, closure first: the reopenings are the 2nd, the 4th and so on.
SELECT
    %(source)s,
    ticket_id,
    number / 2 + 1,
    occurred_at,
    next_at
FROM numbered
WHERE NOT is_closed
"""

COUNT_REOPENINGS = """
UPDATE raw_tickets AS ticket
SET reopen_count = known.reopenings
FROM (
    SELECT
        asked.ticket_id,
        GREATEST(COUNT(spell.id) - 1, 0) AS reopenings
    FROM UNNEST(%(tickets)s::bigint[]) AS asked (ticket_id)
    LEFT JOIN raw_ticket_spells AS spell ON spell.source_id = %(source)s AND spell.ticket_id = asked.ticket_id
    GROUP BY asked.ticket_id
) AS known
WHERE ticket.source_id = %(source)s
    AND ticket.external_id = known.ticket_id
    AND ticket.reopen_count <> known.reopenings
"""


# Of each changed ticket, what restates most: whether it counts at all, then whether it is open again.
WHY_CHANGED = """
SELECT
    CASE
        WHEN new.merged_into IS DISTINCT FROM old.merged_into THEN 'merge'
        WHEN old.deleted_at IS NOT NULL THEN 'arrival'
        WHEN old.is_closed AND NOT new.is_closed THEN 'reopening'
        ELSE 'change'
    END AS reason,
    ARRAY_AGG(new.external_id)
FROM {staging} AS new
JOIN raw_tickets AS old ON old.source_id = %(source)s AND old.external_id = new.external_id
GROUP BY reason
"""


def why_changed(source: int, staging: str) -> dict[str, list[int]]:
    """The changed tickets by reason; call when `record_changes` can be called."""
    with connection.cursor() as cursor:
        cursor.execute(WHY_CHANGED.format(staging=connection.ops.quote_name(staging)), {"source": source})
        return dict(cursor.fetchall())


def record_changes(source: int, staging: str) -> None:
    """Call while the staging table has the new state and raw_tickets still has the old one."""
    with connection.cursor() as cursor:
        for statement in (RECORD_CHANGES, REMEMBER_MOVES):
            cursor.execute(statement.format(staging=connection.ops.quote_name(staging)), {"source": source})


def replace_by_audit(source: int, told: Mapping[int, Sequence[AuditEvent]]) -> None:
    """A ticket's audit trail is its whole story: it replaces what was told before, and what was seen."""
    lines = [(ticket_id, event) for ticket_id, events in told.items() for event in events]
    tickets = [ticket_id for ticket_id, _ in lines]
    of_these = RawTicketEvent.objects.filter(source_id=source, ticket_id__in=set(tickets))
    of_these.filter(provenance=RawTicketEvent.Provenance.AUDIT).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_AUDIT,
            {
                "source": source,
                "tickets": tickets,
                "moments": [event.occurred_at for _, event in lines],
                "kinds": [event.kind for _, event in lines],
                "olds": [event.old_value for _, event in lines],
                "news": [event.new_value for _, event in lines],
                "texts": [event.text for _, event in lines],
            },
        )
        cursor.execute(FORGET_SNAPSHOTS, {"source": source, "tickets": tickets})


def rebuild_spells(source: int, tickets: Sequence[int]) -> None:
    """The spells of these tickets, from their events and their present state."""
    parameters: dict[str, Any] = {"source": source, "tickets": list(tickets)}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM raw_ticket_spells WHERE source_id = %(source)s AND ticket_id = ANY(%(tickets)s)",
            parameters,
        )
        cursor.execute(REBUILD_SPELLS, parameters)
        cursor.execute(COUNT_REOPENINGS, parameters)
