"""Scores by hand: small tables of counts in, the contract's formulas written out beside them."""

import statistics as plain_python

import numpy as np
import pytest
from scipy.stats import nbinom, norm

from kpis import statistics


def scored(function, history, today, start=0, **extra):
    counts = np.array([[*history, today]], dtype=np.int64)
    return float(function(counts, np.array([start]), *extra.values(), np.array([len(history)]))[0, 0])


@pytest.mark.parametrize("start", [0, 10])
def test_the_plain_score_is_distance_in_standard_deviations(start):
    history = [number % 5 for number in range(40)]
    window = history[max(10, start) :]
    expected = (9 - plain_python.mean(window)) / plain_python.stdev(window)
    assert scored(statistics.plain_scores, history, 9, start) == pytest.approx(expected)


@pytest.mark.parametrize(("history", "start"), [([3] * 40, 0), ([1, 2] * 20, 27), ([1, 2] * 6, 0)])
def test_without_spread_or_with_less_than_two_weeks_there_is_no_plain_score(history, start):
    assert np.isnan(scored(statistics.plain_scores, history, 9, start))


def test_the_plain_score_does_not_depend_on_where_the_array_begins():
    history = [number * 7 % 11 for number in range(60)]
    assert scored(statistics.plain_scores, history, 5) == scored(
        statistics.plain_scores, history[25:], 5, -25
    )


@pytest.mark.parametrize(
    ("history", "today"), [([4, 5, 6, 5, 40], 9), ([0, 0, 0, 0], 1), ([2, 0, 1, 3, 2, 2], 0)]
)
def test_the_seasonal_score_follows_the_contract(history, today):
    classes = np.zeros(len(history) + 1, dtype=np.int64)
    score = scored(statistics.seasonal_scores, history, today, classes=classes)
    assert score == pytest.approx(by_the_book(history, today))


def by_the_book(counts, x):
    n, m = len(counts), plain_python.median(counts)
    s = 1.4826 * plain_python.median(abs(c - m) for c in counts)
    reach = 3 * max(s, max(m, 1) ** 0.5)
    clipped = [min(max(c, m - reach), m + reach) for c in counts]
    mean = (sum(clipped) + 0.5) / n
    variance = max(mean, s**2, plain_python.variance(clipped)) * (1 + 1 / n)
    r, p = mean**2 / (variance - mean), mean / variance
    return norm.isf(nbinom.sf(x, r, p) + nbinom.pmf(x, r, p) / 2)


def test_only_days_of_the_same_class_are_compared_and_four_are_needed():
    classes = np.array([0, 1, 0, 1, 0, 1, 0, 0])
    assert np.isnan(scored(statistics.seasonal_scores, [5] * 7, 5, 1, classes=classes))
    assert scored(statistics.seasonal_scores, [5, 90] * 3 + [5], 5, classes=classes) == pytest.approx(
        by_the_book([5] * 4, 5)
    )


@pytest.mark.parametrize(("count", "score"), [(10**6, 10), (0, -10)])
def test_scores_stay_within_ten(count, score):
    counts, mean, variance = np.array([count]), np.array([5000.0]), np.array([5001.0])
    assert statistics.tail_scores(counts, mean, variance)[0] == score


def test_a_far_lower_tail_is_not_lost_to_rounding():
    score = statistics.tail_scores(np.array([0]), np.array([40.0]), np.array([40.0001]))[0]
    assert -10 < score < -8.5


@pytest.mark.parametrize(
    ("p", "flags"),
    [
        ([0.001, 0.02, 0.03, 0.9], [True, True, True, False]),  # limits: .0125, .025, .0375, .05
        ([0.04, 0.04], [True, True]),
        ([0.04, 0.9], [False, False]),
        ([float("nan"), 0.04], [False, True]),
        ([], []),
    ],
)
def test_false_discoveries_are_held_down_over_all_series_of_a_day(p, flags):
    assert statistics.discoveries(np.array([p]).T)[:, 0].tolist() == flags


def test_each_day_is_judged_by_its_own_series():
    p = np.array([[0.04, 0.001], [0.9, 0.9]])
    assert statistics.discoveries(p).tolist() == [[False, True], [False, False]]


def test_a_day_that_is_not_over_is_judged_upwards_only():
    scores = np.array([-6.0, 6.0])
    assert statistics.p_values(scores, is_over=False)[0] > 0.99
    low, high = statistics.p_values(scores, is_over=True)
    assert low == high


def test_a_days_scores_are_the_same_to_the_last_bit_whichever_days_are_scored_with_it():
    counts = np.random.default_rng(3).poisson(2.5, (5, 200)) + 90 * (np.arange(200) % 61 == 0)
    starts, classes = np.array([0, 3, 50, 120, 199]), np.arange(200) % 7 // 5
    days = np.arange(200)
    together = statistics.seasonal_scores(counts, starts, classes, days)
    for day in (*range(4, 200, 13), 199):
        since = max(0, day - statistics.COMPARED_DAYS)
        window = counts[:, since : day + 1], starts - since, classes[since : day + 1]
        last_days = np.array([day - since - 1, day - since])
        alone = statistics.seasonal_scores(*window, last_days)
        assert np.array_equal(alone[:, 1], together[:, day], equal_nan=True)
