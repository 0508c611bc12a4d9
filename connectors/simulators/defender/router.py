"""From a request to a reply: the path tells the service, the tenant tells the MSP, its faults may strike first."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from .. import mishaps
from ..faults import Fault, FaultKind
from ..server import Request, Response
from ..world import World
from . import bearer, entra, replies
from .listing import Listing
from .msp import Msp
from .odata import BadFilter
from .portal import Portal
from .replies import Refused, Service
from .resources import ALERTS_OF_MACHINE, RESOURCES, Resource
from .tenants import Tenant
from .tokens import Signer, Token

SERVICES: dict[str, Service] = {"/v1.0/": "graph", "/api/": "defender"}
LOG_IN = re.compile(r"/(?P<tenant>[^/]+)/oauth2/(v2\.0/)?token")
DISCOVERY = re.compile(r"/(?P<tenant>[^/]+)/v2\.0/\.well-known/openid-configuration")
OF_MACHINE = re.compile(r"api/machines/(?P<id>[^/]+)/alerts")
KEYS = re.compile(r"(/[^/]+)?/discovery/v2\.0/keys")
INSTANCES = "/common/discovery/instance"
TOKEN = "oauth2/token"  # noqa: S105
Refuse = Callable[[Refused], Response]
Serve = Callable[[Fault | None], Response]


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose token is genuine, taken apart."""

    request: Request
    service: Service
    name: str  # of the list
    key: str  # the id in the path, if there is one
    msp: Msp
    tenant: Tenant
    token: Token

    @property
    def known_as(self) -> str:
        return f"{self.name}/{{id}}" if self.key and self.name != ALERTS_OF_MACHINE else self.name


class Router:
    def __init__(self, msps: Mapping[str, Msp], follow_clock: Callable[[World], None]) -> None:
        self._msps = msps
        self._follow_clock = follow_clock
        self._signer = Signer()
        self._listings = {name: Listing(msp) for name, msp in msps.items()}

    def route(self, request: Request) -> Response:
        service, request_id = _service(request.path), str(uuid4())
        refuse = partial(replies.refusal, service, request, request_id)
        try:
            response = self._answer(request, service, refuse)
        except Refused as refused:
            response = refuse(refused)
        response.headers["x-ms-request-id" if service == "entra" else "request-id"] = request_id
        return response

    def _answer(self, request: Request, service: Service, refuse: Refuse) -> Response:
        if service == "entra":
            return self._log_in(request, refuse)
        return self._ask(request, service, refuse)

    def _log_in(self, request: Request, refuse: Refuse) -> Response:
        if request.path == INSTANCES:
            return replies.data(entra.instances(request))
        if KEYS.fullmatch(request.path):
            return replies.data(self._signer.published())
        about = DISCOVERY.fullmatch(request.path)
        if about:
            return replies.data(entra.discovery(request, self._find(about["tenant"])[1]))
        log_in = LOG_IN.fullmatch(request.path)
        if not log_in:
            raise Refused(404, "There is nothing at this address.")
        msp, tenant = self._find(log_in["tenant"])

        def issue(_: Fault | None) -> Response:
            with msp.world.lock:
                self._follow_clock(msp.world)
                return entra.issue(msp, tenant, request, self._signer)

        return _meet(msp, tenant, TOKEN, "entra", refuse, issue)

    def _ask(self, request: Request, service: Service, refuse: Refuse) -> Response:
        token = bearer.read(request, service, self._signer)
        msp, tenant = self._find(token.claims["tid"])
        name, key = _resource(request.path.removeprefix("/v1.0").strip("/"))
        call = Call(request, service, name, key, msp, tenant, token)
        return _meet(msp, tenant, call.known_as, service, refuse, partial(self._serve, call))

    def _serve(self, call: Call, fault: Fault | None) -> Response:
        _check(call)
        resource = _resource_of(call)
        listing = self._listings[call.msp.name]
        with call.msp.world.lock:
            self._follow_clock(call.msp.world)
            portal = Portal(call.msp, call.tenant, machine=call.key if resource.of_machine else "")
            try:
                if call.key and not resource.of_machine:
                    return listing.one(call.name, resource, portal, call.request, call.key)
                return listing.page(call.name, resource, portal, call.request, fault)
            except BadFilter as error:
                raise Refused(400, str(error)) from error

    def _find(self, name: str) -> tuple[Msp, Tenant]:
        for msp in self._msps.values():
            tenant = msp.tenants.find(name)
            if tenant:
                return msp, tenant
        message = f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID."
        raise Refused(400, message, "invalid_request", aadsts=90002)


def _service(path: str) -> Service:
    return next((service for prefix, service in SERVICES.items() if path.startswith(prefix)), "entra")


def _resource(path: str) -> tuple[str, str]:
    """The list and, where its path or a single record of it has one, the id."""
    of_machine = OF_MACHINE.fullmatch(path)
    if of_machine:
        return ALERTS_OF_MACHINE, of_machine["id"]
    head, _, last = path.rpartition("/")
    return (head, last) if path not in RESOURCES and head in RESOURCES else (path, "")


def _check(call: Call) -> None:
    bearer.check(call.token, call.msp, call.tenant, call.service)
    wait = call.msp.seconds_to_wait(call.service, call.tenant)
    if wait:
        hint = wait if call.msp.settings.tells_retry_after else None
        raise Refused(429, "Too many requests.", retry_after=hint)


def _resource_of(call: Call) -> Resource:
    """What is asked for, if the token and the tenant's licence allow it."""
    resource = RESOURCES.get(call.name)
    if not resource or resource.service != call.service:
        raise Refused(404, f"Resource not found for the segment '{call.name}'.")
    if call.request.method != "GET":
        raise Refused(405, f"{call.request.method} is not supported here.")
    bearer.check_roles(call.token, resource.roles, resource.denied)
    if resource.needs_licence and not call.tenant.has_defender:
        message = "Microsoft Defender for Endpoint is not enabled for this tenant."
        raise Refused(403, message, "DisabledFeature")
    return resource


def _meet(
    msp: Msp,
    tenant: Tenant,
    name: str,
    service: Service,
    refuse: Refuse,
    serve: Serve,
) -> Response:
    """The path of a fault may name a resource, a tenant, or both."""
    msp.requests[name] += 1
    fault = msp.faults.strike(f"{tenant.id}/{name}")
    response = None
    if fault:
        response = mishaps.instead(fault, lambda status, it: refuse(replies.of_fault(service, status, it)))
    if response is None:
        try:
            response = serve(fault)
        except Refused as refused:
            response = refuse(refused)
    if fault:
        mishaps.spoil(response, fault)
    response.clock_skew = msp.faults.state(FaultKind.CLOCK_SKEW)
    return response
