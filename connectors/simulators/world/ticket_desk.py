"""Every edit a person could make to a ticket, each at the clock's now and kept in its audit trail."""

from datetime import timedelta

from . import office
from .catalogue import ADMIN
from .desk import Desk, edit, someone
from .records import Change, Ticket
from .terms import Stage
from .topics import BY_KEY

UNANSWERED = {Stage.NEW, Stage.ASSIGNED}
PLANNED = {Stage.ESCALATED, Stage.RESOLVED, Stage.CLOSED, Stage.CANCELLED}
RESOLVED = {Stage.RESOLVED, Stage.CLOSED, Stage.CANCELLED}


class TicketDesk(Desk):
    @edit
    def open_ticket(
        self,
        summary: str = "Cannot print",
        *,
        company: int | None = None,
        board: int | None = None,
        priority: int | None = None,
        contact: int | None = None,
        topic: str = "",
        source: str = "Email Connector",
        by: str = "EmailConnector",
    ) -> Ticket:
        client = self.clients.companies[company or self.clients.companies.ids[0]]
        on = self.catalogue.boards[board or 1]
        ticket = Ticket(
            id=self.tickets.next_id(),
            updated_at=self.now,
            updated_by=by,
            summary=summary,
            company=client,
            board=on,
            status=on.statuses[Stage.NEW],
            priority=self.catalogue.priorities[(priority or 3) - 1],
            source=self.catalogue.sources[source],
            opened_at=self.now,
            opened_by=by,
            topic=topic,
            contact=self.clients.contacts[contact] if contact else None,
            site=client.sites[0],
            team=on.teams[0],
        )
        self._classify(ticket)
        self._cover(ticket)
        self._set_goals(ticket)
        return self.tickets.add(ticket)

    @edit
    def change_status(self, ticket_id: int, stage: Stage, by: str | None = None) -> None:
        ticket = self.tickets[ticket_id]
        before, after = ticket.status, ticket.board.statuses[Stage(stage)]
        if after is before:
            return
        who = by or someone(ticket)
        ticket.status = after
        self._log(ticket, who, "Status", before.name, after.name)
        self._stamp(ticket, who)
        self._count_waiting(ticket)

    @edit
    def close_ticket(self, ticket_id: int, by: str | None = None) -> None:
        self.change_status(ticket_id, Stage.CLOSED, by)

    @edit
    def reopen_ticket(self, ticket_id: int, by: str | None = None) -> None:
        self.change_status(ticket_id, Stage.REOPENED, by)

    @edit
    def delete_ticket(self, ticket_id: int) -> None:
        for entry in list(self.tickets[ticket_id].entries):
            self.delete_time_entry(entry.id)
        self.tickets.remove(ticket_id)

    @edit
    def merge_tickets(self, parent: int, child: int) -> None:
        into, merged = self.tickets[parent], self.tickets[child]
        merged.merged_into = into
        into.merged_children.append(merged)
        self._log(merged, someone(into), "Merged", "", str(parent))
        self._touch(into, someone(into))
        self.close_ticket(child, someone(into))

    @edit
    def reassign(self, ticket_id: int, member: int | None, by: str | None = None) -> None:
        ticket = self.tickets[ticket_id]
        before = ticket.owner
        ticket.owner = self.catalogue.members[member] if member else None
        names = [owner.identifier if owner else "" for owner in (before, ticket.owner)]
        self._log(ticket, by or someone(ticket), "Owner", *names)

    @edit
    def change_priority(self, ticket_id: int, priority: int) -> None:
        ticket = self.tickets[ticket_id]
        before, ticket.priority = ticket.priority, self.catalogue.priorities[priority - 1]
        self._set_goals(ticket)
        self._log(ticket, someone(ticket), "Priority", before.name, ticket.priority.name)

    @edit
    def change_type(self, ticket_id: int, type_name: str | None) -> None:
        ticket = self.tickets[ticket_id]
        before, ticket.type = ticket.type, ticket.board.types[type_name] if type_name else None
        ticket.subtype = ticket.item = None
        names = [kind.name if kind else "" for kind in (before, ticket.type)]
        self._log(ticket, someone(ticket), "Type", *names)

    @edit
    def change_team(self, ticket_id: int, team: str) -> None:
        ticket = self.tickets[ticket_id]
        before = ticket.team
        ticket.team = next(each for each in ticket.board.teams if each.name == team)
        self._log(ticket, someone(ticket), "Team", before.name if before else "", team)

    @edit
    def move_board(self, ticket_id: int, board: int) -> None:
        ticket = self.tickets[ticket_id]
        before, ticket.board = ticket.board, self.catalogue.boards[board]
        ticket.type = ticket.subtype = ticket.item = None
        ticket.team = ticket.board.teams[0]
        ticket.status = ticket.board.statuses[ticket.status.stage]
        self._log(ticket, someone(ticket), "Board", before.name, ticket.board.name)

    @edit
    def move_company(self, ticket_id: int, company: int) -> None:
        ticket = self.tickets[ticket_id]
        before, ticket.company = ticket.company, self.clients.companies[company]
        ticket.contact, ticket.site = None, ticket.company.sites[0]
        self._cover(ticket)
        self._log(ticket, someone(ticket), "Company", before.name, ticket.company.name)

    @edit
    def merge_companies(self, into: int, gone: int, is_told: bool = True) -> None:
        """All that was the one's is the other's. Not told: the tickets do not count as changed."""
        target, source = self.clients.companies[into], self.clients.companies[gone]
        for table in (self.tickets, self.time_entries, self.clients.agreements, self.clients.contacts):
            for row in table:
                if row.company is source:
                    row.company = target
                    table.mark_stale(row.id)
        target.contacts += source.contacts
        target.agreements += source.agreements
        for ticket in self.tickets:
            if ticket.site in source.sites:
                ticket.site = target.sites[0]
                if is_told:
                    self._touch(ticket, ADMIN)
        self.clients.companies.remove(gone)

    @edit
    def edit_summary(self, ticket_id: int, summary: str) -> None:
        ticket = self.tickets[ticket_id]
        before, ticket.summary = ticket.summary, summary
        self._log(ticket, someone(ticket), "Summary", before, summary)

    def _classify(self, ticket: Ticket) -> None:
        topic = BY_KEY.get(ticket.topic)
        if topic and topic.board == ticket.board.name:
            ticket.type = ticket.board.types[topic.type]
            ticket.subtype = ticket.board.subtypes[topic.subtype]
            ticket.item = ticket.board.items[topic.item]

    def _cover(self, ticket: Ticket) -> None:
        agreements = ticket.company.agreements
        ticket.agreement = next((each for each in agreements if each.in_force(self.now)), None)
        ticket.sla = ticket.agreement.sla if ticket.agreement else self.catalogue.slas[0]

    def _set_goals(self, ticket: Ticket) -> None:
        sla = ticket.sla or self.catalogue.slas[0]
        goals, opened = sla.goals[ticket.priority.id], ticket.opened_at
        hours = (goals.respond_hours, goals.plan_hours, goals.resolve_hours)
        if sla.around_the_clock:
            due = [opened + timedelta(hours=each) for each in hours]
        else:
            begin = office.position(opened)
            due = [office.moment_at(begin + round(each * 60)) for each in hours]
        ticket.respond_goal, ticket.plan_goal, ticket.resolve_goal = due

    def _stamp(self, ticket: Ticket, by: str) -> None:
        stage, now = ticket.status.stage, self.now
        if stage is Stage.REOPENED:
            ticket.closed_at = ticket.closed_by = ticket.resolved_at = ticket.resolved_by = None
        elif stage not in UNANSWERED and not ticket.responded_at:
            ticket.responded_at, ticket.responded_by = now, by
        if stage in PLANNED and not ticket.planned_at:
            ticket.planned_at, ticket.planned_by = now, by
        if stage in RESOLVED and not ticket.resolved_at:
            ticket.resolved_at, ticket.resolved_by = now, by
        if ticket.status.is_closed and not ticket.closed_at:
            ticket.closed_at, ticket.closed_by = now, by

    def _count_waiting(self, ticket: Ticket) -> None:
        if ticket.status.stage is Stage.WAITING:
            ticket.waiting_since = self.now
        elif ticket.waiting_since:
            minutes = office.minutes_between(ticket.waiting_since, self.now)
            ticket.waiting_minutes += minutes
            ticket.waiting_since = None
            if ticket.resolve_goal:
                ticket.resolve_goal = office.add_minutes(ticket.resolve_goal, minutes)

    def _log(self, ticket: Ticket, by: str, what: str, before: str, after: str) -> None:
        ticket.history.append(Change(self.now, by, what, before, after))
        self._touch(ticket, by)
