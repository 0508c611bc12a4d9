"""The lists of words.txt."""

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("words.txt")
SECTION = re.compile(r"^\[([\w ]+)\]$(.*?)(?=^\[|^#|\Z)", re.MULTILINE | re.DOTALL)


@cache
def listed(section: str) -> frozenset[str]:
    """Raises KeyError where there is none of that name."""
    return _lists()[section]


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {title: frozenset(words.split()) for title, words in SECTION.findall(FILE.read_text())}
