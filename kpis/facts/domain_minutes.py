"""Time of technicians on tickets, by board and type: what each of them works on."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric

SELECT = """
SELECT
    entry.external_id AS id,
    (entry.started_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    NULL::bigint AS company,
    entry.member_id AS technician,
    ticket.board,
    ticket.segment,
    entry.minutes
FROM due
JOIN raw_time_entries AS entry ON entry.started_at >= due.starts_at AND entry.started_at < due.ends_at
JOIN raw_members AS member
    ON member.source_id = entry.source_id AND member.external_id = entry.member_id
JOIN ticket ON ticket.source_id = entry.source_id AND ticket.id = entry.ticket_id
WHERE entry.deleted_at IS NULL AND NOT member.is_automation
"""

DOMAIN_MINUTES = Fact(
    name="domain_minutes",
    sql=SELECT,
    thing="time entry",
    metrics=(
        Metric(
            "domain_minutes",
            _("Time by domain"),
            "minutes",
            "neither",
            "minutes",
            meaning=_("Minutes that technicians worked on tickets, by the tickets' board and type."),
        ),
    ),
)
