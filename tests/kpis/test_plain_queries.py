"""The questions of some KPIs, asked by hand: the answers agree wherever the definitions do."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q, Sum

from connectors.models import RawTicket
from insights.models import Topic
from kpis.compute import compute
from kpis.models import KpiBreakdown, KpiDaily
from kpis.registry import kpis
from tenants.context import tenant
from tenants.models import TenantSettings
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk

NOW = at("2026-03-20 15:00")
IMPROVEMENT = "improvement_projects"


@pytest.fixture(autouse=True)
def busy(north) -> None:
    with tenant("south"):
        factories.time_entry(factories.ticket("2026-03-02 14:00"), "2026-03-02 15:00", minutes=999)
    Desk(seed=3, now=NOW, days=60).populate(tickets=150)
    compute(NOW)


def by_hand(kpi: str) -> list[tuple]:
    first_day = KpiDaily.objects.earliest("kpi_date").kpi_date
    given: dict[str, Any] = {
        "zone": TenantSettings.load().time_zone,
        "today": NOW.date(),
        "first_day": first_day,
    }
    with connection.cursor() as cursor:
        cursor.execute(kpis()[kpi].plain_sql, given)
        return cursor.fetchall()


def test_04_all_minutes_of_each_day_and_company():
    stored = KpiBreakdown.objects.filter(kpi="time_consumption").order_by("kpi_date", "company")
    sums = stored.values_list("kpi_date", "company").annotate(minutes=Sum("numerator"))
    plain = [row for row in by_hand("time_consumption") if row[0] <= NOW.date()]
    assert plain == sorted(sums, key=lambda row: (row[0], row[1] is None, row[1]))
    assert len(plain) > 20


def test_06_tickets_of_each_day_and_topic_in_use():
    stored = KpiBreakdown.objects.filter(metric="topic_tickets").order_by("kpi_date", "segment")
    sums = stored.values_list("kpi_date", "segment").annotate(tickets=Sum("numerator"))
    in_use = set(Topic.objects.filter(status="active").values_list("pk", flat=True))
    plain = [(day, str(topic), count) for day, topic, count in by_hand(IMPROVEMENT) if topic in in_use]
    assert sorted(row for row in plain if row[0] <= NOW.date()) == list(sums)
    assert len(plain) > 20


def test_07_time_to_resolve_of_each_day():
    plain = {day: (tickets, minutes) for day, tickets, minutes in by_hand("tech_efficiency")}
    odd = days_of_odd_resolutions()
    agreeing = KpiDaily.objects.exclude(kpi_date__in=odd).exclude(avg_ttr_minutes=None)
    assert agreeing.count() > 10
    for day in agreeing:
        assert round(plain[day.kpi_date][1], 2) == day.avg_ttr_minutes, day
    closed = KpiBreakdown.objects.filter(kpi="tech_efficiency", metric="fcr").values("kpi_date")
    for day in closed.annotate(tickets=Sum("denominator")):
        assert plain[day["kpi_date"]][0] == day["tickets"]


def days_of_odd_resolutions() -> list[date]:
    """On which a ticket was closed that was resolved before it was opened, or after it was closed."""
    odd = RawTicket.objects.filter(is_closed=True).filter(
        Q(resolved_at__lt=F("opened_at")) | Q(resolved_at__gt=F("closed_at"))
    )
    zone = TenantSettings.load().zone
    return [ticket.closed_at.astimezone(zone).date() for ticket in odd if ticket.closed_at]


def test_11_new_tickets_and_their_plain_score():
    days = {day.kpi_date: day for day in KpiDaily.objects.all()}
    first = min(days)
    for day, tickets, zscore in by_hand("ticket_trends"):
        assert days[day].new_tickets == tickets
        if day >= first + timedelta(days=14) and zscore is not None:
            assert abs(days[day].ticket_zscore - zscore) < Decimal("0.0001")
