"""How alike two company names are. It proposes only: what merely resembles is for a person to confirm."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from math import log

LEGAL_FORMS = {
    *("inc", "incorporated", "incorporee", "ltd", "limited", "ltee", "limitee", "llc", "llp", "lp", "plc", "pllc"),
    *("corp", "corporation", "co", "gmbh", "ag", "kg", "ug", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "pty"),
    *("senc", "sencrl", "enr", "ab", "oy", "as", "aps"),
}  # fmt: skip
TENANT_DOMAIN = ".onmicrosoft.com"
SAME_WORD, SAME_SPELLING, WORTH_SHOWING = 0.8, 0.88, 0.55


def plain(name: str) -> str:
    """Without case, accents, punctuation and legal form: what two writings of one name have in common."""
    folded = unicodedata.normalize("NFKD", name.casefold().removesuffix(TENANT_DOMAIN))
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = re.findall(r"\w+", re.sub(r"[.'’]", "", letters).replace("&", " and ").replace("_", " "))
    kept = list(words)
    while len(kept) > 1 and kept[-1] in LEGAL_FORMS:
        kept.pop()
    return " ".join(kept)


@dataclass(frozen=True)
class Likeness:
    """Names to compare with. A word that many of them have says little about any."""

    names: Mapping[int, str]  # plain ones, by id

    def closest(self, name: str) -> tuple[int, float] | None:
        """The id most alike and how much from 0 to 1, if worth showing to a person."""
        asked = name.split()
        scored = [(self._score(asked, self.names[id_].split()), -id_) for id_ in self._related(asked)]
        score, negative_id = max(scored, default=(0.0, 0))
        return (-negative_id, score) if score >= WORTH_SHOWING else None

    @cached_property
    def _holders(self) -> dict[str, set[int]]:
        """By the beginning of a word, whose names have such a word: others need no look."""
        holders: dict[str, set[int]] = defaultdict(set)
        for id_, name in self.names.items():
            for start in _starts(name.split()):
                holders[start].add(id_)
        return holders

    @cached_property
    def _frequency(self) -> Counter[str]:
        return Counter(word for name in self.names.values() for word in set(name.split()))

    def _related(self, words: list[str]) -> set[int]:
        return set().union(*(self._holders.get(start, set()) for start in _starts(words)))

    def _weight(self, words: Iterable[str]) -> float:
        return sum(log(1 + len(self.names) / (1 + self._frequency[word])) for word in words)

    def _score(self, asked: list[str], known: list[str]) -> float:
        spelled = _likeness("".join(asked), "".join(known), SAME_SPELLING)
        if spelled:
            return spelled
        shared = [(word, match) for word in asked if (match := _match(word, known))]
        common = self._weight(word for word, _ in shared) + self._weight({match for _, match in shared})
        return common / (self._weight(asked) + self._weight(known))


def _starts(words: list[str]) -> set[str]:
    return {word[:3] for word in words}


@lru_cache(maxsize=100_000)
def _likeness(one: str, other: str, at_least: float) -> float:
    """0 where it is less than that, which is known sooner."""
    compared = SequenceMatcher(None, one, other)
    if compared.real_quick_ratio() < at_least or compared.quick_ratio() < at_least:
        return 0.0
    ratio = compared.ratio()
    return ratio if ratio >= at_least else 0.0


def _match(word: str, words: list[str]) -> str:
    """The one of `words` that is this one, give or take a letter."""
    best = max(words, key=lambda each: _likeness(word, each, SAME_WORD))
    return best if _likeness(word, best, SAME_WORD) else ""
