"""A tenant with a connected language model, and questions to ask it."""

from collections.abc import Callable
from typing import Any

from insights.asking.attempts import Patience
from insights.asking.calls import Question
from insights.llm import Limits
from insights.models import ConnectedModel
from tests.factories import at

NOW = at("2026-06-15 12:00")
KEY = "sk-canary-5f2e9a71"
SCHEMA = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}
# Real servers get a minute; of the ones of tests, some never answer, and the others do however busy the machine is.
UNHURRIED = Limits(deadline_seconds=30, output_tokens=500)
QUICK = Limits(deadline_seconds=0.5, output_tokens=500)
IMPATIENT = Patience(attempts=3, seconds=10, longest_wait_seconds=1, first_pause_seconds=0.01)


def model_at(base_url: str, key: str = KEY, **fields: Any) -> ConnectedModel:
    made = ConnectedModel(id=1, base_url=base_url, model="model-1", **fields)
    if key:
        made.key = {"key": key}
    made.save()
    return made


def says_ok(result: dict[str, Any]) -> str:
    return "" if result.get("ok") is True and len(result) == 1 else "it has to say whether it is ok"


def question(
    text: str = "Is it ok?", check: Callable[[dict[str, Any]], str] = says_ok, **fields: Any
) -> Question:
    messages = [{"role": "system", "content": "Answer."}, {"role": "user", "content": text}]
    return Question("test", messages, SCHEMA, check, **fields)
