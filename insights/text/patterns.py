"""What is private by its form alone: addresses, numbers, secrets, names of machines. In the order in which they go."""

import ipaddress
import re
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from insights.text.hosts import HOST
from insights.text.ordinary import folded
from insights.text.word_lists import listed

Replace = Callable[[re.Match[str]], str]


class Pattern(NamedTuple):
    """`hint` is cheap to look for, and in every text that the pattern can match."""

    hint: Callable[[str], bool]
    regex: re.Pattern[str]
    replace: Replace


def _to(mark: str) -> Replace:
    return lambda _: mark


def _is_ip(found: re.Match[str]) -> str:
    try:
        ipaddress.ip_address(found[1])
    except ValueError:
        return found[0]
    return "[IP]"


def _secret(found: re.Match[str]) -> str:
    is_none = folded(found[2]).strip(".,;:!?\"'") in NO_SECRETS
    return found[0] if is_none else f"{found[1]}[SECRET]"


def _key(found: re.Match[str]) -> str:
    """Long runs of letters and digits that mix them as only machines do."""
    run = found[0]
    changes = sum(one.isdigit() != other.isdigit() for one, other in pairwise(run))
    return "[KEY]" if changes >= 4 else run


def _number(found: re.Match[str]) -> str:
    """A card, an insurance number, a telephone, or some other number that tells whose it is."""
    if found["no"]:
        return found[0]
    digits = re.sub(r"\D", "", found[0])
    if (len(digits) == 9 and luhn(digits)) or is_nir(digits):
        return "[ID]"
    if 13 <= len(digits) <= 19 and luhn(digits):
        return "[CARD]"
    return "[PHONE]" if 7 <= len(digits) <= 15 and _looks_dialled(found[0]) else "[NUMBER]"


def luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_nir(digits: str) -> bool:
    """The French insurance number, with its key."""
    return len(digits) == 15 and digits[0] in "12378" and 97 - int(digits[:13]) % 97 == int(digits[13:])


def _looks_dialled(written: str) -> bool:
    return bool(re.match(r"[+(0]|\(?\d{3}\)?[ .-]*\d{3}[ .-]?\d{4}\b|\d{3}[ .-]\d{4}\b", written))


def _has_digit(text: str) -> bool:
    return bool(DIGIT.search(text))


def _has(*parts: str) -> Callable[[str], bool]:
    return lambda text: any(part in text for part in parts)


def _says_secret(text: str) -> bool:
    lowered = text.lower()
    return any(part in lowered for part in BEGIN_OF_SECRETS)


