"""Names of machines as administrators give them: PC-NORTH-01, SRV02, DESKTOP-8F3K2L1, web1.corp.local."""

import re

# Codes of the same shape that say what a ticket is about, and nothing of whose it is.
CODES = (
    "(?:CVE|KB|MS|ISO|RFC|AES|SHA|COVID|TLS|WPA|USB|HDMI|CAT|UTF|IPV"
    "|OFFICE|WINDOWS|WIN|OUTLOOK|EXCHANGE|WI|MFA|ERROR|ERREUR)"
)
WITH_HYPHENS = (
    rf"(?!{CODES}-?\d*-)(?=[a-z0-9_-]*\d|[a-z0-9_]*-[a-z0-9_]*-)"
    r"(?:[a-z][a-z0-9_]*-(?:[a-z0-9_]+-)*[a-z0-9_]*\d[a-z0-9_]*)"
)
BY_ROLE = (
    r"(?:srv|svr|server|serveur|pc|ws|wks|wkstn|lt|lap|dc|fs|sql|nas|vm|hv|esx|esxi|exch|rds|prn|imp|desktop|laptop|poste"
    r"|port|sw|fw|rtr|ap|ups|dt|nb|mac|web|app|db|bkp|print|mail|term|host)\d{2,5}[a-z]?"
)
HOST = re.compile(rf"(?<![\w.@/\\-])(?:{WITH_HYPHENS}|{BY_ROLE})(?![\w@-])", re.IGNORECASE)


def host_in(text: str) -> str:
    """The first machine that a text names, or nothing."""
    found = HOST.search(text)
    return found[0] if found else ""
