"""12 SOC metrics: how many security alerts there were, how quickly they were handled, and what they cost."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Found, Kpi, WorkedExample
from kpis.facts.detected_alerts import (
    ALERTS_BY_CATEGORY,
    ALERTS_BY_SEVERITY,
    ANY_ALERT,
    DETECTED_ALERTS,
    RECURRING_ON_HOSTS,
    SEVERITIES,
)
from kpis.facts.handled_alerts import ACKNOWLEDGED_ALERTS, ALERT_TIME, REOPENED_ALERTS, RESOLVED_ALERTS

COUNTED = ",\n        ".join(
    f"COUNT(*) FILTER (WHERE severity = '{severity}') AS {severity}" for severity in SEVERITIES
)
COLUMNS = ",\n    ".join(
    f"CASE WHEN known.has_alerts THEN COALESCE(detected.{severity}, 0) END AS security_alerts_{severity}"
    for severity in SEVERITIES
)

DAILY = f"""
WITH detected AS (
    SELECT
        kpi_date,
        {COUNTED}
    FROM detected_alerts
    GROUP BY kpi_date
),
resolved AS (
    SELECT
        kpi_date,
        SUM(resolve_seconds) / (60.0 * NULLIF(COUNT(timed), 0)) AS mttr_minutes,
        100.0 * SUM(in_sla) / NULLIF(COUNT(with_goal), 0) AS sla_pct
    FROM resolved_alerts
    GROUP BY kpi_date
)
SELECT
    kpi_date,
    {COLUMNS},
    resolved.mttr_minutes AS security_mttr_minutes,
    resolved.sla_pct AS security_sla_pct
FROM due_days
CROSS JOIN (SELECT EXISTS (SELECT FROM any_alert) AS has_alerts) AS known
LEFT JOIN detected USING (kpi_date)
LEFT JOIN resolved USING (kpi_date)
"""  # noqa: S608 - made of our own constants

EXAMPLE = WorkedExample(
    rows={
        "customer": [{"external_id": "site-1", "company_id": 12}],
        "alert": [
            {
                "external_id": "a",
                "detected": "2026-03-02 14:00",
                "customer_id": "site-1",
                "severity": "high",
                "category": "Malware",
                "host_name": "LT-07.example.com",
                "acknowledged_at": "2026-03-02 14:30",
                "resolved_at": "2026-03-03 00:00",
                "status": "resolved",
                "verdict": "false_positive",
            },
            {
                "external_id": "b",
                "detected": "2026-03-02 15:00",
                "customer_id": "site-1",
                "severity": "critical",
                "severity_source": "derived",
                "host_name": "lt-07",
            },
            {
                "external_id": "c",
                "detected": "2026-03-03 15:00",
                "customer_id": "site-1",
                "severity": "low",
                "host_name": "LT-07",
            },
        ],
        "member": [{"external_id": 1}],
        "ticket": [{"external_id": 100, "company_id": 12, "board_id": 3}],
        "time_entry": [{"on": 100, "member": 1, "minutes": 45}],
        "alert_link": [{"alert_id": "a", "of": 100}, {"alert_id": "b", "of": 100}],
    },
    daily={
        "2026-03-02": {
            "security_alerts_critical": 1,
            "security_alerts_high": 1,
            "security_alerts_low": 0,
            "security_mttr_minutes": 600,
            "security_sla_pct": 0,
        },
        "2026-03-03": {"security_alerts_low": 1, "security_mttr_minutes": None},
    },
    breakdown=[
        ("acknowledge_minutes", "2026-03-02", 12, None, None, "sentinelone:high:vendor", 30, 1),
        ("alert_minutes", "2026-03-02", 12, 1, 3, "", 45, None),
        ("alerts", "2026-03-02", 12, None, None, "sentinelone:critical:derived", 1, None),
        ("alerts", "2026-03-02", 12, None, None, "sentinelone:high:vendor", 1, None),
        ("alerts", "2026-03-03", 12, None, None, "sentinelone:low:vendor", 1, None),
        ("alerts_by_category", "2026-03-02", 12, None, None, "", 1, None),
        ("alerts_by_category", "2026-03-02", 12, None, None, "Malware", 1, None),
        ("alerts_by_category", "2026-03-03", 12, None, None, "", 1, None),
        ("estimated_moments", "2026-03-02", 12, None, None, "sentinelone:high:vendor", 0, 1),
        ("false_positives", "2026-03-02", 12, None, None, "sentinelone:high:vendor", 1, 1),
        ("in_sla", "2026-03-02", 12, None, None, "sentinelone:high:vendor", 0, 1),
        ("recurring_alerts", "2026-03-03", 12, None, None, "sentinelone:low:vendor", 1, None),
        ("resolve_minutes", "2026-03-02", 12, None, None, "sentinelone:high:vendor", 600, 1),
        ("with_ticket", "2026-03-02", 12, None, None, "sentinelone:critical:derived", 1, 1),
        ("with_ticket", "2026-03-02", 12, None, None, "sentinelone:high:vendor", 1, 1),
        ("with_ticket", "2026-03-03", 12, None, None, "sentinelone:low:vendor", 0, 1),
        ("with_verdict", "2026-03-02", 12, None, None, "sentinelone:high:vendor", 1, 1),
    ],
)


def findings(today: date) -> Iterable[Found]:
    from kpis import security_findings

    return security_findings.find(today)


KPI = Kpi(
    number="12",
    slug="soc",
    name=_("SOC metrics"),
    question=_("How well do we handle security alerts?"),
    formula=_(
        "Alerts of all security vendors on the day they were detected, and how long until somebody took them up and "
        "resolved them, against the hours that the settings allow for each severity. What a vendor shows twice "
        "counts once, customers that are left out do not count, and a severity that was derived says so."
    ),
    owner=_("Service manager"),
    version=1,
    facts=(
        ANY_ALERT,
        DETECTED_ALERTS,
        ALERTS_BY_CATEGORY,
        ALERTS_BY_SEVERITY,
        RECURRING_ON_HOSTS,
        ACKNOWLEDGED_ALERTS,
        RESOLVED_ALERTS,
        REOPENED_ALERTS,
        ALERT_TIME,
    ),
    daily_sql=DAILY,
    daily_columns=(
        *(
            Column(
                f"security_alerts_{severity}",
                f"alerts_{severity}",
                name,
                "alerts",
                "less is better",
                _("Alerts of this severity detected on the day."),
            )
            for severity, name in SEVERITIES.items()
        ),
        Column(
            "security_mttr_minutes",
            "resolve_minutes",
            _("Time to resolve an alert"),
            "minutes",
            "less is better",
            _("Mean time from detection to resolution of alerts resolved on the day."),
        ),
        Column(
            "security_sla_pct",
            "in_sla",
            _("Alerts resolved in time"),
            "percent",
            "more is better",
            _("Percent of alerts resolved on the day that were resolved in time."),
        ),
    ),
    findings=findings,
    momentary=frozenset({"overdue"}),
    derived_from=(("soc", "alerts"), ("soc", "alert_minutes"), ("soc", "in_sla"), ("soc", "with_ticket")),
    example=EXAMPLE,
)
