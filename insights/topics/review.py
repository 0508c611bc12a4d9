"""Looks once a week at what belongs to no topic: what has become a problem of its own is put before a person.

A candidate has its tickets from the start, but none of them counts until somebody accepts it.
"""

from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from insights.described import Ticket
from insights.models import Topic, TopicEvent
from insights.text.reading import Reader
from insights.text.tickets import texts
from insights.topics.finding import Corpus
from insights.topics.moving import move, recognised
from insights.topics.registry import Registry
from insights.topics.store import Found, keep, load, locked, next_version, tell
from insights.topics.vectors import Prototype

LOOKED_BACK = timedelta(days=45)
# From which likeness on a group is one that is known already.
SAME = 0.45
LEAST_TICKETS = 8
log = structlog.get_logger(__name__)

UNCLAIMED = """
SELECT ticket.source_id, ticket.external_id, decided.topic_id IS NULL
FROM ticket_topics AS decided
INNER JOIN raw_tickets AS ticket
    ON ticket.source_id = decided.source_id AND ticket.external_id = decided.ticket_id
LEFT JOIN topics AS topic ON topic.id = decided.topic_id
WHERE ticket.opened_at < %(now)s
    AND (%(since)s::timestamptz IS NULL OR ticket.opened_at >= %(since)s)
    AND (topic.id IS NULL OR decided.similarity < topic.core_similarity)
"""


def find_candidates(now: datetime) -> list[Topic]:
    registry = load()
    if registry is None:
        return []
    candidates = [
        (found, len(rows))
        for rows, found in _residue(registry, now).found(LEAST_TICKETS)
        if _is_new(found, registry)
    ]
    with transaction.atomic():
        stored = locked()
        if not candidates or stored is None or stored.version != registry.version:
            return []  # what changed meanwhile is looked at next week
        return _kept(candidates, now)


def resembled(topic: Topic) -> tuple[Topic, float] | None:
    """Of which active topic a candidate may be another way of speaking."""
    registry = load()
    if registry is None:
        return None
    likeness = registry.resembling(Prototype.unpacked(bytes(topic.prototype)))
    active = Topic.objects.filter(status=Topic.Status.ACTIVE).exclude(pk=topic.pk)
    nearest = max(active, key=lambda other: likeness.get(other.id, 0.0), default=None)
    if nearest is None or likeness.get(nearest.id, 0.0) < SAME:
        return None
    return nearest, likeness[nearest.id]


def unclaimed(now: datetime, since: datetime | None = None) -> dict[Ticket, bool]:
    """Tickets that are no topic's own, and whether they are not even shown with one."""
    with connection.cursor() as cursor:
        cursor.execute(UNCLAIMED, {"now": now, "since": since})
        return {(source, ticket): is_alone for source, ticket, is_alone in cursor.fetchall()}


def _residue(registry: Registry, now: datetime) -> Corpus:
    reader = Reader.of_tenant()
    since = now - LOOKED_BACK
    read = list(texts(since, now, only=unclaimed(now, since)))
    vectors = registry.vocabulary.vectors(reader.tokens(text.text) for text in read)
    return Corpus(read, vectors, registry.vocabulary, reader)


def _is_new(found: Found, registry: Registry) -> bool:
    """What is like a candidate or a retired topic has been put before a person already."""
    likeness = registry.resembling(found.prototype)
    judged = Topic.objects.filter(status__in=[Topic.Status.CANDIDATE, Topic.Status.RETIRED])
    return all(likeness.get(topic, 0.0) < SAME for topic in judged.values_list("id", flat=True))


def _kept(candidates: list[tuple[Found, int]], now: datetime) -> list[Topic]:
    version = next_version(now)
    made = []
    for found, count in candidates:
        topic = keep(found, version, Topic.Status.CANDIDATE, now)
        tell(topic, TopicEvent.Kind.FOUND, now, after=str(count))
        made.append(topic)
    _claim(made, version, now)
    log.info("topics to review", topics=len(made), version=version)
    return made


def _claim(topics: list[Topic], version: int, now: datetime) -> None:
    """Of all history, as if they had been known from its beginning."""
    registry = load()
    if registry is None:
        return
    new = registry.only({topic.id for topic in topics})
    cores = {topic.id: topic.core_similarity for topic in topics}
    free = unclaimed(now)
    move(
        [
            (ticket, what)
            for ticket, what in recognised(free, new, now)
            if free[ticket] or what.similarity >= cores[what.topic or 0]
        ],
        version,
    )
