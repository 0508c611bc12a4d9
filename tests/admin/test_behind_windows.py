"""What is behind several days at once is what is behind each of them, and takes no more queries."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpis.base import Metric
from kpis.behind import FIGURES, Behind
from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.registry import kpis
from tests.factories import at
from tests.kpis.desk import Desk

NOW = at("2026-03-20 15:00")
SINCE, UNTIL = date(2026, 3, 9), date(2026, 3, 20)
DAYS = [SINCE + timedelta(days=number) for number in range((UNTIL - SINCE).days)]
METRICS = [(kpi.slug, metric) for kpi in kpis().values() for metric in kpi.metrics]
CLOSE_ENOUGH = Decimal("1e-9")  # a sum of quotients is not to the last digit the quotient of a sum


@pytest.fixture
def busy(north) -> None:
    Desk(seed=7, now=NOW, days=12).populate(tickets=80).live(steps=150)
    compute(NOW)


def parts(behind) -> dict[int, Decimal]:
    return {one.id: one.numerator for one in behind}


def test_a_window_holds_what_its_days_hold(busy):
    for kpi, metric in METRICS:
        found = parts(drilldown(kpi, metric.slug, SINCE, UNTIL))
        last_day = parts(drilldown(kpi, metric.slug, DAYS[-1]))
        expected = last_day if is_level(metric) else sum_of_days(kpi, metric)
        assert found.keys() == expected.keys(), metric.slug
        assert all(abs(found[number] - expected[number]) < CLOSE_ENOUGH for number in found), metric.slug
        assert found or is_level(metric), metric.slug


def is_level(metric: Metric) -> bool:
    """The backlog is what it is on the last day, and so is what looks back; neither is the sum of all days'."""
    return metric.roll_up == "none" and (not metric.explained_by or metric.frame_days > 0)


def sum_of_days(kpi: str, metric: Metric) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for day in DAYS:
        for number, numerator in parts(drilldown(kpi, metric.slug, day)).items():
            sums[number] += numerator
    return sums


def test_ninety_days_take_as_many_queries_as_one(busy):
    for figure in FIGURES:
        assert queries(figure, days=90) == queries(figure, days=1), figure


def queries(figure: str, days: int) -> int:
    with CaptureQueriesContext(connection) as captured:
        Behind(figure, UNTIL - timedelta(days=days), UNTIL).ids()
    return len(captured)
