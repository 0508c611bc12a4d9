"""What a project has really cost: its work, what was bought, and the support that it needs since."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from insights.models import Proposal
from insights.roi import DAYS_PER_MONTH, Forecast, realised_return
from insights.weekly import booked_hours
from kpis.calendar import day_of
from tenants.models import TenantSettings

EVER = date(1970, 1, 2)


@dataclass(frozen=True)
class Spent:
    """In the MSP's currency. `cost` is what was entered, else hours (entered, else booked) at the cost of an hour."""

    cost: float
    hours: float
    support_hours_per_month: float
    running_cost_per_month: float  # support and licences
    hourly_cost: float
    cashable_share: float

    def as_json(self) -> dict[str, Any]:
        return {
            "cost": self.cost,
            "hours": self.hours,
            "support_hours_per_month": self.support_hours_per_month,
            "running_cost_per_month": self.running_cost_per_month,
        }


def spent_on(proposal: Proposal, now: datetime) -> Spent:
    """Time booked under the project's ticket is work until the project's end, and support from then on."""
    settings = TenantSettings.load()
    hourly_cost = float(settings.loaded_hourly_cost)
    worked, support_hours_per_month = _booked(proposal, now)
    hours = float(proposal.actual_hours) if proposal.actual_hours is not None else worked
    cost = hours * hourly_cost if proposal.actual_cost is None else float(proposal.actual_cost)
    return Spent(
        cost=round(cost, 2),
        hours=round(hours, 2),
        support_hours_per_month=round(support_hours_per_month, 2),
        running_cost_per_month=round(_licences(proposal) + support_hours_per_month * hourly_cost, 2),
        hourly_cost=hourly_cost,
        cashable_share=float(settings.cashable_share),
    )


def _booked(proposal: Proposal, now: datetime) -> tuple[float, float]:
    if proposal.project_ticket_id is None or proposal.finished_on is None:
        return 0.0, 0.0
    ticket, after = proposal.project_ticket_id, proposal.finished_on + timedelta(days=1)
    today = day_of(now)
    months = max((today - after).days, 1) / DAYS_PER_MONTH
    worked = booked_hours(ticket, EVER, after, now)
    return worked, booked_hours(ticket, after, today, now) / max(months, 1.0)


def _licences(proposal: Proposal) -> float:
    if not proposal.baseline.forecast:
        return 0.0
    return Forecast.from_json(proposal.baseline.forecast).inputs.running_cost_per_month


def realised(spent: Spent, saved_hours_per_month: float, *, is_cash: bool = False) -> float | None:
    """Return of twelve months on what was spent; None when nothing was."""
    return realised_return(
        saved_hours_per_month,
        spent.cost,
        hourly_cost=spent.hourly_cost,
        counted_share=spent.cashable_share if is_cash else 1.0,
        running_cost_per_month=spent.running_cost_per_month,
    )
