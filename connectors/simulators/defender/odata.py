"""The language of $filter: comparisons, and, or, not, in, contains, startswith, endswith and parentheses."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

from ..grammar import Document, Grammar, Predicate
from . import clock

Kind = Literal["text", "moment", "number", "flag"]
TOKENS = re.compile(
    r"""\s*(?:
        (?P<moment>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?(?![\w-]))
      | (?P<text>'(?:[^']|'')*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w-]))
      | (?P<mark>[(),])
      | (?P<word>[A-Za-z_@][\w./]*)
    )""",
    re.VERBOSE,
)
LITERAL_WORDS = {"true": True, "false": False, "null": None}
ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda value, limit: value > limit,
    "ge": lambda value, limit: value >= limit,
    "lt": lambda value, limit: value < limit,
    "le": lambda value, limit: value <= limit,
}
SEARCHES: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


class BadFilter(ValueError):
    """It cannot be read, or it asks for what the resource cannot be asked."""


def parse(text: str, properties: Mapping[str, Kind]) -> Predicate:
    """Text compares without regard to case, as the services compare the members of their enumerations."""
    return _Parser(text, properties).whole()


def fetch(document: Document, path: str) -> Any:
    value: Any = document
    for step in path.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def comparable(value: Any, kind: Kind) -> Any:
    """What orders as the value does, or None where there is nothing to compare."""
    if value is None:
        return None
    if kind == "moment":
        return clock.read(value)
    return value.lower() if kind == "text" else value


class _Parser(Grammar):
    tokens = TOKENS

    def __init__(self, text: str, properties: Mapping[str, Kind]) -> None:
        super().__init__(text)
        self._properties = properties

    def value(self, kind: str, text: str) -> Any:
        match kind:
            case "moment":
                return _moment(text)
            case "text":
                return text[1:-1].replace("''", "'")
            case "number":
                return float(text) if "." in text else int(text)
            case _:
                return text

    def error(self, position: int) -> Exception:
        return BadFilter(f"Syntax error at position {position} in '{self._text}'.")

    def comparison(self) -> Predicate:
        word = self.expect("word").value
        return self._search(word) if word in SEARCHES else self._comparison(word)

    def _search(self, name: str) -> Predicate:
        self.expect("mark", "(")
        path = self.expect("word").value
        if self._kind(path) != "text":
            raise BadFilter(f"{name} needs a property of type Edm.String, not '{path}'.")
        self.expect("mark", ",")
        part = self.expect("text").value.lower()
        self.expect("mark", ")")
        return lambda document: SEARCHES[name]((fetch(document, path) or "").lower(), part)

    def _comparison(self, path: str) -> Predicate:
        kind, operator = self._kind(path), self.expect("word").value
        if operator == "in":
            options = self.listed(partial(self._literal, path, kind))
            return lambda document: comparable(fetch(document, path), kind) in options
        limit = self._literal(path, kind)
        if operator in ("eq", "ne"):
            equal = operator == "eq"
            return lambda document: (comparable(fetch(document, path), kind) == limit) is equal
        if operator not in ORDERINGS or limit is None:
            raise self.error(self._at)
        holds = ORDERINGS[operator]

        def compare(document: Document) -> bool:
            value = comparable(fetch(document, path), kind)
            return value is not None and holds(value, limit)

        return compare

    def _literal(self, path: str, kind: Kind) -> Any:
        """A moment in quotes is a text, and a text fits no property that holds a moment."""
        token = self.next()
        given = "flag" if token.kind == "word" and token.value in ("true", "false") else token.kind
        if token.kind == "word" and token.value == "null":
            return None
        if given != kind:
            raise BadFilter(f"A binary operator with incompatible types was detected for property '{path}'.")
        if kind == "flag":
            return LITERAL_WORDS[token.value]
        return token.value.lower() if kind == "text" else token.value

    def _kind(self, path: str) -> Kind:
        if path not in self._properties:
            raise BadFilter(f"The property '{path}' is not supported in $filter.")
        return self._properties[path]


def _moment(text: str) -> int:
    """A time of day needs its offset; a bare plus sign arrives as a space, and nothing is left of it."""
    try:
        if "T" in text and not re.search(r"(Z|[+-]\d\d:\d\d)$", text):
            raise ValueError(text)
        return clock.read(text)
    except ValueError as error:
        raise BadFilter(f"Unrecognized Edm.DateTimeOffset literal '{text}'.") from error
