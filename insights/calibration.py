"""What finished projects teach forecasts: the share of hours they took away, and how far forecasts were off.

Projects without effect count like all others; without them, the next forecast would be too good.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist, median

from django.db.models import Q

from insights.models import ProjectBaseline, ProjectMeasurement, Proposal
from insights.roi import Beta, Forecast

SPREAD_OF_PROJECTS = 0.18  # standard deviation of the true share from project to project
PRIOR_WEIGHT = 2  # projects that the playbook's assumption counts as
LEAST_CONCENTRATION = 1.0  # of the Beta, below which it would favour nothing and everything over the middle
POSSIBLE_MEANS = (0.02, 0.98)
Z_OF_90_PERCENT = NormalDist().inv_cdf(0.95)
EXPECTED_INSIDE = 0.8  # of what comes out, between P10 and P90


@dataclass(frozen=True)
class MeasuredShare:
    """Below 0 when there was more work afterwards."""

    share: float
    standard_error: float


def addressable_share(assumed: float, measured: Sequence[MeasuredShare] = ()) -> Beta:
    """What to expect of the next project: the assumption, which every measured one corrects by how sure it is."""
    weights = [_weight(one) for one in measured]
    projects = PRIOR_WEIGHT + sum(weights)
    taught = sum(weight * one.share for weight, one in zip(weights, measured, strict=True))
    low, high = POSSIBLE_MEANS
    mean = min(max((PRIOR_WEIGHT * assumed + taught) / projects, low), high)
    variance = SPREAD_OF_PROJECTS**2 * (1 + 1 / projects)
    concentration = max(mean * (1 - mean) / variance - 1, LEAST_CONCENTRATION)
    return Beta(round(mean * concentration, 6), round((1 - mean) * concentration, 6), len(measured))


def _weight(measured: MeasuredShare) -> float:
    return SPREAD_OF_PROJECTS**2 / (SPREAD_OF_PROJECTS**2 + measured.standard_error**2)


def measured_shares(now: datetime) -> dict[str, list[MeasuredShare]]:
    """By archetype, of every project that was judged up to then: also of those given up as without effect."""
    shares: dict[str, list[MeasuredShare]] = defaultdict(list)
    for measurement in _judged(now):
        if (share := _share(measurement)) is not None:
            shares[measurement.proposal.archetype].append(share)
    return dict(shares)


def _judged(now: datetime) -> Iterable[ProjectMeasurement]:
    """The last word on each project; a mere before and after says nothing of what the project did."""
    is_given_up = Q(proposal__status=Proposal.Status.REJECTED)
    return (
        ProjectMeasurement.objects.filter(Q(is_final=True) | is_given_up, measured_at__lte=now)
        .exclude(verdict=ProjectMeasurement.Verdict.TOO_EARLY)
        .exclude(proposal__baseline__design=ProjectBaseline.Design.NONE)
        .select_related("proposal__baseline")
        .order_by("proposal_id", "-measured_on")
        .distinct("proposal_id")
    )


def _share(measured: ProjectMeasurement) -> MeasuredShare | None:
    """Of hours where they could be compared, else of tickets."""
    for low, share, high in (
        (measured.hour_reduction_low, measured.hour_reduction, measured.hour_reduction_high),
        (measured.ticket_reduction_low, measured.ticket_reduction, measured.ticket_reduction_high),
    ):
        if low is not None and share is not None and high is not None:
            return MeasuredShare(share, (high - low) / (2 * Z_OF_90_PERCENT))
    return None


@dataclass(frozen=True)
class ForecastError:
    """How forecasts did, over all projects judged; None as long as there are none."""

    projects: int
    realised_of_projected: (
        float | None
    )  # all saved minutes / all forecast ones (P50): 0.9 is 10 % too optimistic
    median_error: float | None  # of |saved - forecast| / forecast
    inside_interval: float | None  # share between P10 and P90; 0.8 is right


def forecast_error(now: datetime) -> ForecastError:
    return error_of(_outcomes(now))


def error_of(outcomes: Iterable[tuple[float, Forecast]]) -> ForecastError:
    """Of pairs of saved hours per month and their forecast."""
    pairs = [(saved, forecast.saved_hours_per_month) for saved, forecast in outcomes]
    known = [
        (saved, expected.p10 or 0.0, expected.p50, expected.p90 or 0.0)
        for saved, expected in pairs
        if expected.p50
    ]
    if not known:
        return ForecastError(0, None, None, None)
    return ForecastError(
        projects=len(known),
        realised_of_projected=round(
            sum(saved for saved, *_ in known) / sum(p50 for _, _, p50, _ in known), 3
        ),
        median_error=round(median(abs(saved - p50) / p50 for saved, _, p50, _ in known), 3),
        inside_interval=round(sum(p10 <= saved <= p90 for saved, p10, _, p90 in known) / len(known), 3),
    )


def _outcomes(now: datetime) -> Iterator[tuple[float, Forecast]]:
    for measurement in _judged(now):
        minutes, stored = measurement.saved_minutes_per_month, measurement.proposal.baseline.forecast
        if minutes is not None and stored:
            yield float(minutes) / 60, Forecast.from_json(stored)
