"""Has a topic described by the connected language model, or by nobody: whoever asks falls back on a playbook then.

A reply that departs from what the rules see is believed only if both halves of the tickets lead to the same: one
ticket that managed to be obeyed stands in one half only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from insights.asking.calls import ask_once
from insights.asking.connected import connected
from insights.asking.prompt import (
    PROMPT_VERSION,
    CannotAsk,
    Playbook,
    Prompt,
    Redactor,
    fit_to_send,
    prompt_of,
    sendable,
)
from insights.asking.questions import Question
from insights.asking.reply import Refused, description_of, reason_against
from insights.asking.schema import SCHEMA_VERSION, wire_schema
from insights.described import Description, TopicPack
from insights.playbooks import PLAYBOOKS
from insights.text.redact import Redactor as TenantRedactor
from tenants.models import TenantSettings

log = structlog.get_logger(__name__)
PURPOSE = "describe_topic"

# What was accepted of the reply, and the call it came from.
Accepted = tuple[dict[str, Any] | None, int | None]
Ask = Callable[[Question], Accepted]


def describe_by_model(
    pack: TopicPack, now: datetime, *, expected: str = "", redactor: Redactor | None = None
) -> Description | None:
    """`expected` is the rules' archetype: who agrees with it needs no second opinion. `redactor` spares looking the
    tenant's names up for each topic."""
    if connected(now) is None:
        return None
    describer = Describer.of_tenant(lambda question: _asked(question, now), redactor)
    return describer.believed(pack, expected)


def dry_run(pack: TopicPack) -> Prompt:
    """What would be sent, including what would be held back; asks nobody."""
    return Describer.of_tenant(_nobody).prompt(pack)


@dataclass(frozen=True)
class Describer:
    redactor: Redactor
    playbooks: tuple[Playbook, ...]
    language: str
    ask: Ask

    @classmethod
    def of_tenant(cls, ask: Ask, redactor: Redactor | None = None) -> "Describer":
        return cls(redactor or TenantRedactor.of_tenant(), PLAYBOOKS, TenantSettings.load().language, ask)

    def prompt(self, pack: TopicPack) -> Prompt:
        return prompt_of(pack, self.redactor, self.playbooks, self.language)

    def believed(self, pack: TopicPack, expected: str = "") -> Description | None:
        said = self.described(pack)
        if said is None or said.archetype == expected:
            return said
        if all(_agree(said, self.described(half)) for half in _halves(pack)):
            return said
        log.info(
            "what the model says of a topic was not confirmed", topic=pack.topic, archetype=said.archetype
        )
        return None

    def described(self, pack: TopicPack) -> Description | None:
        """By one question; logs why not, without a word of the tickets or the reply."""
        try:
            return self._described(sendable(self.prompt(pack)))
        except (CannotAsk, Refused) as reason:
            log.warning("topic not described by the model", topic=pack.topic, reason=str(reason))
            return None

    def _described(self, prompt: Prompt) -> Description | None:
        accepted, call = self.ask(self.question(prompt))
        return None if accepted is None else description_of(accepted, prompt, self.redactor, call)

    def question(self, prompt: Prompt) -> Question:
        return Question(
            purpose=PURPOSE,
            messages=prompt.messages,
            schema=wire_schema(prompt.archetypes),
            check=lambda data: reason_against(data, prompt, self.redactor),
            company=prompt.company,
            prompt_version=PROMPT_VERSION,
            schema_version=SCHEMA_VERSION,
        )


def _asked(question: Question, now: datetime) -> Accepted:
    answered = ask_once(question, now)
    if answered.result is None:
        log.info("the language model was of no help", verdict=answered.verdict, call=answered.call)
    return answered.result, answered.call


def _nobody(_question: Question) -> Accepted:
    return None, None


def _agree(one: Description, other: Description | None) -> bool:
    return other is not None and (one.archetype, one.is_coherent) == (other.archetype, other.is_coherent)


def _halves(pack: TopicPack) -> Iterator[TopicPack]:
    """Of what would be sent, each with tickets of the centre and of the edge."""
    fit, _ = fit_to_send(pack)
    for first in (0, 1):
        yield replace(pack, exemplars=tuple(fit[first::2]))
