"""Figures as they were known: equal to what was really there to be read at that moment."""

from datetime import date, timedelta
from typing import Any

import pytest

from kpis import as_known
from kpis.base import DIMENSIONS
from kpis.compute import compute
from kpis.models import KpiBreakdown, KpiDaily
from kpis.registry import PROVENANCE
from kpis.restatement import logged_metrics
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk

NOW = at("2026-03-20 15:00")
CELL = ("kpi", "metric", "kpi_date", *DIMENSIONS, "numerator", "denominator")
COLUMNS = [field.name for field in KpiDaily._meta.fields if field.name not in PROVENANCE - {"kpi_date"}]
LOGGED = set(logged_metrics())
Read = tuple[list[Any], list[Any]]


def read(days, cells, until: date) -> Read:
    daily = days.filter(kpi_date__lt=until).order_by("kpi_date").values_list(*COLUMNS)
    known = cells.filter(kpi_date__lt=until).values_list(*CELL)
    return list(daily), sorted((cell for cell in known if cell[:2] in LOGGED), key=repr)


@pytest.mark.parametrize("seed", range(3))
def test_what_was_there_to_be_read_can_be_read_again_whatever_happened_since(north, seed):
    factories.connection(last_success_at=NOW)
    desk = Desk(seed, NOW).populate(tickets=40)
    printed: dict[Any, Read] = {}
    for _ in range(5):
        compute(desk.now)
        today = desk.now.astimezone(desk.zone).date()
        printed[desk.now] = read(KpiDaily.objects.all(), KpiBreakdown.objects.all(), today)
        desk.now += timedelta(hours=desk.chance.choice([1, 2, 9]))
        desk.live(12)
    compute(desk.now)
    for moment, was in printed.items():
        today = moment.astimezone(desk.zone).date()
        assert read(as_known.days(moment), as_known.cells(moment), today) == was
