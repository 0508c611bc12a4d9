"""Keeps to a vendor's limit by itself, since being told off costs more than waiting."""

import threading
import time


class Pace:
    """So many requests a minute, of which `burst` may come at once. Safe to use from several threads."""

    def __init__(self, per_minute: float, burst: int) -> None:
        self._seconds_each = 60 / per_minute
        self._burst_seconds = burst * self._seconds_each
        self._lock = threading.Lock()
        self._next_at = time.monotonic() - self._burst_seconds

    def wait(self) -> None:
        """Until it is our turn."""
        with self._lock:
            now = time.monotonic()
            self._next_at = max(self._next_at, now - self._burst_seconds) + self._seconds_each
            seconds = self._next_at - now
        if seconds > 0:
            time.sleep(seconds)
