"""Lists as ConnectWise pages them: navigable by page number, or forward-only by the last id seen."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import msgspec

from ..grammar import Predicate
from .conditions import Conditions, fetch, parse
from .resources import Collection

TEXT_PARAMETERS = ("conditions", "child_conditions", "custom_field_conditions", "order_by", "fields")
DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 25, 1000
decode = msgspec.json.Decoder().decode


class BadQuery(ValueError):
    """A parameter that the resource or the kind of pagination does not accept."""


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a list request; their names are read in any case."""

    conditions: str = ""
    child_conditions: str = ""
    custom_field_conditions: str = ""
    order_by: str = ""
    fields: str = ""
    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    page_id: int = 0
    forward_only: bool = False

    @property
    def filters(self) -> tuple[str, str, str]:
        return self.conditions, self.child_conditions, self.custom_field_conditions

    @classmethod
    def read(
        cls, parameters: Mapping[str, str], forward_only: bool, clamps_page_size: bool = True
    ) -> "Query":
        given = {name.lower(): value for name, value in parameters.items()}
        size = _number(given, "pagesize", DEFAULT_PAGE_SIZE)
        if size > MAX_PAGE_SIZE and not clamps_page_size:
            raise BadQuery(f"pageSize must not exceed {MAX_PAGE_SIZE}")
        if forward_only and given.get("orderby"):
            raise BadQuery("orderBy is not supported with forward-only pagination")
        text = {name: given.get(name.replace("_", ""), "").strip() for name in TEXT_PARAMETERS}
        return cls(
            **text,
            page=max(1, _number(given, "page", 1)),
            page_size=min(max(1, size), MAX_PAGE_SIZE),
            page_id=_number(given, "pageid", 0),
            forward_only=forward_only,
        )


@dataclass(frozen=True, slots=True)
class Page:
    ids: list[int]
    links: dict[str, int]  # rel → page number, or the id to go on from
    by_id: bool


class Selection:
    """The ids of a collection that a query asks for, one after the other."""

    def __init__(self, collection: Collection, query: Query, is_visible: Predicate | None = None) -> None:
        self._collection = collection
        self._query = query
        self._conditions = parse(query.conditions, collection.fields) if query.conditions else None
        self._checks = [*_checks(self._conditions, query, collection), *([is_visible] if is_visible else [])]
        self._question = repr((query.filters, query.order_by, is_visible))

    def page(self) -> Page:
        return self._forward_page() if self._query.forward_only else self._numbered_page()

    def count(self) -> int:
        return len(self._all())

    def _forward_page(self) -> Page:
        size = self._query.page_size
        ids = self._candidates()
        found = list(islice(self._matching(ids, bisect_left(ids, self._query.page_id + 1)), size + 1))
        links = {"next": found[size - 1]} if len(found) > size else {}
        return Page(found[:size], links, by_id=True)

    def _numbered_page(self) -> Page:
        query, ids = self._query, self._all()
        last = max(1, -(-len(ids) // query.page_size))
        links = {"next": query.page + 1, "last": last} if query.page < last else {}
        if query.page > 1:
            links |= {"first": 1, "prev": query.page - 1}
        begin = (query.page - 1) * query.page_size
        return Page(list(ids[begin : begin + query.page_size]), links, by_id=False)

    def _all(self) -> Sequence[int]:
        if not self._checks and not self._query.order_by:
            return self._candidates()
        return self._collection.remember(self._question, self._search)

    def _search(self) -> Sequence[int]:
        ids = self._candidates()
        found = list(self._matching(ids, 0)) if self._checks else ids
        return self._sorted(found) if self._query.order_by else found

    def _candidates(self) -> Sequence[int]:
        """All ids that can match at all, by what the conditions say of the id and the last update."""
        least = self._conditions.at_least if self._conditions else {}
        since = least.get("lastupdated")
        ids = self._collection.changed_since(since) if isinstance(since, datetime) else self._collection.ids()
        if isinstance(least.get("id"), int):
            ids = ids[bisect_left(ids, least["id"]) :]
        return ids

    def _matching(self, ids: Sequence[int], begin: int) -> Iterator[int]:
        for position in range(begin, len(ids)):
            if not self._checks or self._matches(ids[position]):
                yield ids[position]

    def _matches(self, record_id: int) -> bool:
        document = decode(self._collection.encoded(record_id))
        return all(check(document) for check in self._checks)

    def _sorted(self, ids: Sequence[int]) -> Sequence[int]:
        keys = [term.split() for term in self._query.order_by.split(",")]
        if [part.lower() for part in keys[0]] in (["id"], ["id", "asc"]):
            return ids
        documents = [(record_id, decode(self._collection.encoded(record_id))) for record_id in ids]
        for path, *direction in reversed(keys):
            descending = [word.lower() for word in direction] == ["desc"]
            documents.sort(key=_order(path), reverse=descending)
        return [record_id for record_id, _ in documents]


def picker(fields: str) -> Callable[[Any], Any]:
    paths = [field.strip().split("/") for field in fields.split(",")]
    return lambda document: _pick(document, paths)


def link_header(url: str, parameters: Mapping[str, str], page: Page) -> str:
    """`page` comes last in each address, as the vendor's does."""
    name = "pageId" if page.by_id else "page"
    kept = {key: value for key, value in parameters.items() if key.lower() not in ("page", "pageid")}
    links = (
        f'<{url}?{urlencode({**kept, name: str(number)})}>; rel="{relation}"'
        for relation, number in page.links.items()
    )
    return ", ".join(links)


def _checks(conditions: Conditions | None, query: Query, collection: Collection) -> Iterator[Predicate]:
    """What each candidate must be held against; a mere range is answered by the index."""
    if conditions and not (conditions.is_range and collection.is_indexed):
        yield conditions.matches
    if query.child_conditions:
        yield parse(query.child_conditions).matches
    if query.custom_field_conditions:
        matches = parse(query.custom_field_conditions).matches
        yield lambda document: any(matches(field) for field in document.get("customFields", ()))


def _pick(document: Any, paths: list[list[str]]) -> Any:
    """Keep the named fields of a record, nested by /."""
    if isinstance(document, list):
        return [_pick(each, paths) for each in document]
    if not isinstance(document, dict):
        return document
    wanted: dict[str, list[list[str]]] = {}
    for first, *rest in paths:
        wanted.setdefault(first.lower(), []).append(rest)
    kept = {}
    for name, value in document.items():
        deeper = wanted.get(name.lower())
        if deeper is not None:
            kept[name] = value if [] in deeper else _pick(value, deeper)
    return kept


def _order(path: str) -> Callable[[tuple[int, Any]], tuple[bool, Any]]:
    """Null first, and text whatever its case."""
    read = fetch(path)

    def key(row: tuple[int, Any]) -> tuple[bool, Any]:
        value = read(row[1])
        if isinstance(value, dict | list):
            raise BadQuery(f"{path} cannot be sorted by")
        return value is not None, value.lower() if isinstance(value, str) else value

    return key


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(given.get(name) or default)
    except ValueError as error:
        raise BadQuery(f"{name} must be a number") from error
