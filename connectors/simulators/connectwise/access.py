"""Who may ask a simulated ConnectWise for what: API keys, their roles, and the limit on their requests."""

import hashlib
import math
import time
from base64 import b64decode
from collections import deque
from dataclasses import dataclass, field
from typing import Any

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Credentials:
    site: str
    company_id: str
    public_key: str
    private_key: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Role:
    """What the security role of a key takes away."""

    denied: tuple[str, ...] = ()  # resource paths that answer 403
    hidden_boards: tuple[str, ...] = ()  # their tickets look as if they did not exist
    strips_info: bool = False

    def denies(self, resource: str) -> bool:
        return any(resource.startswith(path.lower()) for path in self.denied)

    def sees(self, document: dict[str, Any]) -> bool:
        board = document.get("board")
        name = board.get("name") if isinstance(board, dict) else document.get("name")
        return name not in self.hidden_boards


@dataclass(slots=True)
class ApiKey:
    public: str
    private: str
    role: Role = field(default_factory=Role)
    asked_at: deque[float] = field(default_factory=deque)

    def seconds_to_wait(self, per_minute: int | None) -> int:
        """Zero, and the request counts; or how long until the oldest of the last minute is forgotten."""
        now = time.monotonic()
        while self.asked_at and self.asked_at[0] <= now - MINUTE:
            self.asked_at.popleft()
        if per_minute is None or len(self.asked_at) < per_minute:
            self.asked_at.append(now)
            return 0
        return max(1, math.ceil(self.asked_at[0] + MINUTE - now))


@dataclass(frozen=True, slots=True)
class Login:
    """What a Basic authorization header claims."""

    company_id: str
    public: str
    private: str

    @classmethod
    def read(cls, header: str) -> "Login | None":
        try:
            user, _, private = b64decode(header.removeprefix("Basic "), validate=True).decode().partition(":")
        except ValueError:
            return None
        company_id, plus, public = user.partition("+")
        return cls(company_id, public, private) if plus else None


def derive_key(company_id: str, number: int) -> ApiKey:
    """The same keys on every start, so that a connection set up once goes on working."""
    digest = hashlib.sha256(f"{company_id} {number}".encode()).hexdigest()
    return ApiKey(digest[:16], digest[16:32])
