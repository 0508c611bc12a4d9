"""Regular expressions that an MSP keeps as private. One that could run for long is refused."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.utils.translation import gettext_lazy as _

# The standard library's own parser, of which no type is published.
parser: Any = import_module("re._parser")
sre: Any = import_module("re._constants")

PIECE = 400  # letters that a pattern is run on at once; pieces overlap by half
MOST_WAYS = 20_000  # in which a pattern may be tried at one place
REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
REFUSED = {sre.GROUPREF, sre.GROUPREF_EXISTS, sre.ASSERT, sre.ASSERT_NOT}


class UnusablePattern(ValueError):
    """Says in a sentence why a pattern can't be used."""


def usable(pattern: str) -> re.Pattern[str]:
    """Compiled, if it can't take long on any text."""
    try:
        parsed, compiled = parser.parse(pattern), re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        raise UnusablePattern(_("This is not a regular expression.")) from None
    if compiled.match(""):
        raise UnusablePattern(_("This pattern matches where nothing is."))
    if _ways(parsed, is_repeated=False) > MOST_WAYS:
        raise UnusablePattern(_("This pattern could run for long. Say how often parts repeat, as in {1,20}."))
    return compiled


def spans(compiled: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """In pieces that overlap, so that a match of up to half a piece is found wherever it stands."""
    for start in range(0, max(len(text), 1), PIECE // 2):
        for found in compiled.finditer(text, start, start + PIECE):
            yield found.span()


def _ways(parsed: Any, *, is_repeated: bool) -> int:
    """An upper bound of the ways to try it; what repeats something that varies has more than can be counted."""
    ways = 1
    for what, detail in parsed:
        ways = min(ways * _ways_of(what, detail, is_repeated), MOST_WAYS + 1)
    return ways


def _ways_of(what: Any, detail: Any, is_repeated: bool) -> int:
    if what in REFUSED:
        raise UnusablePattern(_("This pattern looks ahead, behind or back, which could run for long."))
    if what in REPEATS:
        return _ways_of_repeat(*detail, is_repeated=is_repeated)
    if what is sre.BRANCH:
        varied = MOST_WAYS + 1 if is_repeated else 0
        return max(varied, sum(_ways(branch, is_repeated=is_repeated) for branch in detail[1]))
    return _ways(_inside(what, detail), is_repeated=is_repeated)


def _inside(what: Any, detail: Any) -> Any:
    if what is sre.SUBPATTERN:
        return detail[-1]
    return detail if what is sre.ATOMIC_GROUP else ()


def _ways_of_repeat(least: int, most: int, inner: Any, *, is_repeated: bool) -> int:
    most = min(most, PIECE)
    if least == most:
        return _ways(inner, is_repeated=is_repeated or most > 1)
    if is_repeated:
        return MOST_WAYS + 1
    times: int = most - least + 1
    return times * _ways(inner, is_repeated=most > 1)
