"""Keeps bearer tokens: one per tenant and scope, fetched by one thread at a time, and anew before it ends."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

EARLY_SECONDS = 180


@dataclass(frozen=True, repr=False)
class Token:
    text: str
    seconds: float  # it is good for


@dataclass(frozen=True, repr=False)
class Kept:
    text: str
    until: float


class Tokens:
    def __init__(self, fetch: Callable[[str, str], Token]) -> None:
        self._fetch = fetch
        self._kept: dict[tuple[str, str], Kept] = {}
        self._turns: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)
        self._turns_lock = threading.Lock()

    def get(self, tenant: str, scope: str, instead_of: str = "") -> str:
        """`instead_of` is one that was refused: whoever else had it refused may have fetched another already."""
        of = (tenant, scope)
        with self._turns_lock:
            turn = self._turns[of]  # each its own: a tenant that hangs holds up nobody else's
        with turn:
            kept = self._kept.get(of)
            if not kept or kept.text == instead_of or kept.until <= time.monotonic():
                asked_at = time.monotonic()
                fetched = self._fetch(tenant, scope)
                kept = Kept(fetched.text, asked_at + max(fetched.seconds - EARLY_SECONDS, 0))
                self._kept[of] = kept
            return kept.text
