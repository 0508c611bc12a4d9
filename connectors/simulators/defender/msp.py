"""One MSP as Microsoft knows it: its application, its tenants, and how they behave."""

from collections import Counter
from dataclasses import replace
from typing import Any

from ..faults import Faults
from ..world import World
from .access import new_application
from .identity import Identity
from .limits import Limits
from .relationships import Relationships
from .settings import PUBLISHED_RATES, Settings
from .tenants import Tenant, Tenants


class Msp:
    def __init__(self, name: str, world: World) -> None:
        self.name, self.world = name, world
        self.faults = Faults(world.seed)
        self.settings = Settings()
        self.requests: Counter[str] = Counter()
        self.pages: Counter[str] = Counter()
        self.identity = Identity(world, name)
        self.application = new_application(self.identity, name, world.now)
        self.tenants = Tenants(world, name, self.identity)
        self.relationships = Relationships(world, self.tenants, self.identity)
        self.redirects: dict[int, int] = {}  # incident → the one it was merged into
        self.awaiting: set[int] = set()  # incidents in which Microsoft's experts wait for an answer
        self.excluded: set[int] = set()  # devices
        self._limits = Limits()

    def change(self, **settings: Any) -> None:
        self.settings = replace(self.settings, **settings)

    def seconds_to_wait(self, service: str, tenant: Tenant) -> float:
        if not self.settings.limits_rate:
            return 0.0
        rates = self.settings.rates or PUBLISHED_RATES
        return self._limits.seconds_to_wait(f"{service} {tenant.id}", rates.get(service, ()))

    def redirect_incident(self, incident: int, into: int) -> None:
        """Its alerts count as updated, because they name another incident from now on."""
        self.redirects[incident] = into
        for alert in self.world.alerts:
            if alert.incident_id == incident and alert.seen_by != "edr":
                self.world.alerts.touch(alert, self.world.now, "policy")

    def incident_id(self, incident: int) -> int:
        while incident in self.redirects:
            incident = self.redirects[incident]
        return incident
