"""Desks with recurring problems, and what was proposed about them."""

from datetime import timedelta

from connectors.models import RawTicket
from insights import describing
from insights.models import Proposal, TicketTopic, Topic
from tests.insights import makers
from tests.insights.makers import NOW

LATER = NOW + timedelta(days=1)
KIND = "password_self_service"


def desk_problem(name: str = "Password resets", number: int = 60, **fields) -> Topic:
    topic = makers.topic(name)
    for company in (1, 2, 3):
        makers.tickets(topic, number // 3, company=company, **fields)
    return topic


def standing() -> dict[tuple, str]:
    rows = Proposal.objects.values_list("scope", "company", "topic", "archetype", "status")
    return {row[:-1]: row[-1] for row in rows}


def only() -> Proposal:
    return Proposal.objects.get()


def forget_tickets(of: Topic) -> None:
    RawTicket.objects.filter(external_id__in=of_topic(of)).update(deleted_at=NOW)


def of_topic(topic: Topic) -> list[int]:
    return list(TicketTopic.objects.filter(topic=topic).values_list("ticket_id", flat=True))


def desk_with_others(clients: int, each: int) -> Topic:
    """Every client has about so many tickets of the topic, and others beside them."""
    topic = makers.topic()
    for company in range(1, clients + 1):
        makers.tickets(topic, each + company - 1, company=company)
        makers.tickets(None, 40, company=company, minutes=None, summary="Something else")
    return topic


def say(monkeypatch, **said) -> None:
    """As if a language model described every topic so."""
    words = makers.description(source="llm", confidence="high", **said)
    monkeypatch.setattr(describing.Describer, "_said_of", lambda _self, _topic: words)
