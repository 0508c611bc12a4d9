"""Proposals that wait for a decision at a day's end, as the last thing that had happened to each by then says."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric
from kpis.due import LOCAL_DAYS
from kpis.frames import until_today

# A proposal's state holds from the day of an event to the day of the next one.
STANDING = """
SELECT
    proposal.id,
    proposal.company,
    topic.root_id AS topic,
    proposal.archetype,
    step.saved_minutes,
    step.from_day,
    step.until_day
FROM (
    SELECT
        proposal_id,
        status,
        saved_minutes,
        from_day,
        LEAD(from_day) OVER (PARTITION BY proposal_id ORDER BY from_day) AS until_day
    FROM (
        SELECT DISTINCT ON (proposal_id, happened_on)
            proposal_id,
            happened_on AS from_day,
            after AS status,
            saved_minutes_per_month AS saved_minutes
        FROM proposal_events
        ORDER BY proposal_id, happened_on, happened_at DESC, id DESC
    ) AS last_of_day
) AS step
JOIN proposals AS proposal ON proposal.id = step.proposal_id
JOIN topics AS topic ON topic.id = proposal.topic_id
WHERE step.status = 'proposed'
"""

AT_END_OF_DAY = f"""
SELECT
    proposal.id,
    local.day AS kpi_date,
    proposal.company,
    NULL::bigint AS technician,
    NULL::bigint AS board,
    {{segment}} AS segment,
    1 AS proposals,
    proposal.saved_minutes
FROM ({LOCAL_DAYS}) AS local
JOIN ({STANDING}) AS proposal
    ON proposal.from_day <= local.day AND COALESCE(proposal.until_day > local.day, TRUE)
"""  # noqa: S608 - joins our own fragments

# Nothing was ever proposed before the first event: that is unknown, not none.
DAILY = f"""
SELECT
    kpi_daily.kpi_date,
    CASE WHEN kpi_daily.kpi_date >= begun.day THEN COUNT(proposal.id) END AS projects_proposed,
    CASE WHEN kpi_daily.kpi_date >= begun.day THEN COALESCE(SUM(proposal.saved_minutes), 0) END
        AS projected_savings_minutes
FROM kpi_daily
CROSS JOIN (SELECT MIN(happened_on) AS day FROM proposal_events) AS begun
LEFT JOIN ({STANDING}) AS proposal
    ON proposal.from_day <= kpi_daily.kpi_date AND COALESCE(proposal.until_day > kpi_daily.kpi_date, TRUE)
WHERE kpi_daily.kpi_date >= %(since)s
GROUP BY kpi_daily.kpi_date, begun.day
"""  # noqa: S608

STANDING_PROPOSALS = Fact(
    name="standing_proposals",
    sql=AT_END_OF_DAY.format(segment="proposal.topic::text"),
    thing="proposal",
    is_by_topic=True,
    reached=until_today,
    metrics=(
        Metric(
            "projects_proposed",
            _("Proposed projects"),
            "projects",
            "neither",
            "proposals",
            roll_up="none",
            meaning=_(
                "Proposals that wait for a decision at the day's end, by client (none: for all) and topic; a segment "
                "is a topic's id."
            ),
        ),
        Metric(
            "projected_savings_minutes",
            _("Time that proposed projects would save"),
            "minutes",
            "neither",
            "saved_minutes",
            roll_up="none",
            meaning=_("What they would save in a month, as estimated at that time."),
        ),
    ),
)

PROPOSALS_BY_KIND = Fact(
    name="proposals_by_kind",
    sql=AT_END_OF_DAY.format(segment="proposal.archetype"),
    thing="proposal",
    reached=until_today,
    metrics=(
        Metric(
            "proposed_by_kind",
            _("Proposed projects by kind"),
            "projects",
            "neither",
            "proposals",
            roll_up="none",
            meaning=_("The same proposals, by kind of project."),
        ),
        Metric(
            "projected_by_kind",
            _("Time that proposed projects would save, by kind"),
            "minutes",
            "neither",
            "saved_minutes",
            roll_up="none",
            meaning=_("What they would save in a month, by kind of project."),
        ),
    ),
)
