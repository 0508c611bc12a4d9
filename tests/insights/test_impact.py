"""The verdict on a project, by hand-made weeks. How often it is right: test_impact_simulations."""

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from insights.contrasts import compared
from insights.impact import (
    FEWEST_WEEKS_AFTER,
    MOST_WEEKS_AFTER,
    Series,
    design_of,
    detectable_reduction,
    impact,
    shrunk_rate,
    weeks_to_measure,
)

WEEKS = 24


def steady(
    per_week: int, after: int | None = None, weeks_after: int = WEEKS, hours_each: float = 0.5
) -> Series:
    """One more and one less by turns, so that the average is kept."""
    before = [per_week + (1, -1)[week % 2] for week in range(WEEKS)]
    later = [(per_week if after is None else after) + (1, -1)[week % 2] for week in range(weeks_after)]
    return Series(before, later, [hours_each * one for one in before], [hours_each * one for one in later])


CONTROLS = [steady(number) for number in (4, 6, 8, 10)]


def judged(treated, controls=CONTROLS, design="clients", promised_reduction=0.4, is_due=True, **more):
    return impact(treated, controls, design, promised_reduction=promised_reduction, is_due=is_due, **more)


def test_tickets_that_halve_while_others_stay_are_an_improvement():
    found = judged(steady(12, 6))
    assert found.verdict == "improved"
    assert found.tickets.value == pytest.approx(0.5, abs=0.01)
    assert found.hours.value == pytest.approx(0.5, abs=0.01)
    assert 0 < found.tickets.low < found.tickets.value < found.tickets.high < 1


def test_tickets_that_double_while_others_stay_are_a_worsening():
    found = judged(steady(6, 12))
    assert found.verdict == "worsened"
    assert found.tickets.high < 0


