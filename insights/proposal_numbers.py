"""The numbers of an improvement project as people read them: ranges, bars to see them by, and what they rest on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.models import Proposal
from insights.playbooks import playbook_of
from insights.roi import Forecast, Range
from kpis import cards
from kpis.cards import number

WIDTH = 10_000  # of a bar's drawing; whole numbers, so that no decimal comma gets into it


@dataclass(frozen=True)
class Bar:
    """From P10 to P90 with a mark at P50, on the scale of all bars beside it."""

    title: str
    middle: str
    ends: str
    x: int
    width: int
    mark: int
    zero: int


def forecast_of(proposal: Proposal) -> Forecast | None:
    return Forecast.from_json(proposal.forecast) if proposal.forecast else None


def hours(value: float | None, digits: int = 1) -> str:
    return "∞" if value is None else (_("%s h") % number(value, digits)).replace("-", "−")


def money(value: float | None) -> str:
    """In the MSP's currency, without cents, that no forecast knows."""
    return "∞" if value is None else cards.money(value)


def months(value: float | None) -> str:
    return _("never") if value is None else _("%s months") % number(value, 1)


def percent(value: float | None) -> str:
    return "∞" if value is None else (_("%s %%") % number(100 * value)).replace("-", "−")


def day(value: date | None) -> str:
    return date_format(value) if value else ""


def days(since: date | None, until: date | None) -> str:
    """As far as they are known."""
    return f"{day(since) or '…'} – {day(until) or '…'}" if since or until else ""


def spread(found: Range, said: Callable[[float | None], str]) -> str:
    """With the unit once, where both ends have the same."""
    low, high = said(found.p10), said(found.p90)
    value, *unit = low.rsplit(None, 1)
    return f"{value if unit and unit == high.rsplit(None, 1)[1:] else low} – {high}"


def with_spread(found: Range, said: Callable[[float | None], str]) -> str:
    return f"{said(found.p50)} ({spread(found, said)})"


def time_bars(forecast: Forecast) -> list[Bar]:
    rows = [
        (_("Booked today, a month"), Range(*[forecast.hours_per_month] * 3)),
        (_("Saved a month"), forecast.saved_hours_per_month),
        (_("Work to do it"), forecast.effort_hours),
    ]
    return bars(rows, hours)


def money_bars(forecast: Forecast) -> list[Bar]:
    rows = [
        (_("Cost of the project"), forecast.cost),
        (_("Value of 12 months, as capacity"), forecast.capacity.net_value),
        (_("Value of 12 months, as cash"), forecast.cash.net_value),
    ]
    return bars(rows, money)


@dataclass(frozen=True)
class Scale:
    """What the bars that are compared have in common: zero is always on it."""

    low: float
    high: float

    @classmethod
    def of(cls, ranges: Iterable[Range]) -> "Scale":
        values = [value or 0.0 for found in ranges for value in (found.p10, found.p50, found.p90)]
        return cls(min(0.0, *values, 0.0), max(0.0, *values, 0.0))

    def bar(self, title: str, found: Range, said: Callable[[float | None], str]) -> Bar:
        is_sure = found.p10 == found.p90
        start = self._place(0 if is_sure else found.p10)
        return Bar(
            title=title,
            middle=said(found.p50),
            ends="" if is_sure else spread(found, said),
            x=start,
            width=max(60, self._place(found.p90) - start),
            mark=self._place(found.p50),
            zero=self._place(0),
        )

    def _place(self, value: float | None) -> int:
        return round(((value or 0.0) - self.low) * WIDTH / ((self.high - self.low) or 1.0))


def bars(rows: Sequence[tuple[str, Range]], said: Callable[[float | None], str]) -> list[Bar]:
    """Below each other, on one scale."""
    scale = Scale.of(found for _title, found in rows)
    return [scale.bar(title, found, said) for title, found in rows]


def lines(forecast: Forecast) -> list[tuple[str, str, str, str]]:
    """What is asked, as capacity and as cash."""
    capacity, cash = forecast.capacity, forecast.cash
    rows = [
        (_("Net a month"), [with_spread(line.net_per_month, money) for line in (capacity, cash)]),
        (_("Paid back after"), [with_spread(line.payback_months, months) for line in (capacity, cash)]),
        (
            _("Chance to be paid back within a year"),
            [percent(line.pays_back_within_a_year) for line in (capacity, cash)],
        ),
        (_("Return of 12 months"), [with_spread(line.return_on_cost, percent) for line in (capacity, cash)]),
        (_("Net value of 12 months"), [with_spread(line.net_value, money) for line in (capacity, cash)]),
    ]
    return [(title, *both) for title, both in rows]  # type: ignore[misc]


def headline(forecast: Forecast) -> str:
    """What a manager asks first, in one sentence."""
    return _(
        "Saves about %(saved)s a month and costs about %(cost)s: worth about %(worth)s net in 12 months, and nine "
        "times out of ten at least %(least)s."
    ) % {
        "saved": hours(forecast.saved_hours_per_month.p50),
        "cost": money(forecast.cost.p50),
        "worth": money(forecast.capacity.net_value.p50),
        "least": money(forecast.capacity.net_value.p10),
    }


def beneficiary(forecast: Forecast | None, proposal: Proposal) -> str:
    if proposal.beneficiary == "msp":
        return _("You: the hours are under a fixed fee, so what is saved is your margin.")
    lost = ""
    if forecast is not None:
        lost = " " + _("You would no longer charge about %s a month.") % money(
            forecast.msp_revenue_lost_per_month.p50
        )
    if proposal.beneficiary == "client":
        return _("The client, who pays for these hours.") + lost
    return _("Both: some of the hours are under a fixed fee, others are charged.") + lost


def rests_on(proposal: Proposal, forecast: Forecast | None) -> list[str]:
    """Where the numbers come from, the weakest point first."""
    told = [_share(forecast)] if forecast else []
    return [*told, *_sample(proposal.evidence)]


def _share(forecast: Forecast) -> str:
    share, projects = forecast.inputs.share, forecast.inputs.share.measured_projects
    told = {"share": percent(share.mean), "count": projects}
    if not projects:
        return (
            _("That it takes away about %(share)s of these hours is an assumption: none was measured yet.")
            % told
        )
    return (
        ngettext(
            "That it takes away about %(share)s of these hours rests on %(count)s measured project of its kind.",
            "That it takes away about %(share)s of these hours rests on %(count)s measured projects of its kind.",
            projects,
        )
        % told
    )


def _sample(evidence: dict[str, Any]) -> list[str]:
    told = []
    if tickets := evidence.get("all_tickets"):
        told.append(
            _("%(tickets)s tickets of 16 weeks, of %(requesters)s people or devices at %(clients)s clients.")
            % {
                "tickets": number(tickets),
                "requesters": number(evidence.get("requesters", 0)),
                "clients": number(evidence.get("clients", 1)),
            }
        )
    if without := evidence.get("tickets_without_time"):
        told.append(_("%s of them have no time booked, and count as none.") % number(without))
    if ignored := evidence.get("ignored_tickets"):
        told.append(_("%s of them are not counted, as one requester sent too many.") % number(ignored))
    if typical := evidence.get("typical_minutes"):
        told.append(_("A typical one takes %s minutes; no number rests on that.") % number(typical))
    return told


def kind_of(proposal: Proposal, language: str) -> str:
    """What such projects are called."""
    return playbook_of(proposal.archetype).words(language).title
