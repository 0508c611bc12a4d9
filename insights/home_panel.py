"""What the managers' first page shows of improvement projects: the best of those that wait for a decision."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.access import Area, May, may
from insights import proposal_numbers as numbers
from insights.models import Proposal
from insights.roi import Forecast
from kpis import names
from kpis.home.panels import Panel
from kpis.period import Period

SHOWN = 3


@dataclass(frozen=True)
class Row:
    proposal: Proposal
    client: str
    worth: numbers.Bar
    saved: str


def projects_to_decide(request: HttpRequest, _period: Period) -> Panel | None:
    """Only for those who may see projects."""
    if not may(request, May.VIEW, Area.PROPOSALS):
        return None
    waiting = Proposal.objects.filter(status=Proposal.Status.PROPOSED, rolled_into=None).exclude(forecast={})
    told = {"rows": _rows(list(waiting[:SHOWN])), "may_decide": may(request, May.CHANGE, Area.PROPOSALS)}
    return Panel(_("Projects to decide"), "insights/home_panel.html", told)


def _rows(proposals: list[Proposal]) -> list[Row]:
    clients = names.companies(one.company for one in proposals)
    forecasts = [Forecast.from_json(one.forecast) for one in proposals]
    scale = numbers.Scale.of(forecast.capacity.net_value for forecast in forecasts)
    return [
        Row(
            proposal=one,
            client=_("All clients") if one.company is None else clients.get(one.company, f"#{one.company}"),
            worth=scale.bar("", forecast.capacity.net_value, numbers.money),
            saved=numbers.with_spread(forecast.saved_hours_per_month, numbers.hours),
        )
        for one, forecast in zip(proposals, forecasts, strict=True)
    ]
