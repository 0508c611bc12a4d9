"""Words and patterns that an MSP has named as private."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from insights.text import own_patterns
from insights.text.phrases import Phrases

Span = tuple[int, int]


@dataclass(frozen=True, repr=False)
class Private:
    """`is_whole` is false where a pattern is kept that can't be used: then nobody can say that a text is clean."""

    words: Phrases
    patterns: tuple[re.Pattern[str], ...]
    is_whole: bool

    @classmethod
    def of(cls, words: Iterable[str], patterns: Iterable[str]) -> "Private":
        kept = sorted(patterns)
        compiled = tuple(filter(None, map(_compiled, kept)))
        return cls(Phrases.of(words), compiled, len(compiled) == len(kept))

    def spans(self, text: str, words: Collection[str]) -> Iterator[Span]:
        yield from self.words.spans(text, words)
        for pattern in self.patterns:
            yield from own_patterns.spans(pattern, text)


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return own_patterns.usable(pattern)
    except own_patterns.UnusablePattern:
        return None
