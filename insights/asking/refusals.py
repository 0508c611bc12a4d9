"""What a server means when it says no: each status, code and complaint, and what follows from it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from insights.asking.troubles import Billed, Failed, Stop, Trouble, TryAgain, Unsupported, Unusable, without

NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "insufficient_credit")
TOO_LONG = ("context_length_exceeded", "maximum context length", "context window", "too many tokens")
FILTERED = ("content_filter", "content_policy_violation", "content management policy")
# The part of our request that a complaint is about, by the words of servers. The first that fits.
COMPLAINTS = {
    "limit": ("max_completion_tokens", "max_tokens"),
    "temperature": ("temperature",),
    "form": (
        "response_format",
        "json_schema",
        "json_object",
        "structured output",
        "grammar",
        "guided",
        "schema",
    ),
}


def failure_of(status: int, headers: Mapping[str, str], body: bytes, key: str) -> Failed:
    error = _error(body)
    if status < 400:
        return Stop(Trouble.REDIRECT)
    if status in (401, 403):  # their words are about the key, and may quote it
        return Stop(Trouble.KEY if status == 401 else Trouble.FORBIDDEN)
    words = without(key, error.get("message") or body.decode(errors="replace"))
    if status in (402, 429) and _is_about(error, NO_CREDIT):
        return Stop(Trouble.QUOTA, words)
    if status in (408, 409, 425, 429) or status >= 500:
        billed = Billed.INPUT if status >= 500 else Billed.NOTHING
        return TryAgain(_passing(status), words, billed=billed, after_seconds=_wait_asked(headers))
    if status in (400, 422):
        return _complaint(error, words)
    return Stop({402: Trouble.QUOTA, 404: Trouble.NO_MODEL}.get(status, Trouble.BAD_REQUEST), words)


def _passing(status: int) -> Trouble:
    if status == 429:
        return Trouble.BUSY
    return Trouble.TOO_SLOW if status in (408, 504) else Trouble.SERVER_ERROR


def _complaint(error: Mapping[str, Any], words: str) -> Failed:
    if _is_about(error, TOO_LONG):
        return Unusable(Trouble.TOO_LONG, words)
    if _is_about(error, FILTERED):
        return Unusable(Trouble.DECLINED, words)
    for told in (str(error.get("param") or ""), str(error.get("message") or "")):
        for part, signs in COMPLAINTS.items():
            if any(sign in told.lower() for sign in signs):
                return Unsupported(part, words)
    return Stop(Trouble.BAD_REQUEST, words)


def _is_about(error: Mapping[str, Any], signs: tuple[str, ...]) -> bool:
    told = " ".join(str(error.get(name) or "") for name in ("code", "type", "message")).lower()
    return any(sign in told for sign in signs)


def _error(body: bytes) -> dict[str, Any]:
    """{"error": {…}} of OpenAI, {"error": "…"} of Ollama, {"message": …} of vLLM, {"detail": …} of FastAPI."""
    told: Any = None
    with suppress(ValueError, RecursionError):
        told = json.loads(body)
    if not isinstance(told, dict):
        return {}
    error = told.get("error", told)
    if not isinstance(error, dict):
        return {"message": error}
    return error if "message" in error else error | {"message": error.get("detail", "")}


def _wait_asked(headers: Mapping[str, str]) -> float | None:
    """In seconds, from a number or a date."""
    asked = headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(asked))
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    return None
