"""The one door to vendors: asks politely, waits when told to, and refuses addresses it should not visit."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import structlog
from django.conf import settings
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    wait_exponential_jitter,
)

from connectors.errors import Retry, StopConnection, StopStream, Unanswered
from connectors.pacing import Pace

ATTEMPTS = 6
ATTEMPTS_IN_VAIN = 3  # of those that keep us waiting until our own patience ends: each costs a minute or more
LONGEST_WAIT_SECONDS = 60
TIMEOUT = httpx.Timeout(60, connect=10)
# Of a whole answer: one that drips in byte by byte keeps within every other limit.
ANSWER_SECONDS = 300
LARGEST_ANSWER_BYTES = 256 * 2**20
log = structlog.get_logger(__name__)

Result = TypeVar("Result")
# Raises for an answer that is no data: Retry, StopStream or StopConnection.
Judge = Callable[["Answer"], None]


class _TooSlow(Unanswered):
    """Our own time limit ended it."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_json(self) -> bool:
        return "json" in self.headers.get("content-type", "") or self.body[:1] in (b"[", b"{")

    @property
    def vendor_time(self) -> datetime | None:
        """The vendor's own clock, the only one that its timestamps can be compared with."""
        try:
            return parsedate_to_datetime(self.headers["date"]).astimezone(UTC)
        except (KeyError, ValueError):
            return None


