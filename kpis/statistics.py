"""Scores of daily counts, as pure functions over arrays of series × days. No tables here."""

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


def plain_scores(counts: Counts, starts: Counts, day: int) -> Floats:
    """Per series: (count - mean) / sample standard deviation of the 30 days before, NaN where that is undefined.

    All sums are of integers, so that the result does not depend on where the array begins.
    """
    since = max(0, day - TRAILING_DAYS)
    before = counts[:, since:day]
    n = np.maximum(day - np.maximum(starts, since), 0)
    total = before.sum(axis=1)
    spread = n * (before * before).sum(axis=1) - total * total
    is_defined = (n >= MIN_TRAILING_DAYS) & (spread > 0)
    scale = np.sqrt(n * spread / np.maximum(n - 1, 1), where=is_defined, out=np.ones(len(n)))
    return np.where(is_defined, (n * counts[:, day] - total) / scale, np.nan)


def seasonal_scores(counts: Counts, starts: Counts, classes: Counts, day: int) -> Floats:
    """Per series: how unusual the count is among the comparable days before, as a standard normal quantile."""
    since = max(0, day - COMPARED_DAYS)
    comparable = since + np.flatnonzero(classes[since:day] == classes[day])
    exists = comparable >= starts[:, None]
    n = exists.sum(axis=1)
    scores = np.full(len(counts), np.nan)
    is_defined = n >= MIN_COMPARED_DAYS
    if is_defined.any():
        rows = np.flatnonzero(is_defined)
        mean, variance = _baseline(counts[np.ix_(rows, comparable)], exists[rows], n[rows])
        scores[rows] = tail_scores(counts[rows, day], mean, variance)
    return scores


def _baseline(counts: Counts, exists: Flags, n: Counts) -> tuple[Floats, Floats]:
    """Mean and variance of what a new day may bring, of which single outliers know little."""
    median = _masked_median(counts, exists, n)
    spread = CONSISTENT_MAD * _masked_median(np.abs(counts - median[:, None]), exists, n)
    reach = 3 * np.maximum(spread, np.sqrt(np.maximum(median, 1)))
    clipped = np.clip(counts, (median - reach)[:, None], (median + reach)[:, None])
    total = np.where(exists, clipped, 0).sum(axis=1)
    squares = np.where(exists, clipped - (total / n)[:, None], 0) ** 2
    mean = (total + 0.5) / n
    variance = np.maximum.reduce([mean, spread**2, squares.sum(axis=1) / (n - 1)])
    return mean, variance * (1 + 1 / n)


def _masked_median(values: NDArray[np.number], exists: Flags, n: Counts) -> Floats:
    ordered = np.sort(np.where(exists, values, np.inf), axis=1)
    rows = np.arange(len(n))
    return np.asarray((ordered[rows, (n - 1) // 2] + ordered[rows, n // 2]) / 2)


def tail_scores(counts: Counts, mean: Floats, variance: Floats) -> Floats:
    """The mid-probability of a negative binomial's tail as a normal quantile, from whichever tail is the smaller."""
    size = mean**2 / (variance - mean)
    success = mean / variance
    exactly = np.exp(
        special.gammaln(counts + size)
        - special.gammaln(size)
        - special.gammaln(counts + 1)
        + special.xlogy(size, success)
        + special.xlog1py(counts, -success)
    )
    above = special.betainc(counts + 1, size, 1 - success) + exactly / 2
    below = np.where(counts > 0, special.betainc(size, np.maximum(counts, 1), success), 0) + exactly / 2
    scores = np.where(above < below, -special.ndtri(above), special.ndtri(below))
    return np.asarray(np.clip(scores, -MAX_SCORE, MAX_SCORE))


def discoveries(p: Floats) -> Flags:
    """Benjamini-Hochberg: which of one day's p-values stand out, NaN being no test."""
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    ranks = np.arange(1, len(order) + 1)
    passing = np.flatnonzero(p[order] <= FALSE_DISCOVERY_RATE * ranks / max(len(order), 1))
    flags = np.zeros(len(p), dtype=bool)
    if len(passing):
        flags[order[: passing[-1] + 1]] = True
    return flags


def p_values(scores: Floats, *, only_upwards: bool) -> Floats:
    """Two-sided, unless the day is not over: then a low count says nothing yet."""
    return np.asarray(special.ndtr(-scores) if only_upwards else 2 * special.ndtr(-np.abs(scores)))
