"""Several MSPs' Microsoft clouds behind one address: the path tells the service, the tenant tells the MSP."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from ..base import Action, Simulator
from ..faults import FaultKind
from ..server import Request, Response
from ..world import World
from .access import Credentials
from .msp import Msp
from .router import Router
from .tenants import Tenant


class DefenderSimulator(Simulator[Msp]):
    """Each world is one MSP with its own tenant, its application, and one tenant per client."""

    def serve(self, name: str, world: World) -> Msp:
        return Msp(name, world)

    @cached_property
    def _router(self) -> Router:
        return Router(self._served, self.follow_clock)

    def msp(self, name: str) -> Msp:
        return self._served[name]

    def tenant(self, name: str, company_id: int) -> Tenant:
        return self._served[name].tenants.of_company(company_id)

    def credentials(self, name: str) -> Credentials:
        msp = self._served[name]
        secret, partner = msp.application.secrets[-1], msp.tenants.partner
        addresses = (self.url, self.url, self.url)
        return Credentials(*addresses, partner.id, msp.application.client_id, secret.value)

    def change(self, name: str, **settings: Any) -> None:
        self._served[name].change(**settings)

    def change_tenant(self, name: str, tenant: str, **changes: Any) -> None:
        self._find(name, tenant).change(**changes)

    def end_relationship(self, name: str, tenant: str) -> None:
        self._served[name].relationships.terminate(self._find(name, tenant))

    def expire_secret(self, name: str, seconds: float = 0) -> None:
        """After so many seconds of the world's time."""
        msp = self._served[name]
        msp.application.secrets[-1].expires_at = msp.world.now + timedelta(seconds=seconds)

    def renew_secret(self, name: str) -> Credentials:
        """The one before goes on until its own end, as in the portal."""
        msp = self._served[name]
        msp.application.add_secret(msp.world.now)
        return self.credentials(name)

    def register_certificate(self, name: str, pem: str) -> None:
        self._served[name].application.register(pem)

    def expire_tokens(self, name: str) -> None:
        """Those issued until now are worth nothing any more, even in the middle of a walk."""
        application = self._served[name].application
        application.ended = application.issued

    def redirect_incident(self, name: str, incident: int, into: int) -> None:
        msp = self._served[name]
        with msp.world.lock:
            msp.redirect_incident(incident, into)

    def await_action(self, name: str, incident: int) -> None:
        self._served[name].awaiting.add(incident)

    def exclude_machine(self, name: str, device_id: int) -> None:
        self._served[name].excluded.add(device_id)

    def skew_clock(self, name: str, seconds: float) -> None:
        self.faults(name).add(FaultKind.CLOCK_SKEW, seconds=seconds)

    def actions(self) -> dict[str, Action]:
        return super().actions() | {
            "credentials": self.credentials,
            "settings": self.change,
            "tenant": self.change_tenant,
            "tenants": lambda name: [_told(tenant) for tenant in self.msp(name).tenants],
            "end-relationship": self.end_relationship,
            "expire-secret": self.expire_secret,
            "renew-secret": self.renew_secret,
            "certificate": self.register_certificate,
            "expire-tokens": self.expire_tokens,
            "redirect-incident": self.redirect_incident,
            "await-action": self.await_action,
            "exclude-machine": self.exclude_machine,
            "clock-skew": self.skew_clock,
        }

    def route(self, request: Request) -> Response:
        return self._router.route(request)

    def _find(self, name: str, tenant: str) -> Tenant:
        """By id or by domain."""
        found = self._served[name].tenants.find(tenant)
        if not found:
            raise KeyError(tenant)
        return found


def _told(tenant: Tenant) -> dict[str, Any]:
    company = tenant.company.id if tenant.company else None
    return {"id": tenant.id, "name": tenant.name, "domain": tenant.domain, "company": company}
