"""Before and after against others who had no project, on counts of tickets and on hours.

Arrays end with weeks; those of controls have an axis of controls before it, and axes before that are many comparisons
at once. Nothing here decides what a difference means.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

from insights.draws import BLOCK_WEEKS, Floats, block_starts, resampled_means

CONFIDENCE = 0.95  # to one side: the interval holds 90 %
ASSUMED_DRIFT = (
    0.1  # by how much a client goes its own way: the logarithm's standard deviation, as long as few tell
)
ASSUMED_DRIFT_WEIGHT = 4  # in controls
POWER = 0.8  # how often a reduction has to be noticed to be called detectable
CONTINUITY = 0.5  # of a ticket, added to each sum so that every sum has a logarithm
FEWEST_WEEKS_OF_HOURS = 2 * BLOCK_WEEKS


@dataclass(frozen=True)
class Contrast:
    """Changes are logarithms of after / before; `change` is what the treated did beyond the controls."""

    change: Floats
    standard_error: Floats
    change_of_controls: Floats
    shares: Floats  # of each control in that
    overdispersion: Floats
    drift: Floats
    degrees: int

    @property
    def reach(self) -> Floats:
        return critical(self.degrees) * self.standard_error


def critical(degrees: int) -> float:
    return float(special.stdtrit(degrees, CONFIDENCE))


def compared(before: Floats, after: Floats, controls_before: Floats, controls_after: Floats) -> Contrast:
    periods = ((before, controls_before), (after, controls_after))
    phi = _overdispersion(*periods)
    changes, variances = _changes(controls_before, controls_after, phi[..., None])
    drift = _drift(changes, variances)
    weights = 1 / (variances + drift[..., None] ** 2)
    precision = weights.sum(axis=-1)
    shares = weights / precision[..., None]
    of_controls = (shares * changes).sum(axis=-1)
    change, variance = _changes(before, after, phi)
    error = np.sqrt(variance + drift**2 + 1 / precision)
    return Contrast(change - of_controls, error, of_controls, shares, phi, drift, changes.shape[-1] + 3)


def alone(before: Floats, after: Floats) -> Contrast:
    """Without controls: it shows what changed, and can't tell who changed it."""
    weeks = before.shape[-1] + after.shape[-1]
    phi = np.maximum(1.0, (_squares_over_mean(before) + _squares_over_mean(after)) / max(weeks - 2, 1))
    change, variance = _changes(before, after, phi)
    nothing = np.zeros(change.shape)
    return Contrast(
        change, np.sqrt(variance), nothing, np.zeros((*change.shape, 0)), phi, nothing, max(weeks - 2, 1)
    )


def _changes(before: Floats, after: Floats, phi: Floats) -> tuple[Floats, Floats]:
    """Of the rate per week, with the variance that chance gives it."""
    b, a = before.sum(axis=-1) + CONTINUITY, after.sum(axis=-1) + CONTINUITY
    return np.log(a / b) + np.log(before.shape[-1] / after.shape[-1]), phi * (1 / a + 1 / b)


def _overdispersion(*periods: tuple[Floats, Floats]) -> Floats:
    """Of the treated's part in each week's tickets: what all share in a week makes no difference to it."""
    judged = [_pearson(treated, controls.sum(axis=-2)) for treated, controls in periods]
    squares = np.sum([of_period for of_period, _ in judged], axis=0)
    weeks = np.sum([of_period for _, of_period in judged], axis=0)
    return np.asarray(np.maximum(1.0, squares / np.maximum(weeks - len(periods), 1)))


def _pearson(treated: Floats, others: Floats) -> tuple[Floats, Floats]:
    n = treated + others
    part = treated.sum(axis=-1, keepdims=True) / np.maximum(n.sum(axis=-1, keepdims=True), 1)
    expected = n * part * (1 - part)
    can_vary = expected > 0
    squares = np.divide((treated - n * part) ** 2, expected, out=np.zeros(n.shape), where=can_vary)
    return squares.sum(axis=-1), can_vary.sum(axis=-1)


def _squares_over_mean(counts: Floats) -> Floats:
    mean = counts.mean(axis=-1, keepdims=True)
    return np.asarray(((counts - mean) ** 2 / np.where(mean > 0, mean, 1)).sum(axis=-1))


