"""What a project would save, cost and return.

The 80 % interval of the hours saved in the first year holds what is realised in 79 to 81 % of simulated projects,
with an assumption of .50 where the truth is .40, and whether or not projects were measured before (1,000 worlds or
more; the test looks at 400, among which the share has a standard error of 2 %).
"""

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.calibration import MeasuredShare, addressable_share
from insights.roi import (
    FULL_MONTHS,
    WEEKS_PER_MONTH,
    Beta,
    Effort,
    Forecast,
    Inputs,
    Line,
    Range,
    forecast,
    realised_return,
    winsorised,
)
from tests.insights.chance import shares, ticket_hours, tickets
from tests.insights.forecasts import INPUTS, forecast_of

CERTAIN = Beta(0.4e9, 0.6e9)


def in_order(found: Range) -> bool:
    ends = [float("inf") if end is None else end for end in (found.p10, found.p50, found.p90)]
    return ends == sorted(ends)


def test_a_forecast_is_what_the_formulas_say_of_its_middle():
    """Ten hours a week, of which exactly 40 % go away; what is left to chance is the year's drift."""
    found = forecast_of(
        weekly_hours=(10.0,) * 16, rate_shrinkage=1.0, share=CERTAIN, effort=Effort(20, 20, 20)
    )
    saved = 10 * WEEKS_PER_MONTH * 0.4
    assert found.saved_hours_per_month.p50 == pytest.approx(saved, rel=0.02)
    assert found.cost == Range(1500, 1500, 1500)
    assert found.capacity.net_per_month.p50 == pytest.approx(saved * 45 - 20, rel=0.02)
    assert found.cash.net_per_month.p50 == pytest.approx(saved * 45 * 0.25 - 20, rel=0.03)
    assert found.capacity.payback_months.p50 == pytest.approx(1500 / (saved * 45 - 20), abs=0.1)
    year = saved * 45 * FULL_MONTHS - 12 * 20 - 1500
    assert found.capacity.net_value.p50 == pytest.approx(year, rel=0.03)
    assert found.capacity.return_on_cost.p50 == pytest.approx(year / 1500, rel=0.03)


def test_the_first_year_brings_eleven_full_months_because_the_first_three_ramp_up():
    assert pytest.approx(1 / 3 + 2 / 3 + 10) == FULL_MONTHS


IN_ANOTHER_PROCESS = """
import json, sys
from insights.roi import Forecast, forecast
print(json.dumps(forecast(Forecast.from_json(json.load(sys.stdin)).inputs).as_json()))
"""


