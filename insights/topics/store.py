"""The registry in its tables. Whoever changes which topics there are, or which tickets are theirs, holds its lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from insights.models import Topic, TopicEvent, TopicRegistry
from insights.topics.naming import Names
from insights.topics.registry import Known, Registry, Thresholds
from insights.topics.vectors import Prototype, Vocabulary

Kind = TopicEvent.Kind


@dataclass(frozen=True)
class Found:
    """A topic that is about to be kept."""

    prototype: Prototype
    thresholds: Thresholds
    names: Names
    exemplars: Sequence[tuple[int, int]]


def latest() -> TopicRegistry | None:
    return TopicRegistry.objects.defer("vocabulary").first()


def locked() -> TopicRegistry | None:
    """Inside a transaction: until it ends, nobody else changes topics."""
    return TopicRegistry.objects.select_for_update().defer("vocabulary").first()


def load() -> Registry | None:
    stored = TopicRegistry.objects.first()
    if stored is None:
        return None
    return Registry(
        version=stored.version,
        vocabulary=Vocabulary.unpacked(bytes(stored.vocabulary)),
        known=tuple(map(known, Topic.objects.order_by("id"))),
    )


def known(topic: Topic) -> Known:
    return Known(
        topic=topic.id,
        version=topic.registry_version,
        parent=topic.split_from_id,
        prototype=Prototype.unpacked(bytes(topic.prototype)),
        thresholds=Thresholds(topic.core_similarity, topic.soft_similarity),
    )


def next_version(now: datetime) -> int:
    """The same vocabulary with further topics. Versions themselves never change."""
    before = TopicRegistry.objects.select_for_update().earliest("-version")
    following = TopicRegistry.objects.create(
        version=before.version + 1,
        created_at=now,
        since=before.since,
        until=before.until,
        ticket_count=before.ticket_count,
        vocabulary=bytes(before.vocabulary),
        parameters=before.parameters,
    )
    return following.version


def keep(found: Found, version: int, status: str, now: datetime, split_from: Topic | None = None) -> Topic:
    return Topic.objects.create(
        registry_version=version,
        name_en=found.names.english,
        name_fr=found.names.french,
        terms=list(found.names.terms),
        status=status,
        split_from=split_from,
        prototype=found.prototype.packed(),
        core_similarity=found.thresholds.core,
        soft_similarity=found.thresholds.soft,
        exemplars=[list(ticket) for ticket in found.exemplars],
        created_at=now,
    )


def tell(
    topic: Topic, kind: Kind, now: datetime, user: User | None = None, before: str = "", after: str = ""
) -> None:
    TopicEvent.objects.create(
        topic=topic,
        happened_at=now,
        kind=kind,
        user=user,
        username=user.get_username() if user else "",
        before=before,
        after=after,
    )
