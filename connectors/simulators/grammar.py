"""What the query languages of vendors have in common: and, or, not and parentheses over comparisons of their own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
Predicate = Callable[[Document], bool]


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    value: Any


class Grammar:
    """A query on its way to a predicate. A vendor says what its tokens, values, comparisons and errors are."""

    tokens: re.Pattern[str]

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[Token] = []
        self._at = 0
        self._tokenise()

    def value(self, kind: str, text: str) -> Any:
        raise NotImplementedError

    def comparison(self) -> Predicate:
        raise NotImplementedError

    def error(self, position: int) -> Exception:
        raise NotImplementedError

    def is_same(self, said: Any, meant: str) -> bool:
        return bool(said == meant)

    def whole(self) -> Predicate:
        predicate = self._either()
        if self._at < len(self._tokens):
            raise self.error(self._at)
        return predicate

    def any_of(self, choices: list[Predicate]) -> Predicate:
        return lambda document: any(each(document) for each in choices)

    def opposite(self, inner: Predicate) -> Predicate:
        return lambda document: not inner(document)

    def next(self) -> Token:
        if self._at == len(self._tokens):
            raise self.error(self._at)
        self._at += 1
        return self._tokens[self._at - 1]

    def accept(self, kind: str, value: str) -> bool:
        here = self._tokens[self._at] if self._at < len(self._tokens) else None
        if here is None or here.kind != kind or not self.is_same(here.value, value):
            return False
        self._at += 1
        return True

    def expect(self, kind: str, value: str | None = None) -> Token:
        token = self.next()
        if token.kind != kind or (value is not None and token.value != value):
            raise self.error(self._at)
        return token

    def listed(self, literal: Callable[[], Any]) -> list[Any]:
        """Literals in parentheses, separated by commas."""
        self.expect("mark", "(")
        found = [literal()]
        while self.accept("mark", ","):
            found.append(literal())
        self.expect("mark", ")")
        return found

    def _either(self) -> Predicate:
        choices = [self._all()]
        while self.accept("word", "or"):
            choices.append(self._all())
        return choices[0] if len(choices) == 1 else self.any_of(choices)

    def _all(self) -> Predicate:
        terms = [self._term()]
        while self.accept("word", "and"):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else lambda document: all(each(document) for each in terms)

    def _term(self) -> Predicate:
        if self.accept("word", "not"):
            return self.opposite(self._term())
        if self.accept("mark", "("):
            predicate = self._either()
            self.expect("mark", ")")
            return predicate
        return self.comparison()

    def _tokenise(self) -> None:
        at = 0
        while self._text[at:].strip():
            match = self.tokens.match(self._text, at)
            if not match or match.lastgroup is None:
                raise self.error(at)
            at = match.end()
            self._tokens.append(Token(match.lastgroup, self.value(match.lastgroup, match[match.lastgroup])))
