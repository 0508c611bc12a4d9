"""The words by which a ticket's summary is recognised as a training need: built in, and changed by each MSP.

Python and PostgreSQL read a text and a phrase in the same way, without anybody's collation.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

from kpis.models import TrainingPhrase

Kind = Literal["how_to", "user_error", "negative"]
Entry = tuple[Kind, str]

# By kind and language; all languages apply to all tickets.
BUILT_IN: dict[Kind, dict[str, tuple[str, ...]]] = {
    "how_to": {
        "en": (
            *("how do i", "how do we", "how can i", "how to", "how does one", "where do i"),
            *("where can i find", "where is the", "what is the best way", "question about", "question on"),
            *("can you show", "show me how", "need training", "training on", "training for"),
            "can you explain",
        ),
        "fr": (
            *("comment faire", "comment puis je", "comment peut on", "^comment on", "comment est ce"),
            *("^comment *er", "^comment *ir", "^comment *re", "ou se trouve", "ou trouver", "ou est le"),
            *("ou est la", "question sur", "question concernant", "besoin de formation", "formation sur"),
            *("montrer comment", "pouvez vous expliquer"),
        ),
    },
    "user_error": {
        "en": (
            *("by mistake", "by accident", "accidentally", "user error", "unplugged", "not plugged in"),
            *("was turned off", "caps lock", "num lock", "wrong password", "deleted my own", "muted"),
        ),
        "fr": (
            *("par erreur", "par accident", "accidentellement", "erreur de l utilisateur"),
            *("erreur utilisateur", "debranche*", "pas branche*", "etait eteint*", "verrouillage majuscule*"),
            *("verr maj", "mauvais mot de passe"),
        ),
    },
    "negative": {
        "en": (
            *("training room", "training center", "training centre", "training laptop*", "training pc"),
            *("training account", "training site", "how to article"),
            *("question about invoice*", "question about quote*"),
        ),
        "fr": (
            *("salle de formation", "centre de formation", "portable* de formation"),
            *("compte de formation", "site de formation"),
            *("question sur la facture", "question sur la soumission"),
        ),
    },
}
BUILT_IN_ENTRIES: frozenset[Entry] = frozenset(
    (kind, phrase) for kind, languages in BUILT_IN.items() for some in languages.values() for phrase in some
)
# A negative phrase decides first.
KINDS: tuple[Kind, ...] = ("negative", "how_to", "user_error")

LIGATURES = {"Œ": "oe", "œ": "oe", "Æ": "ae", "æ": "ae", "ß": "ss"}
LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class UnclearPhrase(ValueError):
    """A phrase that could not be found in any summary, or would be found in all."""


@dataclass(frozen=True)
class Verdict:
    """How a summary is classed, and the phrase that decided it."""

    kind: Kind
    phrase: str


def plain(text: str) -> str:
    """Words of a-z and 0-9 with one space before, between and after them. The same as `plain_sql`."""
    text = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))
    for letter, letters in LIGATURES.items():
        text = text.replace(letter, letters)
    words = re.sub("[^a-z0-9]+", " ", text.translate(LOWER)).strip(" ")
    return f" {words} "


def bare_sql(text: str) -> str:
    """The SQL for a text's letters alike, however they are written; what is between its words is still there."""
    text = f"REGEXP_REPLACE(NORMALIZE({text}, nfkd) COLLATE \"C\", '[\u0300-\u036f]', '', 'g')"
    for letter, letters in LIGATURES.items():
        text = f"REPLACE(\n{text}, '{letter}', '{letters}'\n)"
    return f'LOWER({text} COLLATE "C")'  # of A to Z alone


def plain_sql(text: str) -> str:
    """The SQL for an expression's plain text."""
    return f"' ' || BTRIM(REGEXP_REPLACE({bare_sql(text)}, '[^a-z0-9]+', ' ', 'g')) || ' '"


def tidy(phrase: str) -> str:
    """What a person entered as a phrase is kept: plain words, with `^` and `*` where they say something."""
    start, rest = ("^", phrase.strip()[1:]) if phrase.strip().startswith("^") else ("", phrase)
    words = [part for word in rest.split() for part in _tidied(word)]
    if not words:
        raise UnclearPhrase
    return start + " ".join(words)


def _tidied(word: str) -> list[str]:
    before, after = "*" * word.startswith("*"), "*" * (len(word) > 1 and word.endswith("*"))
    parts = plain(word.removeprefix("*").removesuffix("*")).split()
    if not parts or "*" in word[1:-1] or "^" in word:
        raise UnclearPhrase
    parts[0] = before + parts[0]
    parts[-1] += after
    return parts


def pattern(phrase: str) -> str:
    """A regular expression that both engines read alike. `LEXICON` joins them."""
    words = phrase.removeprefix("^").replace("*", "[a-z0-9]*")
    return f"{'^' if phrase.startswith('^') else ''} {words} "


def active() -> frozenset[Entry]:
    """Built-in phrases that the MSP left on, and its own."""
    rows = TrainingPhrase.objects.values_list("kind", "phrase", "is_on")
    own = {(cast(Kind, kind), phrase): is_on for kind, phrase, is_on in rows}
    kept = {entry for entry in BUILT_IN_ENTRIES if own.get(entry, True)}
    return frozenset(kept | {entry for entry, is_on in own.items() if is_on})


def judge(summary: str, entries: Iterable[Entry]) -> Verdict | None:
    """The first phrase that matches, in the order in which kinds decide. Repeats are for SQL to find."""
    text, by_kind = plain(summary), sorted(entries, key=lambda entry: (KINDS.index(entry[0]), entry[1]))
    return next((Verdict(*entry) for entry in by_kind if re.search(pattern(entry[1]), text)), None)


VALUES = ",\n            ".join(f"('{kind}', '{phrase}')" for kind, phrase in sorted(BUILT_IN_ENTRIES))
PATTERNS = ",\n    ".join(
    f"""NULLIF(
        CONCAT_WS(
            '|',
            ' (?:' || STRING_AGG(pattern, '|') FILTER (WHERE kind = '{kind}' AND NOT is_beginning) || ') ',
            '^ (?:' || STRING_AGG(pattern, '|') FILTER (WHERE kind = '{kind}' AND is_beginning) || ') '
        ),
        ''
    ) AS {kind}"""
    for kind in KINDS
)
# One row: a regular expression for each kind, NULL where it has no phrases; and what a text that matches any of them
# contains at least one of, since looking for that is several times faster.
LEXICON = f"""
SELECT
    ARRAY_AGG('%%' || clue || '%%') AS clues,
    {PATTERNS}
FROM (
    SELECT
        kind,
        LEFT(phrase, 1) = '^' AS is_beginning,
        REPLACE(LTRIM(phrase, '^'), '*', '[a-z0-9]*') AS pattern,
        (
            SELECT part
            FROM REGEXP_SPLIT_TO_TABLE(phrase, '[ *^]+') AS part
            ORDER BY LENGTH(part) DESC, part
            LIMIT 1
        ) AS clue
    FROM (
        SELECT kind, phrase
        FROM (
            VALUES
            {VALUES}
        ) AS built_in (kind, phrase)
        EXCEPT
        SELECT kind, phrase FROM kpis_trainingphrase WHERE NOT is_on
        UNION
        SELECT kind, phrase FROM kpis_trainingphrase WHERE is_on
    ) AS active
) AS phrases
"""  # noqa: S608 - made of our own constants
