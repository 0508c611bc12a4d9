"""Just enough of GraphQL: one query with variables, whose reply holds the fields it names and no others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(
    r'\s*(?:#[^\n]*|,)*\s*(?P<token>\.\.\.|[A-Za-z_]\w*|\$\w+|-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|[{}()\[\]:!=@])'
)


class BadGraphQl(ValueError):
    """A query that cannot be read, or asks for what is not there."""


@dataclass(slots=True)
class Selection:
    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    children: list["Selection"] | None = None


def parse(text: str, variables: dict[str, Any]) -> list[Selection]:
    parser = _Parser(text, variables)
    return parser.document()


def pick(value: Any, selection: Selection, kind: str) -> Any:
    """The value with only the fields that were asked for."""
    if isinstance(value, list):
        return [pick(each, selection, kind) for each in value]
    if not isinstance(value, dict):
        return value
    if selection.children is None:
        raise BadGraphQl(f"Validation error (SubselectionRequired@[{selection.name}])")
    return {child.alias: _field(value, child, f"{kind}/{child.name}") for child in selection.children}


def _field(value: dict[str, Any], child: Selection, path: str) -> Any:
    if child.name == "__typename":
        return path.rpartition("/")[0].rpartition("/")[2].title()
    if child.name not in value:
        raise BadGraphQl(f"Validation error (FieldUndefined@[{path}]) : Field '{child.name}' is undefined")
    return pick(value[child.name], child, path)


class _Parser:
    def __init__(self, text: str, variables: dict[str, Any]) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._variables = variables

    def document(self) -> list[Selection]:
        if self._peek() in ("mutation", "subscription"):
            raise BadGraphQl("Only queries are supported here.")
        while self._peek() != "{":
            if self._next() == "(":
                self._skip_to(")")
        return self._selections()

    def _selections(self) -> list[Selection]:
        self._expect("{")
        found: list[Selection] = []
        while self._peek() != "}":
            if self._peek() == "...":
                found += self._fragment()
            else:
                found.append(self._selection())
        self._next()
        return found

    def _fragment(self) -> list[Selection]:
        self._expect("...")
        self._expect("on")
        self._next()
        return self._selections()

    def _selection(self) -> Selection:
        name = alias = self._next()
        if self._peek() == ":":
            self._next()
            name = self._next()
        chosen = Selection(name, alias)
        if self._peek() == "(":
            chosen.arguments = self._pairs("(", ")")
        if self._peek() == "{":
            chosen.children = self._selections()
        return chosen

    def _pairs(self, opening: str, closing: str) -> dict[str, Any]:
        self._expect(opening)
        pairs = {}
        while self._peek() != closing:
            name = self._next()
            self._expect(":")
            pairs[name] = self._value()
        self._next()
        return pairs

    def _value(self) -> Any:
        symbol = self._peek()
        if symbol == "{":
            return self._pairs("{", "}")
        self._next()
        if symbol == "[":
            values = []
            while self._peek() != "]":
                values.append(self._value())
            self._next()
            return values
        if symbol.startswith("$"):
            return self._variables.get(symbol[1:])
        if symbol.startswith('"'):
            return symbol[1:-1]
        literals = {"true": True, "false": False, "null": None}
        return int(symbol) if symbol.lstrip("-").isdigit() else literals.get(symbol, symbol)

    def _skip_to(self, closing: str) -> None:
        while self._next() != closing:
            continue

    def _expect(self, token: str) -> None:
        found = self._next()
        if found != token:
            raise BadGraphQl(f"Invalid Syntax : offending symbol '{found}'")

    def _peek(self) -> str:
        if self._at >= len(self._tokens):
            raise BadGraphQl("Invalid Syntax : unexpected end of the query")
        return self._tokens[self._at]

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if not match:
            raise BadGraphQl(f"Invalid Syntax : offending symbol '{text[at : at + 10].strip()}'")
        yield match["token"]
        at = match.end()
