"""Seeded chance over arrays: resampled weeks, shares, effort and drift of a forecast.

All comes from uniform numbers by inverse distribution functions, which a last bit of difference between machines
can't send down another path, as it can with sampling by rejection.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from insights.roi import WEEKS_PER_MONTH, Effort, Inputs

Floats = NDArray[np.float64]

DRAWS = 2_000
BLOCK_WEEKS = 4  # longer than what makes neighbouring weeks alike
YEARLY_DRIFT = 0.15  # standard deviation of the logarithm


@dataclass(frozen=True)
class Draws:
    saved_hours: Floats  # per month, once the project works fully
    effort_hours: Floats
    cost: Floats


def drawn(inputs: Inputs) -> Draws:
    chance = np.random.Generator(np.random.PCG64(inputs.seed))
    weekly_hours = np.array(inputs.weekly_hours, dtype=np.float64)
    hours = resampled_means(weekly_hours, block_starts(chance, len(weekly_hours))) * WEEKS_PER_MONTH
    share = _quantiles(inputs.share.alpha, inputs.share.beta)[np.argsort(chance.random(DRAWS))]
    drift = np.exp(YEARLY_DRIFT * special.ndtri(chance.random(DRAWS)))
    effort_hours = _triangular(inputs.effort, chance.random(DRAWS))
    cost = effort_hours * inputs.effort_hourly_cost + inputs.purchase_cost
    return Draws(hours * inputs.rate_shrinkage * share * drift, effort_hours, cost)


@lru_cache(maxsize=256)
def _quantiles(alpha: float, beta: float) -> Floats:
    """One for each draw; kept because they take the longest, and the projects of an archetype share them."""
    return np.asarray(special.betaincinv(alpha, beta, (np.arange(DRAWS) + 0.5) / DRAWS))


def block_starts(chance: np.random.Generator, weeks: int, draws: int = DRAWS) -> NDArray[np.int64]:
    """Per draw, where blocks begin that together are about as long as the series."""
    blocks = -(-weeks // BLOCK_WEEKS)
    return (chance.random((draws, blocks)) * weeks).astype(np.int64)


def resampled_means(weekly: Floats, starts: NDArray[np.int64]) -> Floats:
    """Mean week of each draw, over the last axis; blocks go on at the first week, so that all count alike."""
    offsets = np.arange(weekly.shape[-1])[:, None] + np.arange(BLOCK_WEEKS)
    of_block: Floats = weekly[..., offsets % weekly.shape[-1]].mean(axis=-1)
    return np.asarray(of_block[..., starts].mean(axis=-1))


def _triangular(effort: Effort, chance: Floats) -> Floats:
    least, likely, most = effort.least_hours, effort.likely_hours, effort.most_hours
    if most <= least:
        return np.full(len(chance), least)
    rising = least + np.sqrt(chance * (most - least) * (likely - least))
    falling = most - np.sqrt((1 - chance) * (most - least) * (most - likely))
    return np.where(chance < (likely - least) / (most - least), rising, falling)


def quotient(of: Floats, by: Floats) -> Floats:
    """Endless where there is nothing to divide by, or less."""
    return np.asarray(np.divide(of, by, out=np.full(len(of), np.inf), where=by > 0))


def tenths(values: Floats, digits: int) -> list[float | None]:
    """The 10th, 50th and 90th percentile; each is one of the values, because endless ones can't be averaged."""
    chosen = np.quantile(values, [0.1, 0.5, 0.9], method="inverted_cdf")
    return [round(float(value), digits) + 0.0 if np.isfinite(value) else None for value in chosen]
