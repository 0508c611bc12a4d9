"""Tickets finally closed, by who answers for them and what kind of work they were: what technicians are compared on."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric, ratio
from kpis.facts.finally_closed import LAST_CLOSURES

# Of people only: what programs and entries without a member log is nobody's handling. Who a ticket's technician is
# may take a look-up for each, so it is asked once.
SELECT = """
WITH hands AS (
    SELECT last_closures.row_id, entry.member_id, SUM(entry.minutes) AS minutes
    FROM last_closures
    JOIN raw_time_entries AS entry
        ON entry.source_id = last_closures.source_id AND entry.ticket_id = last_closures.id
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    WHERE entry.deleted_at IS NULL
        AND entry.member_id IS NOT NULL
        AND member.is_automation IS NOT TRUE
    GROUP BY last_closures.row_id, entry.member_id
),
closed AS MATERIALIZED (
    SELECT
        ticket.row_id,
        ticket.source_id,
        ticket.id,
        ticket.technician,
        ticket.board,
        ticket.segment AS type_name,
        ticket.priority,
        last_closures.at,
        last_closures.spells
    FROM last_closures
    JOIN ticket USING (row_id)
),
worked AS (
    SELECT
        closed.row_id,
        SUM(hands.minutes) AS minutes,
        SUM(hands.minutes) FILTER (WHERE hands.member_id = closed.technician) AS own_minutes
    FROM closed
    JOIN hands USING (row_id)
    GROUP BY closed.row_id
),
judged AS (
    SELECT row_id, minutes, ROUND(LN(GREATEST(minutes, 1)::float8)::numeric, 4) AS log_minutes
    FROM worked
    WHERE minutes > 0 AND 2 * own_minutes >= minutes
)
SELECT
    closed.id,
    (closed.at AT TIME ZONE %(zone)s)::date AS kpi_date,
    NULL::bigint AS company,
    closed.technician,
    closed.board,
    COALESCE(closed.priority::text, '') || ':' || closed.type_name AS segment,
    closed.type_name,
    1 AS tickets,
    (closed.spells > 1)::int AS reopened,
    CASE WHEN judged.row_id IS NOT NULL THEN 1 END AS judged,
    judged.minutes,
    judged.log_minutes,
    ROUND(judged.log_minutes * judged.log_minutes, 4) AS log_squares
FROM closed
JOIN raw_members AS member
    ON member.source_id = closed.source_id AND member.external_id = closed.technician
LEFT JOIN judged USING (row_id)
"""

HANDLED = Fact(
    name="handled",
    sql=SELECT,
    reads=(LAST_CLOSURES,),
    metrics=(
        ratio(
            "handling_minutes",
            _("Handling time"),
            "minutes",
            "less is better",
            "minutes",
            "judged",
            meaning=_(
                "Minutes of people on tickets finally closed, over the tickets of which the technician did at "
                "least half."
            ),
        ),
        ratio(
            "handling_log",
            _("Logarithm of handling time"),
            "score",
            "neither",
            "log_minutes",
            "judged",
            meaning=_("The natural logarithm of the same minutes, over the same tickets."),
        ),
        Metric(
            "handling_log_squares",
            _("Squared logarithm of handling time"),
            "score",
            "neither",
            "log_squares",
            meaning=_("The squares of these logarithms, for how much such tickets differ."),
        ),
        ratio(
            "reopened_work",
            _("Reopened work"),
            "percent",
            "less is better",
            "reopened",
            "tickets",
            meaning=_("Tickets that were reopened, over the tickets that the technician finally closed."),
        ),
    ),
)

IN_DOMAIN = """
SELECT id, kpi_date, company, technician, board, type_name AS segment, minutes, judged, reopened, tickets
FROM handled
"""


def tickets_of_domains(name: str) -> Fact:
    """The same tickets by board and type, for what is said of such pairs; only drilled into."""
    return Fact(
        name=name,
        sql=IN_DOMAIN,
        reads=(HANDLED,),
        is_stored=False,
        metrics=(
            Metric(
                "domain_handling",
                _("Handling time in the domain"),
                "minutes",
                "less is better",
                "minutes",
                "judged",
                roll_up="none",
                meaning=_("Minutes on the technician's tickets of that board and type in 90 days."),
            ),
            Metric(
                "domain_reopened",
                _("Reopened in the domain"),
                "percent",
                "less is better",
                "reopened",
                "tickets",
                roll_up="none",
                meaning=_("Reopened tickets among the technician's of that board and type in 90 days."),
            ),
        ),
    )
