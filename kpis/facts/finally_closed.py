"""Tickets closed now, on the day of their last closure: how long they took and how well it went."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, ratio
from kpis.sources import business_seconds

CLOSURES = """
SELECT ticket.row_id, ticket.source_id, ticket.id, ticket.closed_at AS at, 1 AS spells
FROM due
JOIN ticket ON ticket.closed_at >= due.starts_at AND ticket.closed_at < due.ends_at
WHERE ticket.is_closed
    AND NOT EXISTS (
        SELECT FROM raw_ticket_spells AS spell
        WHERE spell.source_id = ticket.source_id AND spell.ticket_id = ticket.id
    )
UNION ALL
SELECT ticket.row_id, ticket.source_id, ticket.id, spell.ended_at, spell.number
FROM due
JOIN raw_ticket_spells AS spell ON spell.ended_at >= due.starts_at AND spell.ended_at < due.ends_at
JOIN ticket ON ticket.source_id = spell.source_id AND ticket.id = spell.ticket_id
WHERE ticket.is_closed
    AND NOT EXISTS (
        SELECT FROM raw_ticket_spells AS later
        WHERE later.source_id = spell.source_id
            AND later.ticket_id = spell.ticket_id
            AND later.number > spell.number
    )
"""

SELECT = f"""
WITH hands_on AS (
    SELECT
        last_closures.row_id,
        MIN(entry.member_id) = MAX(entry.member_id) AS is_one_member,
        (MIN(entry.started_at) AT TIME ZONE %(zone)s)::date
            = (MAX(entry.started_at) AT TIME ZONE %(zone)s)::date AS is_one_day
    FROM last_closures
    JOIN raw_time_entries AS entry
        ON entry.source_id = last_closures.source_id AND entry.ticket_id = last_closures.id
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    WHERE last_closures.spells = 1
        AND entry.deleted_at IS NULL
        AND entry.member_id IS NOT NULL
        AND member.is_automation IS NOT TRUE
    GROUP BY last_closures.row_id
),
closed AS (
    SELECT
        ticket.id,
        ticket.company,
        ticket.technician,
        ticket.is_decided,
        CASE WHEN ticket.is_decided THEN ticket.recorded_technician END AS recorded_technician,
        ticket.board,
        ticket.segment,
        ticket.opened_at,
        ticket.waiting_minutes,
        last_closures.at AS closed_at,
        CASE
            WHEN ticket.resolved_at BETWEEN ticket.opened_at AND last_closures.at THEN ticket.resolved_at
            ELSE last_closures.at
        END AS resolved_at,
        last_closures.spells = 1 AS is_closed_once,
        hands_on.is_one_member AND hands_on.is_one_day AND NOT EXISTS (
            SELECT FROM raw_ticket_events AS event
            WHERE event.source_id = ticket.source_id
                AND event.ticket_id = ticket.id
                AND event.kind = 'owner'
                AND event.old_value <> ''
                AND event.old_value <> event.new_value
        ) AS is_one_touch
    FROM last_closures
    JOIN ticket USING (row_id)
    LEFT JOIN hands_on USING (row_id)
)
SELECT
    closed.id,
    (closed.closed_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    closed.company,
    closed.technician,
    closed.is_decided,
    closed.recorded_technician,
    closed.board,
    closed.segment,
    1 AS tickets,
    CASE WHEN duration.is_valid THEN 1 END AS timed,
    CASE WHEN duration.is_valid THEN duration.seconds END AS ttr_seconds,
    CASE WHEN duration.is_valid THEN
        GREATEST(
            0,
            {business_seconds("resolved_on", "closed.resolved_at")}
            - {business_seconds("opened_on", "closed.opened_at")}
            - 60 * closed.waiting_minutes
        )
    END AS business_seconds,
    closed.is_closed_once::int AS closed_once,
    COALESCE(closed.is_one_touch, FALSE)::int AS one_touch,
    (NOT closed.is_closed_once)::int AS reopened
FROM closed
LEFT JOIN kpi_calendar AS opened_on ON opened_on.day = (closed.opened_at AT TIME ZONE %(zone)s)::date
LEFT JOIN kpi_calendar AS resolved_on ON resolved_on.day = (closed.resolved_at AT TIME ZONE %(zone)s)::date
CROSS JOIN LATERAL (
    SELECT
        EXTRACT(EPOCH FROM closed.resolved_at - closed.opened_at) AS seconds,
        closed.resolved_at - closed.opened_at BETWEEN INTERVAL '0' AND INTERVAL '1825 days' AS is_valid
) AS duration
"""  # noqa: S608 - joins our own fragments

LAST_CLOSURES = Fact("last_closures", CLOSURES, is_kept=True)

FINALLY_CLOSED = Fact(
    name="finally_closed",
    sql=SELECT,
    reads=(LAST_CLOSURES,),
    is_kept=True,
    metrics=(
        ratio(
            "ttr_minutes",
            _("Time to resolve"),
            "minutes",
            "less is better",
            "ttr_seconds",
            "timed",
            60,
            _("Minutes from opening to resolution, over tickets finally closed."),
        ),
        ratio(
            "business_ttr_minutes",
            _("Business time to resolve"),
            "minutes",
            "less is better",
            "business_seconds",
            "timed",
            60,
            _("The same on the business clock, less waiting on the client."),
        ),
        ratio(
            "fcr",
            _("Never reopened"),
            "percent",
            "more is better",
            "closed_once",
            "tickets",
            meaning=_("Tickets that were never reopened, over tickets finally closed."),
        ),
        ratio(
            "one_touch",
            _("One touch"),
            "percent",
            "more is better",
            "one_touch",
            "tickets",
            meaning=_(
                "Solved by one technician on one day, never reopened or reassigned, over tickets finally closed."
            ),
        ),
        ratio(
            "reopened",
            _("Reopened"),
            "percent",
            "less is better",
            "reopened",
            "tickets",
            meaning=_("Tickets that were reopened, over tickets finally closed."),
        ),
    ),
)
