"""Tickets of clients on the day they were opened, by what they are about, and what their topics are said to sell."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric
from kpis.labels import LABEL_PAIRS_MEANING
from kpis.sources import SUBJECT

# A topic that sells nothing is left out, where the MSP lets the language model say so.
SELECT = f"""
WITH asked AS (
    SELECT
        ticket.id,
        local.day AS kpi_date,
        ticket.company,
        ticket.board,
        {SUBJECT} AS subject,
        by_rule.value AS rule,
        by_model.value AS model,
        settings.labels_from = 'llm' AND by_model.value = 'none' AS is_left_out
    FROM due
    JOIN ticket ON ticket.opened_at >= due.starts_at AND ticket.opened_at < due.ends_at
    CROSS JOIN LATERAL (SELECT (ticket.opened_at AT TIME ZONE %(zone)s)::date AS day) AS local
    LEFT JOIN tenants_tenantsettings AS settings ON settings.id = 1
    LEFT JOIN topic_of_ticket
        ON topic_of_ticket.source_id = ticket.source_id AND topic_of_ticket.ticket_id = ticket.id
    LEFT JOIN topic_labels AS by_rule
        ON by_rule.topic_id = topic_of_ticket.topic AND by_rule.kind = 'sales_signal' AND by_rule.source = 'rule'
    LEFT JOIN topic_labels AS by_model
        ON by_model.topic_id = topic_of_ticket.topic AND by_model.kind = 'sales_signal' AND by_model.source = 'llm'
    WHERE ticket.company IS NOT NULL
)
SELECT
    id,
    kpi_date,
    company,
    NULL::bigint AS technician,
    board,
    subject AS segment,
    1 AS tickets,
    NULL::int AS labelled
FROM asked
WHERE is_left_out IS NOT TRUE
UNION ALL
SELECT id, kpi_date, company, NULL, board, rule || ':' || model, NULL, 1
FROM asked
WHERE rule IS NOT NULL AND model IS NOT NULL
"""  # noqa: S608 - our own expression

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
            meaning=_(
                "Tickets that clients opened on the day, by what they are about. Where the language model's labels "
                "count, without those of topics that sell nothing."
            ),
        ),
        Metric(
            "sales_labels",
            _("Tickets by what rule and model would sell"),
            "tickets",
            "neither",
            "labelled",
            meaning=LABEL_PAIRS_MEANING,
        ),
    ),
)
