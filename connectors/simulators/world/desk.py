"""The tables of a service desk, and the time, notes and survey answers that people add to its tickets."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar

from .catalogue import ADMIN, Catalogue
from .clients import Clients
from .records import Company, Contact, Member, Note, SurveyResult, Ticket, TimeEntry
from .tables import Table
from .terms import Billing, ChargedTo

P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D", bound="Desk")
EDITS: set[str] = set()


def edit(method: Callable[Concatenate[D, P], T]) -> Callable[Concatenate[D, P], T]:
    """Name a method as an edit and keep the readers of other threads out while it runs."""
    EDITS.add(method.__name__)

    @wraps(method)
    def locked(self: D, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self.lock:
            return method(self, *args, **kwargs)

    return locked


class Desk:
    def __init__(self, now: datetime, end: datetime, companies: int, technicians: int, seed: int) -> None:
        setup = random.Random(seed)
        self.now = now.replace(microsecond=0)
        self.lock = RLock()
        self.catalogue = Catalogue(self.now, technicians, setup)
        self.clients = Clients(self.catalogue, companies, end, setup)
        self.tickets: Table[Ticket] = Table(first_id=10_001)
        self.time_entries: Table[TimeEntry] = Table(first_id=50_001)
        self.survey_results: Table[SurveyResult] = Table()
        self._next_note = 1

    @edit
    def add_time_entry(
        self,
        ticket_id: int,
        member: int,
        start: datetime,
        hours: float,
        *,
        work_type: str = "Remote",
        billing: Billing = Billing.BILLABLE,
        notes: str = "",
    ) -> TimeEntry:
        ticket = self.tickets[ticket_id]
        target = ChargedTo.PROJECT_TICKET if ticket.board.is_project else ChargedTo.SERVICE_TICKET
        entry = self._book(target, ticket.company, member, start, hours, work_type, billing)
        entry.ticket, entry.agreement, entry.notes = ticket, ticket.agreement, notes
        ticket.entries.append(entry)
        self.tickets.mark_stale(ticket_id)
        return entry

    @edit
    def add_internal_time(self, member: int, start: datetime, hours: float, charge_code: int) -> TimeEntry:
        own_company = self.clients.companies[self.clients.companies.ids[0]]
        entry = self._book(
            ChargedTo.CHARGE_CODE, own_company, member, start, hours, "Internal", Billing.DO_NOT_BILL
        )
        entry.charge_code = self.catalogue.charge_codes[charge_code]
        return entry

    @edit
    def add_company_time(
        self, member: int, start: datetime, hours: float, company: int, is_activity: bool = False
    ) -> TimeEntry:
        target = ChargedTo.ACTIVITY if is_activity else ChargedTo.COMPANY
        client = self.clients.companies[company]
        return self._book(target, client, member, start, hours, "Internal", Billing.DO_NOT_BILL)

    @edit
    def edit_time_entry(
        self,
        entry_id: int,
        hours: float | None = None,
        notes: str | None = None,
        billing: Billing | None = None,
    ) -> None:
        entry = self.time_entries[entry_id]
        if hours is not None:
            entry.ended_at = (entry.started_at + timedelta(hours=hours)).replace(microsecond=0)
        entry.notes = entry.notes if notes is None else notes
        entry.billing = Billing(billing or entry.billing)
        self.time_entries.touch(entry, self.now, entry.member.identifier)
        if entry.ticket:
            self.tickets.mark_stale(entry.ticket.id)

    @edit
    def delete_time_entry(self, entry_id: int) -> None:
        entry = self.time_entries[entry_id]
        self.time_entries.remove(entry_id)
        if entry.ticket:
            entry.ticket.entries.remove(entry)
            self.tickets.mark_stale(entry.ticket.id)

    @edit
    def add_note(
        self,
        ticket_id: int,
        text: str,
        member: int | None = None,
        contact: int | None = None,
        internal: bool = False,
    ) -> Note:
        author: Member | Contact
        author = self.clients.contacts[contact] if contact else self.catalogue.members[member or 150]
        note = Note(self._next_note, self.now, text, author, internal)
        self._next_note += 1
        self.tickets[ticket_id].notes.append(note)
        return note

    @edit
    def hear_from_customer(self, ticket_id: int, text: str = "Still happening on my side.") -> None:
        ticket = self.tickets[ticket_id]
        ticket.customer_updated = True
        self._touch(ticket, "EmailConnector")
        if ticket.contact:
            self.add_note(ticket_id, text, contact=ticket.contact.id)

    @edit
    def add_survey_result(self, ticket_id: int, csat: int, nps: int, remark: str = "") -> SurveyResult:
        ticket = self.tickets[ticket_id]
        contact = ticket.contact or ticket.company.contacts[0]
        survey = self.catalogue.surveys[1]
        result = SurveyResult(
            self.survey_results.next_id(), self.now, ADMIN, survey, ticket, contact, [csat, nps, remark]
        )
        return self.survey_results.add(result)

    @edit
    def retire_member(self, member_id: int) -> None:
        member = self.catalogue.members[member_id]
        member.left_at = self.now
        self.catalogue.technicians.remove(member)
        self.catalogue.members.touch(member, self.now, ADMIN)

    def _book(
        self,
        target: ChargedTo,
        company: Company,
        member_id: int,
        start: datetime,
        hours: float,
        work_type: str,
        billing: Billing,
    ) -> TimeEntry:
        member = self.catalogue.members[member_id]
        entry = TimeEntry(
            id=self.time_entries.next_id(),
            updated_at=self.now,
            updated_by=member.identifier,
            company=company,
            member=member,
            charged_to=target,
            work_type=self.catalogue.work_type(work_type),
            work_role=member.work_role,
            started_at=start.replace(microsecond=0),
            ended_at=(start + timedelta(hours=hours)).replace(microsecond=0),
            billing=Billing(billing),
            entered_at=self.now,
        )
        return self.time_entries.add(entry)

    def _touch(self, ticket: Ticket, by: str) -> None:
        """Time entries and merged children quote their ticket, so they read differently too."""
        self.tickets.touch(ticket, self.now, by)
        for entry in ticket.entries:
            self.time_entries.mark_stale(entry.id)
        for child in ticket.merged_children:
            self.tickets.mark_stale(child.id)


def someone(ticket: Ticket) -> str:
    return ticket.owner.identifier if ticket.owner else ADMIN
