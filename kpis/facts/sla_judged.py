"""Tickets finally closed of which is known whether they kept what was promised, judged as breaches are."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, ratio
from kpis.facts.finally_closed import LAST_CLOSURES

SELECT = """
SELECT
    ticket.id,
    (last_closures.at AT TIME ZONE %(zone)s)::date AS kpi_date,
    ticket.company,
    ticket.technician,
    ticket.board,
    ticket.segment,
    1 AS judged,
    CASE
        WHEN COALESCE(respond_goal_at, plan_goal_at, resolve_goal_at) IS NULL THEN is_in_sla
        ELSE
            (respond_goal_at IS NULL OR COALESCE(responded_at, last_closures.at) <= respond_goal_at)
            AND (plan_goal_at IS NULL OR COALESCE(planned_at, last_closures.at) <= plan_goal_at)
            AND (resolve_goal_at IS NULL OR COALESCE(resolved_at, last_closures.at) <= resolve_goal_at)
    END::int AS met
FROM last_closures
JOIN ticket USING (row_id)
WHERE is_in_sla IS NOT NULL OR COALESCE(respond_goal_at, plan_goal_at, resolve_goal_at) IS NOT NULL
"""

# Not stored: the days have their breaches, and a window's share is taken from its tickets.
SLA_JUDGED = Fact(
    name="sla_judged",
    sql=SELECT,
    reads=(LAST_CLOSURES,),
    is_stored=False,
    metrics=(
        ratio(
            "sla_met",
            _("SLA met"),
            "percent",
            "more is better",
            "met",
            "judged",
            meaning=_("Tickets that missed no goal, over tickets finally closed whose SLA is known."),
        ),
    ),
)
