"""How much work each topic makes: its tickets on the day they were opened, and the time booked on them."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric

OPENED = """
SELECT
    ticket.id,
    (ticket.opened_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    ticket.company,
    NULL::bigint AS technician,
    ticket.board,
    topic_of_ticket.topic::text AS segment,
    1 AS tickets
FROM due
JOIN ticket ON ticket.opened_at >= due.starts_at AND ticket.opened_at < due.ends_at
JOIN topic_of_ticket
    ON topic_of_ticket.source_id = ticket.source_id AND topic_of_ticket.ticket_id = ticket.id
"""

WORKED = """
SELECT
    entry.external_id AS id,
    (entry.started_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    ticket.company,
    NULL::bigint AS technician,
    ticket.board,
    topic_of_ticket.topic::text AS segment,
    entry.minutes
FROM due
JOIN raw_time_entries AS entry
    ON entry.started_at >= due.starts_at AND entry.started_at < due.ends_at
JOIN ticket ON ticket.source_id = entry.source_id AND ticket.id = entry.ticket_id
JOIN topic_of_ticket
    ON topic_of_ticket.source_id = ticket.source_id AND topic_of_ticket.ticket_id = ticket.id
LEFT JOIN raw_members AS member
    ON member.source_id = entry.source_id AND member.external_id = entry.member_id
WHERE entry.deleted_at IS NULL AND member.is_automation IS NOT TRUE
"""

TOPIC_TICKETS = Fact(
    name="topic_tickets",
    sql=OPENED,
    is_by_topic=True,
    metrics=(
        Metric(
            "topic_tickets",
            _("Tickets by topic"),
            "tickets",
            "less is better",
            "tickets",
            meaning=_(
                "Tickets opened on the day that surely belong to a topic in use; a segment is a topic's id."
            ),
        ),
    ),
)

TOPIC_MINUTES = Fact(
    name="topic_minutes",
    sql=WORKED,
    thing="time entry",
    is_by_topic=True,
    metrics=(
        Metric(
            "topic_minutes",
            _("Time by topic"),
            "minutes",
            "less is better",
            "minutes",
            meaning=_(
                "Minutes worked by people on tickets of a topic, on the day of the work, by the ticket's client and "
                "board; a segment is a topic's id."
            ),
        ),
    ),
)
