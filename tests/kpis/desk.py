"""A small ticket desk that lives and changes at random, marking dirty days as a sync has to."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from connectors.models import RawSurvey, RawTicket, RawTicketNote, RawTicketSpell, RawTimeEntry
from tenants.models import TenantSettings
from tests import factories
from tests.kpis import contracts
from tests.kpis.disputes_at_desk import DisputesAtRandom
from tests.kpis.insights_at_random import Insights
from tests.kpis.watch import Watch

MOMENTS = (
    "opened_at",
    "closed_at",
    "responded_at",
    "respond_goal_at",
    "plan_goal_at",
    "resolve_goal_at",
)

SUMMARIES = (
    "Printer on fire",
    "Scanner jams",
    "How do I print?",
    "Débranché par erreur",
    "How to use the training room",
)


class Desk:
    """`now` is where its clock stands; everything it does happens at or before it, up to `days` back."""

    def __init__(self, seed: int, now: datetime, days: int = 100) -> None:
        self.chance = random.Random(seed)
        self.terms = random.Random(seed)  # of agreements, so that these move nothing else
        self.now = now
        self.days = days
        self.zone = TenantSettings.load().zone
        self.is_being_filled = False
        for member in range(1, 6):
            factories.member(member, looks_automated=member == 5, daily_capacity_hours=member % 3 * 4)
        for question, options in ((1, 5), (2, 11), (3, 4)):
            factories.question(question, options=options)
        contracts.sign(self.terms, self.day(now))
        factories.work_type(1, bill_time="NoCharge")
        factories.charge_code(1)
        self.watch = Watch(self)
        self.insights = Insights(seed, lambda: self.day(self.now))
        self.disputes = DisputesAtRandom(seed, lambda: [1, 2, 3, 5, 99])

    def populate(self, tickets: int) -> "Desk":
        """As a first load does, it marks everything once instead of the days of each row."""
        self.is_being_filled = True
        for _ in range(tickets):
            self.open_ticket()
        for _ in range(tickets // 3):
            self.watch.detect()
        self.insights.populate()
        self.is_being_filled = False
        factories.mark_dirty(None)
        self.disputes.live(tickets // 8)
        return self

    def live(self, steps: int) -> None:
        actions = [
            self.open_ticket,
            self.close,
            self.reopen,
            self.work,
            self.work_elsewhere,
            self.unwork,
            self.write,
            self.ask,
            self.reassign,
            self.pass_on,
            self.move,
            self.remove,
            self.set_goals,
            self.reword,
            *self.watch.actions,
            *self.insights.actions,
            *self.disputes.actions,
        ]
        for _ in range(steps):
            self.chance.choice(actions)()

    def moment(self, since: datetime | None = None) -> datetime:
        """Now and then long ago; mostly lately; sometimes in the future."""
        if since:
            return since + timedelta(
                minutes=self.chance.choice([0, 7, 200, 3000, 60000]) * self.chance.random()
            )
        back = self.chance.choice([1, 5, self.days, self.days]) * self.chance.random()
        return self.now - timedelta(days=back, microseconds=self.chance.randrange(2) * 300)

    def open_ticket(self) -> None:
        opened = self.moment()
        ticket = factories.ticket(
            opened,
            summary=self.chance.choice(SUMMARIES),
            contact_id=self.chance.choice([None, 1, 1, 2]),
            company_id=self.chance.choice([1, 1, 2, 3, None]),
            board_id=self.chance.choice([1, 2, None]),
            type_name=self.chance.choice(["", "Printer"]),
            type_id=self.terms.choice([None, 1]),
            sub_type_name=self.terms.choice(["", "Toner"]),
            agreement_id=self.terms.choice([None, None, 4]),
            priority_id=self.chance.choice([None, 1, 2]),
            owner_id=self.chance.choice([1, 2, 5, 99, None]),
            record_type=self.chance.choice(["ServiceTicket"] * 9 + ["ProjectTicket"]),
            is_in_sla=self.chance.choice([True, False, None]),
            waiting_minutes=self.chance.choice([0, 30]),
        )
        with self.edit(ticket):
            pass
        if self.chance.random() < 0.7:
            self.close(ticket)
        if self.chance.random() < 0.7:
            self.work(ticket)

    def close(self, ticket: RawTicket | None = None) -> None:
        with self.edit(ticket or self.any_ticket()) as ticket:
            last = self.spells(ticket).last()
            ticket.closed_at = self.moment(since=last.started_at if last else ticket.opened_at)
            ticket.resolved_at = self.chance.choice([None, self.moment(since=ticket.opened_at)])
            ticket.is_closed = True
            if last and last.ended_at is None:
                last.ended_at = ticket.closed_at
                last.save()
            elif last:
                ticket.closed_at = last.ended_at

    def reopen(self) -> None:
        with self.edit(self.any_ticket()) as ticket:
            if ticket.closed_at is None or not ticket.is_closed:
                return
            spans = [(spell.started_at, spell.ended_at) for spell in self.spells(ticket)]
            spans = spans or [(ticket.opened_at, ticket.closed_at)]
            factories.spells(ticket, *spans, (self.moment(since=ticket.closed_at), None))
            ticket.is_closed, ticket.closed_at = False, None

    def work(self, ticket: RawTicket | None = None) -> None:
        with self.edit(ticket or self.any_ticket()) as ticket:
            started = self.moment(since=ticket.opened_at) - timedelta(minutes=self.chance.choice([0, 0, 100]))
            lasted = timedelta(minutes=self.chance.choice([-10, 5, 90, 1200]))
            factories.time_entry(
                ticket,
                started,
                ended_at=self.chance.choice([None, started + lasted, started + lasted]),
                entered_at=self.chance.choice([None, started, started + timedelta(days=3)]),
                minutes=self.chance.choice([0, 5, 12.5, 90, 1000]),
                member=self.chance.choice([1, 2, 3, 5, 99, None]),
                billable_option=self.chance.choice(["Billable", "NoCharge", "NoDefault", ""]),
                agreement_id=self.terms.choice([None, 1, 2]),
                hourly_rate=self.terms.choice([None, 0, 95]),
                work_role_id=self.terms.choice([None, 1, 2]),
                work_type_id=self.chance.choice([None, 1, 77]),
            )

    def work_elsewhere(self) -> None:
        kind = self.chance.choice(["Company", "ChargeCode", "Activity"])
        entry = factories.time_entry(
            None, self.moment(), member=self.chance.choice([1, 5]), charge_to_type=kind
        )
        factories.mark_dirty(self.day(entry.started_at))

    def unwork(self) -> None:
        entry = self.any_of(RawTimeEntry.objects.filter(deleted_at=None))
        if entry is None:
            return
        factories.mark_dirty(self.day(entry.started_at))
        ticket = RawTicket.objects.filter(external_id=entry.ticket_id).first()
        with self.edit(ticket) if ticket else nullcontext():
            entry.deleted_at = self.now
            entry.save()

    def write(self) -> None:
        with self.edit(self.any_ticket()) as ticket:
            factories.note(
                ticket,
                self.moment(since=ticket.opened_at),
                member_id=self.chance.choice([1, 5, None]),
                contact_id=self.chance.choice([None, None, 8]),
                is_internal=self.chance.random() < 0.3,
            )

    def ask(self) -> None:
        answers = {1: self.chance.randrange(6), 2: self.chance.randrange(12), 3: 0}
        if self.chance.random() < 0.2:
            survey = factories.survey(None, self.moment(), answers, company_id=2)
            factories.mark_dirty(self.day(survey.answered_at))
            return
        with self.edit(self.any_ticket()) as ticket:
            factories.survey(ticket, self.moment(since=ticket.opened_at), answers)

    def reassign(self) -> None:
        with self.edit(self.any_ticket()) as ticket:
            factories.event(
                ticket, "owner", str(ticket.owner_id or ""), "3", self.moment(since=ticket.opened_at)
            )
            ticket.owner_id = self.chance.choice([3, 4, None])

    def pass_on(self) -> None:
        with self.edit(self.any_ticket()) as ticket:
            kind, old = self.chance.choice(["team", "board"]), self.chance.choice(["", "1", "2"])
            factories.event(ticket, kind, old, "2", self.moment(since=ticket.opened_at))

    def move(self) -> None:
        with self.edit(self.any_ticket()) as ticket:
            ticket.company_id, ticket.board_id = self.chance.choice([1, 2, 4]), self.chance.choice([1, 3])

    def reword(self) -> None:
        with self.edit(self.any_ticket()) as ticket:
            ticket.summary = self.chance.choice(SUMMARIES)
            ticket.sub_type_name = self.chance.choice(["", "Toner"])

    def remove(self) -> None:
        with self.edit(self.any_ticket()) as ticket:
            if self.chance.random() < 0.5:
                ticket.deleted_at = None if ticket.deleted_at else self.now
            else:
                ticket.merged_into = None if ticket.merged_into else 1

    def set_goals(self) -> None:
        with self.edit(self.any_ticket()) as ticket:
            ticket.respond_goal_at = self.chance.choice([None, self.moment(since=ticket.opened_at)])
            ticket.resolve_goal_at = self.chance.choice([None, self.moment(since=ticket.opened_at)])
            ticket.responded_at = self.chance.choice([None, self.moment(since=ticket.opened_at)])
            ticket.responded_by = self.chance.choice(["", "M1", "M5"])

    def any_ticket(self) -> RawTicket:
        ticket: RawTicket = self.any_of(RawTicket.objects.all())
        return ticket

    def any_of(self, rows: QuerySet[Any]) -> Any:
        ids = list(rows.order_by("id").values_list("id", flat=True))
        return rows.model.objects.get(id=self.chance.choice(ids)) if ids else None

    def spells(self, ticket: RawTicket) -> "QuerySet[RawTicketSpell]":
        return RawTicketSpell.objects.filter(source=ticket.source, ticket_id=ticket.external_id).order_by(
            "number"
        )

    @contextmanager
    def edit(self, ticket: RawTicket) -> Iterator[RawTicket]:
        """Marks every local day the ticket plays a part in, before and after."""
        factories.mark_dirty(*self.days_of(ticket))
        yield ticket
        ticket.save()
        factories.mark_dirty(*self.days_of(ticket))

    def days_of(self, ticket: RawTicket) -> set[date]:
        if self.is_being_filled:
            return set()
        moments = [getattr(ticket, name) for name in MOMENTS]
        for spell in self.spells(ticket):
            moments += [spell.started_at, spell.ended_at]
        own = {"source": ticket.source, "ticket_id": ticket.external_id}
        moments += RawTimeEntry.objects.filter(**own).values_list("started_at", flat=True)
        moments += RawTicketNote.objects.filter(**own).values_list("written_at", flat=True)
        moments += RawSurvey.objects.filter(**own).values_list("answered_at", flat=True)
        return {self.day(moment) for moment in moments if moment}

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()
