"""What people decide about topics. Each decision restates exactly the tickets it moves, and is told in an event.

Merged topics stay as aliases, parts that are split off get ids of their own; no topic is ever learned anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from insights.described import Ticket
from insights.models import Proposal, Topic, TopicEvent
from insights.topics.effects import (
    Effect,
    direct_tickets,
    effect,
    own_tickets,
    refuse_while_measured,
)
from insights.topics.merged_proposals import hand_over, mark_days
from insights.topics.moving import mark
from insights.topics.store import locked, tell

Status, Kind = Topic.Status, TopicEvent.Kind

# A ticket counts when it is its topic's own, and the topic that it is counted with is active.
RECOUNT = """
UPDATE ticket_topics AS decided
SET is_core = NOT decided.is_core
FROM topics AS topic
INNER JOIN topics AS root ON root.id = topic.root_id
WHERE topic.id = decided.topic_id
    AND root.id = %(root)s
    AND decided.is_core <> (root.status = 'active' AND decided.similarity >= topic.core_similarity)
"""


def accept(topic: Topic, user: User | None, now: datetime) -> None:
    with _deciding(topic, Status.CANDIDATE) as chosen:
        _set_status(chosen, Status.ACTIVE)
        mark(own_tickets(chosen))
        tell(chosen, Kind.ACCEPTED, now, user)


def retire(topic: Topic, user: User | None, now: datetime) -> None:
    """Its tickets stay with it, so that they are no riddle to the next review, but no longer count."""
    with _deciding(topic, Status.ACTIVE, Status.CANDIDATE) as chosen:
        refuse_while_measured([chosen])
        mark(own_tickets(chosen) if chosen.status == Status.ACTIVE else [])
        _set_status(chosen, Status.RETIRED)
        tell(chosen, Kind.RETIRED, now, user)


def restore(topic: Topic, user: User | None, now: datetime) -> None:
    """A retired topic counts again; a merged one stands by itself again."""
    with _deciding(topic, Status.RETIRED, Status.MERGED) as chosen:
        root = chosen.root or chosen
        refuse_while_measured([chosen, root])
        mark_days(Proposal.objects.filter(topic=chosen), now)
        chosen.root = chosen
        chosen.save(update_fields=["root"])
        _set_status(chosen, Status.ACTIVE)
        mark(own_tickets(chosen))
        tell(chosen, Kind.RESTORED, now, user, before=root.name_en if root != chosen else "")


def merge(topic: Topic, into: Topic, user: User | None, now: datetime) -> None:
    """From now on, and for all of history, its tickets are the other's; so are its aliases'."""
    with _deciding(topic, Status.ACTIVE, Status.CANDIDATE) as chosen:
        target = Topic.objects.select_for_update().get(pk=into.pk)
        if target.status != Status.ACTIVE or target == chosen:
            raise ValidationError(_("A topic can be merged only into another one that is active."))
        refuse_while_measured([chosen, target])
        moving = own_tickets(chosen)
        mark_days(Proposal.objects.filter(topic__root=chosen), now)
        hand_over(chosen, target, user, now)
        Topic.objects.filter(root=chosen).update(root=target)
        Topic.objects.filter(pk=chosen.pk).update(status=Status.MERGED)
        _recount(target)
        mark(moving)
        tell(chosen, Kind.MERGED, now, user, before=chosen.name_en, after=target.name_en)


def rename(topic: Topic, name_en: str, name_fr: str, user: User | None, now: datetime) -> None:
    names = (name_en.strip(), name_fr.strip())
    longest = Topic._meta.get_field("name_en").max_length or 0
    if not all(names) or max(map(len, names)) > longest:
        raise ValidationError(_("Give a name in both languages, of at most %d letters.") % longest)
    with _deciding(topic, *Status.values) as chosen:
        before = f"{chosen.name_en} / {chosen.name_fr}"
        chosen.name_en, chosen.name_fr = names
        chosen.named_by = Topic.NamedBy.PERSON
        chosen.save(update_fields=["name_en", "name_fr", "named_by"])
        tell(chosen, Kind.RENAMED, now, user, before=before, after=" / ".join(names))


def effect_of_accept(topic: Topic) -> Effect:
    return effect(own_tickets(topic), [topic], is_refused_while_measured=False)


def effect_of_retire(topic: Topic) -> Effect:
    return effect(own_tickets(topic) if topic.status == Status.ACTIVE else [], [topic])


def effect_of_restore(topic: Topic) -> Effect:
    return effect(_own_and_later(topic), [topic, topic.root or topic])


def effect_of_merge(topic: Topic, into: Topic) -> Effect:
    return effect(own_tickets(topic), [topic, into])


def _own_and_later(topic: Topic) -> list[Ticket]:
    return own_tickets(topic) if topic.root_id == topic.id else direct_tickets(topic)


@contextmanager
def _deciding(topic: Topic, *allowed: str) -> Iterator[Topic]:
    """The topic as it is now, held still. A second person who decides about it gets a sentence."""
    with transaction.atomic():
        locked()
        chosen = Topic.objects.select_for_update().get(pk=topic.pk)
        if chosen.status not in allowed:
            told = {"topic": chosen.name_en, "status": chosen.get_status_display()}
            raise ValidationError(_("“%(topic)s” is %(status)s by now: look at it again.") % told)
        yield chosen


def _set_status(topic: Topic, status: Topic.Status) -> None:
    topic.status = status
    topic.save(update_fields=["status"])
    _recount(topic)


def _recount(root: Topic) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"root": root.id})
