"""Words that a description may use whoever wrote them: ordinary ones, products that everybody knows, and our own."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from insights.playbooks import OTHER, PLAYBOOKS, Playbook, Words
from insights.text.forms import stem
from insights.text.ordinary import folded, is_ordinary

SHORTEST = 4
_PRODUCTS_AND_TERMS = """
    microsoft windows office outlook teams sharepoint onedrive exchange entra intune azure defender
    authenticator autopilot word excel powerpoint edge chrome firefox google gmail adobe acrobat apple
    iphone ipad android macos ios linux internet wi-fi wifi active directory hello copilot bitlocker
    server sql onenote planner pdf service desk msp it psa rmm mfa vpn sso dns dhcp usb tls smb voip sla
    edr spf dkim dmarc ssd ram nas raid ups snmp vlan isp lan wan ip pc tv hr rh english french anglais
    francais sspr ad adfs rds rdp ldap wsus gpo oauth bluetooth ethernet monday friday lundi vendredi
    january september septembre janvier i
"""
_KNOWN = frozenset(_PRODUCTS_AND_TERMS.split())
# Capitalised within a sentence, or with a capital inside.
_NAME = re.compile(r"(?<=[\w,;:’'\")–-] )[A-ZÀ-Þ][\w’'-]+|\b\w*[a-zà-ÿ][A-ZÀ-Þ]\w*")
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},}}")
_SHORT_FORM = re.compile(r"[A-Z0-9]{2,4}s?")
_ELIDED = re.compile(r"[’']s$|^(?:qu|[ldsncjmt])[’']")


def unvouched_names(text: str, tickets: Iterable[str]) -> list[str]:
    """Those that fewer than two tickets contain: one alone cannot bring a name onto a page."""
    seen = [folded(ticket) for ticket in tickets]
    return [name for name in _NAME.findall(text) if not _is_vouched(name) and _tickets_with(name, seen) < 2]


def words_of_one_ticket(text: str, tickets: Iterable[str]) -> list[str]:
    """However they are written: who is obeyed by one word of its own is obeyed all the same."""
    seen = [folded(ticket) for ticket in tickets]
    words = dict.fromkeys(_WORD.findall(text))
    return [word for word in words if not _is_vouched(word) and _tickets_with(word, seen) == 1]


def _is_vouched(word: str) -> bool:
    bare = _bare(word)
    known = bare in _KNOWN or is_ordinary(bare) or not own_words().isdisjoint({bare, stem(bare)})
    return known or bool(_SHORT_FORM.fullmatch(word))


def _tickets_with(word: str, seen: list[str]) -> int:
    return sum(_bare(word) in ticket for ticket in seen)


def _bare(word: str) -> str:
    return _ELIDED.sub("", folded(word))


@cache
def own_words() -> frozenset[str]:
    """Of the playbooks, in both languages, with their stems."""
    words = {
        word for book in (*PLAYBOOKS, OTHER) for text in _texts(book) for word in _WORD.findall(folded(text))
    }
    return frozenset(words | {stem(word) for word in words})


def _texts(book: Playbook) -> Iterator[str]:
    yield book.criteria
    for words in (book.english, book.french):
        yield from _texts_in(words)


def _texts_in(words: Words) -> Iterator[str]:
    yield from (words.label, words.title, words.problem, words.recommendation, *words.steps)
