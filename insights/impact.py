"""Whether a project helped: tickets and hours after it against before, beside others who had no project.

Pure: it judges the weeks it is given. It never blames or praises a project where nothing could be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, expm1, log
from statistics import fmean, variance
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from insights.contrasts import Contrast, Plan
    from insights.draws import Floats

Design = Literal["clients", "topics", "none"]
Verdict = Literal["too_early", "underpowered", "no_detectable_effect", "improved", "worsened"]

FEWEST_CONTROLS = 3
FEWEST_WEEKS_AFTER, MOST_WEEKS_AFTER = 8, 52


@dataclass(frozen=True)
class Series:
    """A client or topic in whole weeks, the oldest first; weeks in which the project was done are in neither part."""

    tickets_before: Sequence[float]
    tickets_after: Sequence[float] = ()
    hours_before: Sequence[float] = ()  # winsorised by ticket
    hours_after: Sequence[float] = ()
    contacts_growth: float = 1.0  # active contacts after / before: 1.2 is a fifth more people to serve


@dataclass(frozen=True)
class Reduction:
    """With a 90 % interval. 1: all gone, 0: as without the project, below 0: more."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Impact:
    verdict: Verdict
    design: Design
    weeks_before: int
    weeks_after: int
    tickets: Reduction | None = None  # None before there is a week to judge
    hours: Reduction | None = None  # None while there are fewer than eight weeks of them on either side
    detectable_reduction: float | None = (
        None  # the smallest noticed four times out of five; None: none would be
    )
    expected_hours_growth: float = 1.0  # of the hours without a project, after / before
    overdispersion: float | None = None  # 1: tickets come by chance alone
    drift: float | None = None  # how far clients drift apart by themselves, as a logarithm

    def saved_hours_per_month(self, hours_per_month_before: float) -> Reduction | None:
        """Against what would have been booked without the project; None where nobody can know that."""
        share = self.hours or self.tickets
        if share is None or self.design == "none":
            return None
        expected = hours_per_month_before * self.expected_hours_growth
        return Reduction(*(round(expected * part, 4) for part in (share.value, share.low, share.high)))


def design_of(clients: int, topics: int) -> Design:
    """Other clients with the same topic say most; other topics of the same clients are a weak substitute."""
    if clients >= FEWEST_CONTROLS:
        return "clients"
    return "topics" if topics else "none"


def impact(
    treated: Series,
    controls: Sequence[Series],
    design: Design,
    *,
    promised_reduction: float,
    is_due: bool,
    rate_shrinkage: float = 1.0,
) -> Impact:
    """`rate_shrinkage`: the shrunk rate of tickets before / the observed one: a spike is no habit."""
    weeks_before, weeks_after = len(treated.tickets_before), len(treated.tickets_after)
    design = design if controls else "none"
    if not weeks_before or not weeks_after:
        return Impact("too_early", design, weeks_before, weeks_after)
    contrast = _tickets_compared(treated, controls)
    others_growth = _growth(controls, contrast)
    own_growth = log(rate_shrinkage * treated.contacts_growth) - others_growth
    tickets = _reduction(float(contrast.change) - own_growth, float(contrast.reach))
    hours, change_of_controls = _hours(treated, controls, contrast, own_growth)
    noticeable = _noticeable(_plan(treated, controls), contrast, weeks_after) if controls else None
    return Impact(
        verdict=_verdict(tickets, design, noticeable, promised_reduction, is_due),
        design=design,
        weeks_before=weeks_before,
        weeks_after=weeks_after,
        tickets=tickets,
        hours=hours,
        detectable_reduction=noticeable,
        expected_hours_growth=round(treated.contacts_growth * exp(change_of_controls - others_growth), 4),
        overdispersion=round(float(contrast.overdispersion), 4),
        drift=round(float(contrast.drift), 4),
    )


def _verdict(
    tickets: Reduction, design: Design, detectable: float | None, promised: float, is_due: bool
) -> Verdict:
    if not is_due:
        return "too_early"
    if design == "none":
        return "underpowered"  # a mere before and after can't say what a project did, however long it is
    if tickets.low > 0:
        return "improved"
    if tickets.high < 0:
        return "worsened"
    return "no_detectable_effect" if detectable is not None and detectable <= promised else "underpowered"


