"""The short version of `make soak`."""

import pytest

from tests.soak.soak import Plan, run

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]


def test_a_day_of_trouble_loses_nothing_and_doubles_nothing(tmp_path):
    plan = Plan(tenants=2, days=1, seed=3, tickets_per_day=1.0, troubles=0.8, kills=0.6)
    happened, differences = run(plan, tmp_path / "workers.log")
    assert happened["worker killed"]
    assert happened["sync asked for"] >= 2 * 4
    assert differences == []
