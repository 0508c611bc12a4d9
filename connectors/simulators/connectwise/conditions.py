"""The query language of ConnectWise, for conditions of records, of their children and their custom fields."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import translate
from typing import Any

from ..grammar import Document, Grammar, Predicate

Fetch = Callable[[Document], Any]

TOKENS = re.compile(
    r"""\s*(?:
        (?P<date>\[[^\]]*\])
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w/]))
      | (?P<operator><=|>=|!=|<>|=|<|>)
      | (?P<mark>[(),])
      | (?P<word>[A-Za-z_][\w/]*)
    )""",
    re.VERBOSE,
)
RULES = (
    "Conditions are invalid: strings must be in quotes, dates in square brackets, "
    "booleans True or False, integers and null bare, and every field must exist"
)
INDEXED = {"id": int, "lastupdated": datetime}
LITERAL_WORDS = {"true": True, "false": False, "null": None}


class BadConditions(ValueError):
    """The text is not in the query language, or it names a field the resource doesn't have."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """A predicate, the least id and last update a match can have, and whether those say it all."""

    matches: Predicate
    at_least: dict[str, Any]
    is_range: bool


def parse(text: str, fields: frozenset[str] | None = None) -> Conditions:
    return _Parser(text, fields).parse()


def fetch(path: str) -> Fetch:
    """Read `board/name` from a document, whatever the case; a list yields the values of all its elements."""
    steps = path.split("/")

    def read(document: Document) -> Any:
        value: Any = document
        for step in steps:
            value = _step(value, step)
        return value

    return read


def _step(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_step(each, name) for each in value]
    if not isinstance(value, dict):
        return None
    if name in value:
        return value[name]
    lowered = name.lower()
    found = next((content for key, content in value.items() if key.lower() == lowered), None)
    if (
        found is None
        and lowered in ("lastupdated", "updatedby", "dateentered", "enteredby")
        and "_info" in value
    ):
        return _step(value["_info"], name)
    return found


class _Parser(Grammar):
    tokens = TOKENS

    def __init__(self, text: str, fields: frozenset[str] | None) -> None:
        super().__init__(text)
        self._fields = fields
        self._at_least: dict[str, Any] = {}
        self._comparisons = 0
        self._is_alternative = False

    def parse(self) -> Conditions:
        predicate = self.whole()
        if self._is_alternative:
            return Conditions(predicate, {}, is_range=False)
        return Conditions(predicate, self._at_least, is_range=self._comparisons == len(self._at_least))

    def value(self, kind: str, text: str) -> Any:
        if kind == "date":
            return read_date(text[1:-1])
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return float(text) if "." in text else int(text)
        return text

    def error(self, position: int) -> Exception:
        return BadConditions(RULES)

    def is_same(self, said: Any, meant: str) -> bool:
        return str(said).lower() == meant

    def any_of(self, choices: list[Predicate]) -> Predicate:
        self._is_alternative = True
        return super().any_of(choices)

    def opposite(self, inner: Predicate) -> Predicate:
        self._is_alternative = True
        return super().opposite(inner)

    def comparison(self) -> Predicate:
        field = self.expect("word").value
        self._check_field(field)
        self._comparisons += 1
        negated = self.accept("word", "not")
        compare = self._comparator(field)
        read = fetch(field)
        if negated:
            return lambda document: not _for_any(read(document), compare)
        return lambda document: _for_any(read(document), compare)

    def _comparator(self, field: str) -> Callable[[Any], bool]:
        token = self.next()
        word = str(token.value).lower()
        if token.kind == "operator":
            return self._ordering(field, token.value)
        if token.kind == "word" and word == "in":
            options = [_equality(option) for option in self.listed(self._literal)]
            return lambda value: any(option(value) for option in options)
        if token.kind == "word" and word in ("like", "contains"):
            return _likeness(self.expect("text").value, anywhere=word == "contains")
        raise BadConditions(RULES)

    def _ordering(self, field: str, operator: str) -> Callable[[Any], bool]:
        literal = self._literal()
        if operator in ("=", "!=", "<>"):
            equal = _equality(literal)
            return equal if operator == "=" else lambda value: not equal(value)
        name = field.lower().removeprefix("_info/")
        if operator in (">", ">=") and isinstance(literal, INDEXED.get(name, ())):
            self._at_least.setdefault(name, literal if operator == ">=" else _just_above(literal))
        return _inequality(operator, literal)

    def _literal(self) -> Any:
        token = self.next()
        if token.kind in ("date", "text", "number"):
            return token.value
        if token.kind == "word" and token.value.lower() in LITERAL_WORDS:
            return LITERAL_WORDS[token.value.lower()]
        raise BadConditions(RULES)

    def _check_field(self, field: str) -> None:
        if self._fields is not None and field.split("/")[0].lower() not in self._fields:
            raise BadConditions(RULES)


def read_date(text: str) -> datetime:
    """A date without an offset is UTC; a bare plus sign arrives as a space and is refused."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadConditions(RULES) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _just_above(limit: Any) -> Any:
    """Records are updated at whole seconds."""
    return limit.replace(microsecond=0) + timedelta(seconds=1) if isinstance(limit, datetime) else limit + 1


def _for_any(value: Any, compare: Callable[[Any], bool]) -> bool:
    return any(compare(each) for each in value) if isinstance(value, list) else compare(value)


def _comparable(value: Any, literal: Any) -> Any:
    """The document's value in the literal's type, or None where it has none."""
    if isinstance(literal, datetime):
        return _as_date(value)
    if isinstance(literal, str):
        return value.lower() if isinstance(value, str) else None
    if isinstance(literal, bool):
        return value if isinstance(value, bool) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _as_date(value: Any) -> datetime | None:
    try:
        return read_date(value) if isinstance(value, str) else None
    except BadConditions:
        return None


def _equality(literal: Any) -> Callable[[Any], bool]:
    if literal is None:
        return lambda value: value is None or value == ""
    if isinstance(literal, str):
        return (
            _likeness(literal)
            if "*" in literal
            else lambda value: _comparable(value, literal) == literal.lower()
        )
    return lambda value: _comparable(value, literal) == literal


def _inequality(operator: str, literal: Any) -> Callable[[Any], bool]:
    limit = literal.lower() if isinstance(literal, str) else literal
    if limit is None:
        raise BadConditions(RULES)
    holds: dict[str, Callable[[Any], bool]] = {
        "<": lambda value: value < limit,
        "<=": lambda value: value <= limit,
        ">": lambda value: value > limit,
        ">=": lambda value: value >= limit,
    }
    compare = holds[operator]

    def check(value: Any) -> bool:
        comparable = _comparable(value, literal)
        return comparable is not None and compare(comparable)

    return check


def _likeness(pattern: str, anywhere: bool = False) -> Callable[[Any], bool]:
    """`*` and `%` stand for anything; `[[]` is a literal bracket, as in a shell pattern."""
    glob = pattern.lower().replace("%", "*").replace("?", "[?]")
    matches = re.compile(translate(f"*{glob}*" if anywhere else glob)).match
    return lambda value: isinstance(value, str) and matches(value.lower()) is not None
