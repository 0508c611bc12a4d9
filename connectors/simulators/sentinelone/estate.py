"""Accounts, sites and groups of a console: where each device of which client is found, and what fits no client."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..world import World
from ..world.records import Company
from ..world.security_names import snowflake
from ..world.security_records import Alert, Device

SiteState = Literal["active", "expired", "deleted"]
STRAY = 41  # every such device was installed with the key of the default site
# Of every twelve clients, one is named otherwise here, one has two sites, one no endpoint protection, one lapsed.
RENAMED, SPLIT, WITHOUT, LAPSED = 0, 1, 3, 7
FORMER_CLIENT = "Old Harbour Foods"


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Site:
    id: str
    name: str
    account: Account
    group_id: str
    created_at: datetime
    state: SiteState = "active"
    is_default: bool = False
    external_id: str | None = None


class Estate:
    """With an account per client, each client's sites are in an account of its name instead of the MSP's."""

    def __init__(self, world: World, name: str, account_per_client: bool = False) -> None:
        self.world = world
        self.account = self._account(0, f"{name.title()} IT Services")
        self.accounts = [self.account]
        self.sites: list[Site] = []
        self._sites_of: dict[int, list[Site]] = {}
        self.default = self._site(0, "Default site", self.account, is_default=True)
        for position, company in enumerate(world.clients.companies):
            account = self._account(company.id, company.name) if account_per_client else self.account
            self._sites_of[company.id] = self._open(position, company, account)
        self._site(1, FORMER_CLIENT, self.account, state="deleted")
        self.by_id = {site.id: site for site in self.sites}

    def site(self, company: Company, device: Device) -> Site:
        sites = self._sites_of[company.id]
        if not sites or device.id % STRAY == 0:
            return self.default
        return sites[-1] if device.kind == "server" else sites[0]

    def site_now(self, device: Device) -> Site:
        return self.site(device.company, device)

    def site_then(self, alert: Alert) -> Site:
        """Where the device was when the alert was raised."""
        assert alert.device
        return self.site(alert.company, alert.device)

    def _open(self, position: int, company: Company, account: Account) -> list[Site]:
        place = position % 12
        if place == WITHOUT:
            return []
        name = f"{company.name} Inc." if place == RENAMED else company.name
        state: SiteState = "expired" if place == LAPSED else "active"
        known = str(company.id) if position % 3 == 1 else None
        sites = [self._site(company.id * 10, name, account, state=state, external_id=known)]
        if place == SPLIT:
            sites.append(self._site(company.id * 10 + 1, f"{name} - Servers", account, external_id=known))
        return sites

    def _site(
        self,
        number: int,
        name: str,
        account: Account,
        state: SiteState = "active",
        is_default: bool = False,
        external_id: str | None = None,
    ) -> Site:
        since = account.created_at + timedelta(hours=1)
        numbers = [snowflake(self.world.seed, kind, number, since) for kind in ("site", "group")]
        site = Site(numbers[0], name, account, numbers[1], since, state, is_default, external_id)
        self.sites.append(site)
        return site

    def _account(self, number: int, name: str) -> Account:
        since = self.world.catalogue.since
        account = Account(snowflake(self.world.seed, "account", number, since), name, since)
        if number:
            self.accounts.append(account)
        return account