def test_tickets_that_halve_everywhere_are_nobody_s_doing():
    found = judged(steady(12, 6), [steady(number, number // 2) for number in (4, 6, 8, 10)])
    assert found.verdict == "no_detectable_effect"
    assert found.tickets.value == pytest.approx(0, abs=0.05)
    assert found.expected_hours_growth == pytest.approx(0.5, abs=0.03)


def test_before_the_day_that_was_fixed_there_are_figures_and_no_verdict():
    found = judged(steady(12, 2), is_due=False)
    assert found.verdict == "too_early"
    assert found.tickets.low > 0


def test_before_the_first_week_there_are_not_even_figures():
    found = judged(steady(12, weeks_after=0), [steady(6, weeks_after=0)], is_due=True)
    assert (found.verdict, found.tickets, found.saved_hours_per_month(10)) == ("too_early", None, None)


def test_no_effect_with_too_few_tickets_to_see_the_promised_one_is_underpowered():
    few = Series([1, 0, 0, 0] * 6, [0, 0, 1, 0] * 6)
    found = judged(few, [few] * 4)
    assert found.verdict == "underpowered"
    assert found.detectable_reduction is None or found.detectable_reduction > 0.4


def test_whether_no_effect_says_something_depends_on_what_was_promised():
    same = steady(12)
    assert judged(same, promised_reduction=0.6).verdict == "no_detectable_effect"
    assert judged(same, promised_reduction=0.05).verdict == "underpowered"


@pytest.mark.parametrize("after", [0, 12, 40])
def test_with_nothing_to_compare_with_no_change_is_called_the_project_s(after):
    found = judged(steady(12, max(after, 1)), [])
    assert (found.design, found.verdict) == ("none", "underpowered")
    assert found.detectable_reduction is None
    assert found.saved_hours_per_month(20) is None


def test_other_topics_of_the_same_client_can_tell_and_are_named_as_what_they_are():
    found = judged(steady(12, 3), [steady(6)], design="topics")
    assert (found.design, found.verdict) == ("topics", "improved")
    wider = found.tickets.high - found.tickets.low
    assert wider > judged(steady(12, 3)).tickets.high - judged(steady(12, 3)).tickets.low


@pytest.mark.parametrize(
    ("clients", "topics", "design"), [(3, 9, "clients"), (2, 9, "topics"), (2, 0, "none"), (0, 0, "none")]
)
def test_three_other_clients_are_enough_and_topics_are_the_substitute(clients, topics, design):
    assert design_of(clients, topics) == design


def test_tickets_that_disappear_altogether_can_still_be_judged():
    found = judged(Series([12] * WEEKS, [0] * WEEKS, [6.0] * WEEKS, [0.0] * WEEKS))
    assert found.verdict == "improved"
    assert 0.9 < found.tickets.low < found.tickets.value < 1
    assert found.hours.value > 0.9


def test_controls_without_a_single_ticket_say_little_and_break_nothing():
    nothing = Series([0] * WEEKS, [0] * WEEKS, [0.0] * WEEKS, [0.0] * WEEKS)
    assert judged(steady(12, 6), [nothing] * 3).tickets.low < judged(steady(12, 6)).tickets.low


def test_twice_the_contacts_with_the_same_tickets_are_half_the_tickets_each():
    grown = replace(steady(12), contacts_growth=2.0)
    assert judged(grown).tickets.value == pytest.approx(0.5, abs=0.01)
    everybody = [replace(control, contacts_growth=2.0) for control in CONTROLS]
    assert judged(grown, everybody).tickets.value == pytest.approx(0, abs=0.01)


def test_growth_without_the_project_counts_as_hours_that_were_saved():
    grown = replace(steady(12), contacts_growth=2.0)
    assert judged(grown).saved_hours_per_month(30).value == pytest.approx(30, rel=0.02)


def test_a_baseline_that_was_high_by_chance_is_taken_down_first():
    found = judged(steady(12, 6), rate_shrinkage=0.75)
    assert found.tickets.value == pytest.approx(1 - 6 / 9, abs=0.01)


def test_hours_count_where_tickets_get_fewer_but_longer():
    before, after = steady(12, weeks_after=0), [6] * WEEKS
    longer = replace(before, tickets_after=after, hours_after=[6.0] * WEEKS)
    found = judged(longer)
    assert found.tickets.value == pytest.approx(0.5, abs=0.01)
    assert found.hours.value == pytest.approx(0, abs=0.02)
    assert found.saved_hours_per_month(20).value == pytest.approx(0, abs=0.4)


def test_a_few_weeks_of_hours_are_not_judged_and_tickets_stand_in_for_them():
    found = judged(steady(12, 6, weeks_after=6), [steady(number, weeks_after=6) for number in (4, 6, 8)])
    assert found.hours is None
    assert found.saved_hours_per_month(20).value == pytest.approx(10, abs=0.3)


def test_the_figures_are_those_of_the_formulas():
    """Two controls that stay and double: worked out by hand from the published formulas."""
    treated, controls = Series([10] * 4, [5] * 4), [Series([10] * 4, [10] * 4), Series([10] * 4, [20] * 4)]
    found = judged(treated, controls)
    doubled = math.log(80.5 / 40.5)
    variances = [2 / 40.5, 1 / 80.5 + 1 / 40.5]
    weights = [1 / variance for variance in variances]
    mean = weights[1] * doubled / sum(weights)
    q = weights[0] * mean**2 + weights[1] * (doubled - mean) ** 2
    seen = (q - 1) / (sum(weights) - sum(weight**2 for weight in weights) / sum(weights))
    drift_squared = (1 * seen + 4 * 0.1**2) / (2 + 3)
    precisions = [1 / (variance + drift_squared) for variance in variances]
    of_controls = precisions[1] * doubled / sum(precisions)
    change = math.log(20.5 / 40.5) - of_controls
    error = math.sqrt(1 / 40.5 + 1 / 20.5 + drift_squared + 1 / sum(precisions))
    t_of_95_percent_and_5_degrees = 2.0150484
    assert found.overdispersion == 1
    assert found.drift == pytest.approx(math.sqrt(drift_squared), abs=1e-4)
    assert found.tickets.value == pytest.approx(1 - math.exp(change), abs=1e-4)
    assert found.tickets.low == pytest.approx(
        1 - math.exp(change + t_of_95_percent_and_5_degrees * error), abs=1e-4
    )
    assert found.tickets.high == pytest.approx(
        1 - math.exp(change - t_of_95_percent_and_5_degrees * error), abs=1e-4
    )


def test_many_comparisons_at_once_come_to_the_same_as_each_by_itself():
    chance = np.random.default_rng(1)
    parts = [chance.poisson(5, shape).astype(float) for shape in ((9, 20), (9, 12), (9, 4, 20), (9, 4, 12))]
    together = compared(*parts)
    for world in range(9):
        alone = compared(*(part[world] for part in parts))
        assert alone.change == pytest.approx(together.change[world])
        assert alone.standard_error == pytest.approx(together.standard_error[world])


def test_more_weeks_and_more_controls_make_smaller_effects_detectable():
    treated, controls = steady(6, weeks_after=0), [steady(6, weeks_after=0)] * 4
    short, long = (detectable_reduction(treated, controls, weeks) for weeks in (8, 40))
    assert long < short
    assert detectable_reduction(treated, controls * 3, 40) <= long


def test_one_waits_longer_for_smaller_promises_and_never_beyond_a_year():
    treated, controls = steady(3, weeks_after=0), [steady(3, weeks_after=0)] * 4
    large, small, tiny = (weeks_to_measure(treated, controls, promised) for promised in (0.9, 0.5, 0.02))
    assert FEWEST_WEEKS_AFTER <= large < small < tiny == MOST_WEEKS_AFTER


def test_without_controls_waiting_would_not_help():
    treated = steady(6, weeks_after=0)
    assert weeks_to_measure(treated, [], 0.4) == FEWEST_WEEKS_AFTER
    assert detectable_reduction(treated, [], 52) is None


def test_a_single_week_of_history_can_still_be_planned_with():
    one_week = Series([5], hours_before=[2.0])
    assert weeks_to_measure(one_week, [one_week] * 3, 0.4) == MOST_WEEKS_AFTER


def test_a_rate_goes_to_the_others_the_less_is_known_of_it():
    rates = [1.0, 2.0, 3.0, 4.0, 10.0]
    short, long = [10] * 4, [10] * 52
    assert 4 < shrunk_rate(short, rates) < shrunk_rate(long, rates) < 10


def test_rates_that_differ_by_chance_alone_are_taken_as_one():
    assert shrunk_rate([3, 1, 2, 2], [2.0, 1.9, 2.1]) == pytest.approx(2.0)


def test_the_shrunk_rate_is_that_of_the_formula():
    weekly, rates = [8, 12, 10, 10], [2.0, 4.0, 10.0]
    typical, spread = 16 / 3, np.var(rates, ddof=1) - 16 / 3 / 4
    k = typical / spread
    assert shrunk_rate(weekly, rates, 1.0) == pytest.approx((k * typical + 40) / (k + 4))


def test_pages_that_only_show_verdicts_do_not_load_the_arithmetic():
    code = "import sys, insights.impact, insights.roi; sys.exit('numpy' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
