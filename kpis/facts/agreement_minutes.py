"""What verdicts add up to: minutes and money by reason, tickets worked outside agreements, covered work by subject."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric
from kpis.facts.agreement_verdicts import REASONS, VERDICTS
from kpis.facts.agreements import rest_of_cycles
from kpis.sources import SUBJECT

BY_ENTRY = f"""
SELECT
    id,
    kpi_date,
    company,
    technician,
    board,
    segment,
    minutes,
    CASE WHEN segment IN ({REASONS}) THEN minutes END AS mismatch_minutes,
    CASE WHEN segment IN ({REASONS}) THEN minutes_x_rate END AS mismatch_minutes_x_rate,
    CASE WHEN segment IN ({REASONS}) AND NOT is_billable THEN minutes END AS unbilled_minutes
FROM verdicts
WHERE is_known
"""  # noqa: S608 - our own words

BY_TICKET = f"""
SELECT
    ticket.id,
    outside.kpi_date,
    ticket.company,
    NULL::bigint AS technician,
    ticket.board,
    outside.segment,
    1 AS tickets
FROM (
    SELECT DISTINCT ON (source_id, ticket_id, kpi_date)
        source_id,
        ticket_id,
        kpi_date,
        segment,
        SUM(SUM(minutes)) OVER (PARTITION BY source_id, ticket_id, kpi_date) AS minutes
    FROM verdicts
    WHERE is_known AND segment IN ({REASONS})
    GROUP BY source_id, ticket_id, kpi_date, segment
    ORDER BY
        source_id,
        ticket_id,
        kpi_date,
        SUM(minutes) DESC,
        ARRAY_POSITION(ARRAY[{REASONS}], segment)
) AS outside
JOIN ticket ON ticket.source_id = outside.source_id AND ticket.id = outside.ticket_id
WHERE outside.minutes > 0
"""  # noqa: S608

# Of the exempt as well: their tickets recur like others. Without any agreement, of all time on tickets.
BY_SUBJECT = f"""
SELECT
    verdicts.id,
    verdicts.kpi_date,
    ticket.company,
    NULL::bigint AS technician,
    ticket.board,
    {SUBJECT} AS segment,
    verdicts.minutes
FROM verdicts
JOIN ticket ON ticket.source_id = verdicts.source_id AND ticket.id = verdicts.ticket_id
LEFT JOIN topic_of_ticket
    ON topic_of_ticket.source_id = ticket.source_id AND topic_of_ticket.ticket_id = ticket.id
WHERE verdicts.segment IN ('COVERED', 'EXEMPT')
    OR NOT verdicts.is_known AND verdicts.segment = 'NO_AGREEMENT'
"""  # noqa: S608 - our own expression

AGREEMENT_VERDICTS = Fact(
    name="agreement_verdicts",
    sql=BY_ENTRY,
    thing="time entry",
    reads=(VERDICTS,),
    reached=rest_of_cycles,
    metrics=(
        Metric(
            "agreement_minutes",
            _("Time by agreement"),
            "minutes",
            "neither",
            "minutes",
            meaning=_("Minutes worked by people, by whether and why an agreement covers them."),
        ),
        Metric(
            "mismatch_minutes",
            _("Time outside agreements"),
            "minutes",
            "less is better",
            "mismatch_minutes",
            meaning=_("Minutes worked on tickets that no agreement covers, by reason."),
        ),
        Metric(
            "mismatch_value",
            _("Value of time outside agreements"),
            "money",
            "less is better",
            "mismatch_minutes_x_rate",
            divisor=60,
            meaning=_("The same at the entry's hourly rate, else yours."),
        ),
        Metric(
            "unbilled_minutes",
            _("Time outside agreements that is not charged"),
            "minutes",
            "less is better",
            "unbilled_minutes",
            meaning=_("Minutes outside agreements that nobody charges either."),
        ),
    ),
)

MISMATCH_TICKETS = Fact(
    name="mismatch_tickets",
    sql=BY_TICKET,
    reads=(VERDICTS,),
    reached=rest_of_cycles,
    metrics=(
        Metric(
            "mismatch_tickets",
            _("Tickets outside agreements"),
            "tickets",
            "less is better",
            "tickets",
            roll_up="recomputed",
            meaning=_(
                "Tickets worked on that day outside their agreement, by the reason with most minutes. "
                "A ticket worked on two days counts on both."
            ),
        ),
    ),
)

SUBJECT_MINUTES = Fact(
    name="subject_minutes",
    sql=BY_SUBJECT,
    thing="time entry",
    reads=(VERDICTS,),
    reached=rest_of_cycles,
    metrics=(
        Metric(
            "subject_minutes",
            _("Covered time by subject"),
            "minutes",
            "neither",
            "minutes",
            meaning=_("Minutes on tickets that an agreement covers, by what the ticket is about."),
        ),
    ),
)
