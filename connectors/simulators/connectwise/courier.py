"""Takes calls to their addresses over real HTTP, one after the other, in a thread of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import SimpleQueue
from threading import Event, Thread
from urllib.parse import urlsplit

SECONDS_FOR_AN_ANSWER = 5
TRIED_AGAIN = {404, 409, 419, 429}
Errand = Callable[[], None]


@dataclass(frozen=True)
class Parcel:
    url: str
    body: bytes
    signature: str


class Courier:
    """Starts with the first errand. `pauses` are the seconds before it tries again."""

    def __init__(self, pauses: tuple[float, ...] = (2, 4)) -> None:
        self.pauses = pauses
        self._errands: SimpleQueue[Errand | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._stopped = Event()

    def send(self, errand: Errand) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, daemon=True)
            self._thread.start()
        self._errands.put(errand)

    def finish(self) -> None:
        """Come back when everything up to here has been delivered."""
        if self._thread:
            self._errands.put(None)
            self._thread.join()
            self._thread = None

    def stop(self) -> None:
        """Leave what has not been delivered."""
        self._stopped.set()
        self.finish()

    def _run(self) -> None:
        while (errand := self._errands.get()) is not None:
            if not self._stopped.is_set():
                errand()

    def deliver(self, parcel: Parcel) -> int:
        status = _post(parcel)
        for pause in self.pauses:
            if status not in TRIED_AGAIN or self._stopped.wait(pause):
                break
            status = _post(parcel)
        return status


def _post(parcel: Parcel) -> int:
    parts = urlsplit(parcel.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(_resolved(parts.hostname or ""), parts.port, timeout=SECONDS_FOR_AN_ANSWER)
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "x-content-signature": parcel.signature,
    }
    try:
        connection.request("POST", f"{parts.path}?{parts.query}", parcel.body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def _resolved(host: str) -> str:
    """As browsers do it, and few machines' own look-ups."""
    return "127.0.0.1" if host.endswith(".localhost") else host
