"""A first word with a language model: costs next to nothing, and shows what the server understands."""

from datetime import datetime
from typing import Any

from insights.asking.attempts import Patience
from insights.asking.calls import ask_once
from insights.asking.questions import Answered, Question
from insights.llm import Limits

PURPOSE = "test"
SCHEMA = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}
# A person waits for it. Models that think before they speak need some tokens for that.
LIMITS = Limits(deadline_seconds=30, output_tokens=1000)
PATIENCE = Patience(attempts=1, seconds=45)


def greet(now: datetime, asked_by: int | None = None) -> Answered:
    """Asked even while the model rests; an answer ends the rest. The moment makes it a question of its own."""
    messages = [
        {"role": "system", "content": 'Reply with the JSON object {"ok": true} and nothing else.'},
        {"role": "user", "content": f"Test of {now.isoformat()}"},
    ]
    question = Question(PURPOSE, messages, SCHEMA, _objection, asked_by=asked_by)
    return ask_once(question, now, limits=LIMITS, patience=PATIENCE, despite_rest=True)


def _objection(result: dict[str, Any]) -> str:
    return "" if isinstance(result.get("ok"), bool) else '"ok" has to be true'
