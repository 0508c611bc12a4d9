"""Splits a topic: proposes groups within it, and gives one of them an id of its own with its tickets of all history."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from insights.models import Topic, TopicEvent
from insights.text.reading import Reader
from insights.text.tickets import texts
from insights.topics.clustering import LEAST_MEMBERS, groups
from insights.topics.effects import Effect, direct_tickets, effect, refuse_while_measured
from insights.topics.finding import Corpus
from insights.topics.moving import LONG_AGO, Move, mark, move, recognised
from insights.topics.registry import Known, Registry
from insights.topics.store import Found, keep, known, load, locked, next_version, tell

# Nearer together than topics are, and not nearly all of the topic.
PART_DISTANCE = 0.5
LARGEST_SHARE = 0.9
MOST_TICKETS = 3_000
NOT_KEPT_YET = 0


@dataclass(frozen=True)
class Part:
    """A group within a topic. `key` finds it again as long as its tickets say the same."""

    key: str
    found: Found
    tickets: int


def parts_of(topic: Topic, now: datetime) -> list[Part]:
    corpus = _corpus_of(topic, now)
    if corpus is None:
        return []
    grouped = groups(corpus.vectors, LEAST_MEMBERS, PART_DISTANCE)
    smaller = [rows for rows in grouped if len(rows) <= LARGEST_SHARE * len(corpus.texts)]
    return [_part(corpus.topic_of(rows), len(rows)) for rows in smaller]


def part_of(topic: Topic, key: str, now: datetime) -> Part:
    part = next((each for each in parts_of(topic, now) if each.key == key), None)
    if part is None:
        raise ValidationError(_("Its tickets have changed meanwhile: choose the part again."))
    return part


def effect_of_split(topic: Topic, part: Part, now: datetime) -> Effect:
    return effect([ticket for ticket, _what in _moving(topic, part.found, now)], [topic])


def split(topic: Topic, part: Part, user: User | None, now: datetime) -> Topic:
    with transaction.atomic():
        locked()
        whole = Topic.objects.select_for_update().get(pk=topic.pk)
        if whole.status != Topic.Status.ACTIVE:
            raise ValidationError(_("Only an active topic can be split."))
        refuse_while_measured([whole])
        moves = _moving(whole, part.found, now)
        version = next_version(now)
        made = keep(part.found, version, Topic.Status.ACTIVE, now, split_from=whole)
        move([(ticket, replace(what, topic=made.id)) for ticket, what in moves], version)
        mark([ticket for ticket, _what in moves])
        tell(whole, TopicEvent.Kind.SPLIT, now, user, before=whole.name_en, after=made.name_en)
        tell(made, TopicEvent.Kind.FOUND, now, user, before=whole.name_en, after=str(len(moves)))
        return made


def _corpus_of(topic: Topic, now: datetime) -> Corpus | None:
    registry = load()
    if registry is None:
        return None
    reader = Reader.of_tenant()
    read = list(texts(LONG_AGO, now, only=direct_tickets(topic)))[-MOST_TICKETS:]
    vectors = registry.vocabulary.vectors(reader.tokens(text.text) for text in read)
    return Corpus(read, vectors, registry.vocabulary, reader)


def _part(found: Found, tickets: int) -> Part:
    return Part(sha256(found.prototype.packed()).hexdigest()[:16], found, tickets)


def _moving(topic: Topic, found: Found, now: datetime) -> list[Move]:
    """The topic's tickets that its part would have, as the registry will say of new ones."""
    registry = load()
    if registry is None:
        return []
    whole = replace(known(topic), parent=None)
    part = Known(NOT_KEPT_YET, registry.version + 1, topic.id, found.prototype, found.thresholds)
    both = Registry(registry.version, registry.vocabulary, (whole, part))
    said = recognised(direct_tickets(topic), both, now)
    return [(ticket, what) for ticket, what in said if what.topic == NOT_KEPT_YET]
