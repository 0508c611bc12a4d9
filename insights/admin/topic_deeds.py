"""What a manager may do with a topic: what each deed is called, what it would change, and the doing of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights.models import Topic
from insights.topics import curation, parts
from insights.topics.effects import Effect

Choice = Mapping[str, str]
Status = Topic.Status


@dataclass(frozen=True)
class Deed:
    """`needs` are the fields by which a manager says what exactly is meant."""

    title: Any
    explanation: Any
    allowed: tuple[str, ...]
    effect: Callable[[Topic, Choice, datetime], Effect]
    do: Callable[[Topic, Choice, User, datetime], object]
    needs: tuple[str, ...] = ()


def target(choice: Choice) -> Topic:
    chosen = choice.get("into", "")
    found = Topic.objects.filter(pk=int(chosen), status=Status.ACTIVE).first() if chosen.isdecimal() else None
    if found is None:
        raise ValidationError(_("Choose an active topic to merge it into."))
    return found


def _no_effect(_topic: Topic, _choice: Choice, _now: datetime) -> Effect:
    return Effect(0, 0, 0.0, (), "")


DEEDS: dict[str, Deed] = {
    "accept": Deed(
        gettext_lazy("Accept this topic"),
        gettext_lazy("From now on its tickets count as its own, those of the past too."),
        (Status.CANDIDATE,),
        lambda topic, _choice, _now: curation.effect_of_accept(topic),
        lambda topic, _choice, user, now: curation.accept(topic, user, now),
    ),
    "rename": Deed(
        gettext_lazy("Rename this topic"),
        gettext_lazy("The new name shows everywhere, for the past too. No figure changes."),
        tuple(Status.values),
        _no_effect,
        lambda topic, choice, user, now: curation.rename(
            topic, choice.get("name_en", ""), choice.get("name_fr", ""), user, now
        ),
        ("name_en", "name_fr"),
    ),
    "merge": Deed(
        gettext_lazy("Merge this topic"),
        gettext_lazy("Its tickets count as the other topic's, those of the past too. It stays as an alias."),
        (Status.ACTIVE, Status.CANDIDATE),
        lambda topic, choice, _now: curation.effect_of_merge(topic, target(choice)),
        lambda topic, choice, user, now: curation.merge(topic, target(choice), user, now),
        ("into",),
    ),
    "split": Deed(
        gettext_lazy("Split this topic"),
        gettext_lazy("The part becomes a topic of its own, with its tickets of the past."),
        (Status.ACTIVE,),
        lambda topic, choice, now: parts.effect_of_split(
            topic, parts.part_of(topic, choice.get("part", ""), now), now
        ),
        lambda topic, choice, user, now: parts.split(
            topic, parts.part_of(topic, choice.get("part", ""), now), user, now
        ),
        ("part",),
    ),
    "retire": Deed(
        gettext_lazy("Retire this topic"),
        gettext_lazy("Its tickets no longer count as a topic's, those of the past neither."),
        (Status.ACTIVE, Status.CANDIDATE),
        lambda topic, _choice, _now: curation.effect_of_retire(topic),
        lambda topic, _choice, user, now: curation.retire(topic, user, now),
    ),
    "restore": Deed(
        gettext_lazy("Restore this topic"),
        gettext_lazy("Its tickets count as its own again, those of the past too."),
        (Status.RETIRED, Status.MERGED),
        lambda topic, _choice, _now: curation.effect_of_restore(topic),
        lambda topic, _choice, user, now: curation.restore(topic, user, now),
    ),
}
