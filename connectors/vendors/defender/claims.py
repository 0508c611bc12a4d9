"""What a token says of itself. It is meant for others, so that it may say nothing readable is no error."""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True)
class Claims:
    tenant: str = ""
    roles: frozenset[str] | None = None  # None: not told

    def lacks(self, permission: str) -> bool:
        """Who may write may also read."""
        enough = {permission, permission.replace(".Read.", ".ReadWrite.")}
        return self.roles is not None and self.roles.isdisjoint(enough)


def of(token: str) -> Claims:
    told = _told(token)
    tenant, roles = told.get("tid"), told.get("roles", [])
    named = frozenset(map(str, roles)) if told and isinstance(roles, list) else None
    return Claims(tenant if isinstance(tenant, str) else "", named)


def _told(token: str) -> dict[str, Any]:
    body = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        told = msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, msgspec.MsgspecError):
        return {}
    return told if isinstance(told, dict) else {}
