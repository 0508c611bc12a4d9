"""The one door to language models: one request, bounded in time and size, to the declared server and no other.

It asks once and says what came of it. Repeating, paying and remembering are its callers' business.
"""

import json
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from socket import SHUT_RDWR
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings

from connectors.errors import StopConnection
from connectors.http import refuse_forbidden_host
from insights.asking.bodies import Reply, reply_in
from insights.asking.questions import Messages, Schema
from insights.asking.refusals import failure_of
from insights.asking.troubles import Billed, Failed, Stop, Trouble, TryAgain, Unusable

Form = Literal["json_schema", "json_object", "text"]
# What we say of ourselves; the SDK would add the machine's description and whatever the environment asks for.
# The last one is how the SDK knows that we read the answer ourselves.
SENT_HEADERS = ("host", "content-length", "content-type", "accept", "x-stainless-raw-response")
AGENT = "Deskmetry"
OPENAI = "api.openai.com"


@dataclass(frozen=True)
class Server:
    """Where a model is asked, by which name, with which key."""

    base_url: str
    model: str
    key: str = field(default="", repr=False)
    kind: Literal["openai", "azure"] = "openai"
    api_version: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""


@dataclass(frozen=True)
class Abilities:
    """What a server understands, as far as is known."""

    form: Form = "json_schema"
    limit_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    takes_temperature: bool = True


@dataclass(frozen=True)
class Limits:
    deadline_seconds: float = 60  # of one request, whatever the server does
    connect_seconds: float = 10
    reply_bytes: int = 256 * 1024
    output_tokens: int = 4000


def ask(
    server: Server,
    messages: Messages,
    schema: Schema,
    abilities: Abilities | None = None,
    limits: Limits | None = None,
) -> Reply:
    """Raises TryAgain, Stop, Unusable or Unsupported; no key is in any of them."""
    import httpx2
    import openai

    abilities, limits = abilities or Abilities(), limits or Limits()
    _refuse_host(server)
    began, watch = time.monotonic(), _Watch(limits)
    try:
        with watch, _client(server, limits, watch) as client:
            asking = client.chat.completions.with_streaming_response
            with asking.create(**_request(server, messages, schema, abilities, limits)) as response:
                body, request_id = watch.read(response.iter_bytes()), response.headers.get("x-request-id", "")
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, OSError, ValueError) as error:
        raise _broken(error, watch) from None
    latency_ms = round((time.monotonic() - began) * 1000)
    return replace(reply_in(body), mode=abilities.form, request_id=request_id[:100], latency_ms=latency_ms)


def default_abilities(server: Server) -> Abilities:
    """OpenAI's newer models know only the newer name; most other servers only the older."""
    return Abilities(limit_name="max_completion_tokens" if server.host == OPENAI else "max_tokens")


def _refuse_host(server: Server) -> None:
    try:
        refuse_forbidden_host(server.base_url)
    except StopConnection as problem:
        if isinstance(problem.__context__, OSError):  # its name leads nowhere, which may pass
            raise TryAgain(Trouble.UNREACHABLE, str(problem)) from None
        raise Stop(Trouble.HOST, str(problem)) from None


def _request(
    server: Server, messages: Messages, schema: Schema, abilities: Abilities, limits: Limits
) -> dict[str, Any]:
    request: dict[str, Any] = {"model": server.model, abilities.limit_name: limits.output_tokens}
    if abilities.takes_temperature:
        request["temperature"] = 0
    if server.host == OPENAI:
        request["store"] = False
    if abilities.form == "json_schema":
        form = {"name": "reply", "strict": True, "schema": schema}
        return request | {
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": form},
        }
    if abilities.form == "json_object":
        request["response_format"] = {"type": "json_object"}
    return request | {"messages": with_schema(messages, schema)}


def with_schema(messages: Messages, schema: Schema) -> Messages:
    """For servers that can't be given a schema otherwise; after the first message, which stays the same for all."""
    wanted = f"Reply with one JSON object and nothing else. Its JSON schema: {json.dumps(schema)}"
    return [*messages[:1], {"role": "system", "content": wanted}, *messages[1:]]


