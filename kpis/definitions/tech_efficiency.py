"""07 Tech efficiency: how well the work flows, judged on the tickets that were finally closed on the day."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Column, Kpi
from kpis.compared import as_decided
from kpis.efficiency_example import EXAMPLE
from kpis.facts.finally_closed import FINALLY_CLOSED, LAST_CLOSURES
from kpis.facts.first_responses import ANSWERED_TICKETS, FIRST_ANSWERS, FIRST_RESPONSES
from kpis.facts.sla_breaches import SLA_BREACHES
from kpis.facts.sla_judged import SLA_JUDGED
from kpis.facts.survey_answers import SURVEY_ANSWERS
from kpis.facts.technician_days import TECHNICIAN_DAYS

DAILY = """
WITH closed AS (
    SELECT
        kpi_date,
        COUNT(*) AS tickets,
        SUM(ttr_seconds) / (60.0 * NULLIF(COUNT(timed), 0)) AS avg_ttr_minutes,
        PERCENTILE_CONT(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY ttr_seconds) AS ttr_seconds,
        SUM(business_seconds) / (60.0 * NULLIF(COUNT(timed), 0)) AS business_ttr_minutes,
        100.0 * SUM(closed_once) / COUNT(*) AS fcr_rate,
        100.0 * SUM(one_touch) / COUNT(*) AS one_touch_rate
    FROM finally_closed
    GROUP BY kpi_date
),
responded AS (
    SELECT kpi_date, SUM(response_seconds) / (60.0 * COUNT(*)) AS avg_first_response_minutes
    FROM first_responses
    GROUP BY kpi_date
),
answered AS (
    SELECT
        kpi_date,
        1.0 * SUM(satisfaction) / NULLIF(SUM(satisfactions), 0) AS csat_avg,
        100.0 * SUM(recommendation) / NULLIF(SUM(recommendations), 0) AS nps
    FROM survey_answers
    GROUP BY kpi_date
),
breached AS (
    SELECT kpi_date, COUNT(*) AS tickets
    FROM sla_breaches
    GROUP BY kpi_date
),
worked AS (
    SELECT
        kpi_date,
        100.0 * COALESCE(SUM(billable_minutes), 0)
            / NULLIF(SUM(COALESCE(billable_minutes, non_billable_minutes)), 0) AS billable_ratio
    FROM time_worked
    GROUP BY kpi_date
),
active AS (
    SELECT kpi_date, COUNT(*) AS technicians
    FROM (
        SELECT kpi_date, technician
        FROM time_worked
        WHERE is_by_technician
        UNION
        SELECT kpi_date, CASE WHEN is_decided THEN recorded_technician ELSE technician END AS technician
        FROM finally_closed
        WHERE CASE WHEN is_decided THEN recorded_technician ELSE technician END
            IN (SELECT external_id FROM raw_members)
    ) AS technician_day
    GROUP BY kpi_date
)
SELECT
    kpi_date,
    ROUND(closed.avg_ttr_minutes, 2) AS avg_ttr_minutes,
    ROUND(ROUND(closed.ttr_seconds[1]::numeric, 4) / 60, 2) AS median_ttr_minutes,
    ROUND(ROUND(closed.ttr_seconds[2]::numeric, 4) / 60, 2) AS p90_ttr_minutes,
    ROUND(closed.business_ttr_minutes, 2) AS business_ttr_minutes,
    ROUND(closed.fcr_rate, 4) AS fcr_rate,
    ROUND(closed.one_touch_rate, 4) AS one_touch_rate,
    ROUND(responded.avg_first_response_minutes, 2) AS avg_first_response_minutes,
    ROUND(answered.csat_avg, 4) AS csat_avg,
    ROUND(answered.nps, 4) AS nps,
    COALESCE(breached.tickets, 0) AS sla_breach_count,
    COALESCE(active.technicians, 0) AS active_technicians,
    ROUND(1.0 * COALESCE(closed.tickets, 0) / active.technicians, 4) AS tickets_per_technician,
    ROUND(worked.billable_ratio, 4) AS billable_ratio
FROM due_days
LEFT JOIN closed USING (kpi_date)
LEFT JOIN responded USING (kpi_date)
LEFT JOIN answered USING (kpi_date)
LEFT JOIN breached USING (kpi_date)
LEFT JOIN worked USING (kpi_date)
LEFT JOIN active USING (kpi_date)
"""

PLAIN = """
SELECT
    (closed_at AT TIME ZONE %(zone)s)::date AS day,
    COUNT(*) AS tickets,
    AVG(EXTRACT(EPOCH FROM COALESCE(resolved_at, closed_at) - opened_at)) / 60 AS avg_ttr_minutes
