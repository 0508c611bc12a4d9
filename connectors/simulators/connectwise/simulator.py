"""Several MSPs' ConnectWise behind one address: discovery, logins, and what may go wrong on the way."""

import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any
from uuid import UUID

from ..certificates import Certificates
from ..faults import Faults
from ..server import Request, Response, SimulatorServer
from ..world import World
from . import replies
from .access import ApiKey, Credentials, Login, Role, derive_key
from .api import ConnectWiseApi
from .control import PREFIX, Control, apply_edits
from .resources import pattern

CLIENT_ID = "6f1d0b2e-5c0a-4f6e-9d55-0d5f5d3c7a11"
API_PATH = re.compile(r"/(?P<codebase>[^/]+)/apis/3\.0/(?P<resource>(?:(?!apis/3\.0).)+)")
COMPANY_INFO = re.compile(r"/login/companyinfo/(?P<company>[^/]+)", re.IGNORECASE)
COMPRESS_FROM = 1024
Callback = Callable[[Request, Response], None]


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API, taken apart."""

    request: Request
    codebase: str
    resource: str
    login: Login


class ConnectWiseSimulator:
    """Serves the given worlds by their login company id, from entering the with block until leaving it.

    With a clock the worlds follow it, so that tickets arrive while it runs; without, their time stands still.
    """

    def __init__(
        self,
        worlds: Mapping[str, World],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        certificates: Certificates | None = None,
        clock: Callable[[], datetime] | None = None,
        compress: bool = True,
    ) -> None:
        self._msps = {company_id: ConnectWiseApi(company_id, world) for company_id, world in worlds.items()}
        self._compress = compress
        self._clock = clock
        self._ahead = timedelta()
        self._callbacks: list[Callback] = []
        self._control = Control(self)
        self._server = SimulatorServer(self._answer, host, port, certificates)

    @property
    def url(self) -> str:
        return self._server.url

    def __enter__(self) -> "ConnectWiseSimulator":
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def msp(self, company_id: str) -> ConnectWiseApi:
        return self._msps[company_id]

    def world(self, company_id: str) -> World:
        return self._msps[company_id].world

    def faults(self, company_id: str) -> Faults:
        return self._msps[company_id].faults

    def credentials(self, company_id: str) -> Credentials:
        return self._credentials(company_id, self._msps[company_id].keys[0])

    def add_key(self, company_id: str, role: Role) -> Credentials:
        """One more API key, whose security role takes something away."""
        keys = self._msps[company_id].keys
        keys.append(derive_key(company_id, len(keys)))
        keys[-1].role = role
        return self._credentials(company_id, keys[-1])

    def set_role(self, company_id: str, role: Role) -> None:
        self._msps[company_id].keys[0].role = role

    def change_codebase(self, company_id: str, codebase: str) -> None:
        self._msps[company_id].change_codebase(codebase)

    def set_rate_limit(self, company_id: str, per_minute: int | None) -> None:
        self._msps[company_id].rate_limit = per_minute

    def skew_clock(self, company_id: str, seconds: float) -> None:
        self._msps[company_id].skew_clock(seconds)

    def requests(self, company_id: str) -> dict[str, int]:
        """How many requests each resource has answered."""
        return dict(self._msps[company_id].requests)

    def advance(self, company_id: str, duration: timedelta) -> None:
        """With a clock, all worlds stay so much ahead of it from now on."""
        self._ahead += duration if self._clock else timedelta()
        self.world(company_id).advance(duration)

    def before_response(self, callback: Callback) -> None:
        """Call back with each request and its ready response; edits show from the next response on."""
        self._callbacks.append(callback)

    def edit_after_page(self, company_id: str, resource: str, page: int, edits: list[dict[str, Any]]) -> None:
        """Apply edits once the n-th page of a resource from now has been read, whatever its page number."""
        msp = self._msps[company_id]
        due = msp.pages[resource] + page

        def apply_when_due(request: Request, response: Response) -> None:
            if msp.pages[resource] >= due:
                self._callbacks.remove(apply_when_due)
                apply_edits(msp.world, edits)

        self._callbacks.append(apply_when_due)

    def _credentials(self, company_id: str, key: ApiKey) -> Credentials:
        return Credentials(self.url, company_id, key.public, key.private, CLIENT_ID)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(PREFIX):
            return self._control.answer(request)
        found = COMPANY_INFO.fullmatch(request.path)
        response = self._discover(found["company"]) if found else self._route(request)
        for callback in list(self._callbacks):
            callback(request, response)
        return self._compressed(request, response)

    def _discover(self, company_id: str) -> Response:
        msp = self._msps.get(company_id)
        return replies.data(msp.company_info() if msp else None)

    def _route(self, request: Request) -> Response:
        match = API_PATH.fullmatch(request.path)
        if not match:
            return replies.cannot_route()
        login = Login.read(request.headers.get("authorization", ""))
        if login is None:
            return replies.unauthorized("Authorization is missing or cannot be read.")
        msp = self._msps.get(login.company_id)
        if msp is None:
            return replies.cannot_route()
        call = Call(request, match["codebase"], match["resource"].rstrip("/").lower(), login)
        return self._call(msp, call)

    def _call(self, msp: ConnectWiseApi, call: Call) -> Response:
        msp.requests[pattern(call.resource)] += 1
        fault = msp.faults.strike(call.resource)
        response = (replies.instead(fault) if fault else None) or self._serve(msp, call)
        if fault:
            replies.spoil(response, fault)
        response.clock_skew = msp.clock_skew
        response.headers["x-cw-request-id"] = str(UUID(int=msp.requests.total()))
        return response

    def _serve(self, msp: ConnectWiseApi, call: Call) -> Response:
        key = msp.key(call.login)
        if key is None:
            return replies.wrong_keys()
        if not call.request.headers.get("clientid"):
            return replies.unauthorized("The clientId header is missing.")
        if call.codebase != msp.codebase:
            return replies.gone_codebase()
        wait = key.seconds_to_wait(msp.rate_limit)
        if wait:
            return replies.too_many_requests(wait)
        with msp.world.lock:
            if self._clock:
                msp.world.advance_to(self._clock() + self._ahead)
            return msp.answer(call.resource, call.request, key)

    def _compressed(self, request: Request, response: Response) -> Response:
        accepts = "gzip" in request.headers.get("accept-encoding", "")
        if self._compress and accepts and len(response.body) > COMPRESS_FROM:
            response.body = gzip.compress(response.body, compresslevel=1, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
        return response
