"""One MSP's management console: from a path and its parameters to a reply."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from ..faults import Fault, FaultKind, Faults
from ..server import Request, Response
from ..world import World
from . import replies, unified_api
from .access import Scope, Token, derive_token
from .activities import timeline, types
from .clock import Clock
from .documents import Documents
from .estate import Estate
from .limits import Buckets
from .listing import Listing
from .query import BadParameter, Query, read
from .rendering import LATEST_VERSION, Document, Renderer
from .resources import RESOURCES, Resource
from .threats import notes

UNIFIED = "unifiedalerts/graphql"


@dataclass(frozen=True, slots=True)
class Settings:
    """How consoles differ from one another."""

    last_cursor: str | None = None  # of the last page; some write "null" or nothing
    unified_alerts: Literal["yes", "no", "errors"] = "yes"
    lacking: frozenset[str] = frozenset()  # fields and arguments that its GraphQL does not know
    limits_rate: bool = False
    tells_retry_after: bool = False
    account_per_client: bool = False


class Console:
    def __init__(self, name: str, world: World) -> None:
        self.name, self.world = name, world
        self.faults = Faults(world.seed)
        self.settings = Settings()
        self.requests: Counter[str] = Counter()
        self.pages: Counter[str] = Counter()
        self.tokens = [derive_token(name, 0, world.now)]
        self._buckets = Buckets()
        self._look = (0.0, 0.0)
        self._documents = Documents(self._renderer())
        self._listing = Listing(self._documents, self.faults, self.pages)

    def token(self, secret: str) -> Token | None:
        return next((token for token in self.tokens if token.secret == secret), None)

    def add_token(self, scope: Scope) -> Token:
        self.tokens.append(derive_token(self.name, len(self.tokens), self.world.now))
        self.tokens[-1].scope = scope
        return self.tokens[-1]

    def change(self, **settings: Any) -> None:
        if "lacking" in settings:
            settings["lacking"] = frozenset(settings["lacking"])
        self.settings = replace(self.settings, **settings)
        self._documents.render_anew(self._renderer())

    def seconds_to_wait(self, token: Token, resource: str) -> float:
        return self._buckets.seconds_to_wait(token.secret, resource) if self.settings.limits_rate else 0.0

    def answer(self, resource: str, request: Request, token: Token, fault: Fault | None) -> Response:
        if token.expires_at <= self.world.now:
            return replies.error(401)
        if token.scope.denies(resource):
            return replies.error(403)
        self._look_at_clock()
        self._documents.notice_time()
        try:
            return self._posted(resource, request, token) or self._read(resource, request, token, fault)
        except BadParameter as error:
            return replies.error(400, str(error))
        except msgspec.DecodeError:
            return replies.error(400, "The body is not valid JSON.")

    def _posted(self, resource: str, request: Request, token: Token) -> Response | None:
        match resource:
            case _ if resource == UNIFIED and request.method == "POST":
                return self._unified(request, token)
            case "users/api-token-details" if request.method == "POST":
                return self._token_details(replies.read_token(request.body))
            case _ if request.method != "GET":
                return replies.error(405)
            case _:
                return None

    def _read(self, resource: str, request: Request, token: Token, fault: Fault | None) -> Response:
        if resource in RESOURCES:
            kind = fault.kind if fault else None
            return self._listing.page(
                resource, request.parameters, token.scope, self.settings.last_cursor, kind
            )
        head, _, last = resource.rpartition("/")
        match resource:
            case "system/info":
                return replies.data(
                    {
                        "build": "83",
                        "latestAgentVersion": LATEST_VERSION,
                        "patch": "SP1",
                        "release": "S-24.2.3",
                    }
                )
            case "system/status":
                return replies.data({"health": "ok"})
            case "activities/types":
                return replies.data(types())
            case "user":
                return replies.data(self._user(token))
            case "agents/count":
                query = read(request.parameters, RESOURCES["agents"].filters)
                return replies.data(
                    {"total": len(self._listing.rows(RESOURCES["agents"], query, token.scope))}
                )
        if head in ("sites", "accounts"):
            return self._one(RESOURCES[head], last, token)
        if head.startswith("threats/") and last in ("notes", "timeline"):
            return self._about_threat(head.removeprefix("threats/"), last, request, token)
        return replies.error(404)

    def _one(self, resource: Resource, record_id: str, token: Token) -> Response:
        rows = self._listing.rows(resource, Query(), token.scope)
        found = next((row for row in rows if row["id"] == record_id), None)
        return replies.data(found) if found else replies.error(404)

    def _about_threat(self, threat_id: str, what: str, request: Request, token: Token) -> Response:
        known = {row["id"] for row in self._listing.rows(RESOURCES["threats"], Query(), token.scope)}
        if threat_id not in known:
            return replies.error(404)
        if what == "notes":
            alert = next(each for each in self.world.alerts if each.reference == threat_id)
            found = notes(self._documents.render, alert)
        else:
            lines = self._documents.activities()
            found = [timeline(line) for line in lines if line["threatId"] == threat_id]
        return replies.page(found, self.settings.last_cursor, len(found))

    def _unified(self, request: Request, token: Token) -> Response:
        if self.settings.unified_alerts == "no":
            return replies.error(404)
        if self.settings.unified_alerts == "errors":
            message = {"message": "Unified alerts are not available for this scope.", "path": ["alerts"]}
            return Response(body=msgspec.json.encode({"data": None, "errors": [message]}))
        rows = self._documents.unified_alerts()
        if token.scope.sites:
            rows = [row for row in rows if row["detectionTime"]["scope"]["siteName"] in token.scope.sites]
        self.pages[UNIFIED] += 1
        return unified_api.answer(request.body, rows, self.settings.lacking)

    def _token_details(self, secret: str) -> Response:
        token, clock = self.token(secret), self._documents.render.clock
        if token is None:
            return replies.error(404)
        return replies.data(
            {"createdAt": clock.text(token.created_at), "expiresAt": clock.text(token.expires_at)}
        )

    def _user(self, token: Token) -> Document:
        sites = [site for site in self._documents.render.estate.sites if site.name in token.scope.sites]
        return {
            "id": "1000000000000000002",
            "fullName": "Deskmetry",
            "email": "service-user@msp.example",
            "scope": "site" if sites else "account",
            "scopeRoles": [{"id": site.id, "name": site.name, "roleName": "Viewer"} for site in sites]
            or [
                {"id": each.id, "name": each.name, "roleName": "Viewer"}
                for each in self._documents.render.estate.accounts
            ],
            "siteRoles": [],
            "source": "service_user",
        }

    def _look_at_clock(self) -> None:
        states = (FaultKind.CLOCK_SKEW, FaultKind.IDENTICAL_TIMESTAMPS)
        skew, tick = (self.faults.state(kind) for kind in states)
        if (skew, tick) != self._look:
            self._look = (skew, tick)
            self._documents.render_anew(self._renderer())

    def _renderer(self) -> Renderer:
        estate = Estate(self.world, self.name, self.settings.account_per_client)
        return Renderer(self.world, estate, Clock(*self._look))
