"""The words and phrases by which tickets name what they are about, as they are written in concepts.toml."""

import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from kpis.lexicon import plain

Language = Literal["en", "fr"]
FILE = Path(__file__).with_name("concepts.toml")


class Form(NamedTuple):
    """A phrase that stands for a concept: in every ticket, or in those of one language only."""

    concept: str
    phrase: str
    only_in: Language | None = None


class BuiltIn(NamedTuple):
    """A form as our file has it, and the language it is of."""

    form: Form
    language: Language


@cache
def built_in() -> tuple[BuiltIn, ...]:
    return tuple(_read())


@cache
def common_concepts() -> frozenset[str]:
    """Those that are said of many different problems."""
    return frozenset(concept for concept, said in _file().items() if said.get("is_common"))


@cache
def _file() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text())


def _read() -> Iterator[BuiltIn]:
    for concept, lists in _file().items():
        for name, phrases in lists.items():
            if name == "is_common":
                continue
            language: Language = "en" if name.startswith("en") else "fr"
            only_in = language if name.endswith("_only") else None
            yield from (BuiltIn(Form(concept, phrase, only_in), language) for phrase in phrases)


def tidy(phrase: str) -> str:
    """A phrase's plain words; of a row of the MSP's, and what a built-in one is known by."""
    return " ".join(plain(phrase).split())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """What a plain word's singular and plural have in common, and its masculine and feminine."""
    is_plural = len(word) > 3 and word.endswith("s") and word[-2] not in "isu"
    if is_plural or (len(word) > 4 and word.endswith(("eaux", "eux"))):
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("ee") else word


def words_of(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in plain(phrase).split())
