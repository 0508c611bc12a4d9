"""Lists and single records: asked, ordered, cut into pages with a way on, and spoilt where a fault says so."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from ..faults import Fault, FaultKind
from ..grammar import Document
from ..server import Request, Response
from . import replies
from .msp import Msp
from .options import Query, read, write_token
from .portal import Portal
from .replies import Refused
from .resources import Resource

# Members that joined an enumeration after its end was declared: only those who ask for them see them.
NEWER_MEMBERS = {
    "serviceSource": {"microsoftDefenderForCloud", "microsoftSentinel", "microsoftThreatIntelligence"},
    "detectionSource": {"microsoftDefenderForCloud", "microsoftDefenderForServers", "scheduledAlerts"},
    "status": {"awaitingAction"},
}
PREFERENCE = "include-unknown-enum-members"
WARNING = '199 - "Microsoft/Office 365/504/10000"'
ENDPOINTS = {"microsoftDefenderForEndpoint", "microsoftDefenderForCloud"}


class Listing:
    def __init__(self, msp: Msp) -> None:
        self._msp = msp
        self._latest: dict[tuple[str, str], tuple[dict[str, str], Response]] = {}  # by tenant and list

    def page(
        self, name: str, resource: Resource, portal: Portal, request: Request, fault: Fault | None
    ) -> Response:
        kind, query = fault.kind if fault else None, self._query(resource, request)
        latest_walk, latest = self._latest.get((portal.tenant.id, name), (None, None))
        walk = _without_place(request)
        if kind is FaultKind.DUPLICATE_PAGE and latest and query.offset and walk == latest_walk:
            return _copy(latest)
        rows = resource.documents(portal, query.expand)
        if not rows and name == "api/machines" and self._msp.settings.not_found_when_empty:
            raise Refused(404, "No machines were found.")
        is_partial = kind is FaultKind.PARTIAL_DATA
        if is_partial:
            rows = [row for row in rows if row.get("serviceSource", "") in ENDPOINTS]
        response = self._page(name, resource, rows, query, request, kind)
        if is_partial:
            response.status, response.headers["Warning"] = 206, WARNING
        self._msp.pages[name] += 1
        self._latest[portal.tenant.id, name] = walk, _copy(response)
        return response

    def one(self, name: str, resource: Resource, portal: Portal, request: Request, key: str) -> Response:
        """A single record comes with everything that a list only tells when it is asked to expand it."""
        query = self._query(resource, request)
        expand = query.expand if resource.service == "graph" else resource.rules.expandable
        rows = resource.documents(portal, expand)
        found = next((row for row in rows if key in [row[name] for name in resource.names]), None)
        if found is None:
            raise Refused(404, f"The resource '{key}' could not be found.")
        shown = query.pick(self._shown(name, resource, [found], rows, request)[0])
        return self._reply({"@odata.context": f"{_context(resource, request)}/$entity", **shown}, request)

    def _query(self, resource: Resource, request: Request) -> Query:
        query, largest = read(request.parameters, resource.rules), self._msp.settings.largest_page
        if "alerts" in query.expand and self._msp.settings.fails_expanding:
            raise Refused(500, "An internal server error occurred.", "InternalServerError")
        return replace(query, top=min(query.top, largest)) if largest else query

    def _page(
        self,
        name: str,
        resource: Resource,
        rows: list[Document],
        query: Query,
        request: Request,
        kind: FaultKind | None,
    ) -> Response:
        found = query.sort([row for row in rows if query.matches(row)])
        first, last = query.offset, query.offset + query.top
        if first and kind is FaultKind.DRIFTING_PAGE:
            first += 1
        shown = self._shown(name, resource, found[first:last], rows, request)
        body: dict[str, Any] = {"@odata.context": _context(resource, request)}
        if query.count:
            body["@odata.count"] = len(found)
        if last < len(found) and self._leads_on(resource, query):
            goes_on = first if kind is FaultKind.REPEATED_CURSOR else last
            body["@odata.nextLink"] = _next_link(resource, request, goes_on)
        body["value"] = [query.pick(row) for row in shown]
        return self._reply(body, request)

    def _leads_on(self, resource: Resource, query: Query) -> bool:
        """Defender for Endpoint leaves those alone who cut pages themselves."""
        return self._msp.settings.next_links and (resource.service == "graph" or not query.names_top)

    def _shown(
        self, name: str, resource: Resource, page: list[Document], rows: list[Document], request: Request
    ) -> list[Document]:
        if resource.service == "graph" and PREFERENCE not in request.headers.get("prefer", ""):
            page = [_without_newer_members(row) for row in page]
        for poison in self._msp.faults.poisons_of(name):
            spoil = poison.spoiler(sorted(row["id"] for row in rows))
            page = [spoil(row) for row in page]
        return page

    def _reply(self, body: dict[str, Any], request: Request) -> Response:
        response = replies.data(body)
        if PREFERENCE in request.headers.get("prefer", ""):
            response.headers["Preference-Applied"] = PREFERENCE
        return response


def _copy(response: Response) -> Response:
    """What is sent gets more headers on its way."""
    return replace(response, headers=dict(response.headers))


def _without_newer_members(row: Document) -> Document:
    hidden: Document = {
        name: "unknownFutureValue" for name, newer in NEWER_MEMBERS.items() if row.get(name) in newer
    }
    if "alerts" in row:
        hidden["alerts"] = [_without_newer_members(alert) for alert in row["alerts"]]
    return row | hidden


def _context(resource: Resource, request: Request) -> str:
    base = request.url[: request.url.index(request.path)]
    version = "v1.0" if resource.service == "graph" else "api"
    return f"{base}/{version}/$metadata#{resource.context}"


def _next_link(resource: Resource, request: Request, offset: int) -> str:
    kept = _without_place(request)
    place = {"$skiptoken": write_token(offset)} if resource.service == "graph" else {"$skip": str(offset)}
    return f"{request.url}?{_query_string(kept | place)}"


def _without_place(request: Request) -> dict[str, str]:
    """What all pages of one walk have in common."""
    places = ("$skip", "$skiptoken")
    return {name: value for name, value in request.parameters.items() if name.lower() not in places}


def _query_string(parameters: Mapping[str, str]) -> str:
    return urlencode(parameters, quote_via=quote, safe="$'(),:")
