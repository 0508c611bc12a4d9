"""Gives tickets that are decided already to topics that came later, and marks the days whose figures that restates."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import connection

from connectors.dirty import Reason, mark_everything, mark_tickets
from insights.described import Ticket
from insights.text.reading import Reader
from insights.text.tickets import TicketText, texts
from insights.topics.registry import Recognised, Registry

PAGE = 2_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Finding out which days so many tickets touch costs more than computing all.
MANY = 1_500
Move = tuple[Ticket, Recognised]

MOVE = """
UPDATE ticket_topics AS decided
SET topic_id = moved.topic,
    similarity = moved.similarity,
    registry_version = %(version)s,
    is_core = (root.status = 'active' AND moved.similarity >= topic.core_similarity)
FROM UNNEST(%(sources)s::bigint[], %(tickets)s::bigint[], %(topics)s::bigint[], %(similarities)s::float8[])
    AS moved (source, ticket, topic, similarity)
INNER JOIN topics AS topic ON topic.id = moved.topic
INNER JOIN topics AS root ON root.id = topic.root_id
WHERE decided.source_id = moved.source AND decided.ticket_id = moved.ticket
"""


def recognised(tickets: Collection[Ticket], registry: Registry, now: datetime) -> Iterator[Move]:
    """What a registry says of these tickets; of those it says nothing of, nothing."""
    reader = Reader.of_tenant()
    for page in pages(texts(LONG_AGO, now, only=tickets)):
        found = registry.recognise(reader.tokens(text.text) for text in page)
        yield from (
            (text.key, what) for text, what in zip(page, found, strict=True) if what.topic is not None
        )


def pages(read: Iterator[TicketText]) -> Iterator[list[TicketText]]:
    while page := list(islice(read, PAGE)):
        yield page


def move(moves: Sequence[Move], version: int) -> None:
    """Inside the registry's lock."""
    if moves:
        with connection.cursor() as cursor:
            cursor.execute(MOVE, _columns(moves) | {"version": version})


def mark(tickets: Collection[Ticket]) -> None:
    if len(tickets) >= MANY:
        mark_everything(Reason.TOPIC)
        return
    for source in sorted({source for source, _ in tickets}):
        mark_tickets(source, [ticket for own, ticket in tickets if own == source], Reason.TOPIC)


def _columns(moves: Sequence[Move]) -> dict[str, Any]:
    return {
        "sources": [source for (source, _), _ in moves],
        "tickets": [ticket for (_, ticket), _ in moves],
        "topics": [what.topic for _, what in moves],
        "similarities": [what.similarity for _, what in moves],
    }
