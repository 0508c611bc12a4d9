"""Describes a topic by rules: the playbook whose signs are on most of its tickets.

A sign is a phrase in the ticket's own language or a concept of the lexicon, in the subject or the first words after
it. One ticket decides nothing: most have to say the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from insights.described import Confidence, Description, Exemplar, Ticket, TopicPack
from insights.playbooks import BY_KEY, OTHER, PLAYBOOKS, TRAINING, Playbook
from insights.text.concepts import Lexicon, active_lexicon
from insights.text.language import language_of
from kpis.lexicon import BUILT_IN, Entry, active, judge, pattern, plain
from tenants.models import TenantSettings

FIRST_WORDS = 25
MAJORITY = 0.5
CLEAR_MAJORITY = 0.8
FEWEST_ASKERS = 3
MOST_EVIDENCE = 8
NO_PROJECT = "none"
ASKS = ("how_to", "user_error")


@dataclass(frozen=True)
class Reader:
    """Reads tickets with the words of one MSP."""

    lexicon: Lexicon
    phrases: dict[str, frozenset[Entry]]  # of each language, by which questions are known
    language: str

    @classmethod
    def of_tenant(cls) -> "Reader":
        return cls(active_lexicon(), _phrases(active()), TenantSettings.load().language)

    def seen(self, exemplar: Exemplar) -> frozenset[str]:
        """The keys of the playbooks whose signs are on a ticket."""
        text = beginning(exemplar.text)
        concepts, language = frozenset(self.lexicon.tokens(text)), language_of(exemplar.text)
        found = {book.key for book in PLAYBOOKS if _fits(book, plain(text), language, concepts)}
        verdict = judge(text, self.phrases[language])
        return frozenset(found | ({TRAINING.key} if verdict and verdict.kind in ASKS else set()))


@dataclass(frozen=True)
class Reading:
    """Of every ticket that shows what a topic is about: whose signs it bears."""

    of: tuple[tuple[Exemplar, frozenset[str]], ...]

    def share(self, archetype: str) -> float:
        return len(self.bearing(archetype)) / len(self.of) if self.of else 0.0

    def bearing(self, archetype: str) -> tuple[Ticket, ...]:
        return tuple(exemplar.ticket for exemplar, seen in self.of if archetype in seen)

    @cached_property
    def best(self) -> Playbook | None:
        """That of most tickets; of several, the one that is listed first."""
        best = max(PLAYBOOKS, key=lambda book: len(self.bearing(book.key)))
        return best if self.share(best.key) > MAJORITY else None

    @property
    def askers(self) -> int:
        return len({exemplar.requester for exemplar, seen in self.of if TRAINING.key in seen})

    @property
    def confidence(self) -> Confidence:
        """Never high: the playbook has not read the tickets, it has only recognised them."""
        return "medium" if self.best and self.share(self.best.key) >= CLEAR_MAJORITY else "low"


def describe_by_playbook(pack: TopicPack, reader: Reader | None = None) -> Description:
    reader = reader or Reader.of_tenant()
    return describe_by_reading(read(pack, reader), reader.language)


def describe_by_reading(reading: Reading, language: str) -> Description:
    book = reading.best
    words = (book or OTHER).words(language)
    archetype = book.key if book else NO_PROJECT
    return Description(
        source="heuristic",
        label_en=(book or OTHER).english.label,
        label_fr=(book or OTHER).french.label,
        inclusion_criteria=(book or OTHER).criteria,
        is_coherent=book is not None,
        category=(book or OTHER).category,
        root_cause=(book or OTHER).root_cause,
        archetype=archetype,
        title=words.title,
        problem=words.problem,
        recommendation=words.recommendation,
        steps=words.steps,
        is_training_need=asks_for_training(reading),
        sales_signal=(book or OTHER).sales_signal,
        evidence=reading.bearing(archetype)[:MOST_EVIDENCE],
        counter_evidence=_without(reading, archetype)[:MOST_EVIDENCE],
        confidence=reading.confidence,
    )


def read(pack: TopicPack, reader: Reader) -> Reading:
    return Reading(tuple((exemplar, reader.seen(exemplar)) for exemplar in pack.exemplars))


def asks_for_training(reading: Reading) -> bool:
    return reading.share(TRAINING.key) > MAJORITY and reading.askers >= FEWEST_ASKERS


def beginning(text: str) -> str:
    """The subject, which is the first line, and the first words of what follows."""
    subject, _, rest = text.partition("\n")
    return " ".join([*subject.split(), *rest.split()[:FIRST_WORDS]])


def _phrases(entries: frozenset[Entry]) -> dict[str, frozenset[Entry]]:
    """Without those of the other language; an MSP's own are of any."""
    of = {
        language: {(kind, phrase) for kind, said in BUILT_IN.items() for phrase in said[language]}
        for language in ("en", "fr")
    }
    return {"en": entries - (of["fr"] - of["en"]), "fr": entries - (of["en"] - of["fr"])}


def _without(reading: Reading, archetype: str) -> tuple[Ticket, ...]:
    return tuple(exemplar.ticket for exemplar, seen in reading.of if archetype not in seen)


def _fits(book: Playbook, words: str, language: str, concepts: frozenset[str]) -> bool:
    has_concepts = any(concepts >= {f"#{name}" for name in together.split()} for together in book.concepts)
    signs = _signs(book.key, language)
    return has_concepts or (signs is not None and signs.search(words) is not None)


@cache
def _signs(archetype: str, language: str) -> re.Pattern[str] | None:
    book = BY_KEY[archetype]
    return _any_of((*book.signs, *book.words(language).signs))


def _any_of(phrases: Iterable[str]) -> re.Pattern[str] | None:
    patterns = [pattern(phrase) for phrase in phrases]
    return re.compile("|".join(patterns)) if patterns else None
