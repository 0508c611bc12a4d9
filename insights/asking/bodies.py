"""The body of an answer: the reply in it, however a server wraps it, and what it cost. Refuses all else."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from insights.asking.troubles import Billed, Trouble, Unusable, Usage, storable

MOST_TOKENS = 10_000_000  # of one call; whoever counts more does not count tokens
MOST_TRIES = 100
THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True)
class Reply:
    text: str
    usage: Usage | None  # None: the server did not count
    mode: str = ""
    request_id: str = ""
    latency_ms: int = 0


def reply_in(body: bytes) -> Reply:
    answer = _object(body)
    usage = usage_in(answer)
    choices = answer.get("choices")
    if not isinstance(choices, list):
        raise Unusable(Trouble.NOT_AN_API, usage=usage)
    first = _dict(choices[0] if choices else None)
    message = _dict(first.get("message"))
    text = _text(message.get("content")) or _text(
        message.get("reasoning_content") or message.get("reasoning")
    )
    if trouble := _trouble(first.get("finish_reason"), message, text):
        raise Unusable(trouble, text, usage=usage, billed=Billed.ALL)
    return Reply(text, usage)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _object(body: bytes) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        answer = json.loads(body)
        if isinstance(answer, dict):
            return answer
    raise Unusable(Trouble.NOT_AN_API)


def _trouble(finished: Any, message: dict[str, Any], text: str) -> Trouble | None:
    if message.get("refusal") or finished == "content_filter":
        return Trouble.DECLINED
    if finished == "length":
        return Trouble.CUT_OFF
    return None if text else Trouble.EMPTY


def _text(content: Any) -> str:
    """Some servers send parts of a text instead of the text."""
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return storable(content).strip() if isinstance(content, str) else ""


def usage_in(answer: dict[str, Any]) -> Usage | None:
    """Tokens that were read from a cache are counted like others: dearer than billed, never cheaper."""
    told = answer.get("usage")
    if not isinstance(told, dict):
        return None
    counts: list[Any] = [told.get("prompt_tokens"), told.get("completion_tokens")]
    if not all(type(count) is int and 0 <= count <= MOST_TOKENS for count in counts):
        return None
    return Usage(*counts)


def object_in(text: str) -> dict[str, Any] | None:
    """The first JSON object of a reply that may also think aloud, chat, or put it in a fence."""
    spoken = THOUGHT.sub("", text).rpartition("</think>")[2]
    start = spoken.find("{")
    for _ in range(MOST_TRIES):
        if start < 0:
            return None
        with suppress(ValueError, RecursionError):
            found, _end = json.JSONDecoder().raw_decode(spoken, start)
            return found if isinstance(found, dict) and _is_storable(found) else None
        start = spoken.find("{", start + 1)
    return None


def _is_storable(found: dict[str, Any]) -> bool:
    """Infinite numbers, halves of characters and NULs may be written in JSON, but nobody keeps them."""
    try:
        written = json.dumps(found, ensure_ascii=False, allow_nan=False)
        return "\\u0000" not in written and bool(written.encode())
    except ValueError:
        return False
