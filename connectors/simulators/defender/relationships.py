"""Granular delegated admin privileges: what binds the MSP to its clients' tenants, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..world import World
from .identity import Identity
from .tenants import Tenant, Tenants

LONGEST = timedelta(days=730)
EXTENSION = timedelta(days=180)
# Of every twelve clients: one relationship soon ends, one has ended, one never was, one has a second one.
ENDS_SOON, ENDED, WITHOUT, TWICE = 6, 9, 10, 11
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"


@dataclass(slots=True)
class Relationship:
    id: str
    name: str
    customer: Tenant | None  # none until one approves
    created_at: datetime
    ends_at: datetime
    extends_itself: bool
    terminated_at: datetime | None = None

    def status(self, now: datetime) -> str:
        if self.terminated_at:
            return "terminated"
        if not self.customer:
            return "approvalPending"
        return "expired" if self.end(now) <= now else "active"

    def end(self, now: datetime) -> datetime:
        """One that extends itself never comes to its end."""
        if not self.extends_itself or now < self.ends_at:
            return self.ends_at
        return self.ends_at + EXTENSION * ((now - self.ends_at) // EXTENSION + 1)


class Relationships:
    def __init__(self, world: World, tenants: Tenants, identity: Identity) -> None:
        self._world, self._identity = world, identity
        self.all: list[Relationship] = []
        for place, tenant in enumerate(tenants.clients()):
            self._bind(place % 12 if tenant.company else 0, tenant)
        self.terminate(tenants.former)
        self._add("invitation", None, days_left=60, extends_itself=False)

    def terminate(self, customer: Tenant) -> None:
        for relationship in self.all:
            if relationship.customer is customer:
                relationship.terminated_at = self._world.now

    def _bind(self, place: int, tenant: Tenant) -> None:
        if place == WITHOUT:
            return
        days_left = {ENDS_SOON: 20, ENDED: -12}.get(place, 400)
        self._add(tenant.id, tenant, days_left, extends_itself=place not in (ENDS_SOON, ENDED))
        if place == TWICE:
            self._add(f"{tenant.id} again", tenant, days_left=90, extends_itself=False)

    def _add(self, key: str, customer: Tenant | None, days_left: int, extends_itself: bool) -> None:
        ends_at = self._world.now + timedelta(days=days_left)
        row = Relationship(
            id=f"{self._identity.guid(f'relationship {key}')}-{self._identity.guid(f'partnership {key}')}",
            name=f"Managed services {len(self.all) + 1}",
            customer=customer,
            created_at=ends_at - LONGEST,
            ends_at=ends_at,
            extends_itself=extends_itself,
        )
        self.all.append(row)
