"""Lists and their pages: filtered by the request and by what the token may see, and spoilt where a fault says so."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..faults import FaultKind, Faults
from ..server import Response
from . import replies
from .access import Scope
from .documents import Documents
from .paging import Order, read_cursor, rows_after, write_cursor
from .query import BadParameter, Query, fetcher, matching, read
from .rendering import Document
from .resources import RESOURCES, Resource


class Listing:
    def __init__(self, documents: Documents, faults: Faults, pages: Counter[str]) -> None:
        self._documents, self._faults, self._pages = documents, faults, pages
        self._latest: dict[str, Response] = {}

    def page(
        self,
        name: str,
        parameters: Mapping[str, str],
        scope: Scope,
        last_cursor: str | None,
        fault: FaultKind | None,
    ) -> Response:
        if fault is FaultKind.DUPLICATE_PAGE and name in self._latest:
            return replace(self._latest[name])
        resource = RESOURCES[name]
        query = read(parameters, resource.filters)
        rows = self.rows(resource, query, scope)
        if query.count_only:
            return replies.page(self._wrapped(resource, []), None, len(rows))
        order = _order(resource, query)
        rest = _rest(order.sort(rows), order, query)
        shown = rest[: query.limit]
        cursor = write_cursor(order, shown[-1]) if len(rest) > query.limit else last_cursor
        if query.cursor and fault is FaultKind.DRIFTING_PAGE:
            shown = shown[1:]
        elif query.cursor and fault is FaultKind.REPEATED_CURSOR:
            cursor = query.cursor
        self._pages[name] += 1
        wrapped = self._wrapped(resource, self._poisoned(name, resource, shown))
        response = replies.page(wrapped, cursor, 0 if query.skip_count else len(rows))
        self._latest[name] = replace(response, headers={})
        return response

    def rows(self, resource: Resource, query: Query, scope: Scope) -> list[Document]:
        found = list(matching(resource.documents(self._documents), query.checks))
        if not scope.sites or not resource.site_path:
            return found
        mine = {site.id for site in self._documents.render.estate.sites if site.name in scope.sites}
        fetch = fetcher(resource.site_path)
        return [document for document in found if fetch(document) in mine]

    def _wrapped(self, resource: Resource, page: list[Document]) -> Any:
        if not resource.wrapped_as:
            return page
        used = sum(site["activeLicenses"] for site in self._documents.sites())
        return {"allSites": {"activeLicenses": used, "totalLicenses": 0}, resource.wrapped_as: page}

    def _poisoned(self, name: str, resource: Resource, page: list[Document]) -> list[Document]:
        fetch = fetcher(resource.id_path)
        for poison in self._faults.poisons_of(name):
            spoil = poison.spoiler(sorted(fetch(row) for row in resource.documents(self._documents)), fetch)
            page = [spoil(row) for row in page]
        return page


def _order(resource: Resource, query: Query) -> Order:
    """Of the request or, where it only brings a cursor, of that."""
    name, descending = query.sort_by or resource.sort_by, query.descending
    if query.cursor:
        name, descending, _ = read_cursor(query.cursor)
        if name not in resource.filters.sorts or query.sort_by not in ("", name):
            raise BadParameter("cursor: Invalid cursor.")
    fetch, number = fetcher(resource.filters.sorts[name]), fetcher(resource.id_path)
    is_id = name == resource.sort_by
    return Order(name, descending, (lambda document: int(fetch(document))) if is_id else fetch, number)


def _rest(rows: list[Document], order: Order, query: Query) -> list[Document]:
    """The page asked for and all after it."""
    return rows_after(rows, order, read_cursor(query.cursor)[2]) if query.cursor else rows[query.skip :]
