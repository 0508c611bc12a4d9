"""Token buckets per API token and path, with the figures of the console's published table."""

import time
from dataclasses import dataclass, field

# Longest beginning first: requests per second and how many may come at once.
LIMITS = (
    ("cloud-detection/alerts", 0.5, 30),
    ("unifiedalerts", 0.5, 30),
    ("activities", 10, 30),
    ("accounts", 100, 10),
    ("threats/", 100, 1000),
    ("threats", 10, 50),
    ("agents", 25, 1),
    ("sites", 100, 10),
    ("users", 40, 80),
    ("user", 2, 5),
)


@dataclass(slots=True)
class Bucket:
    per_second: float
    burst: float
    level: float = field(init=False)
    filled_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.burst

    def seconds_to_wait(self) -> float:
        """Zero, and one is taken; or how long until there is one."""
        now = time.monotonic()
        self.level = min(self.burst, self.level + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.per_second


class Buckets:
    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def seconds_to_wait(self, secret: str, resource: str) -> float:
        for path, per_second, burst in LIMITS:
            if resource.startswith(path):
                bucket = self._buckets.setdefault((secret, path), Bucket(per_second, burst))
                return bucket.seconds_to_wait()
        return 0.0