FROM raw_tickets
WHERE record_type = 'ServiceTicket'
    AND is_closed
    AND deleted_at IS NULL
    AND merged_into IS NULL
GROUP BY day
ORDER BY day
"""

KPI = Kpi(
    number="07",
    slug="tech_efficiency",
    name=_("Tech efficiency"),
    question=_("How well does each technician's work flow?"),
    formula=as_decided(
        _(
            "Speed and quality are judged on the tickets that were finally closed on the day: closed now, and closed "
            "for the last time that day. Medians and percentiles of a window are taken from its tickets, never from "
            "days."
        )
    ),
    owner=_("Service manager"),
    version=2,
    facts=(
        LAST_CLOSURES,
        FINALLY_CLOSED,
        ANSWERED_TICKETS,
        FIRST_ANSWERS,
        FIRST_RESPONSES,
        SURVEY_ANSWERS,
        SLA_BREACHES,
        SLA_JUDGED,
        TECHNICIAN_DAYS,
    ),
    daily_sql=DAILY,
    daily_columns=(
        Column(
            "avg_ttr_minutes",
            "ttr_minutes",
            _("Mean time to resolve"),
            "minutes",
            "less is better",
            _("Mean time to resolve of tickets finally closed on the day."),
        ),
        Column(
            "median_ttr_minutes",
            "ttr_minutes",
            _("Median time to resolve"),
            "minutes",
            "less is better",
            _("Median of the same."),
        ),
        Column(
            "p90_ttr_minutes",
            "ttr_minutes",
            _("90th percentile of time to resolve"),
            "minutes",
            "less is better",
            _("Nine of ten of the same tickets took no longer."),
        ),
        Column(
            "business_ttr_minutes",
            "business_ttr_minutes",
            _("Business time to resolve"),
            "minutes",
            "less is better",
            _("Mean business time to resolve, less waiting on the client."),
        ),
        Column(
            "fcr_rate",
            "fcr",
            _("Never reopened"),
            "percent",
            "more is better",
            _("Percent of tickets finally closed on the day that were never reopened."),
        ),
        Column(
            "one_touch_rate",
            "one_touch",
            _("One touch"),
            "percent",
            "more is better",
            _("Percent solved by one technician on one day, never reopened or reassigned."),
        ),
        Column(
            "avg_first_response_minutes",
            "first_response_minutes",
            _("First response"),
            "minutes",
            "less is better",
            _("Mean time to the first response, of tickets first answered on the day."),
        ),
        Column(
            "csat_avg",
            "csat",
            _("Client satisfaction"),
            "points",
            "more is better",
            _("Mean satisfaction of the day's answers, from 1 to 5."),
        ),
        Column(
            "nps",
            "nps",
            _("Net promoter score"),
            "points",
            "more is better",
            _("Promoters minus detractors among the day's answers, from -100 to 100."),
        ),
        Column(
            "sla_breach_count",
            "sla_breaches",
            _("SLA breaches"),
            "tickets",
            "less is better",
            _("Tickets whose first missed goal fell on the day."),
        ),
        Column(
            "active_technicians",
            "worked_days",
            _("Active technicians"),
            "people",
            "neither",
            _("Technicians who logged time or closed a ticket."),
        ),
        Column(
            "tickets_per_technician",
            "fcr",
            _("Tickets per technician"),
            "tickets",
            "more is better",
            _("Tickets finally closed per active technician."),
        ),
        Column(
            "billable_ratio",
            "billable_ratio",
            _("Billable share"),
            "percent",
            "more is better",
            _("Billable share of all minutes."),
        ),
    ),
    example=EXAMPLE,
    plain_sql=PLAIN,
    plain_differs=_(
        "Differs on days on which a ticket was closed whose resolution lies before its opening or after its last "
        "closure (the KPI then takes the closure), that took over five years (left out of the mean), or whose "
        "history tells of a later closure than the ticket does. By technician it differs where a program or nobody "
        "owns the ticket: the KPI then takes whoever worked on it most. And where a dispute was upheld: the KPI then "
        "takes whom the decision says."
    ),
)
