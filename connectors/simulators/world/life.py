"""How a ticket lives: dispatched, worked, waited for, escalated, closed, and sometimes back again."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import office
from .catalogue import SPECIALTIES
from .oddities import ONE_OFF
from .records import Member, Ticket
from .terms import Billing, Stage
from .topics import BY_KEY, HELP, NETWORK

if TYPE_CHECKING:
    from .world import World

PATIENCE = timedelta(hours=3)  # how long work waits for a busy technician before it is squeezed in
SHELVED_MINUTES = 8000  # of office time: a few weeks
PUBLIC_NOTES = (
    "We are looking into it.",
    "Fixed, please confirm on your side. 👍",
    "C'est réglé, merci de valider.",
)
INTERNAL_NOTES = (
    "Cleared the cache and restarted the service.",
    "Waiting for vendor case.",
    "Rebuilt the profile.",
)
ROOT_CAUSES = ("ISP", "Hardware", "User", "Vendor bug", "Configuration")


class TicketLife:
    def __init__(self, world: "World", rng: random.Random) -> None:
        self.world = world
        self.rng = rng
        self._free_at: dict[int, datetime] = {}
        technicians = world.catalogue.technicians
        self._staff = {
            board.name: [
                member
                for number, member in enumerate(technicians)
                if SPECIALTIES[number % len(SPECIALTIES)] == board.name
            ]
            or technicians
            for board in world.catalogue.boards
        }

    def dispatch(self, ticket: Ticket) -> None:
        if self.is_over(ticket):
            return
        member = self._pick(ticket)
        if self.rng.random() > 0.04:
            self.world.reassign(ticket.id, member.id, "dispatch")
            self.world.change_status(ticket.id, Stage.ASSIGNED, "dispatch")
        self._plan_work(ticket, member, self.around(45))

    def begin(self, ticket: Ticket, member: Member) -> None:
        if not self.is_over(ticket):
            self.world.change_status(ticket.id, Stage.WORKING, member.identifier)

    def finish(self, ticket: Ticket, member: Member, started: datetime) -> None:
        if ticket.id not in self.world.tickets.rows:
            return
        self._plan_time_entry(ticket, member, started)
        if self.is_over(ticket):
            return
        if self.rng.random() < 0.5:
            self.world.add_note(ticket.id, self.rng.choice(PUBLIC_NOTES), member.id)
        else:
            self.world.add_note(ticket.id, self.rng.choice(INTERNAL_NOTES), member.id, internal=True)
        self._decide(ticket, member)

    def record_time(self, ticket: Ticket, member: Member, started: datetime, ended: datetime) -> None:
        if ticket.id not in self.world.tickets.rows:
            return
        work_type, billing = self._how_billed(ticket, started)
        hours = (ended - started) / timedelta(hours=1)
        entry = self.world.add_time_entry(
            ticket.id, member.id, started, hours, work_type=work_type, billing=billing, notes=ticket.summary
        )
        chance = self.rng.random()
        if chance < 0.02:
            self.later(self.around(1500), self.correct_time, entry.id)
        elif chance < 0.025:
            self.later(self.around(3000), self.drop_time, entry.id)

    def correct_time(self, entry_id: int) -> None:
        entry = self.world.time_entries.get(entry_id)
        if entry:
            self.world.edit_time_entry(
                entry_id, hours=entry.worked / timedelta(hours=1) * self.rng.uniform(0.5, 1.6)
            )

    def drop_time(self, entry_id: int) -> None:
        if entry_id in self.world.time_entries.rows:
            self.world.delete_time_entry(entry_id)

    def hear_from_client(self, ticket: Ticket, member: Member) -> None:
        if self.is_over(ticket):
            return
        self.world.hear_from_customer(ticket.id)
        self._plan_work(ticket, member, self.around(30))

    def close(self, ticket: Ticket, by: str, member: Member) -> None:
        if self.is_over(ticket):
            return
        ticket.root_cause = self.rng.choice(ROOT_CAUSES) if self.rng.random() < 0.3 else None
        self.world.close_ticket(ticket.id, by)
        if self.rng.random() < 0.07 * member.slips[ticket.board.name]:
            self.later(self.around(1600), self.come_back, ticket, member)
        elif ticket.contact and self.rng.random() < 0.14:
            self.later(self.around(400), self.be_rated, ticket, member)

    def come_back(self, ticket: Ticket, member: Member) -> None:
        if ticket.id not in self.world.tickets.rows or not ticket.is_closed or ticket.merged_into:
            return
        self.world.hear_from_customer(ticket.id)
        self.world.reopen_ticket(ticket.id, "EmailConnector")
        self._plan_work(ticket, member, self.around(60))

    def be_rated(self, ticket: Ticket, member: Member) -> None:
        if ticket.id not in self.world.tickets.rows:
            return
        slow = bool(ticket.resolve_goal and ticket.resolved_at and ticket.resolved_at > ticket.resolve_goal)
        mood = 4.7 - 0.45 * member.slips[ticket.board.name] - 0.9 * slow + self.rng.gauss(0, 0.8)
        csat = min(5, max(1, round(mood)))
        nps = min(10, max(0, round(mood * 2 + self.rng.gauss(0.4, 1))))
        self.world.add_survey_result(ticket.id, csat, nps, "Merci ! 🙏" if csat == 5 else "")

    def _plan_work(self, ticket: Ticket, member: Member, minutes: float) -> None:
        urgent = ticket.priority.id == 1
        start = self.world.now + timedelta(minutes=minutes if urgent else 0)
        start = start if urgent else office.add_minutes(start, minutes)
        free = self._free_at.get(member.id, start)
        start = (free if start < free < start + PATIENCE else start).replace(second=0)
        end = start + timedelta(minutes=self._effort(ticket, member))
        self._free_at[member.id] = max(free, end)
        self.world.schedule(start, self.begin, ticket, member)
        self.world.schedule(end, self.finish, ticket, member, start)

    def _effort(self, ticket: Ticket, member: Member) -> int:
        topic = BY_KEY.get(ticket.topic, ONE_OFF)
        minutes = topic.effort_minutes * member.effort[topic.board] * self.rng.lognormvariate(0.2, 0.55)
        return max(2, min(480, round(minutes)))

    def _plan_time_entry(self, ticket: Ticket, member: Member, started: datetime) -> None:
        late = self.rng.random() < 0.05
        lag = self.rng.randint(1, 6) * 1440 if late else self.rng.randint(0, 12)
        self.later(lag, self.record_time, ticket, member, started, self.world.now)

    def _decide(self, ticket: Ticket, member: Member) -> None:
        chance = self.rng.random()
        if chance < 0.37:
            self._settle(ticket, member)
        elif chance < 0.51:
            self.world.change_status(ticket.id, Stage.WAITING, member.identifier)
            self.later(self.around(900), self.hear_from_client, ticket, member)
        elif chance < 0.57:
            self._escalate(ticket, member)
        elif chance < 0.62:
            self._hand_over(ticket, member)
        elif chance < 0.64:
            self._plan_work(ticket, member, self.around(SHELVED_MINUTES))
        else:
            self._plan_work(ticket, member, self.around(150))

    def _settle(self, ticket: Ticket, member: Member) -> None:
        if self.rng.random() < 0.4:
            self.world.change_status(ticket.id, Stage.RESOLVED, member.identifier)
            automatic = self.world.catalogue.integration.identifier
            self.later(self.rng.randint(1, 3) * 1440, self.close, ticket, automatic, member)
        else:
            self.close(ticket, member.identifier, member)

    def _escalate(self, ticket: Ticket, member: Member) -> None:
        self.world.change_status(ticket.id, Stage.ESCALATED, member.identifier)
        if ticket.board.name == HELP and self.rng.random() < 0.2:
            self.world.move_board(ticket.id, self.world.catalogue.board(NETWORK).id)
        else:
            self.world.change_team(ticket.id, ticket.board.teams[-1].name)
        self._hand_over(ticket, member)

    def _hand_over(self, ticket: Ticket, member: Member) -> None:
        colleague = self._pick(ticket)
        self.world.reassign(ticket.id, colleague.id, member.identifier)
        self._plan_work(ticket, colleague, self.around(90))

    def _pick(self, ticket: Ticket) -> Member:
        everyone = self.world.catalogue.technicians
        member = self.rng.choice(self._staff[ticket.board.name] if self.rng.random() < 0.75 else everyone)
        return self.rng.choice(everyone) if member.left_at else member

    def _how_billed(self, ticket: Ticket, started: datetime) -> tuple[str, Billing]:
        chance = self.rng.random()
        if ticket.board.is_project:
            return "Project", Billing.BILLABLE
        if not office.is_open(started):
            return "After Hours", Billing.BILLABLE
        if chance < 0.08:
            return "Goodwill", Billing.NO_CHARGE
        if chance < 0.2:
            return "Maintenance", Billing.BY_AGREEMENT
        if chance < 0.3:
            return "Remote", Billing.DO_NOT_BILL
        return ("On-site" if chance < 0.42 else "Phone" if chance < 0.52 else "Remote"), Billing.BILLABLE

    def is_over(self, ticket: Ticket) -> bool:
        return ticket.is_closed or ticket.id not in self.world.tickets.rows

    def around(self, median: float) -> float:
        return median * self.rng.lognormvariate(0, 0.8)

    def later(self, minutes: float, step: Callable[..., None], *args: Any) -> None:
        self.world.schedule(self.world.now + timedelta(minutes=minutes), step, *args)