def test_the_same_inputs_give_the_same_bytes_in_another_process():
    here = json.dumps(forecast(INPUTS).as_json())
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS]
    there = subprocess.run(command, input=here, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_a_forecast_comes_back_from_json_as_it_went():
    found = forecast_of(hourly_cost=1)
    assert Forecast.from_json(json.loads(json.dumps(found.as_json()))) == found
    assert found.cash.payback_months.p50 is None


def test_whole_numbers_and_decimals_of_the_settings_count_as_what_they_are():
    as_decimals = replace(INPUTS, hourly_cost=Decimal("45.00"), cashable_share=Decimal("0.25"))
    assert forecast(as_decimals) == forecast(INPUTS)


def test_other_inputs_are_other_chance():
    assert replace(INPUTS, purchase_cost=301).seed != INPUTS.seed


def test_a_project_that_saves_less_than_it_costs_to_run_never_pays_back():
    line = forecast_of(running_cost_per_month=100_000).capacity
    assert line.payback_months == Range(None, None, None)
    assert line.pays_back_within_a_year == 0
    assert line.net_value.p90 < 0


def test_a_rate_that_only_stood_out_by_chance_saves_as_much_less():
    full, half = forecast_of(rate_shrinkage=1.0), forecast_of(rate_shrinkage=0.5)
    assert half.saved_hours_per_month.p50 == pytest.approx(full.saved_hours_per_month.p50 / 2, rel=0.05)


@pytest.mark.parametrize(("fixed_fee_share", "beneficiary"), [(1.0, "msp"), (0.5, "both"), (0.0, "client")])
def test_who_gains_follows_from_how_the_hours_are_paid(fixed_fee_share, beneficiary):
    found = forecast_of(fixed_fee_share=fixed_fee_share, hourly_rate=120)
    saved = found.saved_hours_per_month.p50
    assert found.beneficiary == beneficiary
    assert found.msp_margin_per_month.p50 == pytest.approx(saved * fixed_fee_share * 45, rel=0.01)
    assert found.client_saving_per_month.p50 == pytest.approx(saved * (1 - fixed_fee_share) * 120, rel=0.01)
    assert found.msp_revenue_lost_per_month == found.client_saving_per_month


LINES = ("capacity", "cash")
RANGES = ("net_per_month", "payback_months", "return_on_cost", "net_value")
POSITIVE = st.integers(0, 100_000).map(lambda cents: cents / 100)


@given(
    weekly_hours=st.lists(st.floats(0, 200), min_size=1, max_size=30),
    mean=st.floats(0.02, 0.98),
    effort=st.lists(st.floats(1, 200), min_size=3, max_size=3).map(sorted),
    money=st.tuples(POSITIVE, POSITIVE, POSITIVE, POSITIVE),
    cashable_share=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_put_in_the_ranges_are_in_order_and_cash_is_never_more_than_capacity(
    weekly_hours, mean, effort, money, cashable_share
):
    inputs = Inputs(
        tuple(weekly_hours),
        1.0,
        addressable_share(mean),
        Effort(*effort),
        *money[:2],
        cashable_share,
        *money[2:],
    )
    found = forecast(inputs)
    assert Forecast.from_json(json.loads(json.dumps(found.as_json(), allow_nan=False))) == found
    lines: list[Line] = [getattr(found, name) for name in LINES]
    assert all(in_order(getattr(line, name)) for line in lines for name in RANGES)
    assert found.cash.net_value.p10 <= found.capacity.net_value.p10
    assert found.cash.pays_back_within_a_year <= found.capacity.pays_back_within_a_year


WORLDS = 400


def test_one_misbooked_ticket_in_a_hundred_hardly_moves_the_hours():
    chance = np.random.default_rng(21)
    true_hours = 100 * np.exp(-1 + 0.5)
    booked = [ticket_hours(chance, 100, misbooked=0.01) for _ in range(2_000)]
    recovered = np.array([sum(winsorised(hours.tolist())) for hours in booked]) / true_hours
    assert recovered.mean() == pytest.approx(0.97, abs=0.02)
    assert recovered.std() == pytest.approx(0.12, abs=0.02)
    as_booked = np.array([hours.sum() for hours in booked]) / true_hours
    assert as_booked.std() > 1.5 * recovered.std()
    typical = np.array([np.median(hours) * 100 for hours in booked]) / true_hours
    assert typical.mean() < 0.65  # what number × typical ticket would say


def test_nothing_booked_is_nothing_to_cut_off():
    assert winsorised([]) == []
    assert winsorised([0.5]) == [0.5]


def realised_and_foreseen(chance: np.random.Generator, measured_projects: int) -> tuple[float, Range]:
    """A project whose kind takes away 40 % on average, and is assumed to take half."""
    truth, *others = shares(chance, 0.4, 0.18, measured_projects + 1)
    measured = [MeasuredShare(float(other + 0.12 * chance.standard_normal()), 0.12) for other in others]
    weekly_hours = hours_by_week(chance, 26, misbooked=0.01, is_winsorised=True)
    share = addressable_share(0.5, measured)
    found = forecast(
        replace(INPUTS, weekly_hours=tuple(weekly_hours.tolist()), rate_shrinkage=1.0, share=share)
    )
    month = np.ceil(np.arange(1, 53) / (52 / 12))
    drift = np.exp(0.15 * chance.standard_normal())
    coming = hours_by_week(chance, 52, misbooked=0.0, is_winsorised=False)
    return float((coming * np.minimum(1, month / 3)).sum() * truth * drift), found.saved_hours_first_year


def hours_by_week(chance, weeks, *, misbooked, is_winsorised):
    counts = tickets(chance, np.full(weeks, 5.0)).astype(int)
    hours = ticket_hours(chance, counts.sum(), misbooked=misbooked)
    if is_winsorised:
        hours = np.array(winsorised(hours.tolist()))
    return np.bincount(np.repeat(np.arange(weeks), counts), hours, weeks)


@pytest.mark.parametrize("measured_projects", [0, 5])
def test_four_of_five_projects_save_in_their_first_year_what_was_forecast(measured_projects):
    chance = np.random.default_rng(22)
    outcomes = [realised_and_foreseen(chance, measured_projects) for _ in range(WORLDS)]
    assert 0.75 <= np.mean([found.p10 <= realised <= found.p90 for realised, found in outcomes]) <= 0.85


def test_the_realised_return_is_of_twelve_months_at_the_measured_rate():
    assert realised_return(10, 1000, hourly_cost=50) == 5.0
    assert realised_return(10, 1000, hourly_cost=50, counted_share=0.25, running_cost_per_month=25) == 0.2
    assert realised_return(-2, 1000, hourly_cost=50) == -2.2
    assert realised_return(10, 0, hourly_cost=50) is None
