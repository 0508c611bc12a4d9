"""Makes the one message that a topic is described from: few texts, of one client, without names, marked as data.

What may still be private in it stops it from being sent; nothing here asks anybody anything.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from insights.asking.instructions import system_text
from insights.asking.suspects import is_suspect
from insights.described import Exemplar, Ticket, TopicPack
from insights.text.clean import clean, cut
from insights.text.marks import MARK

PROMPT_VERSION = "1"
AT_CENTRE, AT_EDGE, TEXT_LENGTH = 8, 4, 300
FEWEST_TICKETS = 3
TERM_COUNT, TYPE_COUNT, TERM_LENGTH = 20, 8, 60

Message = dict[str, str]
# So that nobody reads them as markup, nor the template of a conversation as its own.
_HARMLESS = str.maketrans({"^": " ", "<": "‹", ">": "›", "{": "(", "}": ")", "`": "'", "|": "/"})
_TURN = re.compile(r"\[/?INST\]", re.IGNORECASE)
_OVERLONG = re.compile(r"\S{41,}")


class Playbook(Protocol):
    """As much of a playbook as a prompt tells of it."""

    @property
    def key(self) -> str: ...
    @property
    def criteria(self) -> str: ...


class Redactor(Protocol):
    def redact(self, text: str) -> str: ...
    def leaks(self, text: str) -> list[str]: ...


class CannotAsk(Exception):
    """The language model is not asked about this topic."""


class WouldLeak(CannotAsk):
    """Something private is still in the prompt. Tells the kinds, never the text."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.kinds = tuple(sorted(set(kinds)))
        super().__init__(f"private things are left in the prompt: {', '.join(self.kinds)}")


class TooFewTexts(CannotAsk):
    """Too few tickets are left to tell anything from."""


@dataclass(frozen=True)
class Prompt:
    messages: list[Message]
    tickets: dict[str, Ticket]  # by the ids that stand for them
    texts: tuple[str, ...]  # as they are sent, but for the marks between words
    archetypes: tuple[str, ...]
    language: str
    company: int | None
    taken_out: dict[str, int]  # how often, by kind
    kept_out: int  # tickets that speak to a machine
    leaks: tuple[str, ...]


def messages_for(
    pack: TopicPack, redactor: Redactor, playbooks: Iterable[Playbook], language: str
) -> list[Message]:
    return sendable(prompt_of(pack, redactor, playbooks, language)).messages


def sendable(prompt: Prompt) -> Prompt:
    """Fails closed: what would leak, or tell nothing, is not sent."""
    if prompt.leaks:
        raise WouldLeak(prompt.leaks)
    if len(prompt.tickets) < FEWEST_TICKETS:
        raise TooFewTexts(f"{len(prompt.tickets)} tickets to tell from")
    return prompt


def prompt_of(pack: TopicPack, redactor: Redactor, playbooks: Iterable[Playbook], language: str) -> Prompt:
    """The prompt as it would be sent, even one that may not be."""
    playbooks = tuple(playbooks)
    fit, kept_out = fit_to_send(pack)
    chosen = _shuffled([(_shown(each.text, redactor), each.ticket) for each in fit])
    content = _content(pack, [text for text, _ in chosen], redactor, language)
    return Prompt(
        messages=[
            {"role": "system", "content": system_text((each.key, each.criteria) for each in playbooks)},
            {"role": "user", "content": content},
        ],
        tickets={_id(place): ticket for place, (_, ticket) in enumerate(chosen)},
        texts=tuple(text for text, _ in chosen),
        archetypes=tuple(each.key for each in playbooks),
        language=language,
        company=pack.company,
        taken_out=dict(Counter(mark.strip("[]") for mark in MARK.findall(content))),
        kept_out=kept_out,
        leaks=tuple(_leaks_in(content, redactor)),
    )


def fit_to_send(pack: TopicPack) -> tuple[list[Exemplar], int]:
    """Of the pack's client only, which has to be known, and one of each requester: who writes much has no more say.

    Beside them, how many were left out because they speak to a machine.
    """
    seen: set[str] = set()
    own: list[Exemplar] = []
    for each in pack.exemplars:
        is_own = each.company is not None and each.company == pack.company
        if is_own and each.requester not in seen:
            seen.add(each.requester)
            own.append(each)
    fit = [each for each in own if not is_suspect(each.text)]
    centre = [each for each in fit if not each.is_boundary][:AT_CENTRE]
    edge = [each for each in fit if each.is_boundary][:AT_EDGE]
    return [*centre, *edge], len(own) - len(fit)


def _shown(text: str, redactor: Redactor) -> str:
    """Shortened last: half an address is no longer recognised as one."""
    bare = redactor.redact(cut(clean(text)))
    words = _OVERLONG.sub("[LONG]", _TURN.sub(" ", bare.translate(_HARMLESS))).split()
    shown = " ".join(words)
    return shown if len(shown) <= TEXT_LENGTH else shown[:TEXT_LENGTH].rsplit(" ", 1)[0]


def _shuffled(texts: list[tuple[str, Ticket]]) -> list[tuple[str, Ticket]]:
    """By chance, so that no place is better than another, and the same every time for the same texts."""
    seed = sha256("\n".join(sorted(text for text, _ in texts)).encode()).digest()
    return sorted(texts, key=lambda each: (sha256(seed + each[0].encode()).digest(), each[1]))


def _content(pack: TopicPack, texts: list[str], redactor: Redactor, language: str) -> str:
    asked = {
        "prose_language": {"fr": "French"}.get(language, "English"),
        "topic_terms": _marked_list(pack.terms[:TERM_COUNT], redactor),
        "psa_types": _marked_list(pack.ticket_types[:TYPE_COUNT], redactor),
        "language_mix": {name: round(share, 1) for name, share in sorted(pack.languages.items())},
        "from_monitoring": pack.is_from_monitoring,
        "tickets": [{"id": _id(place), "text": _marked(text)} for place, text in enumerate(texts)],
    }
    return json.dumps(asked, ensure_ascii=False)


def _marked_list(words: Iterable[str], redactor: Redactor) -> list[str]:
    return [_marked(_shown(each, redactor)[:TERM_LENGTH]) for each in words if not is_suspect(each)]


def _marked(text: str) -> str:
    """A mark between all words, so that data is told from instructions wherever it is read."""
    return "^".join(text.split())


def _id(place: int) -> str:
    return f"E{place + 1}"


def _leaks_in(content: str, redactor: Redactor) -> list[str]:
    """Of what is really sent, read back as whoever receives it will."""
    return redactor.leaks("\n".join(_strings_in(json.loads(content))).replace("^", " "))


def _strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings_in(each)
