from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest

from kpis.base import DIMENSIONS
from kpis.compute import compute
from kpis.drilldown import drilldown, metric_behind
from kpis.models import KpiBreakdown, KpiDaily
from kpis.registry import kpis
from tests.factories import at
from tests.kpis.desk import Desk

NOW = at("2026-03-20 15:00")
METRICS = [
    (kpi.slug, metric)
    for kpi in kpis().values()
    for fact in kpi.facts
    for metric in fact.metrics
    if fact.is_stored and metric.roll_up != "none"
]


@pytest.fixture
def busy(north) -> None:
    desk = Desk(seed=7, now=NOW, days=12).populate(tickets=80)
    desk.live(steps=150)
    compute(NOW)


def test_what_is_behind_a_cell_adds_up_to_it(busy):
    """For some cells of every metric: by all four dimensions, and by a day's total."""
    for kpi, metric in METRICS:
        cells = list(KpiBreakdown.objects.filter(kpi=kpi, metric=metric.slug))
        assert cells, f"the desk is too quiet to try {metric.slug}"
        for cell in cells[:6]:
            dimensions = {name: getattr(cell, name) for name in DIMENSIONS}
            behind = drilldown(kpi, metric.slug, cell.kpi_date, **dimensions)
            assert total(behind, metric) == (cell.numerator, cell.denominator), (metric.slug, dimensions)
            assert behind


def test_what_is_behind_a_day_adds_up_to_all_its_cells(busy):
    for kpi, metric in METRICS:
        sums = defaultdict(list)
        for cell in KpiBreakdown.objects.filter(kpi=kpi, metric=metric.slug):
            sums[cell.kpi_date].append(cell)
        day, cells = max(sums.items(), key=lambda pair: len(pair[1]))
        behind = drilldown(kpi, metric.slug, day)
        # Each cell is rounded, so a day of many cells may differ from its parts by their rounding.
        difference = total(behind, metric)[0] - sum(cell.numerator for cell in cells)
        assert abs(difference) <= Decimal("0.005") * len(cells) * (metric.divisor > 1), metric.slug


def total(behind, metric):
    cent = Decimal("0.01") if metric.divisor > 1 else Decimal("0.0001")
    numerator = sum(one.numerator for one in behind).quantize(cent, ROUND_HALF_UP)
    return numerator, sum(one.denominator for one in behind) if metric.denominator else None


def test_the_backlog_is_behind_its_number(busy):
    for day in KpiDaily.objects.all():
        for column in ("backlog_open", "backlog_over_30d"):
            metric = metric_behind(kpis()["ticket_trends"], column)
            assert len(drilldown("ticket_trends", metric.slug, day.kpi_date)) == getattr(day, column)


def test_behind_a_score_are_the_tickets_of_its_series(busy):
    for cell in KpiBreakdown.objects.filter(metric="seasonal_score", company__isnull=False)[:5]:
        dimensions = {name: getattr(cell, name) for name in DIMENSIONS}
        behind = drilldown("ticket_trends", "seasonal_score", cell.kpi_date, **dimensions)
        assert behind == drilldown("ticket_trends", "new_tickets", cell.kpi_date, company=cell.company)


def test_every_column_of_kpi_daily_leads_to_a_metric():
    for kpi in kpis().values():
        for column in kpi.columns:
            assert metric_behind(kpi, column.name) in kpi.metrics
