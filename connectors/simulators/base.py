"""What every simulated vendor does alike: run, follow a clock, call back, compress, and obey its control surface."""

import gzip
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

import msgspec

from .certificates import Certificates
from .faults import Faults
from .server import Request, Response, SimulatorServer
from .world import World
from .world.control import apply_edits

CONTROL = "/_control/"
COMPRESS_FROM = 1024
Callback = Callable[[Request, Response], None]
Action = Callable[..., Any]


class Served(Protocol):
    """One MSP as a vendor serves it."""

    world: World
    faults: Faults
    requests: Counter[str]
    pages: Counter[str]


S = TypeVar("S", bound=Served)


class Simulator(Generic[S]):
    """Serves the given worlds by name, from entering the with block until leaving it.

    With a clock the worlds follow it; without, their time stands still.
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
        self._served = {name: self.serve(name, world) for name, world in worlds.items()}
        self._compress = compress
        self._clock = clock
        self._ahead = timedelta()
        self._callbacks: list[Callback] = []
        self._server = SimulatorServer(self._answer, host, port, certificates)

    def serve(self, name: str, world: World) -> S:
        """That world as the vendor shows it."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        return self._server.url

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def world(self, name: str) -> World:
        return self._served[name].world

    def faults(self, name: str) -> Faults:
        return self._served[name].faults

    def requests(self, name: str) -> dict[str, int]:
        """How many requests each resource has answered."""
        return dict(self._served[name].requests)

    def advance(self, name: str, duration: timedelta) -> None:
        """With a clock, all worlds stay so much ahead of it from now on."""
        self._ahead += duration if self._clock else timedelta()
        self.world(name).advance(duration)

    def before_response(self, callback: Callback) -> None:
        """Call back with each request and its ready response; edits show from the next response on."""
        self._callbacks.append(callback)

    def edit_after_page(self, name: str, resource: str, page: int, edits: list[dict[str, Any]]) -> None:
        """Apply edits once the n-th page of a resource from now has been read."""
        served = self._served[name]
        due = served.pages[resource] + page

        def apply_when_due(request: Request, response: Response) -> None:
            if served.pages[resource] >= due:
                self._callbacks.remove(apply_when_due)
                apply_edits(served.world, edits)

        self._callbacks.append(apply_when_due)

    def route(self, request: Request) -> Response:
        raise NotImplementedError

    def actions(self) -> dict[str, Action]:
        """What the control surface can do to one MSP; the first argument is its name."""
        return {
            "advance": self._advance,
            "edit": lambda name, edits: apply_edits(self.world(name), edits),
            "edit-after-page": self.edit_after_page,
            "fault": lambda name, **fault: _nothing(self.faults(name).add(**fault)),
            "poison": lambda name, **poison: _nothing(self.faults(name).poison(**poison)),
            "clear-faults": lambda name: self.faults(name).clear(),
            "stats": self.requests,
            "truth": self._truth,
        }

    def follow_clock(self, world: World) -> None:
        if self._clock:
            world.advance_to(self._clock() + self._ahead)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(CONTROL):
            return self._control(request)
        response = self.route(request)
        for callback in list(self._callbacks):
            callback(request, response)
        return self._compressed(request, response)

    def _control(self, request: Request) -> Response:
        """POST /_control/{name}/{action} with a JSON object of arguments."""
        name, _, action = request.path.removeprefix(CONTROL).partition("/")
        act = self.actions().get(action)
        if act is None or name not in self._served:
            return Response(404, b'"There is no such action."')
        try:
            arguments = msgspec.json.decode(request.body or b"{}")
            return Response(body=msgspec.json.encode(act(name, **arguments)))
        except (KeyError, TypeError, ValueError) as error:
            return Response(400, msgspec.json.encode(f"{type(error).__name__}: {error}"))

    def _advance(self, name: str, seconds: float) -> datetime:
        self.advance(name, timedelta(seconds=seconds))
        return self.world(name).now

    def _truth(self, name: str) -> dict[str, Any]:
        world = self.world(name)
        with world.lock:
            return world.truth.as_data()

    def _compressed(self, request: Request, response: Response) -> Response:
        accepts = "gzip" in request.headers.get("accept-encoding", "")
        if self._compress and accepts and len(response.body) > COMPRESS_FROM:
            response.body = gzip.compress(response.body, compresslevel=1, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
        return response


def _nothing(_: object) -> None:
    """What a fault answers: it need not fit into JSON."""
