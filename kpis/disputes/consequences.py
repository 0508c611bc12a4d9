"""What upholding a dispute would change: the figures of the ticket's days, before and after, by technician.

The decision is really made and then undone, so that nothing is told here but what a compute would come to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from connectors.dirty import TICKET_MOMENTS
from kpis.base import Metric
from kpis.disputes.workflow import apply
from kpis.due import Due, stretches
from kpis.facts.finally_closed import FINALLY_CLOSED
from kpis.facts.first_hands import FIRST_HANDS
from kpis.facts.first_responses import FIRST_RESPONSES
from kpis.facts.handled import HANDLED
from kpis.facts.sla_breaches import SLA_BREACHES
from kpis.facts.survey_answers import SURVEY_ANSWERS
from kpis.models import Dispute
from kpis.registry import in_order
from kpis.sources import with_sources
from tenants.models import TenantSettings

DAYS = f"""
SELECT DISTINCT (part.moment AT TIME ZONE %(zone)s)::date
FROM ({TICKET_MOMENTS.format(tickets="%(tickets)s")}) AS part
WHERE part.moment IS NOT NULL
"""  # noqa: S608 - made of our own constant

FIGURES = """
SELECT 'ttr_minutes', kpi_date, technician, ttr_seconds / 60
FROM finally_closed
WHERE id = %(ticket)s
UNION ALL
SELECT 'first_response_minutes', kpi_date, technician, response_seconds / 60
FROM first_responses
WHERE id = %(ticket)s
UNION ALL
SELECT 'sla_breaches', kpi_date, technician, breaches
FROM sla_breaches
WHERE id = %(ticket)s
UNION ALL
SELECT 'csat', kpi_date, technician, satisfaction
FROM survey_answers
WHERE satisfactions = 1
    AND id IN (
        SELECT external_id FROM raw_surveys WHERE source_id = %(source)s AND ticket_id = %(ticket)s
    )
UNION ALL
SELECT 'handling_minutes', kpi_date, technician, minutes
FROM handled
WHERE id = %(ticket)s AND judged = 1
UNION ALL
SELECT 'reopened_work', kpi_date, technician, reopened
FROM handled
WHERE id = %(ticket)s
UNION ALL
SELECT 'escalated', kpi_date, technician, escalated
FROM first_hands
WHERE id = %(ticket)s
"""
FACTS = (FINALLY_CLOSED, FIRST_RESPONSES, SLA_BREACHES, SURVEY_ANSWERS, HANDLED, FIRST_HANDS)
METRICS: dict[str, Metric] = {metric.slug: metric for fact in FACTS for metric in fact.metrics}

Row = tuple[str, date, int | None, Decimal | None]  # metric, day, technician, value


@dataclass(frozen=True)
class Change:
    """What a ticket adds to a figure of a day, and whose figure that was and would be; None: nobody's."""

    metric: Metric
    day: date
    value: Decimal | None
    before: int | None
    after: int | None


def consequences(dispute: Dispute, credited_to: int | None) -> list[Change]:
    """By day. Empty where nothing changes, as of a ticket that is open or deleted."""
    with transaction.atomic():
        locked = Dispute.objects.select_for_update().get(pk=dispute.pk)
        due = _days(locked)
        before = _rows(locked, due)
        apply(locked, credited_to)
        after = _rows(locked, due)
        transaction.set_rollback(True)
    return sorted(_changes(before, after), key=lambda one: (one.day, list(METRICS).index(one.metric.slug)))


def _days(dispute: Dispute) -> Due | None:
    zone = TenantSettings.load().zone
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"zone": str(zone), "source": dispute.source_id, "tickets": [dispute.ticket_id]})
        days = [day for (day,) in cursor.fetchall()]
    return Due(tuple(stretches(days)), zone, timezone.now()) if days else None


def _rows(dispute: Dispute, due: Due | None) -> set[Row]:
    if due is None:
        return set()
    asked: dict[str, Any] = {"source": dispute.source_id, "ticket": dispute.ticket_id}
    with connection.cursor() as cursor:
        cursor.execute(with_sources(FIGURES, due, in_order(FACTS)), due.parameters | asked)
        return set(cursor.fetchall())


def _changes(before: set[Row], after: set[Row]) -> Iterable[Change]:
    """A figure that one technician loses and another gains is one change."""
    lost = {(metric, day): (who, value) for metric, day, who, value in before - after}
    gained = {(metric, day): (who, value) for metric, day, who, value in after - before}
    for metric, day in lost | gained:
        was, value = lost.get((metric, day), (None, None))
        now, new_value = gained.get((metric, day), (None, None))
        shown = value if value is not None else new_value
        if was != now:
            yield Change(METRICS[metric], day, shown, was, now)
