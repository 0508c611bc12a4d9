"""What is told of a dispute: its steps, the ticket's story and whose figures change. Names as far as the MSP allows.

The author is always named to whoever decides, because they said it themselves and were told so; nobody else is
unless technicians are named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from connectors.admin.tickets import history_of
from connectors.models import RawCompany, RawMember, RawTicket
from kpis.cards import duration, number
from kpis.disputes.consequences import Change, consequences
from kpis.disputes.standing import minutes_by_member
from kpis.models import Dispute, DisputeEvent, KpiDaily
from tenants.models import TenantSettings

Kind = DisputeEvent.Kind


@dataclass(frozen=True)
class Step:
    happened_at: datetime
    who: str
    what: Any
    effect: str
    words: str


@dataclass(frozen=True)
class ChangeTold:
    """`page` is the key of the day's own page, where there is one."""

    figure: Any
    day: date
    has_page: bool
    value: str
    before: str
    after: str


def steps(dispute: Dispute, *, is_for_technician: bool = False) -> list[Step]:
    events = list(dispute.events.all())
    people = {} if is_for_technician else people_of(dispute, {event.credited_to for event in events})
    return [
        Step(event.happened_at, event.username, Kind(event.kind).label, _effect(event, people), event.words)
        for event in events
    ]


def _effect(event: DisputeEvent, people: Mapping[int | None, str]) -> str:
    if event.effect == Dispute.Effect.CREDIT:
        named = people.get(event.credited_to)
        return _("It counts for %s.") % named if named else _("It counts for a colleague.")
    return _("It counts for no technician.") if event.effect else ""


def people_of(dispute: Dispute, ids: Iterable[int | None]) -> dict[int | None, str]:
    """Whom a decider may know: the author and whom they chose themselves; others by name only where all are."""
    known = set(ids) | {dispute.member_id}
    rows = RawMember.objects.filter(source=dispute.source_id, external_id__in=[one for one in known if one])
    return dict(rows.values_list("external_id", "name"))


def story(dispute: Dispute) -> dict[str, Any]:
    ticket = RawTicket.objects.filter(source=dispute.source_id, external_id=dispute.ticket_id).first()
    is_named = TenantSettings.load().names_technicians
    told = {
        "ticket": ticket,
        "client": _client(ticket),
        "booked": booked(dispute, is_named),
        "steps": steps(dispute),
        "others": list(_others(dispute)),
    }
    return told | (history_of(ticket, is_named) if ticket else {})


def _author(dispute: Dispute) -> str:
    return people_of(dispute, []).get(dispute.member_id, f"#{dispute.member_id}")


def _client(ticket: RawTicket | None) -> str:
    if ticket is None or ticket.company_id is None:
        return ""
    client = RawCompany.objects.filter(source=ticket.source_id, external_id=ticket.company_id).first()
    return client.name if client else ""


def _others(dispute: Dispute) -> Iterable[Dispute]:
    """What was said of the same ticket before; the latest decision holds."""
    return Dispute.objects.filter(source=dispute.source_id, ticket_id=dispute.ticket_id).exclude(
        pk=dispute.pk
    )


def booked(dispute: Dispute, is_named: bool) -> list[tuple[str, str]]:
    """Who worked how long; where nobody is named, the author and all others together."""
    minutes = minutes_by_member(dispute.source_id, dispute.ticket_id)
    if is_named:
        people = people_of(dispute, minutes)
        return [(_named(who, people), duration(part)) for who, part in minutes.items()]
    own = minutes.pop(dispute.member_id, Decimal(0))
    return [(_author(dispute), duration(own)), (_("Others"), duration(sum(minutes.values(), Decimal(0))))]


def changes(dispute: Dispute, credited_to: int | None) -> list[ChangeTold]:
    found = consequences(dispute, credited_to)
    shown = {one.before for one in found} | {one.after for one in found}
    is_named = TenantSettings.load().names_technicians
    people = people_of(dispute, shown if is_named else {credited_to})
    days = set(
        KpiDaily.objects.filter(kpi_date__in=[one.day for one in found]).values_list("kpi_date", flat=True)
    )
    return [
        ChangeTold(
            figure=one.metric.name,
            day=one.day,
            has_page=one.day in days,
            value=_said(one),
            before=_named(one.before, people),
            after=_named(one.after, people),
        )
        for one in found
    ]


def _named(who: int | None, people: Mapping[int | None, str]) -> str:
    if who is None:
        return _("nobody")
    return people.get(who, _("another technician"))


def _said(change: Change) -> str:
    if change.value is None:
        return "–"
    if change.metric.unit == "minutes":
        return duration(change.value)
    if change.metric.unit == "percent":
        return _("yes") if change.value else _("no")
    return number(change.value)
