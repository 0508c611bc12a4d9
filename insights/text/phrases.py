"""Names of several words that are looked for as they are: companies, and what an MSP keeps private."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from insights.text.ordinary import folded_word, is_ordinary, parts_in

PART = re.compile(r"\d+|[^\W\d_]+")
LEGAL_FORMS = frozenset(
    [
        "inc",
        "ltd",
        "ltee",
        "limited",
        "limitee",
        "llc",
        "llp",
        "lp",
        "corp",
        "co",
        "sa",
        "sas",
        "sarl",
        "eurl",
        "gmbh",
        "plc",
        "enr",
    ]
)
SHORTEST_ALONE = 4
Words = tuple[str, ...]
Span = tuple[int, int]


@dataclass(frozen=True, repr=False)
class Phrases:
    """By their first word, the longest first; and words that say it alone when they have a capital letter."""

    by_first: dict[str, list[Words]]
    alone: frozenset[str]

    @classmethod
    def of(cls, phrases: Iterable[str]) -> "Phrases":
        return cls(_by_first(tuple(parts_in(phrase)) for phrase in phrases), frozenset())

    @classmethod
    def of_companies(cls, names: Iterable[str]) -> "Phrases":
        whole = [words for name in names if (words := _without_legal_form(tuple(parts_in(name))))]
        telling = {word for words in whole for word in words if _tells_alone(word)}
        return cls(
            _by_first(words for words in whole if len(words) > 1 or words[0] in telling), frozenset(telling)
        )

    def spans(self, text: str, words_in_text: Collection[str]) -> Iterator[Span]:
        """Where they stand in a text, whose words are given so that most texts need not be read."""
        if self.alone.isdisjoint(words_in_text) and self.by_first.keys().isdisjoint(words_in_text):
            return
        found = [(word.start(), word.end(), folded_word(word[0])) for word in PART.finditer(text)]
        words = [word for _, _, word in found]
        place = 0
        while place < len(words):
            length = self._length_at(words, place)
            if not length and words[place] in self.alone and text[found[place][0]].isupper():
                length = 1
            if length:
                yield found[place][0], found[place + length - 1][1]
            place += length or 1

    def within(self, words: list[str]) -> bool:
        """Whether any of the phrases is among plain words."""
        return any(self._length_at(words, place) for place in range(len(words)))

    def _length_at(self, words: list[str], place: int) -> int:
        for phrase in self.by_first.get(words[place], ()):
            if tuple(words[place : place + len(phrase)]) == phrase:
                return len(phrase)
        return 0


def _by_first(phrases: Iterable[Words]) -> dict[str, list[Words]]:
    by_first: dict[str, list[Words]] = defaultdict(list)
    for words in set(filter(None, phrases)):
        by_first[words[0]].append(words)
    for some in by_first.values():
        some.sort(key=lambda words: (-len(words), words))
    return dict(by_first)


def _without_legal_form(words: Words) -> Words:
    while len(words) > 1 and (words[-1] in LEGAL_FORMS or words[-1].isdigit()):
        words = words[:-1]
    return words


def _tells_alone(word: str) -> bool:
    return len(word) >= SHORTEST_ALONE and word.isalpha() and not is_ordinary(word)
