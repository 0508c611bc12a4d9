"""Speaks with ConnectWise PSA: finds its code base, signs in, pages forward, and understands its errors."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import msgspec
from pydantic import BaseModel, Field, SecretStr, field_validator

from connectors.base import Json, Page, Stream, Walk
from connectors.crypto import Secrets
from connectors.errors import Missing, Retry, StopConnection, StopStream, SyncProblem
from connectors.http import Answer, Http, expect_json

API = "apis/3.0"
MODEL = "application/vnd.connectwise.com+json; version=2025.1"
PAGE_SIZE = 1000
SMALLEST_PAGE_SIZE = 50


class Settings(BaseModel):
    site: str = Field(title="Site", description="Where you sign in, for example na.myconnectwise.net")
    company_id: str = Field(title="Company id", description="What you enter as Company when you sign in")

    @field_validator("site")
    @classmethod
    def only_the_host(cls, site: str) -> str:
        """People paste whole addresses; a path joined to it again would lead nowhere."""
        parts = urlsplit(site if "://" in site else f"https://{site}")
        if not parts.hostname or parts.port == 0:  # the port raises by itself when it is no number
            raise ValueError("Enter the host name, for example na.myconnectwise.net")
        host = parts.netloc.rpartition("@")[2].removeprefix("api-")
        return f"http://{host}" if parts.scheme == "http" else host


class Credentials(BaseModel):
    public_key: SecretStr = Field(title="Public key", description="Of an API member's key pair")
    private_key: SecretStr = Field(title="Private key", description="Shown once, when the key pair is made")
    client_id: SecretStr = Field(title="Client id", description="From developer.connectwise.com")


class Info(msgspec.Struct, rename="camel"):
    last_updated: str = ""


class Identity(msgspec.Struct):
    """The few fields read of every record; the rest is skipped over."""

    key: int = msgspec.field(name="id")
    info: Info | None = msgspec.field(name="_info", default=None)

    @property
    def changed_at(self) -> str:
        return self.info.last_updated if self.info else ""


class ConnectWise:
    """An open connection. Safe to use from several threads."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        scheme, _, host = settings.site.rpartition("://")
        self._scheme = scheme or "https"
        self._host = host
        self._company_id = settings.company_id
        self._page_size = PAGE_SIZE
        self._code_base = ""
        self._discovery = threading.Lock()
        self.http = Http(_headers(settings.company_id, secrets), judge, self._hosts())
        try:
            self.discover()
        except BaseException:
            self.http.close()
            raise

    def __repr__(self) -> str:
        return f"ConnectWise({self._host}, {self._company_id})"

    def close(self) -> None:
        self.http.close()

    def discover(self, instead_of: str = "") -> str:
        """The code base changes when ConnectWise upgrades, also while we read."""
        with self._discovery:
            if self._code_base == instead_of:
                url = f"{self._scheme}://{self._host}/login/companyinfo/{self._company_id}"
                info = self.http.get(url, _json)
                if not isinstance(info, dict) or not info.get("Codebase"):
                    raise StopConnection(
                        f'{self._host} does not know the company "{self._company_id}". Check the company id, and '
                        "that the site is the one you sign in at."
                    )
                self._code_base = str(info["Codebase"]).strip("/")
            return self._code_base

    def _hosts(self) -> list[str]:
        """Where one signs in, and where the API is."""
        is_cloud = self._host.endswith((".myconnectwise.net", ".connectwisedev.com"))
        api = f"{self._scheme}://{'api-' if is_cloud else ''}{self._host}"
        return [f"{self._scheme}://{self._host}", api]

    def url(self, path: str, code_base: str) -> str:
        return f"{self._hosts()[-1]}/{code_base}/{API}/{path}"

    def get(self, path: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        code_base = self._code_base
        try:
            return self.http.get(self.url(path, code_base), _whole, params, headers)
        except Missing:
            if self.discover(instead_of=code_base) == code_base:
                raise
            return self.http.get(self.url(path, self._code_base), _whole, params, headers)

    def count(self, stream: Stream, walk: Walk) -> int | None:
        try:
            answer = self.get(f"{stream.path}/count", _conditions(stream, walk))
            return int(msgspec.json.decode(answer.body)["count"])
        except StopConnection:
            raise
        except (SyncProblem, KeyError, TypeError):
            return None  # only bars of progress need it

    def pages(self, stream: Stream, walk: Walk) -> Iterator[Page]:
        path, _, query = stream.path.format(parent=walk.parent_id).partition("?")
        if query:
            return self._numbered_pages(path, {name: values[0] for name, values in parse_qs(query).items()})
        return self._forward_pages(stream, path, walk)

    def _forward_pages(self, stream: Stream, path: str, walk: Walk) -> Iterator[Page]:
        """Paging by id: records that are edited or removed meanwhile shift nothing."""
        after = walk.after
        params = _conditions(stream, walk) | ({"fields": "id"} if walk.ids_only else {})
        while True:
            answer = self._page(
                path, params | {"pageId": after} if after else params, {"pagination-type": "forward-only"}
            )
            records = msgspec.json.decode(answer.body, type=list[Json])
            following = self._next_id(answer, records)
            if following and following == after:
                raise StopStream(
                    f"ConnectWise sent the same page of {stream.name} twice. The next sync tries again."
                )
            yield Page(records, following, answer.vendor_time)
            if not following:
                return
            after = following

    def _next_id(self, answer: Answer, records: list[Json]) -> str:
        if not records or not (link := _next_link(answer)):
            return ""
        given = parse_qs(urlsplit(link).query).get("pageId")
        return given[0] if given else str(msgspec.json.decode(records[-1], type=Identity).key)

    def _numbered_pages(self, path: str, params: dict[str, str]) -> Iterator[Page]:
        """The audit trail does not page by id."""
        number, size = 1, str(self._page_size)  # another thread may halve it, which would shift the pages
        while True:
            answer = self._page(path, params | {"page": str(number), "pageSize": size})
            records = msgspec.json.decode(answer.body, type=list[Json])
            more = bool(records and _next_link(answer))
            yield Page(records, str(number + 1) if more else "", answer.vendor_time)
            if not more:
                return
            number += 1

    def _page(self, path: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        while True:
            try:
                return self.get(path, {"pageSize": str(self._page_size), **params}, headers)
            except Retry as problem:
                # A desk with heavy tickets times out on full pages; smaller ones may still pass. But not
                # where the vendor asked to slow down: smaller pages are more of them.
                is_told_to_wait = problem.after_seconds is not None
                if is_told_to_wait or self._page_size // 2 < SMALLEST_PAGE_SIZE or "page" in params:
                    raise
                self._page_size //= 2


def open_client(settings: Settings, secrets: Secrets) -> ConnectWise:
    return ConnectWise(settings, secrets)


def judge(answer: Answer) -> None:
    """ConnectWise's ways to say no, of which there are several per status."""
    host, status = urlsplit(answer.url).netloc, answer.status
    words = _vendor_words(answer)
    if status == 200:
        expect_json(answer)
    elif status == 429:
        raise Retry("ConnectWise asks to slow down.", after_seconds=_retry_after(answer))
    elif status == 401:
        raise StopConnection(
            f"ConnectWise refused the keys ({words}). Check company id, public key, private key and client id, and "
            "that the API member is active."
        )
    elif status == 403:
        raise StopStream(
            f"The API member's security role may not read {_resource(answer)}. Give it Inquire: All there "
            "(System > Security Roles)."
        )
    elif status == 404:
        raise Missing(f"{host} has no {_resource(answer)}.")
    elif "Cannot route" in words or "SSL is required" in words:
        raise StopConnection(
            f"{host} does not lead to this company's API ({words}). Check site and company id."
        )
    elif status in (502, 503, 504) or (status == 500 and _is_passing(answer, words)):
        raise Retry(f"ConnectWise had a problem of its own ({status}).")
    else:
        raise StopStream(f"ConnectWise refused to list {_resource(answer)} ({status}: {words}).")


def _is_passing(answer: Answer, words: str) -> bool:
    return not answer.is_json or "timeout" in words.lower() or "timed out" in words.lower()


def _vendor_words(answer: Answer) -> str:
    """The message of either error shape, or the start of a plain text."""
    if answer.status == 200:
        return ""
    try:
        body = msgspec.json.decode(answer.body)
        return str(body.get("message") or body.get("code") or body.get("error"))[:200]
    except (msgspec.MsgspecError, AttributeError):
        return answer.body[:200].decode(errors="replace").split("<")[0].strip() or f"status {answer.status}"


def _resource(answer: Answer) -> str:
    return urlsplit(answer.url).path.partition(f"/{API}/")[2] or urlsplit(answer.url).path


def _retry_after(answer: Answer) -> float | None:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdigit() else None


def _whole(answer: Answer) -> Answer:
    """Refuses an answer that was cut off, so that it is asked for again."""
    try:
        msgspec.json.decode(answer.body, type=Json)
    except msgspec.MsgspecError:
        return replace(answer, body=_mended(answer.body))
    return answer


def _mended(body: bytes) -> bytes:
    """Half a surrogate pair, left of a text cut at a column's length, is no reason to lose a page."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False).encode(errors="replace")
    except ValueError:
        raise Retry("ConnectWise broke off the answer.") from None


def _json(answer: Answer) -> object:
    try:
        return msgspec.json.decode(answer.body)
    except msgspec.MsgspecError:
        raise Retry("ConnectWise broke off the answer.") from None


def _next_link(answer: Answer) -> str:
    for part in answer.headers.get("link", "").split(","):
        target, _, attributes = part.partition(";")
        if 'rel="next"' in attributes:
            return target.strip(" <>")
    return ""


def _conditions(stream: Stream, walk: Walk) -> dict[str, str]:
    conditions = [stream.conditions] if stream.conditions else []
    if walk.since:
        conditions.append(f"{stream.cursor} >= [{walk.since:%Y-%m-%dT%H:%M:%SZ}]")
    return {"conditions": " and ".join(conditions)} if conditions else {}


def _headers(company_id: str, secrets: Secrets) -> dict[str, str]:
    key = f"{company_id}+{secrets.get('public_key', '')}:{secrets.get('private_key', '')}"
    return {
        "Authorization": f"Basic {b64encode(key.encode()).decode()}",
        "clientId": secrets.get("client_id", ""),
        "Accept": MODEL,
    }
