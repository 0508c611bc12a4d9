"""The MSP's own tenant and those of its clients: who consented to what, who has which licence."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ..world import World
from ..world.records import Company
from .identity import Identity

# granted: all is well; none: the application is unknown there; pending: tokens come, but nobody knows them yet.
Consent = Literal["granted", "none", "pending"]
GRAPH_ROLES = (
    *("SecurityAlert.Read.All", "SecurityIncident.Read.All", "Organization.Read.All", "Application.Read.All"),
    *("DelegatedAdminRelationship.Read.All", "Directory.Read.All"),
)
DEFENDER_ROLES = ("Alert.Read.All", "Machine.Read.All")
# Of every twelve clients:
RENAMED, NOT_CONSENTED, LACKS_A_ROLE, UNLICENSED = 2, 4, 5, 8
CHANGEABLE = {"consent", "missing_roles", "has_defender", "name"}


@dataclass(slots=True)
class Tenant:
    id: str
    name: str
    domain: str
    company: Company | None = None
    consent: Consent = "granted"
    missing_roles: frozenset[str] = field(default_factory=frozenset)
    has_defender: bool = True  # a licence of Defender for Endpoint

    def roles(self, granted: tuple[str, ...]) -> list[str]:
        return [role for role in granted if role not in self.missing_roles]

    def change(self, **changes: Any) -> None:
        if not changes.keys() <= CHANGEABLE:
            raise ValueError(f"a tenant can only change {', '.join(sorted(CHANGEABLE))}")
        for name, value in changes.items():
            setattr(self, name, frozenset(value) if name == "missing_roles" else value)


class Tenants:
    def __init__(self, world: World, name: str, identity: Identity) -> None:
        self._identity = identity
        self.partner = self._tenant("partner", f"{name.title()} IT Services")
        companies = enumerate(world.clients.companies)
        self._of_company = {company.id: self._client(place, company) for place, company in companies}
        # One joined without ever becoming a client of the service desk, one has left.
        self.unknown = self._tenant("unknown", "Pinewood Holdings")
        self.former = self._tenant("former", "Old Harbour Foods", consent="none")

    def __iter__(self) -> Iterator[Tenant]:
        yield self.partner
        yield from self.clients()

    def clients(self) -> list[Tenant]:
        return [*self._of_company.values(), self.unknown, self.former]

    def of_company(self, company_id: int) -> Tenant:
        return self._of_company[company_id]

    def find(self, name: str) -> Tenant | None:
        """By id or by domain."""
        return next((tenant for tenant in self if name.lower() in (tenant.id, tenant.domain)), None)

    def _client(self, place: int, company: Company) -> Tenant:
        state = place % 12
        name = f"{company.name} Ltd" if state == RENAMED else company.name
        tenant = self._tenant(f"company {company.id}", name, company=company)
        tenant.consent = "none" if state == NOT_CONSENTED else "granted"
        tenant.missing_roles = frozenset({"Machine.Read.All"} if state == LACKS_A_ROLE else ())
        tenant.has_defender = state != UNLICENSED
        return tenant

    def _tenant(self, key: str, name: str, **fields: Any) -> Tenant:
        letters = "".join(filter(str.isalnum, plain(name).lower()))
        return Tenant(self._identity.guid(f"tenant {key}"), name, f"{letters}.onmicrosoft.com", **fields)


def plain(text: str) -> str:
    """Without accents, which no domain and no account name has."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
