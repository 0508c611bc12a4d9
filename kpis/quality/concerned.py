"""How many minutes of work what is wrong concerns: those of its tickets or entries, for alerts what alerts cost."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from psycopg import sql

from kpis.base import Fact
from kpis.drilldown import computed_at
from kpis.due import Due
from kpis.models import KpiBreakdown
from kpis.quality.definition import TRUST
from kpis.registry import in_order
from kpis.sources import with_sources
from tenants.models import TenantSettings

IN_MINUTES = {"overlap"}  # what is wrong is itself minutes

OF_TICKET = """(
    SELECT SUM(entry.minutes)
    FROM raw_time_entries AS entry
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    WHERE entry.ticket_id = wrong.id
        AND entry.deleted_at IS NULL
        AND entry.member_id IS NOT NULL
        AND member.is_automation IS NOT TRUE
)"""

CONCERNED = sql.SQL(
    """
SELECT metric, SUM({minutes})
FROM (
    SELECT fact.*, cell.metric
    FROM {fact} AS fact
    CROSS JOIN LATERAL (VALUES {wrongs}) AS cell (metric, wrong)
    WHERE cell.wrong > 0 AND fact.kpi_date >= %(since)s AND fact.kpi_date < %(until)s
) AS wrong
GROUP BY metric
"""
)


def minutes_concerned(wrong: Mapping[str, Decimal], since: date, until: date) -> dict[str, Decimal]:
    """By check, of those that have something wrong."""
    found = {check: minutes for check, minutes in wrong.items() if check in IN_MINUTES}
    due = Due(((since, until),), TenantSettings.load().zone, computed_at())
    for fact in TRUST.facts:
        checks = [metric.slug for metric in fact.metrics if metric.slug in wrong.keys() - found.keys()]
        if fact.thing == "alert":
            found |= {check: wrong[check] * _minutes_per_alert(since, until) for check in checks}
        elif checks:
            found |= _of_fact(fact, checks, due)
    return found


def _of_fact(fact: Fact, checks: list[str], due: Due) -> dict[str, Decimal]:
    ((since, until),) = due.windows
    select = CONCERNED.format(
        minutes=sql.SQL(OF_TICKET if fact.thing == "ticket" else "wrong.minutes"),
        fact=sql.Identifier(fact.name),
        wrongs=sql.SQL(", ").join(
            sql.SQL("({}, {})").format(metric.slug, sql.Identifier(metric.numerator))
            for metric in fact.metrics
            if metric.slug in checks
        ),
    )
    with connection.cursor() as cursor:
        statement = with_sources(select.as_string(), due, in_order([fact]))
        cursor.execute(statement, due.parameters | {"since": since, "until": until})
        return {check: minutes or Decimal(0) for check, minutes in cursor.fetchall()}


def _minutes_per_alert(since: date, until: date) -> Decimal:
    """Of those that led to a ticket; 0 while none did."""
    cells = KpiBreakdown.objects.filter(
        kpi="soc", metric__in=("alert_minutes", "with_ticket"), kpi_date__gte=since, kpi_date__lt=until
    )
    sums = dict(cells.order_by().values_list("metric").annotate(total=Sum("numerator")))
    alerts = sums.get("with_ticket")
    return sums.get("alert_minutes", Decimal(0)) / alerts if alerts else Decimal(0)
