"""Asking a language model once: whoever asks the same again gets the same answer, and nothing is paid twice.

No database connection is held while the server, or another worker, is waited for.
"""

import time
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from django.db import connection

from insights.asking import breaker, leases
from insights.asking.abilities import abilities_of, remember
from insights.asking.attempts import Conversation, Patience
from insights.asking.budget import Purse
from insights.asking.connected import configured, server_of
from insights.asking.questions import Answered, Question, sentence_of
from insights.asking.troubles import OF_ONE_REPLY, Failed, Trouble, Usage
from insights.llm import Abilities, Limits, Server
from insights.models import ConnectedModel, LlmCall

__all__ = ["Answered", "Question", "ask_once", "sentence_of"]

LEASE_MARGIN_SECONDS = 30
FIRST_LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.05, 1.0
State = LlmCall.State
log = structlog.get_logger(__name__)


class Clock:
    """The caller's moment, and what has passed since."""

    def __init__(self, now: datetime) -> None:
        self._now, self._began = now, time.monotonic()

    @property
    def elapsed_seconds(self) -> float:
        return time.monotonic() - self._began

    def now(self) -> datetime:
        return self._now + timedelta(seconds=self.elapsed_seconds)


def ask_once(
    question: Question,
    now: datetime,
    *,
    limits: Limits | None = None,
    patience: Patience | None = None,
    despite_rest: bool = False,
) -> Answered:
    """Never raises for what a server does. All calls of a run share its `now`, by which they are counted.

    Not for the inside of a transaction, which would be held open until the answer comes.
    """
    model = configured()
    if model is None:
        return Answered(None, Trouble.NOT_CONNECTED)
    try:
        asker = Asker(question, now, model, limits or Limits(), patience or Patience())
    except Failed as problem:
        breaker.failed(problem.trouble, now)
        return Answered(None, problem.trouble)
    return asker.answer(despite_rest)


class Asker:
    def __init__(
        self, question: Question, now: datetime, model: ConnectedModel, limits: Limits, patience: Patience
    ) -> None:
        self.question, self.run, self.model = question, now, model
        self.limits, self.patience, self.clock = limits, patience, Clock(now)
        self.server: Server = server_of(model)
        self.parameters = {"temperature": 0, "output_tokens": limits.output_tokens}
        self.digest = question.digest(model.base_url, model.model, self.parameters)
        self.lease_seconds = patience.seconds + limits.deadline_seconds + LEASE_MARGIN_SECONDS

    def answer(self, despite_rest: bool) -> Answered:
        look_seconds = FIRST_LOOK_SECONDS
        while self.clock.elapsed_seconds <= self.lease_seconds + 1:
            call = LlmCall.objects.filter(digest=self.digest).first()
            if call is None or leases.is_free(call, self.clock.now()):
                if trouble := self._objection(despite_rest):
                    return Answered(None, trouble)
                if mine := leases.claim(self._row(), self.clock.now()):
                    return self._ask(mine)
            elif call.state != State.ASKING:
                return self._known(call)
            let_go()
            time.sleep(look_seconds)
            look_seconds = min(look_seconds * 1.5, LONGEST_LOOK_SECONDS)
        return Answered(None, Trouble.ELSEWHERE)

    def _known(self, call: LlmCall) -> Answered:
        """A stored answer is checked again: what was harmless may have become somebody's name since."""
        if call.state != State.ANSWERED:
            return Answered(None, call.verdict, call.pk, is_cached=True)
        reason = self.question.check(call.result or {})
        return Answered(None if reason else call.result, reason, call.pk, is_cached=True)

    def _objection(self, despite_rest: bool) -> Trouble | None:
        """Why nobody asks now."""
        if LlmCall.objects.filter(asked_at=self.run).count() >= self.model.calls_per_run:
            return Trouble.RUN_LIMIT
        if despite_rest or breaker.may_ask(self.model, self.clock.now()):
            return None
        return Trouble.RESTING

    def _row(self) -> LlmCall:
        question = self.question
        return LlmCall(
            digest=self.digest,
            purpose=question.purpose,
            holder=uuid4(),
            leased_until=self.clock.now() + timedelta(seconds=self.lease_seconds),
            company=question.company,
            base_url=self.model.base_url,
            model=self.model.model,
            prompt_version=question.prompt_version,
            schema_version=question.schema_version,
            parameters=self.parameters,
            messages=question.messages,
            asked_at=self.run,
            asked_by_id=question.asked_by,
        )

    def _ask(self, call: LlmCall) -> Answered:
        talk = self._conversation(call)
        try:
            result, reason = talk.result(self.question.check)
        except Failed as problem:
            return self._failed(call, talk, problem)
        breaker.worked()
        state = State.REFUSED if reason else State.ANSWERED
        self._finish(call, talk, state=state, result=result, verdict=reason)
        return Answered(result, reason, call.pk)

    def _failed(self, call: LlmCall, talk: Conversation, problem: Failed) -> Answered:
        trouble = problem.trouble
        log.warning("the language model was of no help", trouble=trouble.value, call=call.pk)
        if trouble not in (Trouble.BUDGET, Trouble.ELSEWHERE):
            breaker.failed(trouble, self.clock.now(), problem.after_seconds)
        is_refused = trouble in OF_ONE_REPLY and trouble is not Trouble.BUDGET
        state = State.REFUSED if is_refused else State.FAILED
        self._finish(call, talk, state=state, verdict=trouble.value, reply=problem.words)
        return Answered(None, trouble.value, call.pk)

    def _finish(self, call: LlmCall, talk: Conversation, **outcome: object) -> None:
        last = talk.last
        kept: dict[str, object] = {
            "messages": talk.messages,
            "mode": talk.abilities.form,
            "answered_at": self.clock.now(),
        }
        if last:
            kept |= {"reply": last.text, "request_id": last.request_id, "latency_ms": last.latency_ms}
        leases.finish(call, **kept | outcome)

    def _conversation(self, call: LlmCall) -> Conversation:
        known = abilities_of(self.server, self.clock.now())
        payer = TimedPurse(Purse(call, self.model), self.clock)
        return Conversation(
            server=self.server,
            messages=self.question.messages,
            schema=self.question.schema,
            payer=payer,
            abilities=known,
            learn=self._learn,
            limits=self.limits,
            patience=self.patience,
        )

    def _learn(self, found: Abilities) -> None:
        remember(self.server, found, self.clock.now())


class TimedPurse:
    """Pays in the month that it is when a request leaves, and lets go of the database while it is out."""

    def __init__(self, purse: Purse, clock: Clock) -> None:
        self._purse, self._clock = purse, clock

    def reserve(self, most: Usage) -> None:
        self._purse.reserve(most, self._clock.now())
        let_go()

    def settle(self, used: Usage) -> None:
        self._purse.settle(used)


def let_go() -> None:
    """Back to the pool; inside a transaction there is nothing that could be given back."""
    if not connection.in_atomic_block:
        connection.close()
