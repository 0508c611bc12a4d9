"""Takes out of a text what tells whose it is. What is left all the same, `leaks` finds: then nothing may be sent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from insights.text.clean import clean, cut
from insights.text.known import Known
from insights.text.leaks import Leaks
from insights.text.marks import MARK
from insights.text.names import Names
from insights.text.ordinary import folded, folded_word, parts_in
from insights.text.patterns import PATTERNS
from insights.text.phrases import Phrases
from insights.text.private import Private

MOST_ROUNDS = 5
SHORTEST_HOST = 4
PIECE = re.compile(r"[^\W_][\w.-]*")
Span = tuple[int, int]


@dataclass(frozen=True, repr=False)
class Redactor:
    """What it knows is one tenant's."""

    private: Private
    names: Names
    companies: Phrases
    hosts: frozenset[str]

    @classmethod
    def of_tenant(cls) -> "Redactor":
        return cls.of(Known.of_tenant())

    @classmethod
    def of(cls, known: Known) -> "Redactor":
        return cls(
            Private.of(known.private_words, known.private_patterns),
            Names.of(known.people, known.accounts),
            Phrases.of_companies(known.companies),
            frozenset(host for name in known.hosts if len(host := folded(name)) >= SHORTEST_HOST),
        )

    def redact(self, text: str) -> str:
        """Again until nothing changes, as what was taken out may have stood between what belongs together."""
        text = clean(text)
        for _ in range(MOST_ROUNDS):
            before, text = text, self._once(cut(text) or text.strip())
            if text == before:
                break
        return text

    def leaks(self, text: str) -> list[str]:
        """Kinds of private things that are in a text; none: it may be sent."""
        return Leaks(self.private, self.names, self.companies, self.hosts).of(text)

    def _once(self, text: str) -> str:
        words = set(parts_in(text))
        text = replaced(text, self.private.spans(text, words), "[PRIVATE]")
        for pattern in PATTERNS:
            if pattern.hint(text):
                text = pattern.regex.sub(pattern.replace, text)
        text = replaced(text, self._host_spans(text), "[HOST]")
        text = replaced(text, self.companies.spans(text, words), "[COMPANY]")
        return replaced(text, self.names.spans(text, words), "[NAME]")

    def _host_spans(self, text: str) -> list[Span]:
        pieces = [(found.start(), found[0].rstrip(".-_")) for found in PIECE.finditer(text)]
        return [(start, start + len(piece)) for start, piece in pieces if folded_word(piece) in self.hosts]


def replaced(text: str, spans: Iterable[Span], mark: str) -> str:
    """What stands in place of something already stays."""
    last, parts, spans = 0, [], sorted(spans)
    marks = [found.span() for found in MARK.finditer(text)] if spans else []
    for start, end in spans:
        if start < last or any(start < behind and first < end for first, behind in marks):
            continue
        parts += [text[last:start], mark]
        last = end
    return "".join([*parts, text[last:]])
