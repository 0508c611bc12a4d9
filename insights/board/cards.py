"""One improvement project as a card: what it is worth on the scale of all cards, what it costs, what it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.models import RawTicket
from insights import proposal_numbers as numbers
from insights import verdicts
from insights.admin.proposal_deeds import Offer, offers
from insights.board.evidence import rows_of
from insights.models import ProjectMeasurement, Proposal
from insights.roi import Forecast, Range

Fact = tuple[Any, str]
SHOWN_TICKETS = 3


@dataclass(frozen=True)
class Card:
    proposal: Proposal
    client: str
    forecast: Forecast | None
    worth: numbers.Bar | None
    facts: list[Fact]
    plan: list[Fact]
    rests_on: list[str]
    tickets: list[RawTicket]
    more_tickets: int
    effect: dict[str, Any]
    offers: list[Offer]

    @property
    def cash(self) -> str:
        return numbers.with_spread(self.forecast.cash.net_value, numbers.money) if self.forecast else ""


@dataclass(frozen=True)
class Dealer:
    """Makes the cards of a board; all that they share is looked up once."""

    today: date
    scale: numbers.Scale
    clients: Mapping[int, str]
    tickets: Mapping[tuple[int, int], RawTicket]
    measurements: Mapping[int, ProjectMeasurement]
    may_decide: bool

    @classmethod
    def of(
        cls, proposals: Sequence[Proposal], clients: Mapping[int, str], today: date, may_decide: bool
    ) -> "Dealer":
        return cls(
            today,
            numbers.Scale.of(worth_of(proposals)),
            clients,
            rows_of(key for one in proposals for key in _first(one)),
            last_measurements(proposals),
            may_decide,
        )

    def card(self, proposal: Proposal) -> Card:
        forecast = numbers.forecast_of(proposal)
        shown = [self.tickets[key] for key in _first(proposal) if key in self.tickets]
        return Card(
            proposal=proposal,
            client=self._client(proposal),
            forecast=forecast,
            worth=self.scale.bar("", forecast.capacity.net_value, numbers.money) if forecast else None,
            facts=_facts(proposal, forecast),
            plan=self._plan(proposal),
            rests_on=numbers.rests_on(proposal, forecast),
            tickets=shown,
            more_tickets=max(0, behind(proposal) - len(shown)),
            effect=self._effect(proposal),
            offers=offers(proposal) if self.may_decide else [],
        )

    def _client(self, proposal: Proposal) -> str:
        if proposal.company is None:
            return _("All clients")
        return self.clients.get(proposal.company, f"#{proposal.company}")

    def _plan(self, proposal: Proposal) -> list[Fact]:
        """Who and when, as far as it is known."""
        rows = [
            (_("Owner"), proposal.owner.get_username() if proposal.owner else _("Nobody")),
            (_("Age"), self._age(proposal)),
            (_("Put off until"), numbers.day(proposal.snoozed_until)),
            (_("Planned"), numbers.days(proposal.planned_start, proposal.planned_end)),
            (_("Worked on"), numbers.days(proposal.started_on, proposal.finished_on)),
        ]
        return [(title, said) for title, said in rows if said]

    def _age(self, proposal: Proposal) -> str:
        days = max(0, (self.today - timezone.localdate(proposal.first_proposed_at)).days)
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}

    def _effect(self, proposal: Proposal) -> dict[str, Any]:
        last = self.measurements.get(proposal.pk)
        return verdicts.told(last, proposal.baseline, proposal.planned_cost) if last else {}


def worth_of(proposals: Iterable[Proposal]) -> list[Range]:
    forecasts = (numbers.forecast_of(one) for one in proposals)
    return [forecast.capacity.net_value for forecast in forecasts if forecast]


def behind(proposal: Proposal) -> int:
    """How many tickets speak for it."""
    told = proposal.evidence
    return int(told.get("all_tickets") or len(told.get("tickets", ())))


def _facts(proposal: Proposal, forecast: Forecast | None) -> list[Fact]:
    if forecast is None:
        return [(_("Confidence"), proposal.get_confidence_display())]
    return [
        (_("Saved a month"), numbers.with_spread(forecast.saved_hours_per_month, numbers.hours)),
        (_("Cost"), numbers.with_spread(forecast.cost, numbers.money)),
        (_("Paid back after"), numbers.with_spread(forecast.capacity.payback_months, numbers.months)),
        (_("Confidence"), proposal.get_confidence_display()),
    ]


def _first(proposal: Proposal) -> list[tuple[int, int]]:
    return [(source, ticket) for source, ticket in proposal.evidence.get("tickets", ())[:SHOWN_TICKETS]]


def last_measurements(proposals: Iterable[Proposal]) -> dict[int, ProjectMeasurement]:
    """Of each project the last one, in one query."""
    rows = ProjectMeasurement.objects.filter(proposal__in=[one.pk for one in proposals])
    last = rows.order_by("proposal_id", "-measured_on").distinct("proposal_id")
    return {row.proposal_id: row for row in last}
