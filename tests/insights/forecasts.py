"""One ordinary project and its forecast, of which tests change what they are about."""

from dataclasses import replace
from typing import Any

from insights.calibration import addressable_share
from insights.roi import Effort, Forecast, Inputs, forecast

INPUTS = Inputs(
    weekly_hours=(5.0, 6.5, 4.0, 7.0, 5.5, 6.0, 5.0, 8.0, 4.5, 5.0, 6.0, 7.5, 5.0, 6.0, 5.5, 6.5),
    rate_shrinkage=0.95,
    share=addressable_share(0.55),
    effort=Effort(12, 20, 45),
    hourly_cost=45,
    effort_hourly_cost=60,
    cashable_share=0.25,
    running_cost_per_month=20,
    purchase_cost=300,
)


def forecast_of(**changes: Any) -> Forecast:
    return forecast(replace(INPUTS, **changes))
