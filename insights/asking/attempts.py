"""One question put to a server until it is answered or patience ends: pauses, what it does not understand, and one
chance to mend a reply that can't be used. Knows nothing of tables, so that it serves where there are none."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from insights.asking import tokens
from insights.asking.abilities import without_part
from insights.asking.bodies import Reply, object_in
from insights.asking.questions import Check, Messages, Schema
from insights.asking.troubles import Failed, Stop, Trouble, TryAgain, Unsupported, Usage
from insights.llm import Abilities, Limits, Server, ask

LONGEST_QUOTE = 8000


class Payer(Protocol):
    """Asked before each request and told after it."""

    def reserve(self, most: Usage) -> None: ...

    def settle(self, used: Usage) -> None: ...


@dataclass(frozen=True)
class Patience:
    attempts: int = 3
    seconds: float = 150  # after which no further request is made
    longest_wait_seconds: float = 20
    first_pause_seconds: float = 1


@dataclass
class Conversation:
    """`said` is what was sent and came back, as it is kept; `learn` is told what the server turned out to be."""

    server: Server
    messages: Messages
    schema: Schema
    payer: Payer
    abilities: Abilities
    learn: Callable[[Abilities], None]
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    last: Reply | None = None

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self._swapped: set[str] = set()

    def result(self, check: Check) -> tuple[dict[str, object] | None, str]:
        """What `check` accepts and "", or None and why not. Raises what `ask` raises."""
        for is_second in (False, True):
            self.last = self._patiently()
            found = object_in(self.last.text)
            reason = check(found) if found is not None else Trouble.NO_OBJECT.value
            if not reason or is_second:
                break
            self.messages = [*self.messages, *_mend(self.last.text, reason)]
        return (None if reason else found), reason

    def _patiently(self) -> Reply:
        failures = 0
        while True:
            try:
                return self._once()
            except Unsupported as complaint:
                self._do_without(complaint)
            except TryAgain as problem:
                failures += 1
                self._pause(problem, failures)

    def _once(self) -> Reply:
        longest = self.limits.output_tokens
        self.payer.reserve(tokens.at_most(self.messages, self.schema, longest))
        used = tokens.at_most(self.messages, self.schema, longest)
        try:
            reply = ask(self.server, self.messages, self.schema, self.abilities, self.limits)
            used = reply.usage or tokens.estimated(self.messages, reply.text)
        except Failed as problem:
            used = problem.usage or tokens.after_failure(self.messages, longest, problem.billed)
            raise
        finally:
            self.payer.settle(used)
        return reply

    def _do_without(self, complaint: Unsupported) -> None:
        """The limit has two names and no third: who wants neither is not asked in circles."""
        if complaint.part in self._swapped:
            raise Stop(Trouble.BAD_REQUEST, complaint.words)
        self.abilities = without_part(self.abilities, complaint)
        if complaint.part == "limit":
            self._swapped.add(complaint.part)
        self.learn(self.abilities)

    def _pause(self, problem: TryAgain, failures: int) -> None:
        """Full jitter, so that those who failed together do not come back together."""
        longest = self.patience.longest_wait_seconds
        wait = problem.after_seconds
        if wait is None:
            wait = random.uniform(0, min(longest, self.patience.first_pause_seconds * 2 ** (failures - 1)))  # noqa: S311
        spent = time.monotonic() - self._began
        if failures >= self.patience.attempts or wait > longest or spent + wait > self.patience.seconds:
            raise problem
        time.sleep(wait)


def _mend(text: str, reason: str) -> Messages:
    if reason == Trouble.NO_OBJECT:
        reason = "it holds no JSON object in the form that was asked for"
    wanted = (
        f"This reply cannot be used: {reason}. Reply again with the corrected JSON object and nothing else."
    )
    return [{"role": "assistant", "content": text[:LONGEST_QUOTE]}, {"role": "user", "content": wanted}]