def _drift(changes: Floats, variances: Floats) -> Floats:
    """How differently controls went beyond chance (DerSimonian, Laird), held to the assumption while they are few."""
    m = changes.shape[-1]
    weights = 1 / variances
    total = weights.sum(axis=-1)
    mean = (weights * changes).sum(axis=-1, keepdims=True) / total[..., None]
    excess = (weights * (changes - mean) ** 2).sum(axis=-1) - (m - 1)
    scale = total - (weights**2).sum(axis=-1) / total
    seen = np.divide(np.maximum(excess, 0), scale, out=np.zeros(total.shape), where=(excess > 0) & (m > 1))
    assumed = ASSUMED_DRIFT_WEIGHT * ASSUMED_DRIFT**2
    return np.asarray(np.sqrt(((m - 1) * seen + assumed) / (m - 1 + ASSUMED_DRIFT_WEIGHT)))


@dataclass(frozen=True)
class Plan:
    """What is known before a project of how sure its measurement will be."""

    tickets: float
    controls: Floats
    weeks: int
    overdispersion: float
    drift: float


def planned(before: Floats, controls_before: Floats) -> Plan:
    weeks = before.shape[-1]
    phi = _overdispersion((before, controls_before))
    drift = _drift_of_halves(controls_before, phi) if weeks > 1 else ASSUMED_DRIFT
    sums = controls_before.sum(axis=-1) + CONTINUITY
    return Plan(float(before.sum() + CONTINUITY), sums, weeks, float(phi), drift)


def _drift_of_halves(controls_before: Floats, phi: Floats) -> float:
    """As if the project had been in the middle of the weeks before."""
    half = controls_before.shape[-1] // 2
    return float(_drift(*_changes(controls_before[:, :half], controls_before[:, half:], phi[None])))


def power(plan: Plan, reductions: Floats, weeks_after: int) -> Floats:
    """How likely each reduction would be told from chance after so many weeks."""
    longer = weeks_after / plan.weeks
    a = plan.tickets * longer * (1 - reductions) + CONTINUITY
    variances = plan.overdispersion * (1 + 1 / longer) / plan.controls
    of_controls = 1 / (1 / (variances + plan.drift**2)).sum()
    error = np.sqrt(plan.overdispersion * (1 / plan.tickets + 1 / a) + plan.drift**2 + of_controls)
    return np.asarray(special.ndtr(-np.log1p(-reductions) / error - critical(len(plan.controls) + 3)))


def detectable(plan: Plan, weeks_after: int) -> float | None:
    """The smallest reduction, in whole percents, that is noticed often enough."""
    reductions = np.arange(1, 100) / 100
    noticed = reductions[power(plan, reductions, weeks_after) >= POWER]
    return float(noticed[0]) if len(noticed) else None


def weeks_until_noticed(plan: Plan, reduction: float, possible: Iterable[int]) -> int | None:
    reductions = np.array([min(reduction, 0.99)])
    return next((weeks for weeks in possible if power(plan, reductions, weeks)[0] >= POWER), None)


def hours_compared(
    before: Floats, after: Floats, tickets: Contrast, half_ticket_hours: float
) -> tuple[float, float, float]:
    """Change beyond the controls, its standard error and the controls' change; the treated are the first row.

    Blocks of weeks are drawn for all rows at once, so that what all share in a week cancels. How clients drift apart
    is taken from their tickets: weeks can't tell it.
    """
    (was, was_controls), variance_before = _resampled(before, tickets.shares, half_ticket_hours)
    (now, now_controls), variance_after = _resampled(after, tickets.shares, half_ticket_hours)
    of_drift = float(tickets.drift) ** 2 * (1 + float((tickets.shares**2).sum()))
    error = float(np.sqrt(variance_before + variance_after + of_drift))
    return now - now_controls - was + was_controls, error, now_controls - was_controls


def _resampled(hours: Floats, shares: Floats, least: float) -> tuple[tuple[float, float], float]:
    """Logarithms of an average week's hours, the treated's and the controls', and the variance of their difference."""
    weeks = hours.shape[-1]
    starts = block_starts(np.random.Generator(np.random.PCG64(weeks)), weeks)
    treated, controls = _levels(resampled_means(hours, starts), shares, least / weeks)
    observed = _levels(hours.mean(axis=-1), shares, least / weeks)
    drawn_weeks = starts.shape[-1] * BLOCK_WEEKS
    lost = drawn_weeks / (weeks - BLOCK_WEEKS)  # blocks of few weeks resemble each other
    return (float(observed[0]), float(observed[1])), float((treated - controls).var()) * lost


def _levels(means: Floats, shares: Floats, least: float) -> tuple[Floats, Floats]:
    logarithms = np.log(means + least)
    return logarithms[0], np.asarray(np.tensordot(shares, logarithms[1:], axes=1))
