from dataclasses import replace
from unittest.mock import patch

import pytest

from kpis import registry
from kpis.definitions import tech_efficiency, time_consumption


def test_a_column_owned_twice_is_refused():
    twin = replace(time_consumption.KPI, facts=())
    with (
        patch.object(
            time_consumption, "KPI", replace(twin, daily_columns=tech_efficiency.KPI.daily_columns[:1])
        ),
        pytest.raises(ValueError, match="avg_ttr_minutes"),
    ):
        registry.kpis.__wrapped__()


def test_metrics_have_distinct_names_within_a_kpi():
    for kpi in registry.kpis().values():
        slugs = [metric.slug for metric in kpi.metrics]
        assert len(slugs) == len(set(slugs))


def test_definitions_are_frozen():
    with pytest.raises(TypeError):
        registry.kpis()["another"] = time_consumption.KPI
