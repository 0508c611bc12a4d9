"""What a topic is described from: its terms, and tickets of one client that show its centre and its edge."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection

from insights.described import Exemplar, Ticket, TopicPack
from insights.models import Topic
from insights.text.language import language_of
from insights.text.tickets import TicketText, texts

LOOKED_BACK = timedelta(days=180)
CENTRE, EDGE = 8, 4
# Enough to tell shares, and to find so many requesters.
LATEST = 400
TYPES_KEPT = 5

OWN = """
SELECT decided.source_id, decided.ticket_id, ticket.company_id, decided.similarity
FROM ticket_topics AS decided
INNER JOIN topics AS topic ON topic.id = decided.topic_id
INNER JOIN raw_tickets AS ticket
    ON ticket.source_id = decided.source_id AND ticket.external_id = decided.ticket_id
WHERE topic.root_id = %(root)s
    AND decided.similarity >= topic.core_similarity
    AND ticket.record_type = 'ServiceTicket'
    AND ticket.deleted_at IS NULL
    AND ticket.merged_into IS NULL
    AND ticket.opened_at >= %(since)s
    AND ticket.opened_at < %(now)s
ORDER BY ticket.opened_at DESC, decided.source_id, decided.ticket_id
"""


def pack_of(topic: Topic, now: datetime) -> TopicPack:
    since = now - LOOKED_BACK
    with connection.cursor() as cursor:
        cursor.execute(OWN, {"root": topic.root_id, "since": since, "now": now})
        own = cursor.fetchall()
    company = _most_concerned(company for _, _, company, _ in own)
    likeness = {(source, ticket): similar for source, ticket, of, similar in own if of == company}
    everybody = list(texts(since, now, only=[(source, ticket) for source, ticket, _, _ in own[:LATEST]]))
    of_company = list(texts(since, now, only=list(likeness)[:LATEST]))
    return TopicPack(
        topic=topic.id,
        terms=tuple(topic.terms),
        ticket_types=tuple(_commonest(text.type_name for text in everybody if text.type_name)),
        languages=_languages(everybody),
        is_from_monitoring=2 * sum(text.is_from_monitoring for text in everybody) > len(everybody),
        exemplars=tuple(_exemplars(of_company, likeness)),
        company=company,
    )


def _most_concerned(companies: Iterable[int | None]) -> int | None:
    """The client with most tickets; of several, the one that was here first."""
    counts = Counter(company for company in companies if company is not None)
    return min(counts, key=lambda company: (-counts[company], company), default=None)


def _commonest(values: Iterable[str]) -> list[str]:
    counts = Counter(values)
    return sorted(counts, key=lambda value: (-counts[value], value))[:TYPES_KEPT]


def _languages(read: Sequence[TicketText]) -> dict[str, float]:
    french = sum(language_of(text.text) == "fr" for text in read) / len(read) if read else 0.0
    return {"en": round(1 - french, 4), "fr": round(french, 4)}


def _exemplars(read: Sequence[TicketText], likeness: dict[Ticket, float]) -> Iterator[Exemplar]:
    """The centre first, each from somebody else as far as there are enough."""
    ordered = _one_each(sorted(read, key=lambda text: (-likeness[text.key], text.key)))
    centre = ordered[:CENTRE]
    edge = ordered[CENTRE:][-EDGE:]
    for is_boundary, texts_there in ((False, centre), (True, edge)):
        for text in texts_there:
            yield Exemplar(text.key, text.text, text.company, text.requester, is_boundary)


def _one_each(ordered: Sequence[TicketText]) -> list[TicketText]:
    """Of those whom nobody can tell apart, one."""
    first: dict[str, TicketText] = {}
    for text in ordered:
        first.setdefault(text.requester, text)
    return list(first.values())
