"""Says what a topic is about: by the language model where one is connected, else by a playbook.

What both say is kept side by side. A model is asked about a topic once in a while, and not each time.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial

from django.db import connection

from insights.asking.reply import worded
from insights.described import Description, TopicPack
from insights.models import Topic, TopicEvent, TopicLabel
from insights.playbook_rules import NO_PROJECT, Reader, Reading, describe_by_reading, read
from insights.playbooks import TRAINING
from insights.text.language import language_of
from insights.text.redact import Redactor
from insights.topics.packs import pack_of
from tenants.context import current_schema, tenant

ASK_AGAIN_AFTER = timedelta(days=28)
ASKED_AT_ONCE = 4
LONGEST_NAME = 60

Kind, Source = TopicLabel.Kind, TopicLabel.Source


@dataclass
class Describer:
    """Describes the topics of one run. Without `may_ask`, nobody is asked anything new."""

    now: datetime
    may_ask: bool = True
    reader: Reader = field(default_factory=Reader.of_tenant)

    def describe(self, topic: Topic) -> Description:
        said = self._said_of(topic)
        name(topic, said, self.now)
        return said

    def describe_all(self, topics: Iterable[Topic]) -> dict[Topic, Description]:
        """A model is asked about several topics at once; names are given in order, as each has to be another."""
        listed = list(topics)
        said = dict(zip(listed, self._said_of_all(listed), strict=True))
        for topic, description in said.items():
            name(topic, description, self.now)
        return said

    def _said_of_all(self, topics: list[Topic]) -> list[Description]:
        # Without a model there is nothing to wait for; and other threads do not see what a transaction has not written.
        if not self._is_asking or connection.in_atomic_block:
            return [self._said_of(topic) for topic in topics]
        _ = self._redactor  # made once, not by each thread
        with ThreadPoolExecutor(ASKED_AT_ONCE) as threads:
            return list(threads.map(partial(self._said_elsewhere, current_schema()), topics))

    def _said_elsewhere(self, schema: str, topic: Topic) -> Description:
        """In a thread, which begins in no tenant and has a connection of its own."""
        try:
            with tenant(schema):
                return self._said_of(topic)
        finally:
            connection.close()

    @property
    def _is_asking(self) -> bool:
        from insights.asking.connected import configured

        return self.may_ask and configured() is not None

    def _said_of(self, topic: Topic) -> Description:
        pack = pack_of(topic, self.now)
        reading = read(pack, self.reader)
        by_rule = describe_by_reading(reading, self.reader.language)
        keep_labels(topic, by_rule, self.now, reading)
        return self._by_model(topic, by_rule, pack) or by_rule

    def _by_model(self, topic: Topic, by_rule: Description, pack: TopicPack) -> Description | None:
        from insights.asking.connected import configured
        from insights.asking.describe import describe_by_model

        if configured() is None:
            return None
        known, known_since = self._remembered(topic)
        if not self.may_ask or (known and known_since > self.now - ASK_AGAIN_AFTER):
            return known
        said = describe_by_model(pack, self.now, expected=by_rule.archetype, redactor=self._redactor)
        if said is not None:
            keep_labels(topic, said, self.now)
        return said or known

    def _remembered(self, topic: Topic) -> tuple[Description | None, datetime]:
        """What was no name when it was said may be one today; and the MSP may speak another language."""
        known, since = remembered(topic) or (None, self.now)
        if known is None or not known.problem:
            return known, since
        words = (known.title, known.problem, known.recommendation, *known.steps)
        is_fit = language_of(" ".join(words)) == self.reader.language
        return (known if is_fit and not any(map(self._redactor.leaks, words)) else None), since

    @cached_property
    def _redactor(self) -> Redactor:
        return Redactor.of_tenant()


def describe(topic: Topic, now: datetime) -> Description:
    return Describer(now).describe(topic)


def remembered(topic: Topic) -> tuple[Description, datetime] | None:
    """What the model said last, without the tickets that it named: those may be others by now."""
    label = topic.labels.filter(kind=Kind.ARCHETYPE, source=Source.MODEL).select_related("call").first()
    if label is None or label.call is None or label.call.result is None:
        return None
    return worded(label.call.result, label.call.pk), label.labelled_at


def keep_labels(topic: Topic, said: Description, now: datetime, reading: Reading | None = None) -> None:
    """With a rule's labels, the share of tickets that they rest on."""
    source = Source.MODEL if said.source == "llm" else Source.RULE
    shares = _shares(said, reading) if reading else {}
    TopicLabel.objects.bulk_create(
        (
            TopicLabel(
                topic=topic,
                kind=kind,
                source=source,
                value=value,
                share=shares.get(kind),
                call_id=said.call,
                labelled_at=now,
            )
            for kind, value in _labels(said)
        ),
        update_conflicts=True,
        unique_fields=["topic", "kind", "source"],
        update_fields=["value", "share", "call", "labelled_at"],
    )


def _shares(said: Description, reading: Reading) -> dict[str, float]:
    of_kind = {Kind.ARCHETYPE: said.archetype, Kind.TRAINING_NEED: TRAINING.key}
    return {kind: round(reading.share(archetype), 4) for kind, archetype in of_kind.items()}


def _labels(said: Description) -> Iterator[tuple[TopicLabel.Kind, str]]:
    yield Kind.TRAINING_NEED, "yes" if said.is_training_need else "no"
    yield Kind.ROOT_CAUSE, said.root_cause
    yield Kind.SALES_SIGNAL, said.sales_signal
    yield Kind.CATEGORY, said.category
    yield Kind.ARCHETYPE, said.archetype


def name(topic: Topic, said: Description, now: datetime) -> None:
    """Only a topic that is called by its frequent words so far: no name that somebody gave is changed."""
    if topic.named_by != Topic.NamedBy.TERMS or not said.is_coherent or said.archetype == NO_PROJECT:
        return
    before = topic.name_en
    is_taken = Topic.objects.exclude(pk=topic.pk).filter(name_en=said.label_en).exists()
    topic.name_en = _distinct(said.label_en, topic.name_en, is_taken)
    topic.name_fr = _distinct(said.label_fr, topic.name_fr, is_taken)
    topic.criteria = said.inclusion_criteria
    topic.named_by = Topic.NamedBy.MODEL if said.source == "llm" else Topic.NamedBy.PLAYBOOK
    topic.save(update_fields=["name_en", "name_fr", "criteria", "named_by"])
    TopicEvent.objects.create(
        topic=topic, happened_at=now, kind=TopicEvent.Kind.RENAMED, before=before, after=topic.name_en
    )


def _distinct(label: str, terms: str, is_taken: bool) -> str:
    return f"{label}: {terms}"[:LONGEST_NAME] if is_taken else label
