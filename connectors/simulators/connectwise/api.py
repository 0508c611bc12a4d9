"""The REST API of one MSP's ConnectWise: from a path and its parameters to a reply."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from ..faults import FaultKind, Faults
from ..grammar import Predicate
from ..server import Request, Response
from ..world import World
from . import callbacks, desk_rendering, replies
from .access import ApiKey, Login, Role, derive_key
from .callbacks import CallbackBook
from .conditions import BadConditions
from .paging import BadQuery, Query, Selection, decode, link_header, picker
from .rendering import Renderer, encode
from .resources import LISTED, STORED, Collection, ListedCollection, StoredCollection, pattern

FIRST_CODEBASE = "v2025_1"
AUDIT_TRAIL = "system/audittrail"
SEARCH = "service/tickets/search"
HAVE_BOARDS = ("service/tickets", "service/boards")
Transform = Callable[[dict[str, Any]], dict[str, Any]]


class NotFound(LookupError):
    """Neither a resource nor a record of that path."""


class ConnectWiseApi:
    def __init__(self, company_id: str, world: World) -> None:
        self.company_id = company_id
        self.world = world
        self.codebase = FIRST_CODEBASE
        self.faults = Faults(world.seed)
        self.rate_limit: int | None = None
        self.clock_skew = 0.0
        self.clamps_page_size = True
        self.requests: Counter[str] = Counter()
        self.pages: Counter[str] = Counter()
        self._latest: dict[str, Response] = {}
        self.keys: list[ApiKey] = [derive_key(company_id, 0)]
        self._renderer = Renderer(company_id, self.codebase)
        self.collections = {
            path: StoredCollection(stored, world, self._renderer) for path, stored in STORED.items()
        }
        self.callbacks = CallbackBook(company_id, world, self.collections)

    def key(self, login: Login) -> ApiKey | None:
        return next(
            (key for key in self.keys if (key.public, key.private) == (login.public, login.private)), None
        )

    def warm(self) -> None:
        """Encode everything now, so that a measurement of a client finds the pages ready."""
        for collection in self.collections.values():
            for record_id in collection.ids():
                collection.encoded(record_id)

    def change_codebase(self, codebase: str) -> None:
        self.codebase = codebase
        self._render_anew()

    def skew_clock(self, seconds: float) -> None:
        """The vendor's clock runs ahead of the world's by so much."""
        self.clock_skew = seconds
        self._render_anew()

    def company_info(self) -> dict[str, Any]:
        return {
            "CompanyName": f"{self.company_id.title()} IT Services",
            "Codebase": f"{self.codebase}/",
            "VersionCode": self.codebase,
            "VersionNumber": f"{self.codebase}.106184",
            "CompanyID": self.company_id,
            "IsCloud": True,
        }

    def answer(
        self, resource: str, request: Request, key: ApiKey, fault: FaultKind | None = None
    ) -> Response:
        """A fault of how lists go on is only known here."""
        if key.role.denies(resource):
            return replies.forbidden()
        if resource.startswith(callbacks.PATH):
            return self.callbacks.answer(resource, request)
        if request.method != "GET" and not (request.method == "POST" and resource == SEARCH):
            return replies.error(405, "MethodNotAllowed", f"{request.method} is not supported here.")
        try:
            response = self._read(resource, request, key.role)
            return self._astray(resource, request, response, fault)
        except NotFound:
            return replies.not_found(resource)
        except (BadConditions, BadQuery) as error:
            return replies.bad_request(str(error))
        except msgspec.DecodeError:
            return replies.error(500, "ConnectWiseApi", "The request body could not be converted.")

    def _read(self, resource: str, request: Request, role: Role) -> Response:
        if resource == "system/info":
            return replies.data({"version": self.codebase, "isCloud": True, "serverTimeZone": "UTC"})
        parameters = dict(request.parameters)
        if resource == SEARCH:
            resource = "service/tickets"
            parameters |= {
                name: str(value) for name, value in msgspec.json.decode(request.body or b"{}").items()
            }
        forward_only = request.headers.get("pagination-type", "").lower() == "forward-only"
        query = Query.read(parameters, forward_only, self.clamps_page_size)
        listed, _, last = resource.rpartition("/")
        if last == "count":
            return replies.data({"count": self._select(listed, query, parameters, role).count()})
        if last.isdigit():
            return self._record(listed, int(last), query, role)
        return self._list(resource, query, parameters, role, request)

    def _astray(
        self, resource: str, request: Request, response: Response, fault: FaultKind | None
    ) -> Response:
        """The page before once more, or a link that leads to this page again."""
        before, self._latest[resource] = self._latest.get(resource), response
        if fault is FaultKind.DUPLICATE_PAGE and before:
            return before
        if fault is FaultKind.REPEATED_CURSOR and "Link" in response.headers:
            here = f"{request.url}?{urlencode(request.parameters)}"
            response.headers["Link"] = f'<{here}>; rel="next"'
        return response

    def _list(
        self, resource: str, query: Query, parameters: dict[str, str], role: Role, request: Request
    ) -> Response:
        if resource == AUDIT_TRAIL and query.forward_only:
            raise BadQuery("forward-only pagination is not supported on the audit trail")
        collection = self._collection(resource, parameters)
        page = Selection(collection, query, self._visibility(resource, role)).page()
        self.pages[resource] += 1
        rows = [collection.encoded(record_id) for record_id in page.ids]
        transforms = self._transforms(resource, collection, query, role)
        if transforms:
            rows = [_transform(row, transforms) for row in rows]
        link = link_header(request.url, request.parameters, page)
        return Response(body=b"[" + b",".join(rows) + b"]", headers={"Link": link} if link else {})

    def _record(self, resource: str, record_id: int, query: Query, role: Role) -> Response:
        collection = self._collection(resource, {})
        visible = self._visibility(resource, role)
        try:
            row = collection.encoded(record_id)
        except KeyError as error:
            raise NotFound from error
        if visible and not visible(decode(row)):
            raise NotFound
        return Response(body=_transform(row, self._transforms(resource, collection, query, role)))

    def _select(self, resource: str, query: Query, parameters: dict[str, str], role: Role) -> Selection:
        return Selection(self._collection(resource, parameters), query, self._visibility(resource, role))

    def _collection(self, resource: str, parameters: dict[str, str]) -> Collection:
        if resource in self.collections:
            return self.collections[resource]
        listed = LISTED.get(pattern(resource))
        parent = next((int(step) for step in resource.split("/") if step.isdigit()), 0)
        try:
            if resource == AUDIT_TRAIL:
                return ListedCollection(self._audit_trail(parameters))
            if listed:
                return ListedCollection(listed(self._renderer, self.world, parent))
        except (KeyError, IndexError) as error:
            raise NotFound from error
        raise NotFound

    def _audit_trail(self, parameters: dict[str, str]) -> list[Any]:
        given = {name.lower(): value for name, value in parameters.items()}
        if not given.get("id", "").isdigit() or not given.get("type"):
            raise BadQuery("type and id are required")
        of_ticket = given["type"].lower() in ("ticket", "projectticket")
        return desk_rendering.audit_trail(self.world, int(given["id"])) if of_ticket else []

    def _visibility(self, resource: str, role: Role) -> Predicate | None:
        return role.sees if role.hidden_boards and resource in HAVE_BOARDS else None

    def _transforms(self, resource: str, collection: Collection, query: Query, role: Role) -> list[Transform]:
        transforms = [poison.spoiler(collection.ids()) for poison in self.faults.poisons_of(resource)]
        if role.strips_info:
            transforms.append(lambda document: {name: document[name] for name in document if name != "_info"})
        if query.fields:
            transforms.append(picker(query.fields))
        return transforms

    def _render_anew(self) -> None:
        with self.world.lock:
            self._renderer = Renderer(self.company_id, self.codebase)
            self._renderer.skew = timedelta(seconds=self.clock_skew)
            for collection in self.collections.values():
                collection.reset(self._renderer)


def _transform(row: bytes, transforms: list[Transform]) -> bytes:
    if not transforms:
        return row
    document = decode(row)
    for transform in transforms:
        document = transform(document)
    return encode(document)
