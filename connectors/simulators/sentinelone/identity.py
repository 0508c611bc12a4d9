"""Ids and hashes that the console shows, each made of the world's own numbers."""

import hashlib

from ..world import World
from ..world.alert_kinds import AlertKind
from ..world.security_names import snowflake
from ..world.security_records import Alert, Device


class Identity:
    def __init__(self, world: World) -> None:
        self._seed = world.seed

    def agent(self, device: Device) -> str:
        return snowflake(self._seed, "agent", device.id, device.first_seen)

    def agent_uuid(self, device: Device) -> str:
        return self._hash(f"device {device.id}")[:32]

    def rule(self, kind: AlertKind, site_id: str) -> str:
        return str(int(site_id) + 1000 + len(kind.key))

    def user(self, identifier: str) -> str:
        return str(10**18 + int(self._hash(f"user {identifier}")[:14], 16))

    def storyline(self, alert: Alert) -> str:
        return self._hash(f"storyline {alert.id}")[:16].upper()

    def unified(self, alert: Alert) -> str:
        digits = self._hash(f"unified {alert.id}")
        return "-".join((digits[:8], digits[8:12], f"7{digits[13:16]}", digits[16:20], digits[20:32]))

    def _hash(self, text: str) -> str:
        return hashlib.sha256(f"{self._seed} {text}".encode()).hexdigest()


def sha1(kind: AlertKind) -> str:
    return hashlib.sha1(kind.key.encode(), usedforsecurity=False).hexdigest()


def sha256(kind: AlertKind) -> str:
    return hashlib.sha256(kind.key.encode()).hexdigest()


def md5(kind: AlertKind) -> str:
    return hashlib.md5(kind.key.encode(), usedforsecurity=False).hexdigest()
