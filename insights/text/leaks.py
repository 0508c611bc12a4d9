"""Looks for private things in a text that should have none, in other ways than they were taken out."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from insights.text.clean import clean
from insights.text.marks import MARK
from insights.text.names import BARRIERS, Names
from insights.text.ordinary import folded, parts_in, words_in
from insights.text.patterns import NO_NUMBER, NO_SECRETS, TELLS_OF_KEYS, TLDS
from insights.text.phrases import Phrases
from insights.text.private import Private

ESCAPE = re.compile(r'\\(?:u([0-9a-f]{4})|([nrtbf])|(["/\\]))', re.IGNORECASE)
SEGMENT = re.compile("[" + re.escape("".join(sorted(BARRIERS))) + "]+")
BETWEEN = re.compile(r"[\s^,;<>()\[\]{}|\"'«»]+")
BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \t.\-/()^_]{1,3}(?=\d)")
NO_NUMBERS = re.compile(NO_NUMBER, re.IGNORECASE)
SECRET = re.compile(rf"\b(?:{TELLS_OF_KEYS})\s?[:=]\s?(?!\[)(\S{{3,}})", re.IGNORECASE)
POSTCODE = re.compile(r"(?<![a-z0-9])[a-z]\d[a-z][ ^-]?\d[a-z]\d(?![a-z0-9])")
DOMAINS = frozenset(TLDS.split("|"))


@dataclass(frozen=True, repr=False)
class Leaks:
    private: Private
    names: Names
    companies: Phrases
    hosts: frozenset[str]

    def of(self, text: str) -> list[str]:
        """The kinds of private things that are in it."""
        text = clean(ESCAPE.sub(_unescaped, text))
        bare = MARK.sub(" x ", text)
        numbered = NO_NUMBERS.sub(" x ", bare)
        pieces = [piece.strip(".:!?-_") for piece in BETWEEN.split(numbered.casefold())]
        found = {
            "name": self._names_somebody(bare),
            "company": self.companies.within(parts_in(bare)) or self._names_company(bare),
            "host": not self.hosts.isdisjoint(pieces),
            "private": not self.private.is_whole or any(_outside_marks(self.private, text)),
            "secret": _tells_secret(text),
            **{kind: any(map(is_kind, pieces)) for kind, is_kind in KINDS_OF_PIECES.items()},
            "number": bool(re.search(r"\d{9,}", BETWEEN_DIGITS.sub("", numbered))),
            "phone": bool(re.search(r"(?<!\d)\d{3}[ .^-]\d{4}(?!\d)", bare)),
            "postcode": bool(POSTCODE.search(bare.casefold())),
        }
        return [kind for kind, is_there in found.items() if is_there]

    def _names_somebody(self, text: str) -> bool:
        segments = [words_in(segment) for segment in SEGMENT.split(text)]
        words = {word for segment in segments for word in segment}
        return not self.names.strong.isdisjoint(words) or any(
            pair in self.names.pairs for segment in segments for pair in pairwise(segment)
        )

    def _names_company(self, text: str) -> bool:
        capitalised = {folded(word) for word in re.findall(r"[^\W\d_]+", text) if word[0].isupper()}
        return not self.companies.alone.isdisjoint(capitalised)


def _unescaped(found: re.Match[str]) -> str:
    """Of JSON: a name behind a line end would read as another word."""
    code, white, letter = found.groups()
    return chr(int(code, 16)) if code else "\n" if white else letter


def _outside_marks(private: Private, text: str) -> Iterator[bool]:
    marks = [found.span() for found in MARK.finditer(text)]
    for start, end in private.spans(text, set(parts_in(text))):
        yield not any(start < last and first < end for first, last in marks)


def _tells_secret(text: str) -> bool:
    return any(folded(found[1]).strip(".,;:!?\"'") not in NO_SECRETS for found in SECRET.finditer(text))


def _is_address(piece: str) -> bool:
    try:
        return bool(ipaddress.ip_address(piece.partition("%")[0].partition("/")[0]))
    except ValueError:
        return False


def _is_domain(piece: str) -> bool:
    labels = piece.split("/")[0].split(":")[0].split(".")
    return (
        len(labels) > 1 and labels[-1] in DOMAINS and all(re.fullmatch(r"[\w-]+", label) for label in labels)
    )


def _is_machine_made(piece: str) -> bool:
    """Twelve or 32 hexadecimal digits in groups, or a long run in which letters and digits change often."""
    run = re.sub(r"[:.-]", "", piece)
    if run != piece and len(run) in (12, 32) and re.fullmatch(r"(?=.*\d)[0-9a-f]+", run):
        return True
    changes = sum(one.isdigit() != other.isdigit() for one, other in pairwise(piece))
    return len(piece) >= 20 and changes >= 6 and not re.search(r"[^\w+/=-]", piece)


KINDS_OF_PIECES: dict[str, Callable[[str], bool]] = {
    "email": lambda piece: bool(re.search(r"\w@\w", piece)),
    "url": lambda piece: "://" in piece or piece.startswith("www."),
    "address": _is_address,
    "domain": _is_domain,
    "key": _is_machine_made,
    "path": lambda piece: piece.startswith(("\\\\", "/home/")) or ":\\users\\" in piece,
}