def _tickets_compared(treated: Series, controls: Sequence[Series]) -> "Contrast":
    from insights.contrasts import alone, compared

    before, after = _array(treated.tickets_before), _array(treated.tickets_after)
    if not controls:
        return alone(before, after)
    return compared(before, after, *(_rows(controls, name) for name in ("tickets_before", "tickets_after")))


def _growth(controls: Sequence[Series], contrast: "Contrast") -> float:
    """Of the controls' contacts, as a logarithm."""
    growths = (log(control.contacts_growth) for control in controls)
    return sum(float(share) * growth for share, growth in zip(contrast.shares, growths, strict=True))


def _hours(
    treated: Series, controls: Sequence[Series], contrast: "Contrast", own_growth: float
) -> tuple[Reduction | None, float]:
    """And the logarithm by which the controls' hours changed, or their tickets where hours say nothing."""
    from insights.contrasts import FEWEST_WEEKS_OF_HOURS, critical, hours_compared

    everyone = (treated, *controls)
    weeks = min(len(treated.hours_before), len(treated.hours_after))
    if weeks < FEWEST_WEEKS_OF_HOURS or not sum(treated.hours_before):
        return None, float(contrast.change_of_controls)
    before, after = _rows(everyone, "hours_before"), _rows(everyone, "hours_after")
    half_ticket_hours = float(before.sum()) / max(2 * float(_rows(everyone, "tickets_before").sum()), 1)
    change, error, of_controls = hours_compared(before, after, contrast, half_ticket_hours)
    return _reduction(change - own_growth, critical(contrast.degrees) * error), of_controls


def _reduction(change: float, reach: float) -> Reduction:
    return Reduction(*(round(-expm1(change + step), 4) + 0.0 for step in (0.0, reach, -reach)))


def _noticeable(plan: "Plan", contrast: "Contrast", weeks_after: int) -> float | None:
    """As sure as the measurement turned out, which may be more or less than was planned."""
    from insights.contrasts import detectable

    seen = replace(plan, overdispersion=float(contrast.overdispersion), drift=float(contrast.drift))
    return detectable(seen, weeks_after)


def detectable_reduction(treated: Series, controls: Sequence[Series], weeks_after: int) -> float | None:
    """The smallest that would be noticed four times out of five; None: none would be."""
    from insights.contrasts import detectable

    return detectable(_plan(treated, controls), weeks_after) if controls else None


def weeks_to_measure(treated: Series, controls: Sequence[Series], promised_reduction: float) -> int:
    """After the project, until what was promised would be noticed four times out of five, or the most one waits."""
    from insights.contrasts import weeks_until_noticed

    possible = range(FEWEST_WEEKS_AFTER, MOST_WEEKS_AFTER + 1)
    if not controls:
        return possible[0]  # waiting would not make a before and after say more
    return weeks_until_noticed(_plan(treated, controls), promised_reduction, possible) or possible[-1]


def _plan(treated: Series, controls: Sequence[Series]) -> "Plan":
    from insights.contrasts import planned

    return planned(_array(treated.tickets_before), _rows(controls, "tickets_before"))


def shrunk_rate(
    weekly_tickets: Sequence[float], rates: Sequence[float], overdispersion: float | None = None
) -> float:
    """Tickets per week, held to the rates of all it is compared with (its own among them) as far as chance moves it."""
    weeks = len(weekly_tickets)
    phi = overdispersion or _scatter(weekly_tickets)
    typical = fmean(rates)
    spread = (variance(rates) if len(rates) > 1 else 0.0) - phi * typical / weeks
    if spread <= 0:
        return typical
    known_weeks = typical / spread
    return (known_weeks * typical + sum(weekly_tickets) / phi) / (known_weeks + weeks / phi)


def _scatter(weekly_tickets: Sequence[float]) -> float:
    """How much more weeks differ than by chance alone, as variance over mean."""
    if len(weekly_tickets) < 2 or not any(weekly_tickets):
        return 1.0
    return max(1.0, variance(weekly_tickets) / fmean(weekly_tickets))


def _rows(series: Sequence[Series], name: str) -> "Floats":
    import numpy as np

    return np.array([getattr(one, name) for one in series], dtype=np.float64)


def _array(weekly: Sequence[float]) -> "Floats":
    import numpy as np

    return np.array(weekly, dtype=np.float64)
