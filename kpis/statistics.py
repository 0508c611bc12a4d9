"""Scores of daily counts, as pure functions over arrays of series × days. No tables here."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TRAILING_DAYS = 30
MIN_TRAILING_DAYS = 14
COMPARED_DAYS = 84
MIN_COMPARED_DAYS = 4
CONSISTENT_MAD = 1.4826  # makes the median absolute deviation estimate a standard deviation
MAX_SCORE = 10.0
FALSE_DISCOVERY_RATE = 0.05
NUMBERS_AT_ONCE = 2_000_000  # of the largest array, so that long histories don't fill the memory


def plain_scores(counts: Counts, starts: Counts, days: Counts) -> Floats:
    """Per series and day: (count - mean) / sample standard deviation of the 30 days before, NaN where undefined.

    All sums are of integers, so that the result does not depend on where the array begins.
    """
    since = np.maximum(0, days - TRAILING_DAYS)
    n = np.maximum(days - np.maximum(starts[:, None], since), 0)
    total = _sums(counts, since, days)
    spread = n * _sums(counts * counts, since, days) - total * total
    is_defined = (n >= MIN_TRAILING_DAYS) & (spread > 0)
    scale = np.sqrt(n * spread / np.maximum(n - 1, 1), where=is_defined, out=np.ones(n.shape))
    return np.where(is_defined, (n * counts[:, days] - total) / scale, np.nan)


def _sums(values: Counts, since: Counts, until: Counts) -> Counts:
    before = np.zeros((len(values), values.shape[1] + 1), dtype=np.int64)
    np.cumsum(values, axis=1, out=before[:, 1:])
    return before[:, until] - before[:, since]


def seasonal_scores(counts: Counts, starts: Counts, classes: Counts, days: Counts) -> Floats:
    """Per series and day: how unusual the count is among the comparable days before, as a standard normal quantile."""
    scores = np.full((len(counts), len(days)), np.nan)
    for columns, comparable in _comparable_days(classes, days, len(counts)):
        exists = comparable >= np.maximum(starts, 0)[:, None, None]
        n = exists.sum(axis=2)
        row, column = np.nonzero(n >= MIN_COMPARED_DAYS)
        past = counts[row[:, None], comparable[column]]
        mean, variance = _baseline(past, exists[row, column], n[row, column])
        today = counts[row, days[columns[column]]]
        scores[row, columns[column]] = tail_scores(today, mean, variance)
    return scores


def _comparable_days(classes: Counts, days: Counts, series: int) -> Iterator[tuple[Counts, Counts]]:
    """Some of the days, and for each of them those to compare with; -1 fills the rows up."""
    for kind in np.unique(classes[days]):
        of_kind = np.flatnonzero(classes == kind)
        columns = np.flatnonzero(classes[days] == kind)
        last = np.searchsorted(of_kind, days[columns])
        first = np.searchsorted(of_kind, days[columns] - COMPARED_DAYS)
        width = int((last - first).max())
        places = last[:, None] - 1 - np.arange(width)
        comparable = np.where(places >= first[:, None], of_kind[places], -1)
        step = max(1, NUMBERS_AT_ONCE // max(1, series * width))
        for start in range(0, len(columns), step):
            yield columns[start : start + step], comparable[start : start + step]


def _baseline(counts: Counts, exists: Flags, n: Counts) -> tuple[Floats, Floats]:
    """Mean and variance of what a new day may bring, of which single outliers know little."""
    median = _masked_median(counts, exists, n)
    spread = CONSISTENT_MAD * _masked_median(np.abs(counts - median[:, None]), exists, n)
    reach = 3 * np.maximum(spread, np.sqrt(np.maximum(median, 1)))
    clipped = np.clip(counts, (median - reach)[:, None], (median + reach)[:, None])
    total = _sum(np.where(exists, clipped, 0))
    squares = np.where(exists, clipped - (total / n)[:, None], 0) ** 2
    mean = (total + 0.5) / n
    variance = np.maximum.reduce([mean, spread**2, _sum(squares) / (n - 1)])
    return mean, variance * (1 + 1 / n)


def _sum(values: Floats) -> Floats:
    """Added one after the other, so that the last bit does not depend on how many zeros fill a row up."""
    total = np.zeros(len(values))
    for column in values.T:
        total += column
    return total


def _masked_median(values: NDArray[np.number], exists: Flags, n: Counts) -> Floats:
    ordered = np.sort(np.where(exists, values, np.inf), axis=1)
    rows = np.arange(len(n))
    return np.asarray((ordered[rows, (n - 1) // 2] + ordered[rows, n // 2]) / 2)


def tail_scores(counts: Counts, mean: Floats, variance: Floats) -> Floats:
    """The mid-probability of a negative binomial's tail as a normal quantile, from the tail that is the smaller."""
    size = mean**2 / (variance - mean)
    success = mean / variance
    exactly = np.exp(
        special.gammaln(counts + size)
        - special.gammaln(size)
        - special.gammaln(counts + 1)
        + special.xlogy(size, success)
        + special.xlog1py(counts, -success)
    )
    is_many = counts > mean
    at_least_one = np.maximum(counts, 1)
    beyond = special.betainc(
        np.where(is_many, counts + 1, size),
        np.where(is_many, size, at_least_one),
        np.where(is_many, 1 - success, success),
    )
    tail = np.where(is_many | (counts > 0), beyond, 0) + exactly / 2
    scores = np.where(is_many, -1, 1) * special.ndtri(tail)
    return np.asarray(np.clip(scores, -MAX_SCORE, MAX_SCORE))


def discoveries(p: Floats) -> Flags:
    """Benjamini-Hochberg for each day by itself: which p-values of its series stand out, NaN being no test."""
    ordered = np.sort(p, axis=0)
    ranks = np.arange(1, len(p) + 1)[:, None]
    tests = np.maximum(np.count_nonzero(~np.isnan(p), axis=0), 1)
    passing = np.where(ordered <= FALSE_DISCOVERY_RATE * ranks / tests, ordered, -1.0)
    return np.asarray(p <= passing.max(axis=0, initial=-1.0))


def p_values(scores: Floats, *, is_over: Flags | bool) -> Floats:
    """Two-sided, unless the day is not over: then a low count says nothing yet."""
    return np.asarray(np.where(is_over, 2 * special.ndtr(-np.abs(scores)), special.ndtr(-scores)))
