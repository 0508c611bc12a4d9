"""Several MSPs' ConnectWise behind one address: discovery, logins, and what may go wrong on the way."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from .. import mishaps
from ..base import Action, Simulator
from ..faults import Fault
from ..server import Request, Response
from ..world import World
from . import replies
from .access import ApiKey, Credentials, Login, Role, derive_key
from .api import ConnectWiseApi
from .callbacks import KEY
from .resources import pattern

CLIENT_ID = "6f1d0b2e-5c0a-4f6e-9d55-0d5f5d3c7a11"
API_PATH = re.compile(r"/(?P<codebase>[^/]+)/apis/3\.0/(?P<resource>(?:(?!apis/3\.0).)+)")
COMPANY_INFO = re.compile(r"/login/companyinfo/(?P<company>[^/]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API, taken apart."""

    request: Request
    codebase: str
    resource: str
    login: Login


class ConnectWiseSimulator(Simulator[ConnectWiseApi]):
    """The worlds are told apart by the company id of their login."""

    def serve(self, name: str, world: World) -> ConnectWiseApi:
        return ConnectWiseApi(name, world)

    def __exit__(self, *error: Any) -> None:
        for msp in self._served.values():
            msp.callbacks.courier.stop()
        super().__exit__(*error)

    def msp(self, company_id: str) -> ConnectWiseApi:
        return self._served[company_id]

    def credentials(self, company_id: str) -> Credentials:
        return self._credentials(company_id, self._served[company_id].keys[0])

    def add_key(self, company_id: str, role: Role) -> Credentials:
        """One more API key, whose security role takes something away."""
        keys = self._served[company_id].keys
        keys.append(derive_key(company_id, len(keys)))
        keys[-1].role = role
        return self._credentials(company_id, keys[-1])

    def set_role(self, company_id: str, role: Role) -> None:
        self._served[company_id].keys[0].role = role

    def change_codebase(self, company_id: str, codebase: str) -> None:
        self._served[company_id].change_codebase(codebase)

    def set_rate_limit(self, company_id: str, per_minute: int | None) -> None:
        self._served[company_id].rate_limit = per_minute

    def skew_clock(self, company_id: str, seconds: float) -> None:
        self._served[company_id].skew_clock(seconds)

    def clear_faults(self, company_id: str) -> None:
        self.faults(company_id).clear()
        self.msp(company_id).callbacks.clear_faults()

    def actions(self) -> dict[str, Action]:
        return super().actions() | {
            "rate-limit": self.set_rate_limit,
            "codebase": self.change_codebase,
            "clock-skew": self.skew_clock,
            "clear-faults": self.clear_faults,
            "callback-fault": lambda company_id, **fault: self.msp(company_id).callbacks.fault(**fault),
            "role": lambda company_id, **role: self.set_role(company_id, Role(**role)),
        }

    def route(self, request: Request) -> Response:
        if request.path.startswith(KEY):
            return self._signing_key(request.path.removeprefix(KEY))
        found = COMPANY_INFO.fullmatch(request.path)
        return self._discover(found["company"]) if found else self._route(request)

    def _credentials(self, company_id: str, key: ApiKey) -> Credentials:
        return Credentials(self.url, company_id, key.public, key.private, CLIENT_ID)

    def _discover(self, company_id: str) -> Response:
        msp = self._served.get(company_id)
        return replies.data(msp.company_info() if msp else None)

    def _signing_key(self, company_id: str) -> Response:
        msp = self._served.get(company_id)
        if msp is None:
            return replies.not_found("signing key")
        msp.requests["signing key"] += 1
        return replies.data({"signing_key": msp.callbacks.signing_key})

    def _route(self, request: Request) -> Response:
        match = API_PATH.fullmatch(request.path)
        if not match:
            return replies.cannot_route()
        login = Login.read(request.headers.get("authorization", ""))
        if login is None:
            return replies.unauthorized("Authorization is missing or cannot be read.")
        msp = self._served.get(login.company_id)
        if msp is None:
            return replies.cannot_route()
        call = Call(request, match["codebase"], match["resource"].rstrip("/").lower(), login)
        return self._call(msp, call)

    def _call(self, msp: ConnectWiseApi, call: Call) -> Response:
        msp.requests[pattern(call.resource)] += 1
        fault = msp.faults.strike(call.resource)
        response = (replies.instead(fault) if fault else None) or self._serve(msp, call, fault)
        if fault:
            mishaps.spoil(response, fault)
        response.clock_skew = msp.clock_skew
        response.headers["x-cw-request-id"] = str(UUID(int=msp.requests.total()))
        return response

    def _serve(self, msp: ConnectWiseApi, call: Call, fault: Fault | None) -> Response:
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
            self.follow_clock(msp.world)
            return msp.answer(call.resource, call.request, key, fault.kind if fault else None)
