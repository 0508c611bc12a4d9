"""Reads what tickets are about: as concepts and words, without the names in them, so that nobody becomes a topic."""

from dataclasses import dataclass

from insights.text.concepts import Lexicon, active_lexicon
from insights.text.redact import Redactor


@dataclass(frozen=True, repr=False)
class Reader:
    redactor: Redactor
    lexicon: Lexicon

    @classmethod
    def of_tenant(cls) -> "Reader":
        return cls(Redactor.of_tenant(), active_lexicon())

    def without_names(self, text: str) -> str:
        return self.redactor.redact(text)

    def tokens(self, text: str) -> list[str]:
        return self.lexicon.tokens(self.without_names(text))
