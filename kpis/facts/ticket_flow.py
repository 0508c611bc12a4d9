"""Openings, closures and reopenings of tickets."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric

SELECT = """
SELECT
    flow.id,
    (flow.at AT TIME ZONE %(zone)s)::date AS kpi_date,
    flow.company,
    NULL::bigint AS technician,
    flow.board,
    flow.segment,
    flow.opened,
    flow.closed,
    flow.reopened
FROM (
    SELECT id, opened_at AS at, company, board, segment, 1 AS opened, NULL::int AS closed, NULL::int AS reopened
    FROM due
    JOIN ticket ON opened_at >= due.starts_at AND opened_at < due.ends_at
    UNION ALL
    SELECT id, closed_at, company, board, segment, NULL, 1, NULL
    FROM due
    JOIN ticket ON closed_at >= due.starts_at AND closed_at < due.ends_at
    WHERE is_closed
        AND NOT EXISTS (
            SELECT FROM raw_ticket_spells AS spell
            WHERE spell.source_id = ticket.source_id AND spell.ticket_id = ticket.id
        )
    UNION ALL
    SELECT ticket.id, spell.ended_at, company, board, segment, NULL, 1, NULL
    FROM due
    JOIN raw_ticket_spells AS spell ON spell.ended_at >= due.starts_at AND spell.ended_at < due.ends_at
    JOIN ticket ON ticket.source_id = spell.source_id AND ticket.id = spell.ticket_id
    UNION ALL
    SELECT ticket.id, spell.started_at, company, board, segment, NULL, NULL, 1
    FROM due
    JOIN raw_ticket_spells AS spell ON spell.started_at >= due.starts_at AND spell.started_at < due.ends_at
    JOIN ticket ON ticket.source_id = spell.source_id AND ticket.id = spell.ticket_id
    WHERE spell.number > 1
) AS flow
"""

TICKET_FLOW = Fact(
    name="ticket_flow",
    sql=SELECT,
    is_kept=True,
    metrics=(
        Metric(
            "new_tickets",
            _("New tickets"),
            "tickets",
            "less is better",
            "opened",
            meaning=_("Tickets opened on the day."),
        ),
        Metric(
            "closed_tickets",
            _("Closed tickets"),
            "tickets",
            "more is better",
            "closed",
            meaning=_("Closures on the day; a ticket that is reopened can have several."),
        ),
        Metric(
            "reopened_tickets",
            _("Reopened tickets"),
            "tickets",
            "less is better",
            "reopened",
            meaning=_("Reopenings on the day."),
        ),
    ),
)
