"""What the console's answers mean: a page of a list, or one of its ways to say no."""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from connectors.base import Json
from connectors.errors import Missing, Retry, StopConnection, StopStream
from connectors.http import Answer, expect_json
from connectors.texts import decoded, text

VENDOR = "SentinelOne"
API = "web/api/v2.1"
# The console does not always say how long to wait.
WAIT_SECONDS = 5.0
NO_MORE = (None, "", "null")
PERMISSIONS = {
    "threats": "Threats.view",
    "agents": "Endpoints.view",
    "cloud-detection/alerts": "Custom Alerts.view",
    "sites": "Sites.view",
    "activities": "Activity Page.view",
}


class BadRequest(StopStream):
    """The console does not take the question; the cursor in it may have lapsed."""


class Forbidden(StopStream):
    """The role of the token's user does not allow it."""


class Pagination(msgspec.Struct, rename="camel"):
    next_cursor: str | None = None
    total_items: int | None = None


class Reply(msgspec.Struct):
    data: Json
    pagination: Pagination | None = None

    @property
    def next_cursor(self) -> str:
        cursor = self.pagination.next_cursor if self.pagination else None
        return "" if cursor in NO_MORE else str(cursor)

    @property
    def total(self) -> int:
        return (self.pagination.total_items if self.pagination else None) or 0

    def records(self, path: str) -> list[Json]:
        """The list itself, or the field of that name in an object around it."""
        data = bytes(self.data)
        if data[:1] == b"{":
            data = decoded(data, dict[str, Json], VENDOR).get(path, Json(b"[]"))
        return decoded(bytes(data), list[Json], VENDOR)


def judge(answer: Answer) -> None:
    host, status, resource = urlsplit(answer.url).netloc, answer.status, resource_of(answer.url)
    words = _words(answer)
    if status == 200:
        expect_json(answer)
    elif status == 429:
        raise Retry(f"{VENDOR} asks to slow down.", after_seconds=_retry_after(answer))
    elif status == 401:
        raise StopConnection(
            f"{VENDOR} refused the API token ({words}): it needs a new token. Tokens expire; make one for the "
            "service user (Settings > Users > Service Users) and enter it in this connection."
        )
    elif status == 403:
        raise Forbidden(
            f"The role of the API token's user may not read {resource}. {remedy(resource)} (Settings > Users > Roles)."
        )
    elif status == 404:
        raise Missing(f"{host} has no {resource}. Check that the address is the one of your console.")
    elif status == 400:
        raise BadRequest(f"{VENDOR} refused to list {resource} ({status}: {words}).")
    elif status >= 500:
        raise Retry(f"{VENDOR} had a problem of its own ({status}).")
    else:
        raise StopStream(f"{VENDOR} refused to list {resource} ({status}: {words}).")


def remedy(resource: str) -> str:
    permission = PERMISSIONS.get(resource)
    return f"Give it {permission}" if permission else "Let it view them"


def resource_of(url: str) -> str:
    return urlsplit(url).path.partition(f"{API}/")[2] or "that"


def _retry_after(answer: Answer) -> float:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdigit() else WAIT_SECONDS


def _words(answer: Answer) -> str:
    """Of the list of errors, or the start of a plain text."""
    if answer.status == 200:
        return ""
    try:
        body = msgspec.json.decode(answer.body)
        return "; ".join(map(_said, body["errors"]))[:200]
    except (msgspec.MsgspecError, ValueError, TypeError, KeyError, AttributeError):
        return answer.body[:100].decode(errors="replace").strip() or "no reason given"


def _said(error: dict[str, Any]) -> str:
    parts = [text(error.get(name)) for name in ("title", "message", "detail")]
    return ", ".join(dict.fromkeys(filter(None, parts))) or text(error.get("code"))
