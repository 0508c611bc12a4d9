"""Tickets finally closed, by who worked on them first, and whether they went to another team or board after that."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric, ratio
from kpis.facts.finally_closed import LAST_CLOSURES

SELECT = """
WITH first_hand AS (
    SELECT DISTINCT ON (last_closures.row_id)
        last_closures.row_id,
        last_closures.at,
        entry.source_id,
        entry.ticket_id,
        entry.member_id,
        entry.started_at
    FROM last_closures
    JOIN raw_time_entries AS entry
        ON entry.source_id = last_closures.source_id AND entry.ticket_id = last_closures.id
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    WHERE entry.deleted_at IS NULL
        AND entry.member_id IS NOT NULL
        AND member.is_automation IS NOT TRUE
    ORDER BY last_closures.row_id, entry.started_at, entry.external_id
)
SELECT
    first_hand.ticket_id AS id,
    (first_hand.at AT TIME ZONE %(zone)s)::date AS kpi_date,
    NULL::bigint AS company,
    credit.technician,
    raw.board_id AS board,
    COALESCE(raw.priority_id::text, '') || ':' || raw.type_name AS segment,
    raw.type_name,
    1 AS tickets,
    EXISTS (
        SELECT FROM raw_ticket_events AS event
        WHERE event.source_id = first_hand.source_id
            AND event.ticket_id = first_hand.ticket_id
            AND event.kind IN ('team', 'board')
            AND event.old_value <> ''
            AND event.old_value <> event.new_value
            AND event.occurred_at > first_hand.started_at
    )::int AS escalated
FROM first_hand
JOIN raw_tickets AS raw ON raw.id = first_hand.row_id
LEFT JOIN ticket_credit
    ON ticket_credit.source_id = first_hand.source_id AND ticket_credit.ticket_id = first_hand.ticket_id
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN ticket_credit.ticket_id IS NOT NULL THEN ticket_credit.technician
            ELSE first_hand.member_id
        END AS technician
) AS credit
JOIN raw_members AS member
    ON member.source_id = first_hand.source_id AND member.external_id = credit.technician
"""

FIRST_HANDS = Fact(
    name="first_hands",
    sql=SELECT,
    reads=(LAST_CLOSURES,),
    metrics=(
        ratio(
            "escalated",
            _("Passed on"),
            "percent",
            "less is better",
            "escalated",
            "tickets",
            meaning=_(
                "Tickets that went to another team or board after the technician had worked on them first, over "
                "all that the technician worked on first."
            ),
        ),
    ),
)

TICKETS_PASSED_ON = Fact(
    name="tickets_passed_on",
    sql="""
SELECT id, kpi_date, company, technician, board, type_name AS segment, escalated, tickets
FROM first_hands
""",
    reads=(FIRST_HANDS,),
    is_stored=False,
    metrics=(
        Metric(
            "domain_escalated",
            _("Passed on in the domain"),
            "percent",
            "less is better",
            "escalated",
            "tickets",
            roll_up="none",
            meaning=_(
                "Tickets passed on among those of that board and type that the technician worked on first."
            ),
        ),
    ),
)
