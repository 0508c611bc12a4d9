"""The lexicon of an MSP: turns a ticket's words into concepts that are the same in English and French."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from insights.models import ConceptForm
from insights.text.clean import clean
from insights.text.forms import Form, Language, built_in, common_concepts, stem, tidy, words_of
from insights.text.language import STOP_WORDS, language_of
from kpis.lexicon import plain

# What is no word: addresses, links, paths, what redaction left.
NO_WORDS = re.compile(
    r"\[[A-Z]{2,12}\]|[a-z][a-z0-9+.-]*://\S*|www\.\S*|\S*@\S*|\b[a-z]:\\\S*|\\\\\S*|\b0x[0-9a-f]+\b",
    re.IGNORECASE,
)
NO_STEMS = frozenset(stem(word) for word in STOP_WORDS) | STOP_WORDS
LONGEST_WORD = 30

Words = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Its forms by their first word, the longest first."""

    by_first: dict[str, list[tuple[Words, Form]]]

    @classmethod
    def of(cls, forms: Iterable[Form]) -> "Lexicon":
        """Of two that read alike, the first one counts."""
        by_first: dict[str, list[tuple[Words, Form]]] = defaultdict(list)
        for form in forms:
            if words := words_of(form.phrase):
                by_first[words[0]].append((words, form))
        for some in by_first.values():
            some.sort(key=lambda entry: -len(entry[0]))
        return cls(dict(by_first))

    def telling(self) -> frozenset[str]:
        """The concepts that tell problems apart, as tokens; the MSP's own are among them."""
        concepts = {form.concept for some in self.by_first.values() for _, form in some}
        return frozenset(f"#{concept}" for concept in concepts - common_concepts())

    def tokens(self, text: str) -> list[str]:
        """Concepts and the words that are none, in order. Redact a text first, or names of people are among them."""
        text = clean(text)
        words = [stem(word) for word in plain(NO_WORDS.sub(" ", text)).split()]
        return list(self._read(words, text))

    def _read(self, words: list[str], text: str) -> Iterator[str]:
        position, language = 0, cache(partial(language_of, text))
        while position < len(words):
            found = _longest(self.by_first.get(words[position], ()), words, position, language)
            if found:
                yield f"#{found[1].concept}"
            elif _says_something(words[position]):
                yield words[position]
            position += len(found[0]) if found else 1


def active_lexicon() -> Lexicon:
    """The tenant's own forms, and the built-in ones it has not switched off."""
    rows = list(ConceptForm.objects.all())
    off = {(row.concept, row.form) for row in rows if not row.is_on}
    own = [Form(row.concept, row.form, _only_in(row.language)) for row in rows if row.is_on]
    ours = [form for form, _ in built_in() if (form.concept, tidy(form.phrase)) not in off]
    return Lexicon.of([*own, *ours])


def _longest(
    candidates: Iterable[tuple[Words, Form]],
    words: list[str],
    position: int,
    language: Callable[[], Language],
) -> tuple[Words, Form] | None:
    for entry in candidates:
        phrase, form = entry
        is_there = tuple(words[position : position + len(phrase)]) == phrase
        if is_there and (form.only_in is None or form.only_in == language()):
            return entry
    return None


def _only_in(language: str) -> Language | None:
    return language if language in ("en", "fr") else None  # type: ignore[return-value]


def _says_something(word: str) -> bool:
    return word.isalpha() and 1 < len(word) <= LONGEST_WORD and word not in NO_STEMS
