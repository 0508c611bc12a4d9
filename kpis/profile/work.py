"""The tickets and time entries behind one of a technician's figures, as the figure itself was computed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from connectors.models import RawChargeCode, RawSurvey, RawTicket, RawTimeEntry
from kpis.cards import duration, number
from kpis.drilldown import ANYTHING, Contribution, Filter, drilldown
from kpis.period import Period
from kpis.profile.tickets import Line, line

ROWS = 50


@dataclass(frozen=True)
class Figure:
    """What it is called, the metrics whose things are behind it, and how one thing's part is said."""

    title: Any
    kpi: str
    metrics: tuple[str, ...]
    said: Callable[[Contribution], str] = lambda _part: ""
    is_disputable: bool = True  # the tickets count for the technician


def _minutes(part: Contribution) -> str:
    return duration(part.numerator)


FIGURES = {
    "tickets": Figure(_("Tickets finished"), "tech_efficiency", ("fcr",)),
    "first-response": Figure(
        _("First response"), "tech_efficiency", ("first_response_minutes",), _minutes, False
    ),
    "time": Figure(
        _("Time entered"), "time_consumption", ("billable_minutes", "non_billable_minutes"), _minutes, False
    ),
    "ticket-time": Figure(_("Time on tickets"), "tech_profile", ("domain_minutes",), _minutes, False),
    "satisfaction": Figure(
        _("Client satisfaction"), "tech_efficiency", ("csat",), lambda part: number(part.numerator, 1)
    ),
    "compared": Figure(_("Tickets that are compared"), "tech_comparison", ("handling_minutes",), _minutes),
}


@dataclass(frozen=True)
class Asked:
    """A figure of a period, of one kind of work or one client where these are named."""

    figure: Figure
    period: Period
    board: Filter = ANYTHING
    type_name: Any = ANYTHING
    company: Filter = ANYTHING

    @classmethod
    def by(cls, request: HttpRequest, slug: str, lengths: Sequence[int]) -> Self:
        if slug not in FIGURES:
            raise Http404
        about = {name: request.GET[name] for name in ("board", "company") if name in request.GET}
        if any(value and not (value.isascii() and value.isdecimal()) for value in about.values()):
            raise Http404
        ids = {name: int(value) if value else None for name, value in about.items()}
        type_name = request.GET.get("type", ANYTHING)
        return cls(FIGURES[slug], Period.asked_for(request, lengths), type_name=type_name, **ids)

    def parts(self, member_id: int) -> list[Contribution]:
        """The latest first, as far as ids tell; only what counts in the figure."""
        found = [
            part
            for metric in self.figure.metrics
            for part in drilldown(
                self.figure.kpi,
                metric,
                self.period.since,
                self.period.until,
                technician=member_id,
                board=self.board,
                company=self.company,
                segment=self.type_name,
            )
            if part.denominator != 0
        ]
        return sorted(found, key=lambda part: -int(part.id))


def page_of(parts: Sequence[Contribution], number: str) -> Page[Contribution]:
    return Paginator(parts, ROWS).get_page(number)


def lines(asked: Asked, parts: Sequence[Contribution], is_own: bool) -> list[Line]:
    said = {int(part.id): asked.figure.said(part) for part in parts}
    thing = parts[0].thing if parts else "ticket"
    is_own = is_own and asked.figure.is_disputable
    if thing == "time entry":
        return _entries(said)
    if thing == "survey":
        return _answers(said, is_own)
    tickets = _tickets(said)
    return [line(ticket, is_own, value=said[number]) for number, ticket in tickets.items()]


def _entries(said: dict[int, str]) -> list[Line]:
    entries = list(RawTimeEntry.objects.filter(external_id__in=said).order_by("-started_at"))
    tickets = _tickets({entry.ticket_id for entry in entries if entry.ticket_id}, service_only=False)
    codes = _charge_codes(entries)
    return [
        line(tickets[entry.ticket_id], False, entry.started_at, value=said[entry.external_id])
        if entry.ticket_id in tickets
        else Line(
            None,
            entry.notes or codes.get(entry.charge_to_id) or "–",
            entry.started_at,
            value=said[entry.external_id],
        )
        for entry in entries
    ]


def _charge_codes(entries: Sequence[RawTimeEntry]) -> dict[int | None, str]:
    """What time that is on no ticket was spent on."""
    codes = (entry for entry in entries if entry.charge_to_type == "ChargeCode")
    ids = [entry.charge_to_id for entry in codes if entry.charge_to_id]
    return dict(RawChargeCode.objects.filter(external_id__in=ids).values_list("external_id", "name"))


def _answers(said: dict[int, str], is_own: bool) -> list[Line]:
    answers = RawSurvey.objects.filter(external_id__in=said).order_by("-answered_at")
    tickets = _tickets({answer.ticket_id for answer in answers if answer.ticket_id})
    return [
        line(tickets[answer.ticket_id], is_own, answer.answered_at, value=said[answer.external_id])
        for answer in answers
        if answer.ticket_id in tickets
    ]


def _tickets(ids: Any, service_only: bool = True) -> dict[int, RawTicket]:
    """By number, the latest closed first."""
    tickets = RawTicket.objects.filter(external_id__in=list(ids)).select_related("source")
    if service_only:
        tickets = tickets.filter(record_type="ServiceTicket")
    return {ticket.external_id: ticket for ticket in tickets.order_by("-closed_at", "-id")}
