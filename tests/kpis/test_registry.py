from dataclasses import replace
from unittest.mock import patch

import pytest

from kpis import registry
from kpis.definitions import time_consumption
from kpis.models import KpiDaily


def test_every_column_of_kpi_daily_has_one_owner():
    owned = [column for kpi in registry.kpis().values() for column in kpi.columns]
    columns = {field.name for field in KpiDaily._meta.fields} - registry.PROVENANCE
    assert sorted(owned) == sorted(columns)


def test_a_column_owned_twice_is_refused():
    twin = replace(time_consumption.KPI, facts=())
    with (
        patch.object(time_consumption, "KPI", replace(twin, daily_columns={"fcr_rate": "fcr"})),
        pytest.raises(ValueError, match="fcr_rate"),
    ):
        registry.kpis.__wrapped__()


def test_metrics_have_distinct_names_within_a_kpi():
    for kpi in registry.kpis().values():
        slugs = [metric.slug for metric in kpi.metrics]
        assert len(slugs) == len(set(slugs))


def test_definitions_are_frozen():
    with pytest.raises(TypeError):
        registry.kpis()["another"] = time_consumption.KPI
