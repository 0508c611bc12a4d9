"""How unusual a day's count is, and which of many series are unusual at once."""

import math
from collections.abc import Hashable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from statistics import NormalDist, median, variance
from typing import TypeVar

from scipy.stats import nbinom

from tests.oracle.figures import square_root

PLAIN_DAYS = 30
PLAIN_LEAST = 14
SEASONAL_DAYS = 84
SEASONAL_LEAST = 4
LARGEST_SCORE = 10.0
FALSE_DISCOVERY_RATE = 0.05

Series = TypeVar("Series", bound=Hashable)


def plain_score(count: int, history: list[int]) -> Decimal | None:
    """Standard deviations from the mean; exact where the square of it is."""
    days = len(history)
    if days < PLAIN_LEAST or len(set(history)) == 1:
        return None
    mean = Fraction(sum(history), days)
    spread = sum(((past - mean) ** 2 for past in history), Fraction(0)) / (days - 1)
    distance = square_root((count - mean) ** 2 / spread)
    return distance if count >= mean else -distance


@cache
def seasonal_score(count: int, comparable: tuple[int, ...]) -> float | None:
    if len(comparable) < SEASONAL_LEAST:
        return None
    mean, spread = baseline(comparable)
    return score_of(count, mean, spread)


def baseline(comparable: tuple[int, ...]) -> tuple[float, float]:
    """The mean and variance expected of the day, deaf to a few wild days among the comparable ones."""
    days = len(comparable)
    middle = median(comparable)
    deviation = 1.4826 * median(abs(past - middle) for past in comparable)
    reach = 3 * max(deviation, math.sqrt(max(middle, 1)))
    clipped = [float(min(max(past, middle - reach), middle + reach)) for past in comparable]
    mean = (sum(clipped) + 0.5) / days
    return mean, max(mean, deviation**2, variance(clipped)) * (1 + 1 / days)


def score_of(count: int, mean: float, spread: float) -> float:
    """From whichever tail is the smaller, so that no digits are lost in 1 - p."""
    shape, chance = mean**2 / (spread - mean), mean / spread
    half = float(nbinom.pmf(count, shape, chance)) / 2
    above = float(nbinom.sf(count, shape, chance)) + half
    below = float(nbinom.cdf(count - 1, shape, chance)) + half
    return -quantile(above) if above < below else quantile(below)


def quantile(share: float) -> float:
    return max(NormalDist().inv_cdf(share), -LARGEST_SCORE) if share > 0 else -LARGEST_SCORE


def chance_of(score: float, *, only_upwards: bool) -> float:
    """How often chance alone goes as far."""
    if only_upwards:
        return math.erfc(score / math.sqrt(2)) / 2
    return math.erfc(abs(score) / math.sqrt(2))


def discoveries(chances: dict[Series, float]) -> set[Series]:
    """Benjamini-Hochberg: as many as can be flagged with few of them expected to be false."""
    ordered = sorted(chances.values())
    passed = [
        chance
        for rank, chance in enumerate(ordered, start=1)
        if chance <= FALSE_DISCOVERY_RATE * rank / len(ordered)
    ]
    return {series for series, chance in chances.items() if passed and chance <= passed[-1]}
