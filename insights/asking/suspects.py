"""Tickets that speak to a machine instead of a technician. They are kept out of prompts; nobody is accused."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator

from insights.text.clean import clean

_GAP = r"\W+(?:\w+\W+){0,4}?"
_PATTERNS = (
    # Orders to forget what was said before, in both languages.
    rf"\b(?:ignore|disregard|forget|override|bypass|overlook){_GAP}"
    r"(?:instructions?|prompts?|rules?|guidelines?|directives?|orders?)\b",
    rf"\b(?:ignore[rz]?|oublie[rz]?|compte|abstraction|contourne[rz]?){_GAP}"
    r"(?:instructions?|consignes?|regles?|directives?|ordres?)\b",
    rf"\b(?:new|updated|real|following|nouvelles?|vraies?|suivantes?){_GAP}(?:instructions?|consignes?)\s*:",
    # Who the reader is said to be.
    r"\b(?:you are|act as|pretend to be|tu es|vous etes|agis comme|agissez comme)\W+(?:\w+\W+){0,3}?"
    r"(?:ai|ia|assistant|chatbot|bot|llm|language model|modele|expert|dan)\b",
    r"\b(?:language model|modele de langage|system prompt|invite systeme|prompt systeme|chatgpt|jailbreak)\b",
    r"\b(?:attention|note|hello|dear|hi|cher|chere|bonjour|message)\W+(?:to |a |au |a l.|for |pour )?"
    r"(?:the |l.|le )?(?:ai|ia|assistant|bot|llm|model|modele)\b",
    r"\b(?:for|to|pour|a)\W+(?:the |this |an? |l.|le |un |une |cette )?(?:ai|ia|assistant|bot|llm|model|modele)\W*[:,]",
    r"(?:^|[.!?\n])\s*(?:ai|ia|llm|gpt)\s*[:,]",
    # The marks between the parts of a conversation.
    r"(?:^|\n|[\"'<|\[#*])\s*(?:system|systeme|assistant|developer)\s*[\"'>|\]*]*\s*:",
    r"<\|\w+\|>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|s)>|###\s*(?:system|instruction|response)",
    r"[\"']role[\"']\s*:",
    # Our own form, which no ticket knows by chance.
    r"\b(?:archetypes?|evidence_ids|counter_evidence|inclusion_criteria|root_cause|sales_opportunity"
    r"|label_(?:en|fr)|training_need)\b",
    r"\b(?:cite|evidence|citez?|preuves?)\W+(?:\w+\W+){0,3}?e\d+\b",
    r"\b(?:respond|reply|answer|output|repond\w*|renvoi\w*)\W+(?:\w+\W+){0,4}?json\b",
)
_SUSPECT = re.compile("|".join(_PATTERNS))
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")


def is_suspect(text: str) -> bool:
    """Hidden characters and base64 hide nothing here; what else may hide is met by the checks of the reply."""
    seen = clean(text)
    return any(_SUSPECT.search(_folded(each)) for each in (seen, *_decoded(seen)))


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _decoded(text: str) -> Iterator[str]:
    for run in _ENCODED.findall(text):
        padded = run.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(padded + "=" * (-len(padded) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