class _Watch:
    """Ends a request on time and in size. A timeout of the HTTP client alone is per read, so a server that drips
    outlasts it; here the socket itself is shut, wherever the request is."""

    def __init__(self, limits: Limits) -> None:
        self._largest = limits.reply_bytes
        self._timer = threading.Timer(limits.deadline_seconds, self._end)
        self._timer.daemon = True
        self._socket: Any = None
        self.is_over = False

    def __enter__(self) -> "_Watch":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def follow(self, event: str, info: dict[str, Any]) -> None:
        """Told of each step of a connection; those that open one return its stream."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.is_over:
                self._end()

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(SHUT_RDWR)

    def read(self, chunks: Iterable[bytes]) -> bytes:
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self._largest:
                raise Unusable(Trouble.TOO_LARGE, billed=Billed.ALL)
        if self.is_over:
            raise TryAgain(Trouble.TOO_SLOW, billed=Billed.ALL)
        return bytes(body)


def _client(server: Server, limits: Limits, watch: _Watch) -> Any:
    import httpx2
    import openai

    def prepare(request: Any) -> None:
        request.headers = {name: request.headers[name] for name in SENT_HEADERS if name in request.headers}
        request.headers = httpx2.Headers({**request.headers, **_own_headers(server)})
        request.extensions["trace"] = watch.follow

    def judge(response: Any) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Unusable(Trouble.ENCODED, billed=Billed.ALL)
        if response.status_code >= 300:
            raise failure_of(
                response.status_code, response.headers, watch.read(response.iter_bytes()), server.key
            )

    seconds = httpx2.Timeout(
        limits.deadline_seconds, connect=min(limits.connect_seconds, limits.deadline_seconds)
    )
    hooks: dict[str, Any] = {"request": [prepare], "response": [judge]}
    http = httpx2.Client(
        timeout=seconds, trust_env=False, follow_redirects=False, verify=_trust(), event_hooks=hooks
    )
    given: dict[str, Any] = {
        "api_key": server.key or "none",
        "http_client": http,
        "max_retries": 0,
        "timeout": seconds,
    }
    if server.kind == "azure":
        return openai.AzureOpenAI(azure_endpoint=_origin(server), api_version=server.api_version, **given)
    return openai.OpenAI(base_url=server.base_url, **given)


def _own_headers(server: Server) -> dict[str, str]:
    """Compression is not asked for: what is small on the wire could be huge here."""
    own = {"user-agent": AGENT, "accept-encoding": "identity", "connection": "close"}
    if not server.key:
        return own
    return own | (
        {"api-key": server.key} if server.kind == "azure" else {"authorization": f"Bearer {server.key}"}
    )


def _origin(server: Server) -> str:
    parts = urlsplit(server.base_url)
    return f"{parts.scheme}://{parts.netloc}"


def _trust() -> ssl.SSLContext:
    import httpx2

    context = httpx2.create_ssl_context(trust_env=False)
    if settings.VENDOR_CA_BUNDLE:
        context.load_verify_locations(settings.VENDOR_CA_BUNDLE)
    return context


def _broken(error: Exception, watch: _Watch) -> Failed:
    """Told by its kind only: the errors of the SDK carry the request, and with it the key."""
    import httpx2
    import openai

    cause = error.__cause__ or error
    if watch.is_over or isinstance(cause, httpx2.TimeoutException):
        is_sent = not isinstance(cause, httpx2.ConnectTimeout)
        return TryAgain(Trouble.TOO_SLOW, billed=Billed.ALL if is_sent else Billed.NOTHING)
    if "CERTIFICATE" in str(cause):
        return Stop(Trouble.CERTIFICATE)
    if isinstance(cause, httpx2.ConnectError):
        return TryAgain(Trouble.UNREACHABLE)
    if isinstance(cause, httpx2.InvalidURL | httpx2.UnsupportedProtocol | openai.OpenAIError | ValueError):
        return Stop(Trouble.BAD_REQUEST, type(cause).__name__)
    return TryAgain(Trouble.BROKEN_OFF, billed=Billed.ALL)
