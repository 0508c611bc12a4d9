"""The numbers of an idea: from its evidence, its kind of project and the settings, never from what a model said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from insights.calibration import MeasuredShare, addressable_share, measured_shares
from insights.ideas import Idea
from insights.playbooks import playbook_of
from insights.roi import Forecast, Inputs, forecast
from tenants.models import TenantSettings


@dataclass(frozen=True)
class Estimator:
    """What all ideas of a run have in common."""

    settings: TenantSettings
    measured: Mapping[str, Sequence[MeasuredShare]]

    @classmethod
    def of_tenant(cls, now: datetime) -> "Estimator":
        return cls(TenantSettings.load(), measured_shares(now))

    def forecast(self, idea: Idea) -> Forecast:
        return forecast(self.inputs(idea))

    def inputs(self, idea: Idea) -> Inputs:
        evidence, archetype = idea.evidence, idea.key[3]
        book, hourly_cost = playbook_of(archetype), float(self.settings.loaded_hourly_cost)
        return Inputs(
            weekly_hours=evidence.weekly_hours,
            rate_shrinkage=idea.rate_shrinkage,
            share=addressable_share(book.addressable_share, self.measured.get(archetype, ())),
            effort=book.effort,
            hourly_cost=hourly_cost,
            effort_hourly_cost=hourly_cost,
            cashable_share=float(self.settings.cashable_share),
            running_cost_per_month=book.running_cost_each * evidence.requesters,
            purchase_cost=book.purchase_cost_each * evidence.requesters,
            fixed_fee_share=round(1 - evidence.charged_share, 4),
            hourly_rate=float(self.settings.hourly_rate),
        )
