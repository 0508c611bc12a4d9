"""What became of security alerts: when they were acknowledged, resolved and reopened, and the time they cost."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric, ratio
from kpis.facts.detected_alerts import SURE_ENOUGH

ACKNOWLEDGED = """
SELECT
    alert.id,
    (alert.acknowledged_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    alert.company,
    NULL::bigint AS technician,
    NULL::bigint AS board,
    alert.segment,
    alert.vendor,
    alert.severity,
    1 AS acknowledged,
    EXTRACT(EPOCH FROM alert.acknowledged_at - alert.detected_at) AS acknowledge_seconds
FROM due
JOIN alert ON alert.acknowledged_at >= due.starts_at AND alert.acknowledged_at < due.ends_at
WHERE alert.acknowledged_at - alert.detected_at BETWEEN INTERVAL '0' AND INTERVAL '1825 days'
"""

# There is no goal for a severity that is unknown.
RESOLVED = """
SELECT
    alert.id,
    (alert.resolved_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    alert.company,
    NULL::bigint AS technician,
    NULL::bigint AS board,
    alert.segment,
    alert.vendor,
    alert.severity,
    1 AS resolved,
    CASE WHEN duration.is_valid THEN 1 END AS timed,
    CASE WHEN duration.is_valid THEN duration.seconds END AS resolve_seconds,
    CASE WHEN duration.is_valid AND goal.seconds IS NOT NULL THEN 1 END AS with_goal,
    CASE WHEN duration.is_valid THEN (duration.seconds <= goal.seconds)::int END AS in_sla,
    alert.resolved_is_estimated::int AS estimated,
    (alert.verdict <> '')::int AS with_verdict,
    CASE WHEN alert.verdict <> '' THEN (alert.verdict = 'false_positive')::int END AS false_positive
FROM due
JOIN alert ON alert.resolved_at >= due.starts_at AND alert.resolved_at < due.ends_at
LEFT JOIN tenants_tenantsettings AS settings ON settings.id = 1
CROSS JOIN LATERAL (
    SELECT
        EXTRACT(EPOCH FROM alert.resolved_at - alert.detected_at) AS seconds,
        alert.resolved_at - alert.detected_at BETWEEN INTERVAL '0' AND INTERVAL '1825 days' AS is_valid
) AS duration
CROSS JOIN LATERAL (
    SELECT 3600 * (settings.alert_sla_hours ->> alert.severity)::numeric AS seconds
) AS goal
WHERE alert.status = 'resolved'
"""

REOPENED = """
SELECT
    alert.id,
    (event.occurred_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    alert.company,
    NULL::bigint AS technician,
    NULL::bigint AS board,
    alert.segment,
    1 AS reopened
FROM due
JOIN raw_alert_events AS event ON event.occurred_at >= due.starts_at AND event.occurred_at < due.ends_at
JOIN alert ON alert.source_id = event.source_id AND alert.external_id = event.alert_id
WHERE event.deleted_at IS NULL AND event.old_status = 'resolved' AND event.new_status <> 'resolved'
"""

# A ticket's minutes count once, however many alerts lead to it.
TIME = f"""
SELECT
    entry.external_id AS id,
    (entry.started_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    entry.company_id AS company,
    entry.member_id AS technician,
    ticket_worked_on.board_id AS board,
    '' AS segment,
    entry.ticket_id,
    entry.minutes
FROM due
JOIN raw_time_entries AS entry
    ON entry.started_at >= due.starts_at AND entry.started_at < due.ends_at
LEFT JOIN raw_members AS member
    ON member.source_id = entry.source_id AND member.external_id = entry.member_id
LEFT JOIN raw_tickets AS ticket_worked_on
    ON ticket_worked_on.source_id = entry.source_id AND ticket_worked_on.external_id = entry.ticket_id
WHERE entry.deleted_at IS NULL
    AND entry.member_id IS NOT NULL
    AND member.is_automation IS NOT TRUE
    AND entry.ticket_id IN (
        SELECT link.ticket_id
        FROM connectors_alertticketlink AS link
        JOIN alert ON alert.source_id = link.source_id AND alert.external_id = link.alert_id
        WHERE link.confidence >= {SURE_ENOUGH}
    )
"""  # noqa: S608 - made of our own constant

ACKNOWLEDGED_ALERTS = Fact(
    name="acknowledged_alerts",
    sql=ACKNOWLEDGED,
    thing="alert",
    metrics=(
        ratio(
            "acknowledge_minutes",
            _("Time to acknowledge an alert"),
            "minutes",
            "less is better",
            "acknowledge_seconds",
            "acknowledged",
            60,
            _("Minutes from detection until somebody took an alert up, over alerts acknowledged on the day."),
        ),
    ),
)

RESOLVED_ALERTS = Fact(
    name="resolved_alerts",
    sql=RESOLVED,
    thing="alert",
    is_kept=True,
    metrics=(
        ratio(
            "resolve_minutes",
            _("Time to resolve an alert"),
            "minutes",
            "less is better",
            "resolve_seconds",
            "timed",
            60,
            _("Minutes from detection to resolution, over alerts resolved on the day."),
        ),
        ratio(
            "in_sla",
            _("Alerts resolved in time"),
            "percent",
            "more is better",
            "in_sla",
            "with_goal",
            meaning=_("Alerts resolved within the hours that the settings give their severity."),
        ),
        ratio(
            "estimated_moments",
            _("Alerts with an estimated moment of resolution"),
            "percent",
            "less is better",
            "estimated",
            "resolved",
            meaning=_("Resolved alerts whose moment was not told by the vendor but seen between two syncs."),
        ),
        ratio(
            "with_verdict",
            _("Alerts with a verdict"),
            "percent",
            "more is better",
            "with_verdict",
            "resolved",
            meaning=_("Resolved alerts of which it was said whether they were real."),
        ),
        ratio(
            "false_positives",
            _("False positives"),
            "percent",
            "less is better",
            "false_positive",
            "with_verdict",
            meaning=_("Alerts that were found to be nothing, over resolved alerts with a verdict."),
        ),
    ),
)

REOPENED_ALERTS = Fact(
    name="reopened_alerts",
    sql=REOPENED,
    thing="alert",
    metrics=(
        Metric(
            "reopened_alerts",
            _("Reopened alerts"),
            "alerts",
            "less is better",
            "reopened",
            meaning=_("Alerts that were resolved and became open again on the day."),
        ),
    ),
)

ALERT_TIME = Fact(
    name="alert_time",
    sql=TIME,
    thing="time entry",
    metrics=(
        Metric(
            "alert_minutes",
            _("Time spent on alerts"),
            "minutes",
            "less is better",
            "minutes",
            meaning=_(
                "Minutes that people worked on tickets of alerts, each once however many alerts a ticket has."
            ),
        ),
    ),
)
