"""Names of people, found by those the tenant knows: its contacts, technicians and accounts."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from insights.text.greetings import introduced
from insights.text.language import STOP_WORDS
from insights.text.marks import MARK
from insights.text.ordinary import also_names, bare, is_ordinary, words_in
from insights.text.word_lists import listed

WORD = re.compile(rf"{MARK.pattern}|\d+|[^\W\d_]+")
Pair = tuple[str, str]

BARRIERS = frozenset('\n;:|"[]{}()<>')  # no name goes on behind them
JOINS = {" ", "  ", "-", "'", "’", ".", "_", ". ", ", ", " -", "- "}  # between two known parts of a name
CLOSE_JOINS = {" ", "-", "'", "’"}  # between a known part and one that is not
LOGIN_JOINS = {".", "_"}
PARTICLES = listed("parts between names")
MONTHS = listed("months")
BEFORE_MONTHS = listed("before months")
DONE_BY_PEOPLE = listed("done by people")
MOST_PARTICLES = 3
FURTHEST_NEIGHBOUR = 2


class Word(NamedTuple):
    """`gap` is what stands between it and the word before."""

    start: int
    end: int
    written: str
    plain: str
    gap: str

    @property
    def is_capitalised(self) -> bool:
        return self.written[0].isupper()


@dataclass(frozen=True, repr=False)
class Names:
    """Parts that tell a person by themselves, those that are also words, whole names, and accounts."""

    strong: frozenset[str]
    weak: frozenset[str]
    pairs: frozenset[Pair]

    @classmethod
    def of(cls, people: Iterable[str], accounts: Iterable[str] = ()) -> "Names":
        whole = [parts for person in people if (parts := _parts(person))]
        every = {part for person in whole for part in person} - PARTICLES
        strong = set(filter(_is_telling, every))
        logins = {login for person in whole for login in _logins(person)} | {
            _login(name) for name in accounts
        }
        strong |= {login for login in logins if len(login) > 4 and not is_ordinary(login)}
        weak = {part for part in every - strong if len(part) > 1}
        pairs = {pair for person in whole for pair in _pairs(person)}
        return cls(frozenset(strong), frozenset(weak), frozenset(pairs))

    def spans(self, text: str, words_in_text: Collection[str]) -> list[tuple[int, int]]:
        """Where people are named in a text, whose words are given so that most texts need not be read."""
        told = list(introduced(text))
        if not told and self.strong.isdisjoint(words_in_text) and self.weak.isdisjoint(words_in_text):
            return []
        words = list(_words(text))
        sure = [
            self._is_sure(words, place) or any(start <= word.start < end for start, end in told)
            for place, word in enumerate(words)
        ]
        for _ in range(FURTHEST_NEIGHBOUR):
            sure = _behind_particles(words, _with_neighbours(words, sure))
        return list(_merged(words, _bridged(words, _everywhere(words, sure))))

    def _is_sure(self, words: list[Word], place: int) -> bool:
        word = words[place]
        if word.plain in self.strong:
            return True
        if word.plain not in self.weak:
            return False
        return self._is_whole(words, place) or (
            word.is_capitalised and (self._is_among_names(words, place) or _stands_out(words, place))
        )

    def _is_whole(self, words: list[Word], place: int) -> bool:
        """With the word before or after, the name of somebody."""
        around = zip(words[max(place - 1, 0) : place + 1], words[max(place, 1) : place + 2], strict=False)
        return any(
            not BARRIERS.intersection(second.gap) and (first.plain, second.plain) in self.pairs
            for first, second in around
        )

    def _is_among_names(self, words: list[Word], place: int) -> bool:
        before = words[place - 1] if place and words[place].gap in JOINS else None
        after = words[place + 1] if place + 1 < len(words) and words[place + 1].gap in JOINS else None
        return any(
            word.plain in self.strong
            or (word.plain in self.weak and word.is_capitalised and word.plain in also_names())
            for word in (before, after)
            if word
        )


def _words(text: str) -> Iterator[Word]:
    end = 0
    for found in WORD.finditer(text):
        written = found[0]
        yield Word(
            found.start(),
            found.end(),
            written,
            "" if written[0] == "[" else bare(written),
            text[end : found.start()],
        )
        end = found.end()


def _with_neighbours(words: list[Word], sure: list[bool]) -> list[bool]:
    """A capitalised word next to a name is the rest of it, unless it is an ordinary word."""
    found = list(sure)
    for place in range(1, len(words)):
        first, second = words[place - 1], words[place]
        if sure[place - 1] and not sure[place] and _is_rest(second, second.gap):
            found[place] = True
        if sure[place] and not sure[place - 1] and _is_rest(first, second.gap):
            found[place - 1] = True
    return found


def _behind_particles(words: list[Word], sure: list[bool]) -> list[bool]:
    """Marie de la Fontaine, where Marie is known."""
    found, since = list(sure), -1
    for place, word in enumerate(words):
        is_rest = (
            0 <= since < place - 1 and word.is_capitalised and _could_be(word) and word.gap in CLOSE_JOINS
        )
        found[place] |= is_rest and place - since - 1 <= MOST_PARTICLES
        if found[place]:
            since = place
        elif word.plain not in PARTICLES or word.gap not in CLOSE_JOINS:
            since = -1
    return found


def _everywhere(words: list[Word], named: list[bool]) -> list[bool]:
    """Who was named once in a text is known for all of it."""
    people = {
        word.plain for word, is_name in zip(words, named, strict=True) if is_name and _is_telling(word.plain)
    }
    return [is_name or word.plain in people for word, is_name in zip(words, named, strict=True)]


def _is_telling(part: str) -> bool:
    return len(part) > 2 and not is_ordinary(part)


def _is_rest(word: Word, gap: str) -> bool:
    if not word.plain or word.written.isdigit():
        return False
    if gap in LOGIN_JOINS:
        return len(word.plain) == 1 or not is_ordinary(word.plain)
    if len(word.plain) == 1:
        return word.is_capitalised and gap in JOINS
    return gap in CLOSE_JOINS and word.is_capitalised and _could_be(word)


def _could_be(word: Word) -> bool:
    return bool(word.plain) and (word.plain in also_names() or not is_ordinary(word.plain))


def _bridged(words: list[Word], named: list[bool]) -> list[bool]:
    """ "de la" between two parts of a name belongs to it."""
    found, last = list(named), -1
    for place, is_name in enumerate(named):
        if is_name:
            between = words[last + 1 : place]
            if last >= 0 and 0 < len(between) <= MOST_PARTICLES and _are_particles(between, words[place]):
                found[last + 1 : place] = [True] * len(between)
            last = place
    return found


def _are_particles(between: list[Word], after: Word) -> bool:
    return all(word.plain in PARTICLES and word.gap in JOINS for word in between) and after.gap in JOINS


def _merged(words: list[Word], named: list[bool]) -> Iterator[tuple[int, int]]:
    start, end = -1, -1
    for word, is_name in zip(words, named, strict=True):
        if is_name and end >= 0 and word.gap in JOINS:
            end = word.end
            continue
        if end >= 0 and (is_name or end < word.start):
            yield start, end
            start, end = -1, -1
        if is_name:
            start, end = word.start, word.end
    if end >= 0:
        yield start, end


def _stands_out(words: list[Word], place: int) -> bool:
    """A name that is a word stands in the midst of a sentence with a capital letter, or does what people do."""
    word = words[place]
    if word.plain not in also_names():
        return False
    after = words[place + 1] if place + 1 < len(words) else None
    if word.plain in MONTHS and _is_month(words[place - 1] if place else None, after):
        return False
    begins = (
        place == 0 or any(mark in word.gap for mark in ".!?:\n") or word.gap.strip() in ("-", "–", "•", "*")
    )
    return not begins or bool(after and after.gap in {" ", "'", "’"} and after.plain in DONE_BY_PEOPLE)


def _is_month(before: Word | None, after: Word | None) -> bool:
    return bool(before and before.plain in BEFORE_MONTHS) or any(
        word and word.written.isdigit() for word in (before, after)
    )


def _parts(person: str) -> tuple[str, ...]:
    """Of "Tremblay, Élise (temp)": elise, tremblay. None where all are words, as of "Service Desk"."""
    last, comma, first = re.sub(r"\(.*?\)|@\S*", " ", person).partition(",")
    parts = tuple(words_in(f"{first} {last}" if comma else person))
    return parts if any(part in also_names() or not is_ordinary(part) for part in parts) else ()


def _pairs(person: tuple[str, ...]) -> Iterator[Pair]:
    """First and last name, either way round, without what stands between them."""
    parts = [part for part in person if part not in PARTICLES]
    ends = [(parts[0], parts[-1])] if len(parts) > 1 else []
    for first, second in {*ends, *pairwise(parts)}:
        if not (first in STOP_WORDS and second in STOP_WORDS):
            yield from ((first, second), (second, first))


def _logins(person: tuple[str, ...]) -> Iterator[str]:
    """As accounts are made of names: mtremblay, mariet, tremblaym, marietremblay."""
    if len(person) > 1:
        first, last = person[0], "".join(person[1:])
        yield from (first[0] + last, first + last[0], last + first[0], first + last, last + first)
        yield from (first[0] + person[-1], first + person[-1])


def _login(account: str) -> str:
    """Without the domain before or after it."""
    return bare(account.rpartition("\\")[2].partition("@")[0])
