"""The tickets behind an improvement project, each with what was booked on it and what of that counts.

They are weighed as when the project was last worked out, so that they add up to its numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q, Sum

from connectors.models import RawTicket, RawTimeEntry
from insights.cases import WEEKS, Case, Cases, Period, gather
from insights.described import Ticket
from insights.evidence import hours_of, weights_of
from insights.models import Proposal
from insights.proposal_numbers import forecast_of
from insights.roi import WEEKS_PER_MONTH

Stance = Literal["for", "against", "example"]


@dataclass(frozen=True)
class Line:
    """A ticket; an example was named by whoever described the topic, but is not counted."""

    ticket: Ticket
    stance: Stance
    company: int | None
    booked_minutes: float | None
    counted_minutes: float


@dataclass(frozen=True)
class Behind:
    """`was_…`: what the project's numbers were made of, which differs where tickets have changed since."""

    period: Period
    lines: list[Line]
    was_tickets: int
    was_hours: float | None

    @property
    def counted(self) -> list[Line]:
        return [line for line in self.lines if line.stance != "example"]

    @property
    def booked_hours(self) -> float:
        return sum(line.booked_minutes or 0.0 for line in self.counted) / 60

    @property
    def counted_hours(self) -> float:
        return sum(line.counted_minutes for line in self.counted) / 60

    @property
    def hours_per_month(self) -> float:
        return self.counted_hours / WEEKS * WEEKS_PER_MONTH

    @property
    def has_changed(self) -> bool:
        hours = self.counted_hours if self.was_hours is None else self.was_hours
        return len(self.counted) != self.was_tickets or abs(hours - self.counted_hours) > 0.05


def tickets_behind(proposal: Proposal) -> Behind:
    topic = proposal.topic.root_id or proposal.topic_id
    cases = gather(proposal.refreshed_at, topic)
    against = set(_keys(proposal, "counter"))
    lines = _counted(cases, topic, _companies(proposal, cases, topic), against)
    known = {line.ticket for line in lines}
    named = dict.fromkeys([*_keys(proposal, "tickets"), *_keys(proposal, "counter")])
    forecast = forecast_of(proposal)
    return Behind(
        cases.period,
        [*lines, *_examples([ticket for ticket in named if ticket not in known])],
        int(proposal.evidence.get("all_tickets") or len(lines)),
        sum(forecast.inputs.weekly_hours) if forecast else None,
    )


def _keys(proposal: Proposal, name: str) -> list[Ticket]:
    return [(source, ticket) for source, ticket in proposal.evidence.get(name, ())]


def _companies(proposal: Proposal, cases: Cases, topic: int) -> set[int | None]:
    """Whose tickets were counted: for all clients, without those that have a project of their own."""
    if proposal.company is not None:
        return {proposal.company}
    everyone = {case.company for case in cases.of(topic)}
    return everyone & set(proposal.evidence.get("companies", everyone))


def _counted(cases: Cases, topic: int, companies: set[int | None], against: set[Ticket]) -> list[Line]:
    """The newest first."""
    chosen = cases.of(topic, companies)
    hours = hours_of(chosen, weights_of(case.requester for case in chosen), cases.longest_hours(topic))
    return [_line(case, count, against) for case, count in zip(chosen, hours, strict=True)][::-1]


def _line(case: Case, counted_hours: float, against: set[Ticket]) -> Line:
    booked = None if case.hours is None else round(60 * case.hours, 2)
    stance: Stance = "against" if case.ticket in against else "for"
    return Line(case.ticket, stance, case.company, booked, round(60 * counted_hours, 4))


def _examples(tickets: Sequence[Ticket]) -> list[Line]:
    """Tickets of the topic's first days, or of clients with a project of their own."""
    if not tickets:
        return []
    by_ticket = Q()
    for source, ticket in tickets:
        by_ticket |= Q(source=source, ticket_id=ticket)
    entries = RawTimeEntry.objects.filter(by_ticket, deleted_at=None).order_by()
    minutes = {
        (source, ticket): float(total)
        for source, ticket, total in entries.values_list("source", "ticket_id").annotate(Sum("minutes"))
    }
    rows = rows_of(tickets)
    return [Line(key, "example", row.company_id, minutes.get(key), 0.0) for key, row in rows.items()]


def rows_of(tickets: Iterable[Ticket]) -> dict[Ticket, RawTicket]:
    """Of any number, in one query; the newest first."""
    wanted = set(tickets)
    rows = RawTicket.objects.filter(external_id__in={ticket for _source, ticket in wanted}).only(
        "source_id", "external_id", "summary", "opened_at", "company_id", "is_closed", "status_name"
    )
    found = {(row.source_id, row.external_id): row for row in rows.order_by("-opened_at", "-external_id")}
    return {key: row for key, row in found.items() if key in wanted}
