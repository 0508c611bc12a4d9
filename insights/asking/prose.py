"""What words for people may not contain: amounts, links, addresses and markup."""

import re

_TIMES = (
    r"seconds?|secondes?|min|minutes?|h|hrs?|hours?|heures?|days?|jours?|weeks?|semaines?|months?|mois|years?|ans?"
    r"|années?"
)
_MONEY = r"\$|€|£|usd|cad|eur|gbp|dollars?|euros?|k\$|k€|cents?"
_SHARES = r"%|percent|per cent|pour ?cents?|fte|etp|times|fois|x\b"
_THINGS = (
    r"tickets?|calls?|appels?|incidents?|requests?|demandes?|users?|utilisateurs?|people|personnes|clients?"
    r"|employees|employés|devices?|appareils?|machines?|computers?|ordinateurs?|printers?|imprimantes?"
    r"|servers?|serveurs?|alerts?|alertes?|licen[cs]es?|gb|go|tb|to|mb|mo"
)
_HARD = rf"(?:{_TIMES}|{_MONEY}|{_SHARES})"
_UNITS = rf"(?:{_HARD}|{_THINGS})"
_WORDS = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred|thousand|dozens?|half|third|quarter|twice|thrice"
    r"|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|cinquante|soixante|cent"
    r"|mille|dizaines?|douzaines?|vingtaines?|centaines?|moitié|tiers|quart"
)
_PRODUCT = re.compile(
    r"\b(?:(?:microsoft|office|m|o) ?365|windows (?:server )?(?:7|8(?:\.1)?|10|11|20[012]\d)"
    r"|(?:office|exchange|sharepoint|sql server|server|acrobat) 20[012]\d|(?:tls|smb|wpa|usb|ipv|http/?|outlook|ios)"
    r" ?\d{1,2}(?:\.\d)?|wi-?fi \d|wpa\d|802\.\d{1,2}x?|[23]fa|active directory 20[012]\d)"
    rf"(?![\d.,]*\s*(?:{_HARD})(?!\w))(?!\w)",
    re.IGNORECASE,
)
_PARTS = (
    r"half|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?|vingt|trente|quarante|cinquante"
    r"|soixante|moitié|dizaines?|douzaines?|centaines?"
)
_SPANS = r"hours?|heures?|weeks?|semaines?|months?|mois|years?|ans?"
_AMOUNTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\d",  # whatever number is left once the names of products are gone
        r"[%€£$]",
        rf"\b(?:{_WORDS})(?:[ -](?:{_WORDS}))*[ -]+(?:of the |of all |des |de |d[’'])?{_UNITS}(?!\w)",
        rf"\b(?:an?|one|une?)\s+(?:{_SPANS})\b",
        rf"\b(?:by|de|d[’']|than|que|nearly|about|environ|près de)\s+(?:a |an |la |le |un |une )?(?:{_PARTS})(?!\w)",
    )
)
_LINK = re.compile(
    r"\b(?:https?|ftp|file|javascript|data|mailto|tel):|//|\bwww\.|@|\b[\w-]+\.(?:com|net|org|ca|fr|io|co|info|biz"
    r"|ru|cn|xyz|top|app|dev|be|ch|uk|us|eu|de|link|click|online|site|exe|zip)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<>`^|{}\[\]\\]|\*\*|__|&#?\w+;|^\s*[#=+@-]|\n|[\x00-\x1f\x7f]")


def faults_of(text: str) -> list[str]:
    """What is wrong with a text, each fault in words that can be sent back to whoever wrote it."""
    found = []
    if any(pattern.search(_PRODUCT.sub("product", text)) for pattern in _AMOUNTS):
        found.append("contains a number or an amount")
    if _LINK.search(text):
        found.append("contains a link or an address")
    if _MARKUP.search(text):
        found.append("contains markup or ^")
    return found
