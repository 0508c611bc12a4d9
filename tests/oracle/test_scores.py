"""When a day has a score, and what it is in cases that can be worked out by hand."""

from statistics import NormalDist

import pytest

from tests.oracle.scores import baseline, chance_of, discoveries, plain_score, seasonal_score


def test_the_plain_score_needs_fourteen_days_and_a_spread():
    assert plain_score(5, [1, 3] * 6 + [1]) is None
    assert plain_score(5, [2] * 30) is None
    assert plain_score(5, [1, 3] * 7) is not None


def test_the_plain_score_counts_sample_standard_deviations():
    # Of seven 1s and seven 3s: mean 2, sum of squares 14, variance 14 / 13.
    assert float(plain_score(4, [1, 3] * 7) or 0) == pytest.approx(2 / (14 / 13) ** 0.5)
    assert float(plain_score(0, [1, 3] * 7) or 0) == pytest.approx(-2 / (14 / 13) ** 0.5)


def test_a_plain_score_of_two_is_exactly_two():
    # Of thirteen each of 0 and 2 and one 1: mean 1, sum of squares 26, variance 26 / 26.
    assert plain_score(3, [0, 2] * 13 + [1]) == 2


def test_the_seasonal_score_needs_four_comparable_days():
    assert seasonal_score(3, (1, 2, 3)) is None
    assert seasonal_score(3, (1, 2, 3, 4)) is not None


def test_a_quiet_past_has_a_small_but_positive_mean_and_spread():
    assert baseline((0, 0, 0, 0)) == (0.125, 0.15625)


def test_the_baseline_is_deaf_to_one_wild_day():
    # Median 4, deviations 0 0 0 0 96: s = 0, so 100 is clipped to 4 + 3 × √4 = 10.
    mean, spread = baseline((4, 4, 4, 4, 100))
    assert mean == pytest.approx((26 + 0.5) / 5)
    # Sample variance of 4 4 4 4 10 (mean 5.2): (4 × 1.44 + 23.04) / 4 = 7.2.
    assert spread == pytest.approx(7.2 * 1.2)


def test_the_spread_is_at_least_that_of_chance():
    mean, spread = baseline((9, 9, 9, 9))
    assert (mean, spread) == pytest.approx((36.5 / 4, 36.5 / 4 * 1.25))


def test_the_seasonal_score_splits_the_chance_of_the_count_itself():
    # Mean 1/8 and variance 5/32 make chance 4/5 and shape 1/2: P(X = 0) = √0.8.
    expected = NormalDist().inv_cdf(0.8**0.5 / 2)
    assert seasonal_score(0, (0, 0, 0, 0)) == pytest.approx(expected)


def test_the_seasonal_score_stays_within_ten():
    assert seasonal_score(100_000, (1, 2, 1, 2)) == 10
    assert seasonal_score(0, (100_000, 100_000, 100_000, 100_000)) == -10


def test_chance_counts_both_tails_unless_only_upwards():
    assert chance_of(1.959964, only_upwards=False) == pytest.approx(0.05, abs=1e-6)
    assert chance_of(-1.959964, only_upwards=False) == pytest.approx(0.05, abs=1e-6)
    assert chance_of(1.644854, only_upwards=True) == pytest.approx(0.05, abs=1e-6)
    assert chance_of(-1.644854, only_upwards=True) == pytest.approx(0.95, abs=1e-6)


def test_discoveries_are_all_up_to_the_last_that_passes_its_rank():
    # Limits of the four ranks: 0.0125, 0.025, 0.0375, 0.05.
    assert discoveries({"a": 0.01, "b": 0.03, "c": 0.0374, "d": 0.2}) == {"a", "b", "c"}
    assert discoveries({"a": 0.02, "b": 0.03, "c": 0.04, "d": 0.2}) == set()
    assert discoveries({}) == set()
