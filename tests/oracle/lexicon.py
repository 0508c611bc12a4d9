"""Phrases by which a ticket's summary tells that somebody needs training, copied from the document."""

import re
import unicodedata
from collections.abc import Iterable

from tests.oracle.tables import Row

HOW_TO, USER_ERROR, NEGATIVE = "how_to", "user_error", "negative"
LIGATURES = {"Œ": "oe", "œ": "oe", "Æ": "ae", "æ": "ae", "ß": "ss"}
BUILT_IN = {
    HOW_TO: """
        how do i, how do we, how can i, how to, how does one, where do i, where can i find, where is the,
        what is the best way, question about, question on, can you show, show me how, need training,
        training on, training for, can you explain,
        comment faire, comment puis je, comment peut on, ^comment on, comment est ce, ^comment *er,
        ^comment *ir, ^comment *re, ou se trouve, ou trouver, ou est le, ou est la, question sur,
        question concernant, besoin de formation, formation sur, montrer comment, pouvez vous expliquer
    """,
    USER_ERROR: """
        by mistake, by accident, accidentally, user error, unplugged, not plugged in, was turned off,
        caps lock, num lock, wrong password, deleted my own, muted,
        par erreur, par accident, accidentellement, erreur de l utilisateur, erreur utilisateur, debranche*,
        pas branche*, etait eteint*, verrouillage majuscule*, verr maj, mauvais mot de passe
    """,
    NEGATIVE: """
        training room, training center, training centre, training laptop*, training pc, training account,
        training site, how to article, question about invoice*, question about quote*,
        salle de formation, centre de formation, portable* de formation, compte de formation,
        site de formation, question sur la facture, question sur la soumission
    """,
}


def plain(text: str) -> str:
    """Words of a-z and 0-9 with one space around each."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in decomposed if not "\u0300" <= sign <= "\u036f")
    spelled = "".join(LIGATURES.get(sign, sign) for sign in bare)
    small = "".join(chr(ord(sign) + 32) if "A" <= sign <= "Z" else sign for sign in spelled)
    return f" {' '.join(re.findall('[a-z0-9]+', small))} "


def pattern_of(phrase: str) -> str:
    start = "^" if phrase.startswith("^") else ""
    words = re.escape(phrase.removeprefix("^")).replace(r"\*", "[a-z0-9]*")
    return f"{start} {words} "


class Lexicon:
    """The built-in phrases without those switched off, and the tenant's own."""

    def __init__(self, rows: Iterable[Row]) -> None:
        own = [(row["kind"], row["phrase"], row["is_on"]) for row in rows]
        self.patterns = {}
        for kind, words in BUILT_IN.items():
            phrases = {phrase.strip() for phrase in words.split(",")}
            phrases -= {phrase for of_kind, phrase, is_on in own if of_kind == kind and not is_on}
            phrases |= {phrase for of_kind, phrase, is_on in own if of_kind == kind and is_on}
            self.patterns[kind] = re.compile("|".join(map(pattern_of, sorted(phrases))) or "(?!)")

    def kind_of(self, summary: str) -> str:
        """The first that matches of negative, how-to and user error; else nothing."""
        text = plain(summary)
        matching = (kind for kind in (NEGATIVE, HOW_TO, USER_ERROR) if self.patterns[kind].search(text))
        return next(matching, "")
