"""The language of $filter: comparisons, and, or, not, in, contains, startswith, endswith and parentheses."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import clock

Document = dict[str, Any]
Predicate = Callable[[Document], bool]
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


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    value: Any


def parse(text: str, properties: Mapping[str, Kind]) -> Predicate:
    """Text compares without regard to case, as the services compare the members of their enumerations."""
    return _Parser(text, properties).parse()


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


class _Parser:
    def __init__(self, text: str, properties: Mapping[str, Kind]) -> None:
        self._text = text
        self._tokens = list(_tokenise(text))
        self._at = 0
        self._properties = properties

    def parse(self) -> Predicate:
        predicate = self._either()
        if self._at < len(self._tokens):
            raise self._error()
        return predicate

    def _either(self) -> Predicate:
        choices = [self._all()]
        while self._accept("word", "or"):
            choices.append(self._all())
        return choices[0] if len(choices) == 1 else lambda document: any(each(document) for each in choices)

    def _all(self) -> Predicate:
        terms = [self._term()]
        while self._accept("word", "and"):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else lambda document: all(each(document) for each in terms)

    def _term(self) -> Predicate:
        if self._accept("word", "not"):
            inner = self._term()
            return lambda document: not inner(document)
        if self._accept("mark", "("):
            predicate = self._either()
            self._expect("mark", ")")
            return predicate
        word = self._expect("word").value
        return self._search(word) if word in SEARCHES else self._comparison(word)

    def _search(self, name: str) -> Predicate:
        self._expect("mark", "(")
        path = self._expect("word").value
        if self._kind(path) != "text":
            raise BadFilter(f"{name} needs a property of type Edm.String, not '{path}'.")
        self._expect("mark", ",")
        part = self._expect("text").value.lower()
        self._expect("mark", ")")
        return lambda document: SEARCHES[name]((fetch(document, path) or "").lower(), part)

    def _comparison(self, path: str) -> Predicate:
        kind, operator = self._kind(path), self._expect("word").value
        if operator == "in":
            options = self._options(path, kind)
            return lambda document: comparable(fetch(document, path), kind) in options
        limit = self._literal(path, kind)
        if operator in ("eq", "ne"):
            equal = operator == "eq"
            return lambda document: (comparable(fetch(document, path), kind) == limit) is equal
        if operator not in ORDERINGS or limit is None:
            raise self._error()
        holds = ORDERINGS[operator]

        def compare(document: Document) -> bool:
            value = comparable(fetch(document, path), kind)
            return value is not None and holds(value, limit)

        return compare

    def _options(self, path: str, kind: Kind) -> list[Any]:
        self._expect("mark", "(")
        options = [self._literal(path, kind)]
        while self._accept("mark", ","):
            options.append(self._literal(path, kind))
        self._expect("mark", ")")
        return options

    def _literal(self, path: str, kind: Kind) -> Any:
        """A moment in quotes is a text, and a text fits no property that holds a moment."""
        token = self._next()
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

    def _next(self) -> Token:
        if self._at == len(self._tokens):
            raise self._error()
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, kind: str, value: str) -> bool:
        here = self._tokens[self._at] if self._at < len(self._tokens) else None
        if here is None or (here.kind, here.value) != (kind, value):
            return False
        self._at += 1
        return True

    def _expect(self, kind: str, value: str | None = None) -> Token:
        token = self._next()
        if token.kind != kind or (value is not None and token.value != value):
            raise self._error()
        return token

    def _error(self) -> BadFilter:
        return BadFilter(f"Syntax error at position {self._at} in '{self._text}'.")


def _tokenise(text: str) -> Iterator[Token]:
    at = 0
    while text[at:].strip():
        match = TOKENS.match(text, at)
        if not match or match.lastgroup is None:
            raise BadFilter(f"Syntax error at position {at} in '{text}'.")
        at = match.end()
        yield Token(match.lastgroup, _value(match.lastgroup, match[match.lastgroup]))


def _value(kind: str, text: str) -> Any:
    match kind:
        case "moment":
            return _moment(text)
        case "text":
            return text[1:-1].replace("''", "'")
        case "number":
            return float(text) if "." in text else int(text)
        case _:
            return text


def _moment(text: str) -> int:
    """A time of day needs its offset; a bare plus sign arrives as a space, and nothing is left of it."""
    try:
        if "T" in text and not re.search(r"(Z|[+-]\d\d:\d\d)$", text):
            raise ValueError(text)
        return clock.read(text)
    except ValueError as error:
        raise BadFilter(f"Unrecognized Edm.DateTimeOffset literal '{text}'.") from error
