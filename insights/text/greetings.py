"""Names that nobody told us, but that a text introduces: Hello Zoltan, Mme Vasseur, my name is Anika."""

import re
from collections.abc import Iterator

from insights.text.ordinary import bare, is_ordinary

CAPITALISED = r"(?-i:[A-ZÀ-ÖØ-Þ](?:['’]?[^\W\d_])+(?:-[^\W\d_]+)*)"
INTRODUCED = re.compile(
    r"\b(?:(?:hi|hello|hey|dear|bonjour|bonsoir|salut|all[oô]|ch[eè]re?|mrs?|ms|miss|mme|mlle|monsieur|madame|dr|(?-i:M(?=\.))"
    r"|thanks|thank\ you|merci|regards|cordialement|my\ name\ is|je\ m['’]appelle)[.,]?"
    r"|new\ (?:employee|user|hire|starter)"
    r"|nouve(?:l|lle|au)\ (?:employ[ée]e?|utilisat(?:eur|rice)|coll[èe]gue|salari[ée]e?)"
    r"|(?:d[ée]part|arriv[ée]e|compte|mot\ de\ passe|bo[iî]te|poste|portable)\ (?:de\ |d['’](?=\S))"
    r"|(?:password(?:\ reset)?|account|mailbox|access|laptop|app\ lost|onboarding|offboarding)(?:\ (?:for|of))?"
    r"|(?:contact|caller|requester|employee|user|name|nom|pr[ée]nom|utilisat(?:eur|rice)|employ[ée]e?|demandeur)\ ?:)"
    rf"[ \t]*({CAPITALISED})(?:[ \t]({CAPITALISED}))?",
    re.IGNORECASE,
)


def introduced(text: str) -> Iterator[tuple[int, int]]:
    """Where such names stand; ordinary words are none."""
    for found in INTRODUCED.finditer(text):
        if not _is_word(found[1]):
            yield found.start(1), found.end(1 if found[2] is None or _is_word(found[2]) else 2)


def _is_word(written: str) -> bool:
    return all(is_ordinary(bare(part)) for part in re.split(r"['’-]", written))
