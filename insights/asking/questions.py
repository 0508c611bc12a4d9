"""What is asked of a language model and what comes of it; nothing here speaks to a server."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from insights.asking.troubles import Trouble

Messages = list[dict[str, str]]
Schema = dict[str, Any]
# Why a reply cannot be used, in English, since the model is told so once; "" when it can.
Check = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Question:
    """`messages` are as they may leave the house: without names. `schema` is a plain JSON schema of the reply."""

    purpose: str
    messages: Messages
    schema: Schema
    check: Check
    company: int | None = None  # whose ticket texts are in it
    prompt_version: str = "1"
    schema_version: str = "1"
    asked_by: int | None = None

    def digest(self, base_url: str, model: str, parameters: dict[str, Any]) -> str:
        """The same for whatever would be sent the same way to the same model."""
        sent = [
            self.prompt_version,
            self.schema_version,
            model,
            base_url,
            parameters,
            self.messages,
            self.schema,
        ]
        canonical = json.dumps(sent, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Answered:
    """`result` is what `check` accepted; without one, `verdict` says why: a Trouble, or the check's reason."""

    result: dict[str, Any] | None
    verdict: str = ""
    call: int | None = None  # the LlmCall
    is_cached: bool = False

    @property
    def sentence(self) -> str:
        """The verdict for people."""
        return sentence_of(self.verdict)


def sentence_of(verdict: str) -> str:
    return str(Trouble(verdict).label) if verdict in Trouble.values else verdict
