"""Simulated desks whose truth is known: weekly tickets and hours that scatter as real ones do."""

from dataclasses import dataclass

import numpy as np

from insights.draws import Floats

OVERDISPERSION = 1.5


@dataclass(frozen=True)
class Desk:
    """A treated client and its controls, in many worlds at once."""

    before: Floats  # worlds × weeks
    after: Floats
    controls_before: Floats  # worlds × controls × weeks
    controls_after: Floats


@dataclass(frozen=True)
class Truth:
    reduction: float = 0.0  # by the project
    season: float = 0.0  # fewer tickets afterwards, for all
    drift: float = 0.0  # clients going their own ways, standard deviation of the logarithm
    treated_per_week: float = 5.0
    controls: int = 12
    weeks_before: int = 26
    weeks_after: int = 16
    shared_shock: float = 0.2  # of a week, for all


def desks(chance: np.random.Generator, truth: Truth, worlds: int) -> Desk:
    rates = chance.uniform(2, 8, (worlds, 1 + truth.controls, 1))
    rates[:, 0] = truth.treated_per_week
    weeks = truth.weeks_before + truth.weeks_after
    is_after = np.arange(weeks) >= truth.weeks_before
    own_way = np.exp(truth.drift * chance.standard_normal(rates.shape))
    shock = np.exp(truth.shared_shock * chance.standard_normal((worlds, 1, weeks)))
    expected = rates * shock * np.where(is_after, own_way * (1 - truth.season), 1)
    expected[:, 0] *= np.where(is_after, 1 - truth.reduction, 1)
    seen = tickets(chance, expected)
    before, after = seen[..., ~is_after], seen[..., is_after]
    return Desk(before[:, 0], after[:, 0], before[:, 1:], after[:, 1:])


def tickets(chance: np.random.Generator, expected: Floats) -> Floats:
    """Counts that scatter half as much again as by chance alone."""
    mean_of_bunch = OVERDISPERSION - 1
    return chance.poisson(chance.gamma(expected / mean_of_bunch, mean_of_bunch)).astype(float)


def ticket_hours(chance: np.random.Generator, number: int, *, misbooked: float = 0.0) -> Floats:
    """Most are short and some very long; a misbooked one has ten times its hours."""
    hours = chance.lognormal(-1, 1, number)
    return np.where(chance.random(number) < misbooked, 10 * hours, hours)


def hours_of(chance: np.random.Generator, counts: Floats) -> Floats:
    """Winsorised by ticket, in the shape of the counts."""
    numbers = counts.astype(int).ravel()
    each = ticket_hours(chance, numbers.sum())
    each = np.minimum(each, np.quantile(each, 0.97))
    cells = np.repeat(np.arange(len(numbers)), numbers)
    return np.bincount(cells, each, len(numbers)).astype(np.float64).reshape(counts.shape)


def shares(chance: np.random.Generator, mean: float, spread: float, size: int | tuple[int, ...]) -> Floats:
    concentration = mean * (1 - mean) / spread**2 - 1
    return chance.beta(mean * concentration, (1 - mean) * concentration, size)
