"""Ids that Microsoft shows, each made of the world's own numbers."""

import hashlib
from uuid import UUID

from ..world import World
from ..world.security_records import Device


class Identity:
    def __init__(self, world: World, name: str) -> None:
        self._salt = f"{world.seed} {name}"

    def guid(self, what: str) -> str:
        return str(UUID(bytes=self._digest(what)[:16], version=4))

    def machine(self, device: Device, tenant_id: str) -> str:
        """A device that moves to another tenant is onboarded there anew."""
        return self._digest(f"machine {device.id} {tenant_id}")[:20].hex()

    def file_hash(self, kind: str, digits: int) -> str:
        return hashlib.sha512(kind.encode()).hexdigest()[:digits]

    def _digest(self, what: str) -> bytes:
        return hashlib.sha256(f"{self._salt} {what}".encode()).digest()
