"""The parameters of a list request: read strictly, for an unknown one or a wrong value is an error."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from .clock import write
from .rendering import Document

MAX_LIMIT, DEFAULT_LIMIT, MAX_SKIP = 1000, 10, 1000
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}
Check = Callable[[Document], bool]


class BadParameter(ValueError):
    """A parameter that is unknown, or whose value is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A comma list; of certain words only, if there are any, each with what it stands for in the document."""

    path: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a resource can be filtered and sorted by, each with its place in the document."""

    sorts: Mapping[str, str]
    choices: Mapping[str, Choice] = field(default_factory=dict)
    ranges: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Query:
    limit: int = DEFAULT_LIMIT
    skip: int = 0
    cursor: str = ""
    count_only: bool = False
    skip_count: bool = False
    sort_by: str = ""
    descending: bool = False
    checks: list[Check] = field(default_factory=list)


def read(parameters: Mapping[str, str], filters: Filters) -> Query:
    query = Query()
    for name, value in parameters.items():
        if not _read_common(query, name, value, filters):
            query.checks.append(_check(name, value, filters))
    return query


def _read_common(query: Query, name: str, value: str, filters: Filters) -> bool:
    match name:
        case "limit":
            query.limit = _number(name, value, 1, MAX_LIMIT)
        case "skip":
            query.skip = _number(name, value, 0, MAX_SKIP)
        case "cursor":
            query.cursor = value
        case "countOnly":
            query.count_only = _flag(name, value)
        case "skipCount":
            query.skip_count = _flag(name, value)
        case "sortBy":
            query.sort_by = _one_of(name, value, frozenset(filters.sorts))
        case "sortOrder":
            query.descending = _one_of(name, value, frozenset({"asc", "desc"})) == "desc"
        case "tenant" | "disablePagination" | "includeHidden":
            _flag(name, value)
        case _:
            return False
    return True


def _check(name: str, value: str, filters: Filters) -> Check:
    base, _, comparison = name.partition("__")
    wanted = base.removesuffix("Nin")
    if name in filters.choices:
        return _choice(name, value, filters.choices[name], excludes=False)
    if base.endswith("Nin") and wanted in filters.choices:
        return _choice(name, value, filters.choices[wanted], excludes=True)
    if base in filters.ranges and comparison:
        return _range(name, value, filters.ranges[base], comparison)
    if name in filters.flags:
        return _is(filters.flags[name], {_flag(name, each) for each in value.split(",")})
    if name in filters.texts:
        return _contains(filters.texts[name], value.lower().split(",") if "__" in name else [value.lower()])
    raise BadParameter(f"{name}: Unknown field.")


def _choice(name: str, value: str, choice: Choice, excludes: bool) -> Check:
    values = [each.strip() for each in value.split(",")]
    if choice.words:
        values = [choice.words[_one_of(name, each, frozenset(choice.words))] for each in values]
    return _is(choice.path, set(values), excludes)


def _is(path: str, values: set[Any], excludes: bool = False) -> Check:
    fetch = fetcher(path)

    def check(document: Document) -> bool:
        found = fetch(document)
        return ((found if isinstance(found, bool) else str(found)) in values) != excludes

    return check


def _range(name: str, value: str, path: str, comparison: str) -> Check:
    fetch = fetcher(path)
    if comparison == "between":
        first, _, last = value.partition("-")
        bounds = [("gte", _milliseconds(name, first)), ("lte", _milliseconds(name, last))]
    elif comparison in COMPARISONS:
        bounds = [(comparison, _moment(name, value))]
    else:
        raise BadParameter(f"{name}: Unknown field.")
    return lambda document: all(COMPARISONS[how](fetch(document) or "", bound) for how, bound in bounds)


def _contains(paths: tuple[str, ...], parts: list[str]) -> Check:
    fetchers = [fetcher(path) for path in paths]

    def check(document: Document) -> bool:
        texts = [str(fetch(document)).lower() for fetch in fetchers]
        return any(part in text for part in parts for text in texts)

    return check


@cache
def fetcher(path: str) -> Callable[[Document], Any]:
    steps = path.split(".")

    def fetch(document: Document) -> Any:
        value: Any = document
        for step in steps:
            value = value[step]
        return value

    return fetch


def _number(name: str, value: str, least: int, most: int) -> int:
    if not value.isdigit() or not least <= int(value) <= most:
        raise BadParameter(f"{name}: Must be between {least} and {most}.")
    return int(value)


def _flag(name: str, value: str) -> bool:
    return _one_of(name, value.lower(), frozenset({"true", "false"})) == "true"


def _one_of(name: str, value: str, values: frozenset[str]) -> str:
    if value not in values:
        raise BadParameter(f"{name}: Must be one of: {', '.join(sorted(values))}.")
    return value


def _moment(name: str, value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadParameter(f"{name}: Not a valid datetime.") from error
    return write(moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC))


def _milliseconds(name: str, value: str) -> str:
    if not value.isdigit():
        raise BadParameter(f"{name}: Must be two timestamps in milliseconds.")
    return write(datetime.fromtimestamp(int(value) / 1000, UTC))


def matching(documents: list[Document], checks: list[Check]) -> Iterator[Document]:
    return (document for document in documents if all(check(document) for check in checks))
