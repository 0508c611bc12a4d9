"""Several MSPs' consoles behind one address; the API token tells which one is meant."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from .. import mishaps
from ..base import Action, Simulator
from ..faults import Fault, FaultKind
from ..server import Request, Response
from ..world import World
from . import replies
from .access import Credentials, Scope, Token, secret_of
from .console import UNIFIED, Console

API = "/web/api/v2.1/"


class SentinelOneSimulator(Simulator[Console]):
    def serve(self, name: str, world: World) -> Console:
        return Console(name, world)

    def console(self, name: str) -> Console:
        return self._served[name]

    def credentials(self, name: str) -> Credentials:
        return Credentials(self.url, self._served[name].tokens[0].secret)

    def add_token(self, name: str, scope: Scope) -> Credentials:
        """Of one more user, from whom something is taken away."""
        return Credentials(self.url, self._served[name].add_token(scope).secret)

    def set_scope(self, name: str, **scope: Any) -> None:
        given = {what: tuple(values) for what, values in scope.items()}
        self._served[name].tokens[0].scope = Scope(**given)

    def expire_token(self, name: str, seconds: float = 0) -> None:
        """After so many seconds of the world's time."""
        console = self._served[name]
        console.tokens[0].expires_at = console.world.now + timedelta(seconds=seconds)

    def renew_token(self, name: str) -> Credentials:
        """As after a new one was made in the console: the one before ends, and so do faults of expiry."""
        console = self._served[name]
        renewed = console.add_token(console.tokens[0].scope)
        console.tokens.remove(renewed)
        console.tokens[0] = renewed
        faults = console.faults.active
        faults[:] = [fault for fault in faults if fault.kind is not FaultKind.EXPIRED_TOKEN]
        return self.credentials(name)

    def change(self, name: str, **settings: Any) -> None:
        self._served[name].change(**settings)

    def skew_clock(self, name: str, seconds: float) -> None:
        self.faults(name).add(FaultKind.CLOCK_SKEW, seconds=seconds)

    def actions(self) -> dict[str, Action]:
        return super().actions() | {
            "settings": self.change,
            "scope": self.set_scope,
            "expire-token": self.expire_token,
            "renew-token": lambda name: self.renew_token(name).api_token,
            "clock-skew": self.skew_clock,
        }

    def route(self, request: Request) -> Response:
        if not request.path.startswith(API):
            return Response(404, b"<html><body><h1>404 Not Found</h1></body></html>", mishaps.HTML)
        resource = request.path.removeprefix(API).strip("/")
        if resource == "system/status":
            return replies.data({"health": "ok"})
        if resource == "users/login/by-api-token":
            return self._log_in(request)
        header = request.headers.get("authorization", "")
        found = self._find(secret_of(header))
        # Unified alerts are asked with Bearer, everything else never is.
        if not found or (header[:6].lower() == "bearer") != (resource == UNIFIED):
            return replies.error(401)
        return self._call(*found, resource, request)

    def _call(self, console: Console, token: Token, resource: str, request: Request) -> Response:
        console.requests[_pattern(resource)] += 1
        fault = console.faults.strike(resource)
        response = (mishaps.instead(fault, replies.of_fault) if fault else None) or self._serve(
            console, token, resource, request, fault
        )
        if fault:
            mishaps.spoil(response, fault)
        response.clock_skew = console.faults.state(FaultKind.CLOCK_SKEW)
        response.headers["X-RQID"] = str(UUID(int=console.requests.total()))
        return response

    def _serve(
        self, console: Console, token: Token, resource: str, request: Request, fault: Fault | None
    ) -> Response:
        wait = console.seconds_to_wait(token, resource)
        if wait:
            return replies.too_many_requests(wait if console.settings.tells_retry_after else None)
        with console.world.lock:
            self.follow_clock(console.world)
            return console.answer(resource, request, token, fault)

    def _find(self, secret: str) -> tuple[Console, Token] | None:
        for console in self._served.values():
            token = console.token(secret)
            if token:
                return console, token
        return None

    def _log_in(self, request: Request) -> Response:
        """The session token is the API token itself: nobody looks into it."""
        secret = replies.read_token(request.body)
        return replies.data({"token": secret}) if self._find(secret) else replies.error(401)


def _pattern(resource: str) -> str:
    """A path with its ids left open."""
    return "/".join("{}" if step.isdigit() else step for step in resource.split("/"))
