"""What stands in a text in place of what was taken out."""

import re

KINDS = (
    *(
        "EMAIL",
        "URL",
        "SECRET",
        "PATH",
        "UUID",
        "MAC",
        "IP",
        "KEY",
        "DOMAIN",
        "CARD",
        "ID",
        "PHONE",
        "NUMBER",
    ),
    *("POSTCODE", "HOST", "NAME", "COMPANY", "PRIVATE"),
)
MARK = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")
