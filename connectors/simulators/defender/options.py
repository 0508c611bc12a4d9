"""The query options of a list: which rows, in which order, how many of them, and which of their properties."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..grammar import Document, Predicate
from .odata import BadFilter, Kind, comparable, fetch, parse

KNOWN = {"filter", "orderby", "top", "skip", "skiptoken", "count", "select", "expand"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a list can be asked for."""

    properties: Mapping[str, Kind]
    sorts: Mapping[str, Kind]
    default_order: str
    default_top: int
    most: int  # a larger $top is lowered to it
    most_skip: int | None = None
    expandable: frozenset[str] = frozenset()
    supports_count: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    matches: Predicate
    orders: Sequence[tuple[str, Kind, bool]]  # property, kind, whether descending
    top: int
    names_top: bool = False
    skip: int = 0
    token: int | None = None  # where a page goes on
    count: bool = False
    select: tuple[str, ...] = ()
    expand: frozenset[str] = field(default_factory=frozenset)

    @property
    def offset(self) -> int:
        return self.skip if self.token is None else self.token

    def sort(self, rows: list[Document]) -> list[Document]:
        """The last order first, because sorting is stable; null comes before everything."""
        for name, kind, descending in reversed(self.orders):
            rows = sorted(rows, key=_key(name, kind), reverse=descending)
        return rows

    def pick(self, row: Document) -> Document:
        """What is expanded comes along, whether it is selected or not."""
        names = (*self.select, *self.expand) if self.select else row
        return {name: row[name] for name in names if name in row}


def read(parameters: Mapping[str, str], rules: Rules) -> Query:
    given = {name.lstrip("$").lower(): value for name, value in parameters.items() if name.startswith("$")}
    unknown = given.keys() - KNOWN
    if unknown:
        raise BadFilter(f"The query parameter '${unknown.pop()}' is not supported.")
    return Query(
        matches=parse(given["filter"], rules.properties) if "filter" in given else lambda _: True,
        orders=_orders(given.get("orderby") or rules.default_order, rules.sorts),
        top=min(_number("top", given["top"], 1), rules.most) if "top" in given else rules.default_top,
        names_top="top" in given,
        skip=_skip(given.get("skip", "0"), rules.most_skip),
        token=_read_token(given["skiptoken"]) if "skiptoken" in given else None,
        count=_flag(given.get("count", "false")) and rules.supports_count,
        select=tuple(filter(None, (name.strip() for name in given.get("select", "").split(",")))),
        expand=_expand(given.get("expand", ""), rules.expandable),
    )


def write_token(offset: int) -> str:
    return urlsafe_b64encode(f"rows:{offset}".encode()).decode()


def _read_token(text: str) -> int:
    try:
        return int(urlsafe_b64decode(text).decode().removeprefix("rows:"))
    except ValueError as error:
        raise BadFilter("The value of $skiptoken is not valid.") from error


def _orders(text: str, sorts: Mapping[str, Kind]) -> list[tuple[str, Kind, bool]]:
    orders: list[tuple[str, Kind, bool]] = []
    for term in text.split(","):
        name, _, direction = term.strip().partition(" ")
        if name not in sorts or direction.strip() not in ("", "asc", "desc"):
            raise BadFilter(f"The expression '{term.strip()}' is not supported in $orderby.")
        orders.append((name, sorts[name], direction.strip() == "desc"))
    return orders


def _key(name: str, kind: Kind) -> Callable[[Document], Any]:
    def key(row: Document) -> tuple[bool, Any]:
        value = comparable(fetch(row, name), kind)
        return value is not None, value if value is not None else 0

    return key


def _skip(text: str, most: int | None) -> int:
    skip = _number("skip", text, 0)
    if most is not None and skip > most:
        raise BadFilter(f"Invalid value for $skip: {skip}. The maximum value is {most}.")
    return skip


def _number(name: str, text: str, least: int) -> int:
    if not text.isdigit() or int(text) < least:
        raise BadFilter(f"Invalid value '{text}' for ${name} query option found.")
    return int(text)


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadFilter(f"Invalid value '{text}' for $count query option found.")
    return text == "true"


def _expand(text: str, expandable: frozenset[str]) -> frozenset[str]:
    names = frozenset(filter(None, (name.strip() for name in text.split(","))))
    unknown = names - expandable
    if unknown:
        raise BadFilter(f"Could not find a property named '{min(unknown)}' to expand.")
    return names
