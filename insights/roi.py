"""What a project would save, cost and return, from plain inputs alone: nothing is read, nothing is stored.

The same inputs give the same bytes everywhere. docs/projects.md says in words what each number means.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import msgspec

if TYPE_CHECKING:
    from insights.draws import Draws, Floats

DAYS_PER_MONTH = 30.4
WEEKS_PER_MONTH = DAYS_PER_MONTH / 7
FEWEST_BASELINE_WEEKS = 16
WINSORISED_AT = 0.97
MONTHS = 12
RAMP_MONTHS = 3
FULL_MONTHS = sum(min(1.0, month / RAMP_MONTHS) for month in range(1, MONTHS + 1))  # worth of a first year
ONE_SIDED_SHARE = 0.9  # of the hours, from which on one side is called the beneficiary

Beneficiary = Literal["msp", "client", "both"]


@dataclass(frozen=True)
class Beta:
    """Which share of a topic's hours a project takes away, as far as one can know."""

    alpha: float
    beta: float
    measured_projects: int = 0  # 0: an assumption of the playbook

    @property
    def mean(self) -> float:
        return self.alpha / (self.alpha + self.beta)


@dataclass(frozen=True)
class Effort:
    """Hours of work until the project is done."""

    least_hours: float
    likely_hours: float
    most_hours: float


@dataclass(frozen=True)
class Inputs:
    """All that a forecast rests on; money is in the MSP's currency."""

    weekly_hours: tuple[float, ...]  # booked on core tickets, winsorised, the oldest week first
    rate_shrinkage: float  # the shrunk rate of tickets / the observed one
    share: Beta
    effort: Effort
    hourly_cost: float  # of a technician, all included
    effort_hourly_cost: float  # of those who do the project
    cashable_share: float  # of the value of saved hours, what becomes money
    running_cost_per_month: float = 0.0  # licences
    purchase_cost: float = 0.0
    fixed_fee_share: float = 1.0  # of the hours, what no invoice charges by the hour
    hourly_rate: float = 0.0  # charged for the other hours

    @property
    def hours_per_month(self) -> float:
        return sum(self.weekly_hours) / len(self.weekly_hours) * WEEKS_PER_MONTH

    @property
    def beneficiary(self) -> Beneficiary:
        if self.fixed_fee_share >= ONE_SIDED_SHARE:
            return "msp"
        return "client" if self.fixed_fee_share <= 1 - ONE_SIDED_SHARE else "both"

    @property
    def seed(self) -> int:
        text = json.dumps(msgspec.to_builtins(self), sort_keys=True)
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


@dataclass(frozen=True)
class Range:
    """One in ten comes out below `p10`, one in two below `p50`, nine in ten below `p90`; None is endless."""

    p10: float | None
    p50: float | None
    p90: float | None


@dataclass(frozen=True)
class Line:
    """The money of a project when saved hours count in full (capacity) or in part (cash)."""

    net_per_month: Range  # once it works fully
    payback_months: Range
    pays_back_within_a_year: float  # probability
    return_on_cost: Range  # of twelve months: 0.5 is half of the cost on top of it
    net_value: Range  # of twelve months


@dataclass(frozen=True)
class Forecast:
    inputs: Inputs
    hours_per_month: float  # booked today
    saved_hours_per_month: Range  # once it works fully
    saved_hours_first_year: Range
    effort_hours: Range
    cost: Range
    capacity: Line
    cash: Line
    msp_margin_per_month: Range  # hours under a fixed fee that need not be worked
    client_saving_per_month: Range  # hours that are no longer charged
    msp_revenue_lost_per_month: Range  # the same money, seen from the other side
    beneficiary: Beneficiary

    def as_json(self) -> dict[str, Any]:
        stored: dict[str, Any] = msgspec.to_builtins(self)
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return msgspec.convert(stored, cls)

    @property
    def saved_minutes_per_month(self) -> float:
        return round((self.saved_hours_per_month.p50 or 0.0) * 60, 2)

    @property
    def net_value_p10(self) -> float:
        """What proposals are ranked by."""
        return self.capacity.net_value.p10 or 0.0


def forecast(inputs: Inputs) -> Forecast:
    from insights.draws import drawn

    # Settings hold decimals, and people type whole numbers: both have to come to the same seed.
    inputs = msgspec.convert(msgspec.to_builtins(inputs), Inputs, strict=False)
    draws = drawn(inputs)
    charged = draws.saved_hours * (1 - inputs.fixed_fee_share) * inputs.hourly_rate
    return Forecast(
        inputs=inputs,
        hours_per_month=round(inputs.hours_per_month, 2),
        saved_hours_per_month=_range(draws.saved_hours, 2),
        saved_hours_first_year=_range(draws.saved_hours * FULL_MONTHS, 2),
        effort_hours=_range(draws.effort_hours, 2),
        cost=_range(draws.cost, 2),
        capacity=_line(inputs, draws, 1.0),
        cash=_line(inputs, draws, inputs.cashable_share),
        msp_margin_per_month=_range(draws.saved_hours * inputs.fixed_fee_share * inputs.hourly_cost, 2),
        client_saving_per_month=_range(charged, 2),
        msp_revenue_lost_per_month=_range(charged, 2),
        beneficiary=inputs.beneficiary,
    )


def _line(inputs: Inputs, draws: "Draws", counted_share: float) -> Line:
    from insights.draws import quotient

    gained = draws.saved_hours * inputs.hourly_cost * counted_share
    net_per_month = gained - inputs.running_cost_per_month
    net_value = gained * FULL_MONTHS - inputs.running_cost_per_month * MONTHS - draws.cost
    payback_months = quotient(draws.cost, net_per_month)
    return Line(
        net_per_month=_range(net_per_month, 2),
        payback_months=_range(payback_months, 1),
        pays_back_within_a_year=round(float((payback_months <= MONTHS).mean()), 3),
        return_on_cost=_range(quotient(net_value, draws.cost), 3),
        net_value=_range(net_value, 2),
    )


def _range(drawn: "Floats", digits: int) -> Range:
    from insights.draws import tenths

    return Range(*tenths(drawn, digits))


def winsorised(ticket_hours: Sequence[float]) -> list[float]:
    """The hours of each ticket, of which the longest 3 % count as the next longest: a mis-booked one weighs little."""
    import numpy as np

    if not ticket_hours:
        return []
    longest = float(np.quantile(ticket_hours, WINSORISED_AT))
    return [min(hours, longest) for hours in ticket_hours]


def realised_return(
    saved_hours_per_month: float,
    cost: float,
    *,
    hourly_cost: float,
    counted_share: float = 1.0,
    running_cost_per_month: float = 0.0,
) -> float | None:
    """Of twelve months at the measured rate, against what the project really cost; None when it cost nothing."""
    if cost <= 0:
        return None
    net_per_month = saved_hours_per_month * hourly_cost * counted_share - running_cost_per_month
    return round((net_per_month * MONTHS - cost) / cost, 3)
