"""Who may ask a simulated console for what: API tokens, their scope and their end."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIFETIME = timedelta(days=365)
SCHEMES = {"apitoken", "token", "bearer"}


@dataclass(frozen=True, slots=True)
class Credentials:
    console: str
    api_token: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What the role and the scope of a token's user take away."""

    sites: tuple[str, ...] = ()  # names; none means the whole account
    denied: tuple[str, ...] = ()  # beginnings of paths that answer 403

    def denies(self, resource: str) -> bool:
        return any(resource.startswith(path) for path in self.denied)


@dataclass(slots=True)
class Token:
    secret: str
    created_at: datetime
    expires_at: datetime
    scope: Scope = field(default_factory=Scope)


def derive_token(name: str, number: int, created_at: datetime) -> Token:
    """The same secrets on every start, so that a connection set up once goes on working."""
    secret = hashlib.sha512(f"{name} token {number}".encode()).hexdigest()[:80]
    return Token(secret, created_at, created_at + LIFETIME)


def secret_of(header: str) -> str:
    """From `ApiToken …`, in any case; empty if the header claims something else."""
    scheme, _, secret = header.strip().partition(" ")
    return secret.strip() if scheme.lower() in SCHEMES else ""
