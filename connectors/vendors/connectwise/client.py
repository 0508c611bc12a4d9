"""Speaks with ConnectWise PSA: finds its code base, signs in, pages forward, and understands its errors."""

import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from pydantic import BaseModel, Field, SecretStr, field_validator

from connectors.base import Json, Page, Stream, Walk
from connectors.crypto import Secrets
from connectors.errors import Missing, Retry, StopConnection, StopStream, SyncProblem
from connectors.http import Answer, Http
from connectors.vendors.connectwise.answers import API, anything, judge, next_link, whole

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
        self._site, self._api = hosts(settings)
        self._host = urlsplit(self._site).netloc
        self._company_id = settings.company_id
        self._page_size = PAGE_SIZE
        self._code_base = ""
        self._discovery = threading.Lock()
        self.http = Http(_headers(settings.company_id, secrets), judge, hosts(settings))
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
                url = f"{self._site}/login/companyinfo/{self._company_id}"
                info = self.http.get(url, anything)
                if not isinstance(info, dict) or not info.get("Codebase"):
                    raise StopConnection(
                        f'{self._host} does not know the company "{self._company_id}". Check the company id, and '
                        "that the site is the one you sign in at."
                    )
                self._code_base = str(info["Codebase"]).strip("/")
            return self._code_base

    def url(self, path: str, code_base: str) -> str:
        return f"{self._api}/{code_base}/{API}/{path}"

    def get(self, path: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        code_base = self._code_base
        try:
            return self.http.get(self.url(path, code_base), whole, params, headers)
        except Missing:
            if self.discover(instead_of=code_base) == code_base:
                raise
            return self.http.get(self.url(path, self._code_base), whole, params, headers)

    def change(self, method: str, path: str, json: Any = None) -> Answer:
        """Done at most once, so whoever lost the answer has to look what became of it."""
        return self.http.once(method, self.url(path, self._code_base), whole, json)

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
        if not records or not (link := next_link(answer)):
            return ""
        given = parse_qs(urlsplit(link).query).get("pageId")
        return given[0] if given else str(msgspec.json.decode(records[-1], type=Identity).key)

    def _numbered_pages(self, path: str, params: dict[str, str]) -> Iterator[Page]:
        """The audit trail does not page by id."""
        number, size = 1, str(self._page_size)  # another thread may halve it, which would shift the pages
        while True:
            answer = self._page(path, params | {"page": str(number), "pageSize": size})
            records = msgspec.json.decode(answer.body, type=list[Json])
            more = bool(records and next_link(answer))
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


def hosts(settings: Settings) -> list[str]:
    """Where one signs in, and where the API is."""
    scheme, _, host = settings.site.rpartition("://")
    is_cloud = host.endswith((".myconnectwise.net", ".connectwisedev.com"))
    return [f"{scheme or 'https'}://{prefix}{host}" for prefix in ("", "api-" if is_cloud else "")]


def open_client(settings: Settings, secrets: Secrets) -> ConnectWise:
    return ConnectWise(settings, secrets)


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
