"""A language model's server over real HTTP, as well- or ill-behaved as wanted; it remembers every byte it was sent.

By hand: python -m tests.insights.llm_server --port 8077 --behaviour good
"""

import argparse
import json
import ssl
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from threading import Lock, Thread
from typing import Any

from tests.insights.llm_behaviours import BEHAVIOURS, USAGE, Answer, answer_of, instance_of

Writer = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes
    raw: bytes

    @property
    def payload(self) -> dict[str, Any]:
        return json.loads(self.body or b"{}")


class _Tee:
    """Reads on, and keeps what was read."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self.kept = bytearray()

    def read(self, size: int = -1) -> bytes:
        return self._keep(self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._keep(self._stream.readline(size))

    def _keep(self, data: bytes) -> bytes:
        self.kept += data
        return data

    def close(self) -> None:
        self._stream.close()

    @property
    def closed(self) -> bool:
        return self._stream.closed


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: "_Http"

    def setup(self) -> None:
        super().setup()
        self.rfile = _Tee(self.rfile)  # type: ignore[assignment]

    def do_GET(self) -> None:
        self._note()
        models = {"object": "list", "data": [{"id": self.server.owner.model, "object": "model"}]}
        is_list = self.path.split("?")[0].endswith("/models")
        self._send(Answer.json(models) if is_list else Answer.json({"error": "not found"}, 404))

    def do_POST(self) -> None:
        seen = self._note()
        if not seen.path.split("?")[0].endswith("/chat/completions"):
            self._send(Answer.json({"error": {"message": f"Invalid URL {seen.path}"}}, 404))
            return
        try:
            self._send(self.server.owner.answer(seen))
        except OSError:
            self.close_connection = True  # whoever asked has gone

    def _note(self) -> Seen:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        tee: Any = self.rfile
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.path, headers, body, bytes(tee.kept))
        tee.kept.clear()
        self.server.owner.requests.append(seen)
        return seen

    def _send(self, answer: Answer) -> None:
        if answer.play is not None:
            answer.play(self)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {"content-length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    owner: "LlmServer"

    def handle_error(self, *_: Any) -> None:
        """Connections broken off by whoever asked are part of the play."""


@dataclass
class LlmServer:
    """`behave("busy", "good")` plays one after the other and stays with the last; `write` words good replies."""

    write: Writer = lambda payload: json.dumps(instance_of(payload))
    model: str = "model-1"
    port: int = 0
    elsewhere: str = "http://127.0.0.1:9/"  # where redirects lead
    usage: dict[str, int] = field(default_factory=lambda: dict(USAGE))
    tls: ssl.SSLContext | None = None
    requests: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._coming: list[str] = ["good"]
        self._lock = Lock()

    def __enter__(self) -> "LlmServer":
        self._http = _Http(("127.0.0.1", self.port), _Handler)
        self._http.owner = self
        if self.tls:
            self._http.socket = self.tls.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def base_url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/v1"

    @property
    def received(self) -> bytes:
        """Every byte that anybody sent."""
        return b"\n".join(seen.raw for seen in self.requests)

    def behave(self, *names: str) -> None:
        assert set(names) <= set(BEHAVIOURS), names
        self._coming = list(names)

    def forget(self) -> None:
        self.requests.clear()
        self.behave("good")

    def answer(self, seen: Seen) -> Answer:
        with self._lock:
            name = self._coming.pop(0) if len(self._coming) > 1 else self._coming[0]
        return answer_of(name, seen, self)


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8077)
    parser.add_argument("--behaviour", choices=sorted(BEHAVIOURS), default="good")
    wanted = parser.parse_args(None if arguments is None else list(arguments))
    server = LlmServer(port=wanted.port)
    server.behave(wanted.behaviour)
    with server:
        sys.stdout.write(f"{server.base_url} is {wanted.behaviour}; write another behaviour to change it\n")
        with suppress(EOFError, KeyboardInterrupt):
            while name := input():
                server.behave(*([name] if name in BEHAVIOURS else ["good"]))


if __name__ == "__main__":
    main()
