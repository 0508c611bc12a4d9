"""A server under evaluation: asked as proposals ask, but without a tenant's budget, cache or breaker."""

from dataclasses import dataclass, field
from threading import Lock

from insights.asking.attempts import Conversation, Patience
from insights.asking.questions import Question
from insights.asking.troubles import OF_ONE_REPLY, WRONG_SETTINGS, Failed, Usage
from insights.llm import Abilities, Limits, Server, default_abilities

MOST_FAILURES_IN_A_ROW = 8


class NotAnswering(Exception):
    """The server is of no use to anybody now; says why in words for people."""


@dataclass
class Tally:
    """Counts what is used; nothing is refused, as a person watches."""

    used: Usage = field(default_factory=Usage)
    requests: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def reserve(self, most: Usage) -> None:
        """Nobody has set a limit here."""

    def settle(self, used: Usage) -> None:
        with self._lock:
            self.used += used
            self.requests += 1


class AskedServer:
    """What it turns out not to understand is remembered for the next question."""

    def __init__(
        self, server: Server, limits: Limits | None = None, patience: Patience | None = None
    ) -> None:
        self.server, self.limits, self.patience = server, limits or Limits(), patience or Patience()
        self.tally = Tally()
        self._abilities = default_abilities(server)
        self._failures_in_a_row = 0

    def __call__(self, question: Question, _run: int) -> list[str]:
        talk = Conversation(
            server=self.server,
            messages=question.messages,
            schema=question.schema,
            payer=self.tally,
            abilities=self._abilities,
            learn=self._learn,
            limits=self.limits,
            patience=self.patience,
        )
        try:
            talk.result(question.check)
        except Failed as failed:
            self._give_up_on(failed)
            raise
        self._failures_in_a_row = 0
        replies = [
            turn["content"] for turn in talk.messages[len(question.messages) :] if turn["role"] == "assistant"
        ]
        return [*replies, *([talk.last.text] if talk.last else [])]

    def _give_up_on(self, failed: Failed) -> None:
        """A person waits: hundreds of questions that nobody answers would keep them for hours."""
        self._failures_in_a_row += failed.trouble not in OF_ONE_REPLY
        if failed.trouble in WRONG_SETTINGS or self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
            raise NotAnswering(str(failed.trouble.label)) from None

    def _learn(self, abilities: Abilities) -> None:
        self._abilities = abilities