class Http:
    """A vendor's HTTP connection; `judge` knows the vendor's ways to say no.

    It goes to `hosts` (as in https://host:port) and nowhere else, whatever a link or a redirection says.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        judge: Judge,
        hosts: Collection[str],
        timeout: httpx.Timeout | float = TIMEOUT,
    ) -> None:
        self._judge = judge
        self._hosts = {urlsplit(host)[:2] for host in hosts}
        for host in hosts:
            refuse_forbidden_host(host)
        self._client = httpx.Client(
            headers=dict(headers), timeout=timeout, verify=_trust(), limits=httpx.Limits(max_connections=8)
        )

    def close(self) -> None:
        self._client.close()

    def get(
        self,
        url: str,
        read: Callable[[Answer], Result],
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        pace: Pace | None = None,
    ) -> Result:
        """What `read` makes of a usable answer; Retry once patience has run out, or StopStream."""
        return self._patiently(Question("GET", url, params, headers), read, pace)

    def post(
        self,
        url: str,
        read: Callable[[Answer], Result],
        *,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        pace: Pace | None = None,
    ) -> Result:
        """The same with a form or a JSON body. It may be sent twice, so it must not do anything twice."""
        return self._patiently(Question("POST", url, None, headers, form, json), read, pace)

    def once(self, method: str, url: str, read: Callable[[Answer], Result], json: Any = None) -> Result:
        """Asked a single time: what must not be done twice, or not be waited for."""
        return read(self._ask(Question(method, url, json=json), None))

    def _patiently(self, question: "Question", read: Callable[[Answer], Result], pace: Pace | None) -> Result:
        retrying = Retrying(
            retry=retry_if_exception(_is_worth_waiting_for),
            stop=_was_asked_often_enough,
            wait=_wait,
            before_sleep=_log_wait,
            reraise=True,
        )
        return retrying(lambda: read(self._ask(question, pace)))

    def _ask(self, question: "Question", pace: Pace | None) -> Answer:
        host = urlsplit(question.url).netloc
        self._refuse_foreign_host(question.url)
        if pace:
            pace.wait()
        try:
            answer = self._answer(question)
        except httpx.ConnectError as error:
            raise _unreachable(host, error) from None
        except httpx.InvalidURL:
            raise StopConnection(
                f"{host or question.url} is not an address. Check the connection's site."
            ) from None
        except httpx.ConnectTimeout:
            raise _TooSlow(f"{host} cannot be reached (it does not answer).") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _broken_off(host, error) from None
        self._judge(answer)
        return answer

    def _answer(self, question: "Question") -> Answer:
        until = time.monotonic() + ANSWER_SECONDS
        body = bytearray()
        with self._client.stream(**question.arguments()) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if time.monotonic() > until:
                    raise _TooSlow(f"{response.url.host} takes more than {ANSWER_SECONDS} s for one answer.")
                if len(body) > LARGEST_ANSWER_BYTES:
                    raise StopStream(f"{response.url.host} sends an answer without end.")
        if response.is_redirect:
            raise StopStream(
                f"{response.url.host} sends us on to another address, which is not followed: keys are for the "
                "declared host only. Check the connection's site."
            )
        return Answer(response.status_code, response.headers, bytes(body), str(response.url))

    def _refuse_foreign_host(self, url: str) -> None:
        if urlsplit(url)[:2] not in self._hosts:
            raise StopStream(
                f"The vendor refers us to {urlsplit(url).netloc}, which is not the connection's host. "
                "Nothing was sent there."
            )


@dataclass(frozen=True)
class Question:
    method: str
    url: str
    params: Mapping[str, Any] | None = None
    # Keys travel in these.
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: Any = field(default=None, repr=False)

    def arguments(self) -> dict[str, Any]:
        arguments = vars(self).copy()
        return arguments | {"data": arguments.pop("form")}


def _unreachable(host: str, error: httpx.ConnectError) -> Exception:
    words = str(error)
    if "CERTIFICATE" in words:
        return StopConnection(f"{host} has a certificate that is not trusted here ({_reason(error)}).")
    if any(part in words for part in ("Name or service", "nodename", "No address")):
        return StopConnection(f"There is no host {host}. Check the connection's site.")
    return Unanswered(f"{host} cannot be reached ({_reason(error)}).")


def _broken_off(host: str, error: httpx.RequestError) -> Retry:
    words = f"{host} broke off the answer ({type(error).__name__})."
    if isinstance(error, httpx.TimeoutException):
        return _TooSlow(words)
    return Retry(words) if isinstance(error, httpx.DecodingError) else Unanswered(words)


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0][:200] or type(error).__name__


def _is_worth_waiting_for(problem: BaseException) -> bool:
    """Who is told to come back in an hour leaves it to the next run."""
    return isinstance(problem, Retry) and (problem.after_seconds or 0) <= LONGEST_WAIT_SECONDS


def _was_asked_often_enough(state: RetryCallState) -> bool:
    problem = state.outcome.exception() if state.outcome else None
    return state.attempt_number >= (ATTEMPTS_IN_VAIN if isinstance(problem, _TooSlow) else ATTEMPTS)


def _wait(state: RetryCallState) -> float:
    problem = state.outcome.exception() if state.outcome else None
    if isinstance(problem, Retry) and problem.after_seconds is not None:
        return problem.after_seconds
    return wait_exponential_jitter(initial=0.3, max=LONGEST_WAIT_SECONDS)(state)


def _log_wait(state: RetryCallState) -> None:
    problem = state.outcome.exception() if state.outcome else None
    seconds = round(state.next_action.sleep, 1) if state.next_action else 0
    log.warning(
        "asking the vendor again", problem=str(problem), seconds=seconds, attempt=state.attempt_number
    )


def _trust() -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    if settings.VENDOR_CA_BUNDLE:
        context.load_verify_locations(settings.VENDOR_CA_BUNDLE)
    return context


def refuse_forbidden_host(url: str) -> None:
    """Connections lead to the internet over TLS; inside networks only where a deployment opts in."""
    parts = urlsplit(url)
    if settings.ALLOW_PRIVATE_VENDOR_HOSTS:
        return
    if parts.scheme != "https":
        raise StopConnection("The site must be reached over https.")
    for address in _addresses(parts.hostname or "", parts.port or 443):
        if not ipaddress.ip_address(address).is_global:
            raise StopConnection(
                f"{parts.hostname} is an address inside a private network. If that is meant, as for an "
                "on-premises server, set ALLOW_PRIVATE_VENDOR_HOSTS=1 on this deployment."
            )


def _addresses(host: str, port: int) -> list[str]:
    try:
        return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise StopConnection(f"There is no host {host}. Check the connection's site.") from None


def expect_json(answer: Answer) -> None:
    if not answer.is_json:
        raise StopStream(
            f"{urlsplit(answer.url).netloc} answered with a web page instead of data. "
            "Check that the site's address is the API's, and that no login page or proxy stands in front of it."
        )
