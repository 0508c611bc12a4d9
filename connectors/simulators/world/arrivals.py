"""How a ticket arrives: what it says and leaves out, who is told, and what may befall it by accident."""

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from . import office
from .letters import letter
from .life import TicketLife
from .oddities import ONE_OFF, one_off
from .records import Company, Ticket
from .terms import Billing
from .topics import Topic

if TYPE_CHECKING:
    from .world import World

DISPATCH_MINUTES = (6, 18, 40, 90)  # by priority
ACKNOWLEDGEMENT = "Thank you. We have received your request and will contact you shortly. / Merci, bien reçu."
CHANNELS = ("Phone", "Email Connector", "Portal", "Chat")
DEVICES = ("SRV", "PC", "LT", "PRN", "FW", "NAS")


class Arrivals:
    def __init__(self, world: "World", rng: random.Random) -> None:
        self.world = world
        self.rng = rng
        self.life = TicketLife(world, rng)
        self._words = random.Random(world.seed + 5)  # what people write moves nothing else
        self._latest: dict[tuple[int, str], Ticket] = {}

    def arrive(self, topic: Topic, company: Company) -> None:
        ticket = self._open(topic, company)
        self._write(ticket, topic)
        self.welcome(ticket, topic)

    def welcome(self, ticket: Ticket, topic: Topic) -> None:
        """Everything after it was opened, by whomever."""
        self._forget_some_fields(ticket)
        self._greet(ticket, topic)
        self._plan_mishaps(ticket, topic)
        median = DISPATCH_MINUTES[ticket.priority.id - 1]
        moment = self.world.now + timedelta(minutes=self.life.around(median))
        moment = moment if ticket.priority.id == 1 else office.next_open(moment)
        self.world.schedule(moment, self.life.dispatch, ticket)

    def acknowledge(self, ticket: Ticket) -> None:
        if not self.life.is_over(ticket):
            self.world.add_note(ticket.id, ACKNOWLEDGEMENT, self.world.catalogue.integration.id)

    def triage(self, ticket: Ticket) -> None:
        if not self.life.is_over(ticket):
            robot = self.world.catalogue.robot
            hours = self.rng.randint(1, 4) / 60
            start = self.world.now - timedelta(hours=hours)
            self.world.add_time_entry(
                ticket.id, robot.id, start, hours, work_type="Automation", billing=Billing.DO_NOT_BILL,
                notes="Automated triage",
            )  # fmt: skip

    def merge(self, parent: Ticket, child: Ticket) -> None:
        if not self.life.is_over(child) and not self.life.is_over(parent):
            self.world.merge_tickets(parent.id, child.id)

    def delete(self, ticket: Ticket) -> None:
        if ticket.id in self.world.tickets.rows:
            self.world.delete_ticket(ticket.id)

    def amend(self, ticket: Ticket) -> None:
        if self.life.is_over(ticket):
            return
        what = self.rng.randrange(4)
        if what == 0:
            self.world.change_priority(ticket.id, self.rng.randint(1, 4))
        elif what == 1:
            self.world.edit_summary(ticket.id, f"{ticket.summary} (updated)")
        elif what == 2:
            self.world.change_type(ticket.id, self.rng.choice(list(ticket.board.types)))
        elif self.rng.random() < 0.3:
            self.world.move_company(ticket.id, self.rng.choice(self.world.clients.companies.ids))

    def _open(self, topic: Topic, company: Company) -> Ticket:
        rng = self.rng
        contact = None if topic.is_alert else rng.choice(company.contacts)
        channel = "Monitoring" if topic.is_alert else rng.choice(CHANNELS)
        ticket = self.world.open_ticket(
            self._summary(topic, company),
            company=company.id,
            board=self.world.catalogue.board(topic.board).id,
            priority=min(4, max(1, topic.urgency + rng.choice((-1, 0, 0, 0, 0, 0, 1)))),
            contact=contact.id if contact else None,
            topic=topic.key,
            source=channel,
            by=self.world.catalogue.integration.identifier if topic.is_alert else "EmailConnector",
        )
        ticket.external_reference = f"ALERT-{rng.randrange(10**9):09}" if topic.is_alert else None
        ticket.budget_hours = float(rng.randint(4, 40)) if topic.is_project else None
        return ticket

    def _write(self, ticket: Ticket, topic: Topic) -> None:
        """What stands below the subject, by whoever asked."""
        if ticket.contact and ticket.source.name != "Phone":
            in_french = ticket.company.speaks_french and self._words.random() < 0.8
            text = letter(topic, ticket.contact, self._words, in_french=in_french)
            if text:
                self.world.add_note(ticket.id, text, contact=ticket.contact.id)

    def _summary(self, topic: Topic, company: Company) -> str:
        rng = self.rng
        if topic is ONE_OFF:
            return one_off(rng, in_french=company.speaks_french)
        is_french = company.speaks_french and topic.french and rng.random() < 0.8
        person = rng.choice(company.contacts)
        device = f"{rng.choice(DEVICES)}-{company.identifier[:4]}-{rng.randint(1, company.size):02}"
        text = rng.choice(topic.french if is_french else topic.english)
        return text.format(person=person.name, device=device)

    def _forget_some_fields(self, ticket: Ticket) -> None:
        if self.rng.random() < 0.07:
            ticket.type = ticket.subtype = ticket.item = None
        if self.rng.random() < 0.06:
            ticket.agreement = None

    def _greet(self, ticket: Ticket, topic: Topic) -> None:
        if topic.is_alert:
            if self.rng.random() < 0.55:
                self.life.later(self.rng.randint(2, 6), self.triage, ticket)
        elif self.rng.random() < 0.7:
            self.life.later(1, self.acknowledge, ticket)

    def _plan_mishaps(self, ticket: Ticket, topic: Topic) -> None:
        key = (ticket.company.id, topic.key)
        earlier = self._latest.get(key)
        self._latest[key] = ticket
        chance = self.rng.random()
        if earlier and not self.life.is_over(earlier) and chance < 0.12:
            self.life.later(self.rng.randint(15, 90), self.merge, earlier, ticket)
        elif chance > 0.995:
            self.life.later(self.life.around(2000), self.delete, ticket)
        elif chance > 0.93:
            self.life.later(self.life.around(120), self.amend, ticket)
