"""What servers of language models do to those who ask, each under a name: the good, the odd and the hostile."""

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.insights.llm_server import LlmServer, Seen

USAGE = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
HUGE_BYTES = 50 * 2**20
DRIP_SECONDS = 1.0


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    play: Callable[[Any], None] | None = None  # writes to the connection by itself

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> "Answer":
        told = {"content-type": "application/json", "x-request-id": "req_1"}
        return cls(status, json.dumps(value).encode(), told | _names(headers))

    @classmethod
    def error(cls, status: int, message: str, code: str = "", param: str = "", **headers: str) -> "Answer":
        told = {"message": message, "type": "error", "code": code or None, "param": param or None}
        return cls.json({"error": told}, status, **headers)

    @classmethod
    def html(cls, status: int = 200) -> "Answer":
        return cls(status, b"<!doctype html><title>Sign in</title>", {"content-type": "text/html"})


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True)
class Scene:
    """One request, and what a well-behaved server would say to it."""

    seen: "Seen"
    text: str
    elsewhere: str
    usage: dict[str, int]

    @property
    def payload(self) -> dict[str, Any]:
        return self.seen.payload

    @property
    def form(self) -> str:
        return str(self.payload.get("response_format", {}).get("type", "text"))

    @property
    def key(self) -> str:
        return self.seen.headers.get("authorization", "").removeprefix("Bearer ")

    def says(self, content: Any, finish: str = "stop", usage: Any = ..., **message: Any) -> Answer:
        choice = {
            "index": 0,
            "finish_reason": finish,
            "message": {"role": "assistant", "content": content} | message,
        }
        counted = self.usage if usage is ... else usage
        body = {"id": "chat-1", "object": "chat.completion", "choices": [choice], "usage": counted}
        return Answer.json(body if counted is not None else {k: v for k, v in body.items() if k != "usage"})


def answer_of(name: str, seen: "Seen", server: "LlmServer") -> Answer:
    return BEHAVIOURS[name](Scene(seen, server.write(seen.payload), server.elsewhere, server.usage))


def instance_of(payload: dict[str, Any]) -> Any:
    """Something that fits the schema that was asked for, or {"ok": true} where none is told on the wire."""
    form = payload.get("response_format", {}).get("json_schema")
    return _fitting(form["schema"]) if form else {"ok": True}


def _fitting(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: _fitting(part) for name, part in schema.get("properties", {}).items()}
        case "array":
            return []
        case "boolean":
            return True
        case "integer" | "number":
            return 1
    return "text"


def _json_object_only(scene: Scene) -> Answer:
    if scene.form == "json_schema":
        return Answer.error(
            400, "'response_format.type' must be 'json_object' or 'text'", param="response_format"
        )
    return scene.says(scene.text)


def _no_form(scene: Scene) -> Answer:
    if scene.form != "text":
        return Answer.json({"detail": "response_format is not supported by this model"}, 422)
    return scene.says(scene.text)


def _wants_newer_limit(scene: Scene) -> Answer:
    if "max_tokens" in scene.payload:
        words = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
        return Answer.error(400, words, "unsupported_parameter", "max_tokens")
    return scene.says(scene.text)


def _wants_no_limit(scene: Scene) -> Answer:
    return Answer.error(400, "max_tokens and max_completion_tokens are not allowed here")


def _no_temperature(scene: Scene) -> Answer:
    if "temperature" in scene.payload:
        words = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1)."
        return Answer.error(400, words, "unsupported_value", "temperature")
    return scene.says(scene.text)


def _picky(scene: Scene) -> Answer:
    """Understands none of it, and says so one by one."""
    for refuse in (_wants_newer_limit, _no_temperature, _no_form):
        answer = refuse(scene)
        if answer.status != 200:
            return answer
    return scene.says(scene.text)


def _drip(scene: Scene) -> Answer:
    whole = scene.says(scene.text)

    def play(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(len(whole.body)))
        handler.end_headers()
        _bit_by_bit(handler, whole.body)

    return Answer(play=play)


def _slow_headers(scene: Scene) -> Answer:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + b"x-padding: " + b"x" * 100
    return Answer(play=lambda handler: _bit_by_bit(handler, head))


def _slow_refusal(scene: Scene) -> Answer:
    def play(handler: Any) -> None:
        handler.send_response(500)
        handler.send_header("content-length", "100")
        handler.end_headers()
        _bit_by_bit(handler, b"x" * 100)

    return Answer(play=play)


def _bit_by_bit(handler: Any, data: bytes) -> None:
    for number in range(len(data)):
        handler.wfile.write(data[number : number + 1])
        handler.wfile.flush()
        time.sleep(DRIP_SECONDS / 5)


def _silent(scene: Scene) -> Answer:
    def play(handler: Any) -> None:
        with suppress(OSError):
            handler.connection.settimeout(10)
            handler.connection.recv(1)

    return Answer(play=play)


def _reset(scene: Scene) -> Answer:
    def play(handler: Any) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return Answer(play=play)


def _breaks_off(scene: Scene) -> Answer:
    whole = scene.says(scene.text)
    return Answer(
        200, whole.body[:40], whole.headers | {"content-length": "4000", "connection": "close"}, None
    )


