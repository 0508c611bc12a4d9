"""A threaded HTTP/1.1 keep-alive server, plain or TLS, that hands each request to one function."""

import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .certificates import Certificates


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    url: str  # without the query


@dataclass(slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    clock_skew: float = 0.0  # seconds that the Date header is off
    seconds_on_the_way: float = 0.0  # a slow body trickles in over this time
    breaks_off: bool = False  # the connection drops in the middle of the body
    seconds_of_silence: float = 0.0  # before anything is sent
    is_reset: bool = False  # the connection is torn down without a word


class SimulatorServer:
    """Serves until the with block ends; open connections are cut then."""

    def __init__(
        self,
        answer: Callable[[Request], Response],
        host: str = "127.0.0.1",
        port: int = 0,
        certificates: Certificates | None = None,
    ) -> None:
        context = _tls(certificates) if certificates else None
        self._http = _HttpServer((host, port), answer, context)
        self.url = f"{'https' if context else 'http'}://{host}:{self._http.server_address[1]}"
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.cut_connections()
        self._http.server_close()
        self._thread.join()


def _tls(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    return context


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(
        self, address: tuple[str, int], answer: Callable[[Request], Response], context: ssl.SSLContext | None
    ) -> None:
        self.answer = answer
        self.context = context
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Runs in the connection's own thread, so a slow handshake holds nobody up."""
        connection = self.context.wrap_socket(request, server_side=True) if self.context else request
        with self._lock:
            self._connections.add(connection)
        try:
            super().finish_request(connection, client_address)
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; anything else is a defect to be seen."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def cut_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _HttpServer

    def do_GET(self) -> None:
        self._send(self.server.answer(self._read()))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: a simulator's requests are counted, not printed."""

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        scheme = "https" if self.server.context else "http"
        return Request(
            method=self.command,
            path=parts.path,
            parameters=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=headers,
            body=self.rfile.read(int(headers.get("content-length", 0))),
            url=f"{scheme}://{headers.get('host', 'localhost')}{parts.path}",
        )

    def _send(self, response: Response) -> None:
        if response.seconds_of_silence:
            time.sleep(response.seconds_of_silence)
        if response.is_reset:
            self._reset()
            return
        self.wfile.write(self._head(response))
        if response.breaks_off:
            self.wfile.write(response.body[: len(response.body) // 2])
            self.close_connection = True
        elif response.seconds_on_the_way:
            self._trickle(response.body, response.seconds_on_the_way)
        else:
            self.wfile.write(response.body)

    def _head(self, response: Response) -> bytes:
        lines = [
            f"HTTP/1.1 {response.status} {self.responses.get(response.status, ('',))[0]}",
            f"Date: {formatdate(time.time() + response.clock_skew, usegmt=True)}",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {len(response.body)}",
            *(f"{name}: {value}" for name, value in response.headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _reset(self) -> None:
        """Closing without lingering sends RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _trickle(self, body: bytes, seconds: float, pieces: int = 10) -> None:
        size = -(-len(body) // pieces)
        for begin in range(0, len(body), size or 1):
            time.sleep(seconds / pieces)
            self.wfile.write(body[begin : begin + size])
