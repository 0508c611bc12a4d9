"""Says what tickets are about: those that are new, and those whose words changed. Everything else stays decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from insights.text.reading import Reader
from insights.text.tickets import digest_of, texts
from insights.topics.moving import mark
from insights.topics.registry import Recognised, Registry
from insights.topics.store import load, locked

PAGE = 10_000
# A mail may arrive after its ticket, without touching it.
MAIL_ARRIVES_WITHIN = timedelta(days=2)

DUE = """
SELECT
    ticket.source_id,
    ticket.external_id,
    ticket.opened_at,
    ticket.last_updated_at,
    decided.topic_id,
    COALESCE(decided.is_core, FALSE) AS is_core,
    decided.words_digest
FROM raw_tickets AS ticket
LEFT JOIN ticket_topics AS decided
    ON decided.source_id = ticket.source_id AND decided.ticket_id = ticket.external_id
WHERE ticket.record_type = 'ServiceTicket'
    AND ticket.deleted_at IS NULL
    AND ticket.merged_into IS NULL
    AND ticket.opened_at < %(now)s
    AND ticket.opened_at >= %(opened_at)s::timestamptz
    AND (ticket.opened_at, ticket.source_id, ticket.external_id)
        > (%(opened_at)s::timestamptz, %(source)s, %(ticket)s)
    AND (
        decided.ticket_updated_at IS DISTINCT FROM ticket.last_updated_at
        OR ticket.opened_at >= %(recent)s
    )
ORDER BY ticket.opened_at, ticket.source_id, ticket.external_id
LIMIT %(page)s
"""

# Whether a ticket is its topic's own depends on the topic as it stands when this is written.
DECIDE = """
INSERT INTO ticket_topics (
    source_id, ticket_id, topic_id, registry_version, similarity, is_core, words_digest, ticket_updated_at
)
SELECT
    decided.source,
    decided.ticket,
    decided.topic,
    %(version)s,
    decided.similarity,
    COALESCE(root.status = 'active' AND decided.similarity >= topic.core_similarity, FALSE),
    decided.digest,
    decided.updated_at
FROM UNNEST(
    %(sources)s::bigint[],
    %(tickets)s::bigint[],
    %(topics)s::bigint[],
    %(similarities)s::float8[],
    %(digests)s::bigint[],
    %(updates)s::timestamptz[]
) AS decided (source, ticket, topic, similarity, digest, updated_at)
LEFT JOIN topics AS topic ON topic.id = decided.topic
LEFT JOIN topics AS root ON root.id = topic.root_id
ON CONFLICT (source_id, ticket_id) DO UPDATE
SET topic_id = EXCLUDED.topic_id,
    registry_version = EXCLUDED.registry_version,
    similarity = EXCLUDED.similarity,
    is_core = EXCLUDED.is_core,
    words_digest = EXCLUDED.words_digest,
    ticket_updated_at = EXCLUDED.ticket_updated_at
RETURNING source_id, ticket_id, topic_id, is_core
"""

LOOKED_AT = """
UPDATE ticket_topics
SET ticket_updated_at = looked.updated_at
FROM UNNEST(%(sources)s::bigint[], %(tickets)s::bigint[], %(updates)s::timestamptz[])
    AS looked (source, ticket, updated_at)
WHERE source_id = looked.source
    AND ticket_id = looked.ticket
    AND ticket_updated_at IS DISTINCT FROM looked.updated_at
"""


class Due(NamedTuple):
    """A ticket to look at, and what was decided of it before."""

    source: int
    ticket: int
    opened_at: datetime
    updated_at: datetime | None
    topic: int | None
    is_core: bool
    digest: int | None


class Worded(NamedTuple):
    """The same with its words as they are now."""

    due: Due
    tokens: list[str]
    digest: int


@dataclass(frozen=True)
class Assigned:
    """How many tickets were decided, and how many of them had been about something else."""

    tickets: int
    moved: int


@dataclass
class Assigner:
    registry: Registry
    reader: Reader
    now: datetime

    def page(self, due: Sequence[Due]) -> Assigned:
        worded = list(self._worded(due))
        changed = [each for each in worded if each.digest != each.due.digest]
        with transaction.atomic():
            self._hold_still()
            moved = decide(changed, self.registry)
            _look_at([each.due for each in worded if each.digest == each.due.digest])
        return Assigned(len(changed), moved)

    def _worded(self, due: Sequence[Due]) -> Iterator[Worded]:
        by_ticket = {(each.source, each.ticket): each for each in due}
        for text in texts(due[0].opened_at, self.now, only=by_ticket):
            tokens = self.reader.tokens(text.text)
            yield Worded(by_ticket[text.key], tokens, digest_of(tokens))

    def _hold_still(self) -> None:
        """Topics may have been split while the texts were read."""
        stored = locked()
        if stored and stored.version != self.registry.version:
            self.registry = load() or self.registry


def assign(now: datetime) -> Assigned:
    """Nothing as long as no topics are known."""
    registry = load()
    if registry is None:
        return Assigned(0, 0)
    assigner = Assigner(registry, Reader.of_tenant(), now)
    done = [assigner.page(due) for due in due_pages(now)]
    return Assigned(sum(each.tickets for each in done), sum(each.moved for each in done))


def due_pages(now: datetime) -> Iterator[list[Due]]:
    after = {"opened_at": "-infinity", "source": 0, "ticket": 0}
    asked = {"now": now, "recent": now - MAIL_ARRIVES_WITHIN, "page": PAGE}
    while due := [Due(*row) for row in _rows(DUE, asked | after)]:
        yield due
        after = {"opened_at": due[-1].opened_at, "source": due[-1].source, "ticket": due[-1].ticket}


def decide(worded: Sequence[Worded], registry: Registry) -> int:
    """Inside the registry's lock. Marks the days of tickets that change topics; returns how many left one."""
    if not worded:
        return 0
    recognised = registry.recognise([each.tokens for each in worded])
    before = {(each.due.source, each.due.ticket): (each.due.topic, each.due.is_core) for each in worded}
    rows = _rows(DECIDE, _columns(worded, recognised) | {"version": registry.version})
    after = {(source, ticket): (topic, is_core) for source, ticket, topic, is_core in rows}
    changed = [key for key, found in after.items() if found != before[key] and (found[1] or before[key][1])]
    mark(changed)
    known_before = {(each.due.source, each.due.ticket) for each in worded if each.due.digest is not None}
    return sum(key in known_before and found != before[key] for key, found in after.items())


def _look_at(due: Sequence[Due]) -> None:
    """The same words as before: decided already."""
    if due:
        with connection.cursor() as cursor:
            cursor.execute(LOOKED_AT, _tickets(due))


def _columns(worded: Sequence[Worded], recognised: Sequence[Recognised]) -> dict[str, Any]:
    return _tickets([each.due for each in worded]) | {
        "topics": [each.topic for each in recognised],
        "similarities": [each.similarity for each in recognised],
        "digests": [each.digest for each in worded],
    }


def _tickets(due: Sequence[Due]) -> dict[str, Any]:
    return {
        "sources": [each.source for each in due],
        "tickets": [each.ticket for each in due],
        "updates": [each.updated_at for each in due],
    }


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
