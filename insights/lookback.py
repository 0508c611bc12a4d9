"""The weeks before a project: its topic at every client, and how much of it is to be expected again.

The weeks end at the acceptance, so that they hold the tickets that led to the proposal: without them, the weeks
before would look too good, and with them alone too bad.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from connectors.models import RawTicket
from insights import impact
from insights.models import Proposal, TicketTopic, Topic
from insights.weekly import WEEK, Cell, Series, Weeks, caps_of, series_of, total
from kpis.calendar import day_of

MOST_WEEKS = 26


@dataclass(frozen=True)
class Before:
    """The weeks before a project: the topic at every client, and how long a ticket of it may count."""

    weeks: Weeks
    topic: int
    cap_hours: float
    of_topic: dict[Cell, Series]

    @property
    def clients(self) -> dict[int, Series]:
        return {company: series for (_topic, company), series in self.of_topic.items() if company is not None}

    def of(self, companies: Collection[int]) -> Series:
        return total((self.clients[one] for one in companies if one in self.clients), self.weeks.number)


def looked_back(proposal: Proposal, now: datetime) -> Before:
    topic = proposal.topic.root_id or proposal.topic_id
    weeks = Weeks.before(day_of(now), _weeks_known(now))
    caps = caps_of([topic], weeks, now)
    return Before(weeks, topic, round(caps.get(topic, 0.0), 4), series_of([topic], weeks, now, caps))


def _weeks_known(now: datetime) -> int:
    """Before the first ticket with a topic nothing is known, and that is not the same as no tickets."""
    has_topic = TicketTopic.objects.filter(source=OuterRef("source"), ticket_id=OuterRef("external_id"))
    first = RawTicket.objects.filter(Exists(has_topic), opened_at__lt=now).order_by("opened_at").first()
    return min(MOST_WEEKS, max(1, (now - first.opened_at) // WEEK)) if first else MOST_WEEKS


def rate_shrinkage(proposal: Proposal, before: Before, now: datetime) -> float:
    """What of the weeks' tickets is to be expected again, judged by other clients or, for all clients, other topics."""
    weeks = before.weeks.number
    if proposal.company is not None:
        own = before.clients.get(proposal.company, Series.empty(weeks))
        rates = [series.total / weeks for series in before.clients.values()]
    else:
        own = before.of(before.clients)
        rates = list(_rates_of_topics(before, now).values())
    if not own.total:
        return 1.0
    return round(min(1.0, impact.shrunk_rate(own.tickets, rates) * weeks / own.total), 4)


def _rates_of_topics(before: Before, now: datetime) -> dict[int, float]:
    topics = Topic.objects.filter(status=Topic.Status.ACTIVE).values_list("pk", flat=True)
    rates = {before.topic: 0.0}
    for (topic, _company), series in series_of({*topics, before.topic}, before.weeks, now, {}).items():
        rates[topic] = rates.get(topic, 0.0) + series.total / before.weeks.number
    return {topic: rate for topic, rate in rates.items() if rate}
