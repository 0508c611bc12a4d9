"""Replies written down as they came, so that they can be judged again without the server that gave them."""

import json
from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Lock

from insights.asking.questions import Messages, Question

# A question in one of several runs; the texts of the reply and, if that could not be used, of its repair.
Source = Callable[[Question, int], list[str]]


class NotRecorded(Exception):
    """The prompt is no longer the one that was recorded."""


def digest_of(messages: Messages) -> str:
    return sha256(json.dumps(messages, ensure_ascii=False).encode()).hexdigest()[:24]


class Recorder:
    """Passes questions on and remembers what was answered."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._runs: dict[str, dict[int, list[str]]] = defaultdict(dict)
        self._lock = Lock()

    def __call__(self, question: Question, run: int) -> list[str]:
        texts = self._source(question, run)
        with self._lock:
            self._runs[digest_of(question.messages)][run] = texts
        return texts

    def write(self, path: Path) -> None:
        """One line a question, in an order that does not depend on who answered first; equal runs once."""
        path.write_text("".join(_line(question, runs) for question, runs in sorted(self._runs.items())))


class Replay:
    def __init__(self, path: Path) -> None:
        lines = (json.loads(line) for line in path.read_text().splitlines())
        self._runs: dict[str, list[list[str]]] = {line["question"]: line["runs"] for line in lines}

    def __call__(self, question: Question, run: int) -> list[str]:
        runs = self._runs.get(digest_of(question.messages))
        if not runs:
            raise NotRecorded(
                "A question is not among the recorded ones: the prompt has changed. Record again."
            )
        return runs[min(run, len(runs)) - 1]


def _line(question: str, runs: dict[int, list[str]]) -> str:
    ordered = [runs[run] for run in sorted(runs)]
    kept = ordered[:1] if all(each == ordered[0] for each in ordered) else ordered
    return json.dumps({"question": question, "runs": kept}, ensure_ascii=False) + "\n"
