"""Words of English and French that are no names, and how words are told apart whatever their case and accents."""

import re
import unicodedata
from functools import cache, lru_cache

from insights.text.forms import built_in, stem
from insights.text.language import STOP_WORDS
from insights.text.word_lists import listed
from kpis.lexicon import plain

# Letters that are not made of another one and a mark.
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe"})


@cache
def _ordinary() -> frozenset[str]:
    forms = [word for form, _ in built_in() for word in plain(form.phrase).split()]
    return listed("no names").union(also_names(), STOP_WORDS, forms, map(stem, forms))


def also_names() -> frozenset[str]:
    """Ordinary words that are names of people too."""
    return listed("also names")


@lru_cache(maxsize=50_000)
def is_ordinary(word: str) -> bool:
    return word in _ordinary() or stem(word) in _ordinary()


def folded(text: str) -> str:
    """Without case and accents, in whatever alphabet."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(LETTERS)


folded_word = lru_cache(maxsize=50_000)(folded)


@lru_cache(maxsize=50_000)
def bare(word: str) -> str:
    """Its letters alone."""
    return folded(word).strip("0123456789")


def parts_in(text: str) -> list[str]:
    """Its words and its numbers."""
    return re.findall(r"\d+|[^\W\d_]+", folded(text))


def words_in(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", folded(text))
