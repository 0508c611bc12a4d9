"""Decides whether a reply may be believed. What is not refused here is words and choices, never a number or a link."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from insights.asking.prompt import Prompt, Redactor
from insights.asking.prose import faults_of
from insights.asking.schema import NO_PROJECT, OTHER_PROJECT, Said
from insights.asking.vocabulary import unvouched_names, words_of_one_ticket
from insights.described import Description, Ticket
from insights.text.clean import clean
from insights.text.language import language_of

FEWEST_PROOFS = 2


class Refused(Exception):
    """Says what is wrong in words that can go back to the model: places and kinds, nothing of what it wrote."""


def description_of(data: Any, prompt: Prompt, redactor: Redactor, call: int | None = None) -> Description:
    """Raises Refused."""
    said = _said(data)
    faults = [*_faults_of_choices(said, prompt), *_faults_of_words(said, prompt, redactor)]
    if faults:
        raise Refused("; ".join(dict.fromkeys(faults)))
    return _description(said, prompt.tickets, call)


def reason_against(data: Any, prompt: Prompt, redactor: Redactor) -> str:
    """Why a reply is refused; "" if it is not."""
    try:
        description_of(data, prompt, redactor)
    except Refused as refused:
        return str(refused)
    return ""


def worded(data: Any, call: int) -> Description:
    """Of a reply that was accepted before: its words and choices, without tickets, since its ids meant others then."""
    return _description(_said(data), {}, call)


def has_form(data: Any) -> bool:
    try:
        _said(data)
    except Refused:
        return False
    return True


def _said(data: Any) -> Said:
    try:
        return Said.model_validate(_cleaned(data))
    except ValidationError as error:
        faults = (f"{_place(each['loc'])}: {each['msg']}" for each in error.errors(include_input=False))
        raise Refused("; ".join(faults)) from None


def _place(location: tuple[int | str, ...]) -> str:
    """Keys that the model made up are words of its own, and not repeated."""
    known = [str(part) for part in location if isinstance(part, int) or part in _FIELDS]
    return ".".join(known) or "the object"


_FIELDS = {*Said.model_fields, *Said.model_fields["signals"].annotation.model_fields}  # type: ignore[union-attr]


def _cleaned(value: Any) -> Any:
    """The same letters however they are written, and none that nobody sees."""
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    return value


def _faults_of_choices(said: Said, prompt: Prompt) -> Iterator[str]:
    if said.archetype not in {*prompt.archetypes, OTHER_PROJECT, NO_PROJECT}:
        yield "archetype: not one of the list"
    for place, ids in (
        ("evidence_ids", said.evidence_ids),
        ("counter_evidence_ids", said.counter_evidence_ids),
    ):
        if not set(ids) <= prompt.tickets.keys():
            yield f"{place}: an id that was not sent"
    if set(said.evidence_ids) & set(said.counter_evidence_ids):
        yield "evidence_ids: an id that is also in counter_evidence_ids"
    if said.proposes and len(set(said.evidence_ids)) < FEWEST_PROOFS:
        yield "evidence_ids: fewer than two tickets"


def _faults_of_words(said: Said, prompt: Prompt, redactor: Redactor) -> Iterator[str]:
    for place, text in _words(said):
        yield from (f"{place}: {fault}" for fault in faults_of(text))
        if unvouched_names(text, prompt.texts):
            yield f"{place}: contains a name, or words capitalised within a sentence"
        yield from (
            f"{place}: only one ticket says “{word}”" for word in words_of_one_ticket(text, prompt.texts)
        )
    every_word = "\n".join(text for _, text in _words(said))
    yield from (f"the texts: contain something private ({kind})" for kind in redactor.leaks(every_word))
    if said.proposes:
        yield from (f"{place}: is empty" for place, text in _words(said) if not text)
        if not said.steps:
            yield "steps: is empty"
        if language_of(_prose(said)) != prompt.language:
            yield f"problem, recommendation, steps: not in the language asked for ({prompt.language})"


def _words(said: Said) -> list[tuple[str, str]]:
    names = ("label_en", "label_fr", "inclusion_criteria", "title", "problem", "recommendation")
    return [*((name, getattr(said, name)) for name in names), *(("steps", step) for step in said.steps)]


def _prose(said: Said) -> str:
    return " ".join((said.title, said.problem, said.recommendation, *said.steps))


def _description(said: Said, tickets: Mapping[str, Ticket], call: int | None) -> Description:
    return Description(
        source="llm",
        label_en=said.label_en,
        label_fr=said.label_fr,
        inclusion_criteria=said.inclusion_criteria,
        is_coherent=said.coherent,
        category=said.category,
        root_cause=said.root_cause,
        archetype=said.archetype if said.coherent else NO_PROJECT,
        title=said.title,
        problem=said.problem,
        recommendation=said.recommendation,
        steps=tuple(said.steps),
        is_training_need=said.signals.training_need,
        sales_signal=said.signals.sales_opportunity,
        evidence=_tickets(said.evidence_ids, tickets),
        counter_evidence=_tickets(said.counter_evidence_ids, tickets),
        confidence=said.confidence,
        call=call,
    )


def _tickets(ids: list[str], tickets: Mapping[str, Ticket]) -> tuple[Ticket, ...]:
    """In the order of the tickets, so that the order of a reply means nothing."""
    return tuple(sorted({tickets[each] for each in ids if each in tickets}))
