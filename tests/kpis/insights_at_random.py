"""A living desk's topics and projects, drawn at random; whoever changes them marks the days that this touches."""

import random
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from connectors.dirty import Reason, mark_tickets
from connectors.models import Connection, DirtyDay, RawTicket
from insights.models import ProjectMeasurement, Proposal, ProposalEvent, TicketTopic, Topic
from tests import factories
from tests.kpis import topics_at_desk

STATUSES = ("proposed", "proposed", "snoozed", "accepted", "rejected", "done")
SIGNALS = ("none", "licence", "project")


class Insights:
    """Nothing happens to it after today, whichever day that is by then."""

    def __init__(self, seed: int, today: Callable[[], date]) -> None:
        self.today = today
        self.chance = random.Random(seed)
        factories.settings(labels_from=self.chance.choice(["rule", "llm"]))
        self.topics = [topics_at_desk.topic(f"Topic {number}").pk for number in range(4)]
        for topic in self.topics[:3]:
            self._label(topic, "training_need", ("yes", "no"))
            self._label(topic, "sales_signal", SIGNALS)
        self.actions = [
            self.assign,
            self.merge,
            self.retire_or_restore,
            self.propose,
            self.decide,
            self.measure,
        ]

    def populate(self) -> None:
        tickets = list(RawTicket.objects.order_by("id"))
        for ticket in self.chance.sample(tickets, len(tickets) // 2):
            self.assign(ticket)
        for _ in range(4):
            self.propose()
            self.decide()
            self.measure()

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.chance.choice(self.actions)()

    def assign(self, ticket: RawTicket | None = None) -> None:
        if ticket := ticket or self._any(RawTicket.objects.all()):
            topic = self.chance.choice([*self.topics, None])
            topics_at_desk.ticket_topic(ticket, topic, is_core=self.chance.random() < 0.8)
            mark_tickets(ticket.source_id, [ticket.external_id], Reason.TOPIC)

    def merge(self) -> None:
        gone, into = self.chance.sample(list(Topic.objects.filter(status="active").order_by("id")), 2)
        if self.chance.random() < 0.5 or Topic.objects.filter(status="active").count() < 3:
            return
        self.mark(gone)
        Topic.objects.filter(root=gone).update(root=into)
        Topic.objects.filter(pk=gone.pk).update(status="merged")

    def retire_or_restore(self) -> None:
        topic = self.chance.choice(
            list(Topic.objects.filter(status__in=["active", "retired"]).order_by("id"))
        )
        if topic.status == "active" and Topic.objects.filter(status="active").count() < 3:
            return
        topic.status = "retired" if topic.status == "active" else "active"
        topic.save()
        self.mark(topic)

    def mark(self, topic: Topic) -> None:
        """What became of a topic touches its tickets, and its proposals from their first day on."""
        for source in Connection.objects.all():
            own = TicketTopic.objects.filter(topic__root=topic, source=source)
            mark_tickets(source.pk, list(own.values_list("ticket_id", flat=True)), Reason.TOPIC)
        proposals = Proposal.objects.filter(topic__root=topic)
        self._mark(ProposalEvent.objects.filter(proposal__in=proposals).values_list("happened_on", flat=True))
        self._mark(
            ProjectMeasurement.objects.filter(proposal__in=proposals).values_list("measured_on", flat=True)
        )

    def propose(self) -> None:
        topic, company = self.chance.choice(self.topics), self.chance.choice([None, 1, 2])
        kind = self.chance.choice(["password_self_service", "alert_tuning"])
        made = Proposal.objects.filter(topic=topic, company=company, archetype=kind).first()
        proposal = made or topics_at_desk.proposal(topic, company, archetype=kind)
        self._happen(proposal, "proposed")

    def decide(self) -> None:
        if proposal := self._any(Proposal.objects.all()):
            self._happen(proposal, self.chance.choice(STATUSES))

    def measure(self) -> None:
        if proposal := self._any(Proposal.objects.all()):
            day = self._day()
            topics_at_desk.measurement(
                proposal.pk,
                day,
                self.chance.choice(ProjectMeasurement.Verdict.values),
                saved_minutes_per_month=self.chance.choice([None, 90, "-30.5", 1000]),
                ticket_reduction=self.chance.choice([None, 0.25, -0.5]),
                hour_reduction=self.chance.choice([None, 0.125]),
            )
            self._mark([day])

    def _happen(self, proposal: Proposal, status: str) -> None:
        day = self._day()
        topics_at_desk.proposal_event(proposal.pk, day, status, minutes=self.chance.choice([60, 600, 612.25]))
        self._mark([day])

    def _day(self) -> date:
        return self.today() - timedelta(days=self.chance.choice([0, 0, 1, 3]))

    def _label(self, topic: int, kind: str, values: Iterable[str]) -> None:
        for source in ("rule", "llm"):
            topics_at_desk.topic_label(topic, kind, source, self.chance.choice(list(values)))

    def _mark(self, days: Iterable[date]) -> None:
        DirtyDay.objects.bulk_create(DirtyDay(day=day, reason=Reason.PROJECT) for day in set(days))

    def _any(self, rows: QuerySet[Any]) -> Any:
        ids = list(rows.order_by("id").values_list("id", flat=True))
        return rows.model.objects.get(id=self.chance.choice(ids)) if ids else None
