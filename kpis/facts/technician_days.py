"""The days on which a technician logged time, and what that time was of their capacity."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric, ratio
from kpis.facts.time_worked import TIME_WORKED

SELECT = """
SELECT
    time_worked.id,
    time_worked.kpi_date,
    NULL::bigint AS company,
    time_worked.technician,
    NULL::bigint AS board,
    '' AS segment,
    1 AS worked,
    COALESCE(time_worked.billable_minutes, 0) AS billable_minutes,
    COALESCE(time_worked.billable_minutes, time_worked.non_billable_minutes) AS all_minutes,
    CASE
        WHEN time_worked.daily_capacity_hours > 0 THEN time_worked.daily_capacity_hours * 60
        ELSE (
            EXTRACT(EPOCH FROM COALESCE(calendar.first_end - calendar.first_start, INTERVAL '0'))
            + EXTRACT(EPOCH FROM COALESCE(calendar.second_end - calendar.second_start, INTERVAL '0'))
        ) / 60
    END AS capacity_minutes
FROM time_worked
JOIN kpi_calendar AS calendar ON calendar.day = time_worked.kpi_date
WHERE time_worked.is_by_technician
"""

TECHNICIAN_DAYS = Fact(
    name="technician_days",
    sql=SELECT,
    thing="time entry",
    reads=(TIME_WORKED,),
    per_group=frozenset({"worked", "capacity_minutes"}),
    metrics=(
        Metric(
            "worked_days",
            _("Days worked"),
            "days",
            "neither",
            "worked",
            meaning=_("Days on which the technician logged time."),
        ),
        ratio(
            "billable_ratio",
            _("Billable share"),
            "percent",
            "more is better",
            "billable_minutes",
            "all_minutes",
            meaning=_("Billable minutes, over all minutes of the technician."),
        ),
        ratio(
            "utilisation",
            _("Utilisation"),
            "percent",
            "more is better",
            "all_minutes",
            "capacity_minutes",
            meaning=_("All minutes, over the technician's capacity on days worked."),
        ),
    ),
)
