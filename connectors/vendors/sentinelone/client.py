"""Speaks with a SentinelOne console: keeps to its limits and pages along its cursors, which may lapse."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from connectors.base import Page, Stream, Walk
from connectors.crypto import Secrets
from connectors.errors import Retry, StopConnection, SyncProblem
from connectors.http import Answer, Http
from connectors.pacing import Pace
from connectors.texts import decoded, site_of
from connectors.vendors.sentinelone import unified
from connectors.vendors.sentinelone.answers import API, VENDOR, BadRequest, Forbidden, Reply, judge
from connectors.vendors.sentinelone.trails import AFRESH, Trail

PAGE_SIZE = 1000
ACCOUNTS, SITE_SCOPE = "accounts", "site"


class Settings(BaseModel):
    console: str = Field(
        title="Console", description="Where you sign in, for example usea1-partners.sentinelone.net"
    )

    @field_validator("console")
    @classmethod
    def only_the_host(cls, console: str) -> str:
        try:
            return site_of(console)
        except ValueError:
            raise ValueError("Enter the host name, for example usea1-partners.sentinelone.net") from None


class Credentials(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    api_token: SecretStr = Field(
        title="API token", description="Of a service user whose role may view what is to be synced"
    )

    @field_validator("api_token")
    @classmethod
    def one_word(cls, token: SecretStr) -> SecretStr:
        """Else it could not even be sent."""
        if not (token.get_secret_value().isascii() and token.get_secret_value().isprintable()):
            raise ValueError("An API token has only letters, digits, dots and dashes. Copy it once more.")
        return token


def paces() -> dict[str, Pace]:
    """Per API token, a fifth below the published table. What that does not name is taken to be slow."""
    return {
        "threats": Pace(per_minute=480, burst=40),
        "agents": Pace(per_minute=1200, burst=1),
        "activities": Pace(per_minute=480, burst=24),
        "sites": Pace(per_minute=4800, burst=8),
        "accounts": Pace(per_minute=4800, burst=8),
        "cloud-detection/alerts": Pace(per_minute=24, burst=4),
        unified.PATH: Pace(per_minute=24, burst=4),
    }


class SentinelOne:
    """An open connection. Safe to use from several threads."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        scheme, _, self._host = settings.console.rpartition("://")
        console = f"{scheme or 'https'}://{self._host}"
        self._secrets = secrets
        self._api = f"{console}/{API}"
        self._paces = paces()
        self.http = Http({"Authorization": f"ApiToken {self._token()}"}, judge, [console])

    def __repr__(self) -> str:
        return f"SentinelOne({self._host})"

    def _token(self) -> str:
        return self._secrets.get("api_token", "")

    def close(self) -> None:
        self.http.close()

    def get(self, path: str, params: Mapping[str, str]) -> tuple[Reply, datetime | None]:
        return self.http.get(f"{self._api}/{path}", _reply, params, pace=self._paces.get(path))

    def ask_graph(self, query: str) -> tuple[unified.Graph, datetime | None]:
        return self.http.post(
            f"{self._api}/{unified.PATH}",
            unified.read,
            json={"query": query},
            headers={"Authorization": f"Bearer {self._token()}"},
            pace=self._paces[unified.PATH],
        )

    def token_expiry(self) -> str:
        """Empty where the console does not tell."""
        asked = {"data": {"apiToken": self._token()}}
        reply, _ = self.http.post(f"{self._api}/users/api-token-details", _reply, json=asked)
        return str(decoded(bytes(reply.data), dict[str, Any], VENDOR).get("expiresAt") or "")

    def scope(self) -> str:
        """What the token's user may see: tenant, account or site."""
        reply, _ = self.get("user", {})
        return str(decoded(bytes(reply.data), dict[str, Any], VENDOR).get("scope") or "").lower()

    def count(self, stream: Stream, walk: Walk) -> int | None:
        """Only a first load is long enough to show how far it is."""
        if walk.since or stream.path == unified.PATH:
            return None
        path, params = _question(stream, Trail.of(walk))
        try:
            return self.get(path, params | {"countOnly": "true"})[0].total
        except StopConnection:
            raise
        except SyncProblem:
            return None

    def pages(self, stream: Stream, walk: Walk) -> Iterator[Page]:
        if stream.path == unified.PATH:
            yield from unified.pages(self.ask_graph, walk, PAGE_SIZE)
            return
        try:
            yield from self._listed(stream, walk)
        except Forbidden:
            # Whoever may only see sites is not told of the accounts above them.
            if stream.path != ACCOUNTS or self.scope() != SITE_SCOPE:
                raise
            yield Page([])

    def _listed(self, stream: Stream, walk: Walk) -> Iterator[Page]:
        """All that the console counts, at the second attempt if need be."""
        for asked in (walk, replace(walk, after=AFRESH)):
            trail = Trail.of(asked)
            yield from self._along(trail, stream)
            if not trail.is_short:
                return
        raise Retry(
            f"{VENDOR} counted {trail.counted} {stream.name.replace('_', ' ')} and sent {trail.received} of them. "
            "The next sync asks for all of them again."
        )

    def _along(self, trail: Trail, stream: Stream) -> Iterator[Page]:
        while True:
            try:
                path, params = _question(stream, trail)
                reply, vendor_time = self.get(path, params)
            except BadRequest:
                if not trail.may_restart():
                    raise
                continue
            records = reply.records(path)
            trail.go_on(stream, reply, records)
            yield Page(records, trail.after, vendor_time)
            if not trail.cursor:
                return


def open_client(settings: Settings, secrets: Secrets) -> SentinelOne:
    return SentinelOne(settings, secrets)


def _question(stream: Stream, trail: Trail) -> tuple[str, dict[str, str]]:
    path, _, query = stream.path.partition("?")
    params = {"limit": str(PAGE_SIZE)} | dict(parse_qsl(query))
    if stream.cursor:
        params = {"sortBy": stream.cursor, "sortOrder": "asc"} | params
    if trail.since:
        params[f"{stream.cursor}__gte"] = trail.since
    if trail.cursor:
        params["cursor"] = trail.cursor
    return path, params


def _reply(answer: Answer) -> tuple[Reply, datetime | None]:
    return decoded(answer.body, Reply, VENDOR), answer.vendor_time
