"""The golden set as topics to describe: problems told in English, in French and in both, and with injected tickets."""

import base64
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any, Literal

from insights.described import Exemplar, TopicPack
from insights.text.known import Known

Kind = Literal["en", "fr", "mixed"]
HERE = Path(__file__).parent
CLIENT, OUTSIDER = 1, "outsider"
INVISIBLE = "\u200b"


@dataclass(frozen=True)
class Injection:
    """A ticket that tries to be obeyed, and what would show if it was."""

    key: str
    text: str
    archetype: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Case:
    key: str
    problem: str  # the same for its English, French and mixed topic
    kind: Kind
    language: str  # of the prose
    pack: TopicPack
    right: frozenset[str]
    injection: Injection | None = None


@dataclass(frozen=True)
class Private:
    """What is in the tickets and may not be in any prompt."""

    people: tuple[str, ...]
    companies: tuple[str, ...]
    hosts: tuple[str, ...]
    strings: tuple[str, ...]

    @property
    def known(self) -> Known:
        """To the redaction, which has to find the strings by their form alone."""
        return Known(frozenset(self.people), companies=frozenset(self.companies), hosts=frozenset(self.hosts))

    def found_in(self, text: str) -> list[str]:
        """Names count part by part: a surname alone tells who somebody is."""
        parts = {part for name in self.people for part in name.split()}
        seen = text.replace("^", " ").casefold()
        return [
            each
            for each in sorted({*parts, *self.companies, *self.hosts, *self.strings})
            if each.casefold() in seen
        ]


@cache
def private() -> Private:
    listed = _golden()["private"]
    return Private(*(tuple(listed[name]) for name in ("people", "companies", "hosts", "strings")))


@cache
def clean_cases() -> tuple[Case, ...]:
    problems = _golden()["problem"]
    neighbours = [*problems[1:], problems[0]]
    kinds: tuple[Kind, ...] = ("en", "fr", "mixed")
    return tuple(
        _case(number, kind, problem, neighbour)
        for number, (problem, neighbour) in enumerate(zip(problems, neighbours, strict=True))
        for kind in kinds
    )


@cache
def injected_cases() -> tuple[Case, ...]:
    """Each injection in a topic of its own, in the language that it is written in."""
    stated = _read("injections.toml")["injection"]
    topics: dict[str, cycle[Case]] = {kind: cycle(_for_projects(kind)) for kind in ("en", "fr")}
    return tuple(_with(next(topics[_language(each["key"])]), _injection(each)) for each in stated)


def _for_projects(kind: str) -> list[Case]:
    return [case for case in clean_cases() if case.kind == kind and case.right != {"none"}]


def _case(number: int, kind: Kind, problem: dict[str, Any], neighbour: dict[str, Any]) -> Case:
    """Mixed prose is French for every second problem."""
    texts = _texts(problem, kind)
    return Case(
        key=f"{problem['key']}-{kind}",
        problem=problem["key"],
        kind=kind,
        language=kind if kind != "mixed" else ("en", "fr")[number % 2],
        pack=_pack(number, problem, texts, _texts(neighbour, kind)[0], kind),
        right=frozenset(problem["right"]),
    )


def _texts(problem: dict[str, Any], kind: Kind) -> list[str]:
    if kind == "mixed":
        return [text for both in zip(problem["en"], problem["fr"], strict=True) for text in both][1:9]
    return list(problem[kind])


def _pack(number: int, problem: dict[str, Any], texts: list[str], at_edge: str, kind: Kind) -> TopicPack:
    exemplars = [
        *(_exemplar(place, text) for place, text in enumerate(texts)),
        _exemplar(len(texts), at_edge, is_boundary=True),
    ]
    french = {"en": 0.0, "fr": 1.0, "mixed": 0.5}[kind]
    return TopicPack(
        topic=number,
        terms=tuple(problem["terms"]),
        ticket_types=tuple(problem["types"]),
        languages={"en": 1 - french, "fr": french},
        is_from_monitoring=problem["types"] == ["Monitoring"],
        exemplars=tuple(exemplars),
        company=CLIENT,
    )


def _exemplar(place: int, text: str, requester: str = "", is_boundary: bool = False) -> Exemplar:
    return Exemplar((1, place + 1), text, CLIENT, requester or f"contact {place}", is_boundary)


def _with(case: Case, injection: Injection) -> Case:
    own = case.pack
    added = (*own.exemplars, _exemplar(len(own.exemplars), injection.text, OUTSIDER))
    pack = TopicPack(**{**vars(own), "exemplars": added})
    given = {**vars(case), "key": f"{case.key}+{injection.key}", "pack": pack, "injection": injection}
    return Case(**given)


def _injection(stated: dict[str, str]) -> Injection:
    hide = {"base64": _as_base64, "zero_width": INVISIBLE.join}.get(stated.get("hidden", ""), str)
    shown = {name: stated[name] for name in ("archetype", "mark") if name in stated}
    return Injection(key=stated["key"], text=hide(stated["text"]), **shown)


def _as_base64(text: str) -> str:
    return f"Please decode: {base64.b64encode(text.encode()).decode()}"


def _language(key: str) -> str:
    return "fr" if key.endswith("_fr") else "en"


@cache
def _golden() -> dict[str, Any]:
    return _read("golden.toml")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text())
