"""Each definition's worked example is its first test: rows in, cells out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.forms.models import model_to_dict

from kpis.base import DIMENSIONS, Kpi
from kpis.compute import compute
from kpis.models import KpiBreakdown, KpiDaily
from kpis.registry import owners
from tests import factories
from tests.factories import at
from tests.kpis import disputes_at_desk, topics_at_desk

MAKERS = {**topics_at_desk.MAKERS, **disputes_at_desk.MAKERS}
NOW = at("2026-03-05 17:00")


@pytest.mark.parametrize("kpi", owners().values(), ids=list(owners()))
def test_the_worked_example_holds(north, kpi: Kpi):
    enter(kpi.example.rows)
    compute(NOW)
    for day, figures in kpi.example.daily.items():
        row = model_to_dict(KpiDaily.objects.get(kpi_date=day))
        assert {name: row[name] for name in figures} == figures
    derived = [metric.slug for metric in kpi.derived_metrics]
    rows = KpiBreakdown.objects.filter(kpi=kpi.slug).exclude(metric__in=derived)
    cells = rows.values_list("metric", "kpi_date", *DIMENSIONS, "numerator", "denominator")
    assert sorted(map(printable, cells)) == sorted(map(printable, kpi.example.breakdown))


def printable(cell: tuple) -> tuple[str, ...]:
    return tuple(
        str(Decimal(value).normalize() if isinstance(value, (int, Decimal)) else value) for value in cell
    )


def enter(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """An example speaks of tickets by their number."""
    tickets: dict[int, Any] = {}
    for kind, records in rows.items():
        for record in records:
            fields = dict(record)
            for key in ("on", "of"):
                if key in fields:
                    fields[key] = tickets[fields[key]]
            if kind == "spells":
                factories.spells(fields["of"], *fields["spans"])
                continue
            fields = {name: at(value) if name.endswith("_at") else value for name, value in fields.items()}
            made = (MAKERS.get(kind) or getattr(factories, kind))(**fields)
            if kind == "ticket":
                tickets[made.external_id] = made
