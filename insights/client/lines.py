"""Rows that compare the parts of a figure in two periods, the biggest first, with a bar to see them by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

Key = TypeVar("Key")
SHOWN = 8
WIDTH = 1000


@dataclass(frozen=True)
class Line:
    name: str
    now: float
    before: float
    width: int
    url: str = ""


def lines(
    now: Mapping[Key, float],
    before: Mapping[Key, float],
    name: Callable[[Key], str],
    url: Callable[[Key], str] = lambda _key: "",
) -> list[Line]:
    """What is beyond the biggest is one line, so that they add up to the whole."""
    keys = sorted({*now, *before}, key=lambda key: (-now.get(key, 0), -before.get(key, 0), name(key)))
    longest = max(now.values(), default=0) or 1
    found = [
        Line(
            name(key),
            now.get(key, 0),
            before.get(key, 0),
            round(WIDTH * now.get(key, 0) / longest),
            url(key) if now.get(key) else "",
        )
        for key in keys[:SHOWN]
    ]
    rest = keys[SHOWN:]
    if not rest:
        return found
    left, left_before = (sum(amounts.get(key, 0) for key in rest) for amounts in (now, before))
    width = min(WIDTH, round(WIDTH * left / longest))
    return [*found, Line(_("Everything else"), left, left_before, width)]


def in_hours(minutes: Mapping[Key, float]) -> dict[Key, float]:
    return {key: amount / 60 for key, amount in minutes.items()}
