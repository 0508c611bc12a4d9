"""Tickets of clients on the day they were opened, by what they are about."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric

SELECT = """
SELECT
    ticket.id,
    (ticket.opened_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    ticket.company,
    NULL::bigint AS technician,
    ticket.board,
    ticket.subject AS segment,
    1 AS tickets
FROM due
JOIN ticket ON ticket.opened_at >= due.starts_at AND ticket.opened_at < due.ends_at
WHERE ticket.company IS NOT NULL
"""

ASKED_FOR = Fact(
    name="asked_for",
    sql=SELECT,
    metrics=(
        Metric(
            "asked_tickets",
            _("Tickets by client and subject"),
            "tickets",
            "neither",
            "tickets",
            meaning=_("Tickets that clients opened on the day, by what they are about."),
        ),
    ),
)
