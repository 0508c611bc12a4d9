"""The first time a person answered a ticket, on the local day of that answer."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, ratio

ANSWERED = """
SELECT entry.source_id, entry.ticket_id
FROM due
JOIN raw_time_entries AS entry ON entry.started_at >= due.starts_at AND entry.started_at < due.ends_at
WHERE entry.ticket_id IS NOT NULL
UNION
SELECT note.source_id, note.ticket_id
FROM due
JOIN raw_ticket_notes AS note ON note.written_at >= due.starts_at AND note.written_at < due.ends_at
UNION
SELECT ticket.source_id, ticket.id
FROM due
JOIN ticket ON ticket.responded_at >= due.starts_at AND ticket.responded_at < due.ends_at
"""

FIRST = """
WITH response AS (
    SELECT entry.source_id, entry.ticket_id, MIN(entry.started_at) AS at
    FROM answered_tickets
    JOIN raw_time_entries AS entry USING (source_id, ticket_id)
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    WHERE entry.deleted_at IS NULL
        AND entry.member_id IS NOT NULL
        AND member.is_automation IS NOT TRUE
    GROUP BY entry.source_id, entry.ticket_id
    UNION ALL
    SELECT note.source_id, note.ticket_id, MIN(note.written_at)
    FROM answered_tickets
    JOIN raw_ticket_notes AS note USING (source_id, ticket_id)
    LEFT JOIN raw_members AS member
        ON member.source_id = note.source_id AND member.external_id = note.member_id
    WHERE note.deleted_at IS NULL
        AND NOT note.is_internal
        AND note.member_id IS NOT NULL
        AND note.contact_id IS NULL
        AND member.is_automation IS NOT TRUE
    GROUP BY note.source_id, note.ticket_id
    UNION ALL
    SELECT ticket.source_id, ticket.id, ticket.responded_at
    FROM answered_tickets
    JOIN ticket ON ticket.source_id = answered_tickets.source_id AND ticket.id = answered_tickets.ticket_id
    WHERE ticket.responded_at IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM raw_members AS member
            WHERE member.source_id = ticket.source_id
                AND member.is_automation
                AND ticket.responded_by <> ''
                AND LOWER(member.identifier) = LOWER(ticket.responded_by)
        )
)
SELECT source_id, ticket_id, MIN(at) AS at
FROM response
GROUP BY source_id, ticket_id
"""

SELECT = """
SELECT
    ticket.id,
    (first_answers.at AT TIME ZONE %(zone)s)::date AS kpi_date,
    ticket.company,
    ticket.technician,
    ticket.board,
    ticket.segment,
    1 AS responses,
    EXTRACT(EPOCH FROM first_answers.at - ticket.opened_at) AS response_seconds
FROM due
JOIN first_answers ON first_answers.at >= due.starts_at AND first_answers.at < due.ends_at
JOIN ticket ON ticket.source_id = first_answers.source_id AND ticket.id = first_answers.ticket_id
WHERE first_answers.at - ticket.opened_at BETWEEN INTERVAL '0' AND INTERVAL '1825 days'
"""

ANSWERED_TICKETS = Fact("answered_tickets", ANSWERED, is_kept=True)
FIRST_ANSWERS = Fact("first_answers", FIRST, reads=(ANSWERED_TICKETS,), is_kept=True)

FIRST_RESPONSES = Fact(
    name="first_responses",
    sql=SELECT,
    reads=(FIRST_ANSWERS,),
    is_kept=True,
    metrics=(
        ratio(
            "first_response_minutes",
            _("First response"),
            "minutes",
            "less is better",
            "response_seconds",
            "responses",
            60,
            _("Minutes from opening to the first response by a person, over tickets first answered."),
        ),
    ),
)
