"""What ConnectWise's answers say: its several ways to refuse, where the next page is, and what was cut off."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

import msgspec

from connectors.base import Json
from connectors.errors import Missing, Retry, StopConnection, StopStream
from connectors.http import Answer, expect_json

API = "apis/3.0"


def judge(answer: Answer) -> None:
    """ConnectWise's ways to say no, of which there are several per status."""
    host, status = urlsplit(answer.url).netloc, answer.status
    words = _vendor_words(answer)
    if status in (200, 201):
        expect_json(answer)
    elif status == 204:
        return  # what was to be deleted is
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
    if answer.status < 300:
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


def whole(answer: Answer) -> Answer:
    """Refuses an answer that was cut off, so that it is asked for again."""
    if answer.status == 204:
        return answer
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


def anything(answer: Answer) -> object:
    try:
        return msgspec.json.decode(answer.body)
    except msgspec.MsgspecError:
        raise Retry("ConnectWise broke off the answer.") from None


def next_link(answer: Answer) -> str:
    for part in answer.headers.get("link", "").split(","):
        target, _, attributes = part.partition(";")
        if 'rel="next"' in attributes:
            return target.strip(" <>")
    return ""
