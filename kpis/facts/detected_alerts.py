"""Security alerts on the day they were detected: how many, of what kind, and on which machines again and again."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric, ratio
from kpis.frames import days_after

SEVERITIES = {
    "critical": _("Critical alerts"),
    "high": _("High alerts"),
    "medium": _("Medium alerts"),
    "low": _("Low alerts"),
    "informational": _("Informational alerts"),
}
SURE_ENOUGH = "0.5"  # of a link to a ticket; those by time alone are guesses
RECURRING_ALERTS, RECURRING_DAYS = 3, 30

# Alerts of one machine, also where several vendors watch it.
HOST = """
    alert.company,
    CASE WHEN alert.company IS NULL THEN alert.source_id END,
    CASE WHEN alert.company IS NULL THEN alert.customer_id END,
    alert.host
"""

DETECTED = f"""
SELECT
    alert.id,
    (alert.detected_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    alert.company,
    NULL::bigint AS technician,
    NULL::bigint AS board,
    alert.segment,
    alert.severity,
    alert.category,
    1 AS alerts,
    EXISTS (
        SELECT FROM connectors_alertticketlink AS link
        WHERE link.source_id = alert.source_id
            AND link.alert_id = alert.external_id
            AND link.confidence >= {SURE_ENOUGH}
    )::int AS with_ticket
FROM due
JOIN alert ON alert.detected_at >= due.starts_at AND alert.detected_at < due.ends_at
"""  # noqa: S608 - made of our own constant

BY_CATEGORY = """
SELECT id, kpi_date, company, technician, board, category AS segment, alerts AS of_category
FROM detected_alerts
"""

MARKED = ",\n    ".join(
    f"CASE WHEN severity = '{severity}' THEN 1 END AS {severity}" for severity in SEVERITIES
)

BY_SEVERITY = f"""
SELECT
    id,
    kpi_date,
    company,
    technician,
    board,
    segment,
    {MARKED}
FROM detected_alerts
"""  # noqa: S608 - made of our own constant

# Each stretch of days looks at the alerts before it as well, and yields its own.
RECURRING = f"""
SELECT id, kpi_date, company, NULL::bigint AS technician, NULL::bigint AS board, segment, 1 AS recurring
FROM (
    SELECT
        alert.id,
        alert.company,
        alert.segment,
        alert.detected_at >= due.starts_at AS is_due,
        local.day AS kpi_date,
        LAG(local.day, {RECURRING_ALERTS - 1}) OVER (
            PARTITION BY due.starts_at, {HOST}
            ORDER BY alert.detected_at, alert.external_id, alert.source_id
        ) AS last_but_two
    FROM due
    JOIN alert
        ON alert.detected_at >= due.starts_at - INTERVAL '{RECURRING_DAYS} days'
        AND alert.detected_at < due.ends_at
    CROSS JOIN LATERAL (SELECT (alert.detected_at AT TIME ZONE %(zone)s)::date AS day) AS local
    WHERE alert.host <> ''
) AS on_host
WHERE is_due AND last_but_two > kpi_date - {RECURRING_DAYS}
"""  # noqa: S608 - made of our own constants

# When the next severe alert will have been open for too long.
NEXT_OVERDUE = """
SELECT MIN(goal.at)
FROM alert
JOIN tenants_tenantsettings AS settings ON settings.id = 1
CROSS JOIN LATERAL (
    SELECT alert.detected_at + (settings.alert_sla_hours ->> alert.severity)::numeric * INTERVAL '1 hour' AS at
) AS goal
WHERE alert.status <> 'resolved' AND alert.severity IN ('critical', 'high') AND goal.at >= %(now)s
"""

# While there is none, nothing is known: that is not the same as a day without alerts.
ANY_ALERT = Fact("any_alert", "SELECT id FROM alert LIMIT 1", thing="alert", is_kept=True)

DETECTED_ALERTS = Fact(
    name="detected_alerts",
    sql=DETECTED,
    thing="alert",
    is_kept=True,
    holds_until_sql=NEXT_OVERDUE,
    metrics=(
        Metric(
            "alerts",
            _("Security alerts"),
            "alerts",
            "less is better",
            "alerts",
            meaning=_("Alerts detected on the day, by vendor, severity and where the severity comes from."),
        ),
        ratio(
            "with_ticket",
            _("Alerts that led to a ticket"),
            "percent",
            "neither",
            "with_ticket",
            "alerts",
            meaning=_("Alerts detected on the day that are surely or likely worked on in a ticket."),
        ),
    ),
)

ALERTS_BY_CATEGORY = Fact(
    name="alerts_by_category",
    sql=BY_CATEGORY,
    thing="alert",
    reads=(DETECTED_ALERTS,),
    metrics=(
        Metric(
            "alerts_by_category",
            _("Security alerts by type"),
            "alerts",
            "less is better",
            "of_category",
            meaning=_("Alerts detected on the day, by the type that the vendor gives."),
        ),
    ),
)

# The segments of `alerts` hold the severity; these say which alerts are behind a column of the day.
ALERTS_BY_SEVERITY = Fact(
    name="alerts_by_severity",
    sql=BY_SEVERITY,
    thing="alert",
    reads=(DETECTED_ALERTS,),
    is_stored=False,
    metrics=tuple(
        Metric(
            f"alerts_{severity}",
            name,
            "alerts",
            "less is better",
            severity,
            meaning=_("Alerts of this severity detected on the day."),
        )
        for severity, name in SEVERITIES.items()
    ),
)

RECURRING_ON_HOSTS = Fact(
    name="recurring_alerts",
    sql=RECURRING,
    thing="alert",
    reached=days_after(RECURRING_DAYS - 1),
    metrics=(
        Metric(
            "recurring_alerts",
            _("Recurring alerts"),
            "alerts",
            "less is better",
            "recurring",
            meaning=_("Alerts that are at least the third on their machine within 30 days."),
        ),
    ),
)
