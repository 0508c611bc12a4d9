"""Requests within sliding windows, counted per application and tenant as Microsoft does."""

import time
from collections import defaultdict, deque
from collections.abc import Sequence


class Limits:
    def __init__(self) -> None:
        self._moments: dict[str, deque[float]] = defaultdict(deque)

    def seconds_to_wait(self, key: str, rates: Sequence[tuple[int, float]]) -> float:
        """Zero, and the request counts; or until the fullest window has room again."""
        now, moments = time.monotonic(), self._moments[key]
        longest = max((seconds for _, seconds in rates), default=0.0)
        while moments and moments[0] <= now - longest:
            moments.popleft()
        waits = [
            moments[-requests] + seconds - now for requests, seconds in rates if len(moments) >= requests
        ]
        wait = max(waits, default=0.0)
        if wait > 0:
            return wait
        moments.append(now)
        return 0.0
