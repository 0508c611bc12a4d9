"""Tickets on the day of the first goal they missed, as far as that is known at the moment of computing."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric
from kpis.facts.finally_closed import LAST_CLOSURES

SELECT = """
WITH judged AS (
    SELECT
        ticket.row_id,
        due.starts_at,
        due.ends_at,
        LEAST(
            CASE WHEN COALESCE(responded_at, reference.at) > respond_goal_at THEN respond_goal_at END,
            CASE WHEN COALESCE(planned_at, reference.at) > plan_goal_at THEN plan_goal_at END,
            CASE WHEN COALESCE(resolved_at, reference.at) > resolve_goal_at THEN resolve_goal_at END
        ) AS missed_at
    FROM due
    JOIN ticket
        ON (respond_goal_at >= due.starts_at AND respond_goal_at < due.ends_at)
        OR (plan_goal_at >= due.starts_at AND plan_goal_at < due.ends_at)
        OR (resolve_goal_at >= due.starts_at AND resolve_goal_at < due.ends_at)
    LEFT JOIN LATERAL (
        SELECT spell.number, spell.ended_at
        FROM raw_ticket_spells AS spell
        WHERE spell.source_id = ticket.source_id AND spell.ticket_id = ticket.id
        ORDER BY spell.number DESC
        LIMIT 1
    ) AS last_spell ON TRUE
    CROSS JOIN LATERAL (
        SELECT
            CASE
                WHEN NOT ticket.is_closed THEN %(now)s
                WHEN last_spell.number IS NULL THEN ticket.closed_at
                ELSE last_spell.ended_at
            END AS at
    ) AS reference
),
breach AS (
    SELECT row_id, missed_at AS at
    FROM judged
    WHERE missed_at >= starts_at AND missed_at < ends_at
    UNION ALL
    SELECT row_id, last_closures.at
    FROM last_closures
    JOIN ticket USING (row_id)
    WHERE ticket.is_in_sla IS FALSE
        AND COALESCE(ticket.respond_goal_at, ticket.plan_goal_at, ticket.resolve_goal_at) IS NULL
)
SELECT
    ticket.id,
    (breach.at AT TIME ZONE %(zone)s)::date AS kpi_date,
    ticket.company,
    ticket.technician,
    ticket.board,
    ticket.segment,
    1 AS breaches
FROM breach
JOIN ticket USING (row_id)
"""

# Of open tickets, whose missing moments are judged by the moment of computing.
NEXT_GOAL = """
SELECT MIN(
    LEAST(
        CASE WHEN responded_at IS NULL AND respond_goal_at >= %(now)s THEN respond_goal_at END,
        CASE WHEN planned_at IS NULL AND plan_goal_at >= %(now)s THEN plan_goal_at END,
        CASE WHEN resolved_at IS NULL AND resolve_goal_at >= %(now)s THEN resolve_goal_at END
    )
)
FROM ticket
WHERE NOT is_closed
"""

SLA_BREACHES = Fact(
    name="sla_breaches",
    sql=SELECT,
    reads=(LAST_CLOSURES,),
    holds_until_sql=NEXT_GOAL,
    is_kept=True,
    metrics=(
        Metric(
            "sla_breaches",
            _("SLA breaches"),
            "tickets",
            "less is better",
            "breaches",
            meaning=_("Tickets whose first missed goal fell on the day."),
        ),
    ),
)