TELLS_OF_KEYS = (
    r"passwords?|passwd|pwd|mdp|mots? de passe|passcode|passphrase|pin(?: code)?|code pin|nip|secret|token|jeton"
    r"|api[ _-]?key|cl[ée](?: (?:api|wifi|wi-fi|secr[èe]te))?|(?:(?:wi-?fi|recovery|access|secret|product) )?key|psk"
)
BEGIN_OF_SECRETS = (
    "pass",
    "pwd",
    "mdp",
    "pin",
    "nip",
    "secret",
    "token",
    "jeton",
    "key",
    "cle",
    "clé",
    "psk",
)
NO_SECRETS = listed("no secrets")
SECRET = re.compile(
    rf"(\b(?:{TELLS_OF_KEYS})(?:\s?(?::|=|->|=>)\s?))(?!\[)(\"[^\"\n]{{3,80}}\"|'[^'\n]{{3,80}}'|«[^»\n]{{3,80}}»|\S{{3,}})",
    re.IGNORECASE,
)
# Without a colon, only what looks like one: a digit or a sign in it, or a capital letter inside.
TOLD_SECRET = re.compile(
    rf"(\b(?:{TELLS_OF_KEYS})\s(?:(?:is|was|est|to|sera)\s(?:now\s|maintenant\s)?)?)(?!\[)"
    r"((?=\S*[0-9!#$%&*_+=@])(?=\S*[^\W_])\S{4,}|(?-i:[^\W_]+[a-z][A-Z]\S+))",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{0,64}[\w+]@[\w-]+(?:\.[\w-]+)*|[\w.+-]{1,64} ?(?:\(at\)|\[at\]|\(a\)) ?[\w.-]+",
    re.IGNORECASE,
)
URL = re.compile(r"[a-z0-9+.-]{0,20}://[^\s<>\"\]]*|(?<![a-z0-9])www\.[^\s<>\"\]]*", re.IGNORECASE)
TLDS = (
    "com|net|org|info|biz|io|co|ca|fr|be|ch|uk|us|eu|de|app|dev|cloud|tech|gc|qc|gov|edu|local|lan|internal|intranet|corp"
    "|home|loc|domain|example|test|quebec|paris|me|ai"
)
DOMAIN = re.compile(
    rf"(?<![a-z0-9.@/\\])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+(?:{TLDS})(?!-?\w)", re.IGNORECASE
)
USER_PATH = re.compile(
    r"\\\\[\w.$-]+(?:\\[^\s\\/:*?\"<>|]+)*\\?|[a-z]:\\(?:users|utilisateurs|documents and settings)"
    r"\\[^\s\\/:*?\"<>|]+"
    r"(?:\\[^\s\\/:*?\"<>|]+)*|(?<![\w/])/(?:home|users)/[^\s/]+(?:/[^\s/]+)*",
    re.IGNORECASE,
)
UUID = re.compile(r"\{?\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b\}?", re.IGNORECASE)
MAC = re.compile(
    r"(?<![0-9a-z])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![0-9a-z])|\b(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}\b",
    re.IGNORECASE,
)
IP = re.compile(
    r"(?<![0-9a-z:])(?<!\d\.)((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}:(?:[0-9a-f]{0,4}:){1,6}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?)"
    r"(?:/\d{1,3}|%\w+)?(?!:?[0-9a-z])",
    re.IGNORECASE,
)
MACHINE_MADE = re.compile(r"(?<![\w+/=.-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])[\w+/=-]{20,}", re.IGNORECASE)
KEY = re.compile(
    r"\b(?:[a-z0-9]{5}-){3,}[a-z0-9]{5}\b|\b(?:\d{6}-){7}\d{6}\b|\bAKIA[0-9a-z]{12,}\b", re.IGNORECASE
)
POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])(?i:[a-z]\d[a-z][ -]?\d[a-z]\d)(?![A-Za-z0-9])"
    r"|\b(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY])"
    r"[ ,]+\d{5}(?:-\d{4})?\b|\b(?:F-)?\d{5}(?=,? [A-ZÉ][a-zéèêîôç]+(?:-[A-Za-zéèêîôç]+)*\b)",
)
INSURED = re.compile(
    r"(\b(?:nas|sin|ssn|nir|n[°o]\.? ?s[ée]cu(?:rit[ée] sociale)?)\b\W{0,4})\d[\d .-]{7,20}\d", re.IGNORECASE
)
DATE = (
    r"\b(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d\d)\b"
    r"(?:[T ,]{1,2}\d{1,2}[:h]\d\d(?::\d\d)?)?"
)
# Codes and dates say what happened and when; whatever else has seven digits and more may be somebody's.
NO_NUMBER = rf"0x[0-9a-f]+|\bCVE-\d{{4}}-\d{{4,7}}\b|{DATE}"
NUMBER = re.compile(
    rf"(?P<no>{NO_NUMBER})|(?<![\w.])(?:\+\d{{1,3}}[ .-]?)?(?:\(0?\d{{1,4}}\)[ .-]?)?"
    r"\d(?:[ .()/-]{0,2}\d){6,24}(?!\w)"
    r"(?:\s?(?:x|ext|poste|p)\.?\s?\d{1,6}\b)?",
    re.IGNORECASE,
)
LONG_NUMBER = re.compile(rf"(?P<no>{NO_NUMBER})|\d(?:[ \t.\-/()^_]{{0,3}}\d){{8,}}", re.IGNORECASE)

PATTERNS: tuple[Pattern, ...] = (
    Pattern(_has("@", "(at)", "[at]", "(a)"), EMAIL, _to("[EMAIL]")),
    Pattern(_has("://", "www.", "WWW."), URL, _to("[URL]")),
    Pattern(_says_secret, SECRET, _secret),
    Pattern(_says_secret, TOLD_SECRET, _secret),
    Pattern(_has("\\", "/"), USER_PATH, _to("[PATH]")),
    Pattern(_has("-"), UUID, _to("[UUID]")),
    Pattern(_has(":", "-", "."), MAC, _to("[MAC]")),
    Pattern(_has(":", "."), IP, _is_ip),
    Pattern(_has_digit, KEY, _to("[KEY]")),
    Pattern(_has_digit, MACHINE_MADE, _key),
    Pattern(_has("."), DOMAIN, _to("[DOMAIN]")),
    Pattern(_has_digit, INSURED, lambda found: f"{found[1]}[ID]"),
    Pattern(_has_digit, NUMBER, _number),
    Pattern(_has_digit, LONG_NUMBER, lambda found: found["no"] or "[NUMBER]"),
    Pattern(_has_digit, POSTCODE, _to("[POSTCODE]")),
    Pattern(_has_digit, HOST, _to("[HOST]")),
)
