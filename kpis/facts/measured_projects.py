"""Finished projects with what was last measured of each by a day's end, and what had been promised."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric
from kpis.due import LOCAL_DAYS
from kpis.frames import until_today

# Only what can be told from chance counts as saved, or as lost.
MEASURED = """
SELECT
    proposal.id,
    proposal.company,
    topic.root_id AS topic,
    measured.verdict,
    measured.ticket_reduction::numeric AS ticket_reduction,
    measured.hour_reduction::numeric AS hour_reduction,
    CASE
        WHEN measured.verdict IN ('improved', 'worsened') THEN COALESCE(measured.saved_minutes_per_month, 0)
        ELSE 0
    END AS saved_minutes,
    COALESCE(promised.saved_minutes_per_month, proposal.saved_minutes_per_month) AS promised_minutes,
    measured.measured_on AS from_day,
    LEAD(measured.measured_on) OVER (PARTITION BY proposal.id ORDER BY measured.measured_on) AS until_day
FROM project_measurements AS measured
JOIN proposals AS proposal ON proposal.id = measured.proposal_id
JOIN topics AS topic ON topic.id = proposal.topic_id
LEFT JOIN LATERAL (
    SELECT event.saved_minutes_per_month
    FROM proposal_events AS event
    WHERE event.proposal_id = proposal.id
        AND event.kind = 'moved'
        AND event.after = 'accepted'
        AND event.happened_on <= measured.measured_on
    ORDER BY event.happened_on DESC, event.happened_at DESC, event.id DESC
    LIMIT 1
) AS promised ON TRUE
"""

BY_TOPIC = f"""
SELECT
    project.id,
    local.day AS kpi_date,
    project.company,
    NULL::bigint AS technician,
    NULL::bigint AS board,
    project.topic::text AS segment,
    project.saved_minutes,
    project.promised_minutes
FROM ({LOCAL_DAYS}) AS local
JOIN ({MEASURED}) AS project
    ON project.from_day <= local.day AND COALESCE(project.until_day > local.day, TRUE)
"""  # noqa: S608 - joins our own fragments

BY_VERDICT = f"""
SELECT
    project.id,
    local.day AS kpi_date,
    project.company,
    NULL::bigint AS technician,
    NULL::bigint AS board,
    project.verdict AS segment,
    1 AS projects,
    ROUND(project.ticket_reduction, 4) AS ticket_reduction,
    CASE WHEN project.ticket_reduction IS NOT NULL THEN 1 END AS with_tickets,
    ROUND(project.hour_reduction, 4) AS hour_reduction,
    CASE WHEN project.hour_reduction IS NOT NULL THEN 1 END AS with_hours
FROM ({LOCAL_DAYS}) AS local
JOIN ({MEASURED}) AS project
    ON project.from_day <= local.day AND COALESCE(project.until_day > local.day, TRUE)
"""  # noqa: S608

DAILY = f"""
SELECT
    kpi_daily.kpi_date,
    SUM(project.saved_minutes) AS realised_savings_minutes
FROM kpi_daily
LEFT JOIN ({MEASURED}) AS project
    ON project.from_day <= kpi_daily.kpi_date AND COALESCE(project.until_day > kpi_daily.kpi_date, TRUE)
WHERE kpi_daily.kpi_date >= %(since)s
GROUP BY kpi_daily.kpi_date
"""  # noqa: S608

REALISED_SAVINGS = Fact(
    name="realised_savings",
    sql=BY_TOPIC,
    thing="proposal",
    is_by_topic=True,
    reached=until_today,
    metrics=(
        Metric(
            "realised_savings_minutes",
            _("Time that finished projects save"),
            "minutes",
            "more is better",
            "saved_minutes",
            roll_up="none",
            meaning=_(
                "What finished projects save in a month, as last measured by the day's end: 0 where no effect can be "
                "told from chance, below 0 where it became worse. A segment is a topic's id."
            ),
        ),
        Metric(
            "promised_savings_minutes",
            _("Time that finished projects were to save"),
            "minutes",
            "neither",
            "promised_minutes",
            roll_up="none",
            meaning=_("What had been estimated of the same projects when they were accepted."),
        ),
    ),
)

PROJECT_VERDICTS = Fact(
    name="project_verdicts",
    sql=BY_VERDICT,
    thing="proposal",
    reached=until_today,
    metrics=(
        Metric(
            "measured_projects",
            _("Measured projects by verdict"),
            "projects",
            "neither",
            "projects",
            roll_up="none",
            meaning=_("Finished projects by the last verdict on them by the day's end."),
        ),
        Metric(
            "ticket_reduction",
            _("Tickets that finished projects spare"),
            "percent",
            "more is better",
            "ticket_reduction",
            "with_tickets",
            roll_up="none",
            meaning=_("Mean share of their topic's tickets that projects took away, by verdict."),
        ),
        Metric(
            "hour_reduction",
            _("Hours that finished projects spare"),
            "percent",
            "more is better",
            "hour_reduction",
            "with_hours",
            roll_up="none",
            meaning=_("Mean share of their topic's hours that projects took away, by verdict."),
        ),
    ),
)