def _huge(status: int) -> Callable[[Scene], Answer]:
    def play(handler: Any) -> None:
        handler.send_response(status)
        handler.send_header("content-length", str(HUGE_BYTES))
        handler.end_headers()
        for _ in range(HUGE_BYTES // 2**16):
            handler.wfile.write(b" " * 2**16)

    return lambda scene: Answer(play=play)


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * HUGE_BYTES)


def _gzip_bomb(scene: Scene) -> Answer:
    return Answer(200, _bomb(), {"content-type": "application/json", "content-encoding": "gzip"})


def _wrong_type(scene: Scene) -> Answer:
    return Answer(200, scene.says(scene.text).body, {"content-type": "text/plain"})


def _redirect(scene: Scene) -> Answer:
    return Answer(307, b"", {"location": scene.elsewhere})


BEHAVIOURS: dict[str, Callable[[Scene], Answer]] = {
    "good": lambda scene: scene.says(scene.text),
    "schema_ignored": lambda scene: scene.says('{"something": "else"}'),
    "json_object_only": _json_object_only,
    "no_form": _no_form,
    "prose_around": lambda scene: scene.says(f"Here is {{it}}:\n{scene.text}\nIs there {{anything}} else?"),
    "fenced": lambda scene: scene.says(f"```json\n{scene.text}\n```"),
    "thinks_first": lambda scene: scene.says(f'<think>Maybe {{"no": 1}}?</think>\n{scene.text}'),
    "thinks_unopened": lambda scene: scene.says(f'Maybe {{"no": 1}}?</think>{scene.text}'),
    "reasoning_only": lambda scene: scene.says(None, reasoning_content=scene.text),
    "in_parts": lambda scene: scene.says([{"type": "text", "text": scene.text}]),
    "null_content": lambda scene: scene.says(None),
    "bad_json": lambda scene: scene.says(scene.text[:-1] + ", oops"),
    "deep_json": lambda scene: scene.says('{"a":' * 20_000),
    "infinite": lambda scene: scene.says('{"ok": 1e999}'),
    "not_a_number": lambda scene: scene.says('{"ok": NaN}'),
    "nul_inside": lambda scene: scene.says('\x00{"ok": "\\u0000"}'),
    "half_a_character": lambda scene: scene.says('\ud800{"ok": "\\ud800"}'),
    "nul_in_400": lambda scene: Answer.error(400, "Something \x00 is \ud800 wrong"),
    "cut_off": lambda scene: scene.says(scene.text[:10], finish="length"),
    "refusal": lambda scene: scene.says(None, refusal="I can't help with that."),
    "filtered": lambda scene: scene.says("", finish="content_filter"),
    "filtered_400": lambda scene: Answer.error(400, "The prompt was filtered", "content_filter"),
    "no_choices": lambda scene: Answer.json({"choices": [], "usage": USAGE}),
    "html": lambda scene: Answer.html(),
    "error_in_200": lambda scene: Answer.json({"error": {"code": 502, "message": "upstream"}}),
    "wants_newer_limit": _wants_newer_limit,
    "wants_no_limit": _wants_no_limit,
    "no_temperature": _no_temperature,
    "picky": _picky,
    "too_long": lambda scene: Answer.error(
        400, "This model's maximum context length is 8192 tokens; max_tokens …", "context_length_exceeded"
    ),
    "bad_request": lambda scene: Answer.error(400, "Something about this is wrong"),
    "bad_key": lambda scene: Answer.error(401, f"Incorrect API key provided: {scene.key}", "invalid_api_key"),
    "key_in_500": lambda scene: Answer.error(500, f"Could not use {scene.key} upstream"),
    "forbidden": lambda scene: Answer.error(403, f"{scene.key} may not"),
    "no_model": lambda scene: Answer.error(404, "The model `model-1` does not exist", "model_not_found"),
    "timed_out": lambda scene: Answer.error(408, "Request timed out"),
    "busy": lambda scene: Answer.error(429, "Rate limit reached"),
    "busy_wait": lambda scene: Answer.error(429, "Rate limit reached", retry_after="0.2"),
    "busy_hour": lambda scene: Answer.error(429, "Rate limit reached", retry_after="3600"),
    "quota": lambda scene: Answer.error(429, "You exceeded your current quota", "insufficient_quota"),
    "error": lambda scene: Answer.error(500, "The server had an error"),
    "bad_gateway": lambda scene: Answer.html(502),
    "overloaded": lambda scene: Answer.error(503, "Overloaded"),
    "drip": _drip,
    "slow_headers": _slow_headers,
    "slow_refusal": _slow_refusal,
    "silent": _silent,
    "reset": _reset,
    "breaks_off": _breaks_off,
    "huge": _huge(200),
    "huge_refusal": _huge(500),
    "gzip_bomb": _gzip_bomb,
    "no_usage": lambda scene: scene.says(scene.text, usage=None),
    "absurd_usage": lambda scene: scene.says(
        scene.text, usage={"prompt_tokens": -5, "completion_tokens": 10**15}
    ),
    "cached_tokens": lambda scene: scene.says(
        scene.text, usage=USAGE | {"prompt_tokens_details": {"cached_tokens": 100}}
    ),
    "wrong_type": _wrong_type,
    "redirect": _redirect,
}
