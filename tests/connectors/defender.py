"""Microsoft's simulator, as the contract and the tests of Defender use it."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors.models import Connection
from connectors.simulators.defender import DefenderSimulator, Tenant
from connectors.simulators.defender.incidents import incidents
from connectors.simulators.defender.machines import machines
from connectors.simulators.defender.portal import Portal
from connectors.simulators.server import Request, Response
from connectors.simulators.world.security_records import Alert
from tenants.context import tenant

from .contract import Accounts
from .harness import SimulatorHarness
from .site import Site

ALERTS = "security/alerts_v2"
# As the simulator counts its pages and spoils its records, by stream.
RESOURCES = {"alerts": ALERTS, "incidents": "security/incidents", "machines": "api/machines"}
RECENT = timedelta(hours=3)
# What we conclude from the moments at which we happened to look.
SEEN_BY_US = (
    *("acknowledged_at", "acknowledged_is_estimated", "resolved_at", "resolved_is_estimated"),
    "reopen_count",
)
Change = Callable[[dict[str, Any]], object]
Spoil = Callable[[Response], object]


class DefenderHarness(SimulatorHarness[DefenderSimulator]):
    slug = "defender"
    main = "alerts"
    main_path = ALERTS
    swept = "machines"
    cursored = ("customers", "alerts", "incidents", "machines")
    # An alert tells how its device is now, without a new lastUpdateDateTime.
    spares = frozenset({"row_hash", *SEEN_BY_US})

    def login(self, company: str, **changed: Any) -> Accounts:
        login = self.simulator.credentials(company)
        settings = {
            "tenant_id": login.tenant_id,
            "client_id": login.client_id,
            "login_host": login.login_url,
            "graph_host": login.graph_url,
            "endpoint_host": login.defender_url,
        }
        return settings | changed, {"client_secret": login.client_secret}

    def customers(self, company: str) -> list[Tenant]:
        """In the order in which they are read."""
        relationships = self.simulator.msp(company).relationships.all
        found = {
            each.customer.id: each.customer
            for each in relationships
            if each.customer and not each.terminated_at
        }
        return [found[tenant] for tenant in sorted(found)]

    def first(self, company: str) -> Tenant:
        """The first customer that is a client of the service desk."""
        return next(tenant for tenant in self.customers(company) if tenant.company)

    def portals(self, company: str) -> list[Portal]:
        return [Portal(self.simulator.msp(company), tenant) for tenant in self.customers(company)]

    def present(self, company: str) -> dict[str, set[str]]:
        portals = self.portals(company)
        return {
            "customers": {portal.tenant.id for portal in portals},
            "alerts": {alert.reference for portal in portals for alert in portal.alerts},
            "incidents": {
                f"{portal.tenant.id}/{incident['id']}"
                for portal in portals
                for incident in incidents(portal, False)
            },
            "machines": {machine["id"] for portal in portals for machine in machines(portal)},
        }

    def change_one(self, company: str, stream: str) -> str:
        portal = Portal(self.simulator.msp(company), self.first(company))
        if stream == self.swept:
            self.simulator.world(company).touch_device(portal.devices()[0].id)
            return portal.machine_id(portal.devices()[0])
        return self._turn(company, self._in_order(portal)[0])

    def change_last(self, company: str) -> str:
        """Of the customer that is read first, since each customer's walk is a walk of its own."""
        return self._turn(
            company, self._in_order(Portal(self.simulator.msp(company), self.first(company)))[-1]
        )

    def _turn(self, company: str, alert: Alert) -> str:
        world = self.simulator.world(company)
        (world.resolve_alert if alert.state != "resolved" else world.reopen_alert)(alert.id)
        return alert.reference

    def _in_order(self, portal: Portal) -> list[Alert]:
        return sorted(
            portal.alerts, key=lambda alert: (alert.updated_at, portal.world.alerts.revision(alert.id))
        )

    def latest_change(self, company: str) -> datetime:
        return max(alert.updated_at for portal in self.portals(company) for alert in portal.alerts)

    def rewrite(self, company: str, stream: str, change: Change) -> None:
        self.respoil(stream, lambda _tenant, records: [*map(change, records[:1]), *records][-len(records) :])

    def undate(self, record: dict[str, Any]) -> None:
        record["lastUpdateDateTime"] = "somewhen"

    def respoil(self, stream: str, spoil: Callable[[str, list[Any]], list[Any]]) -> None:
        """Let something happen to each page of a stream before it is sent."""
        path = self.path_of(stream)

        def spoil_page(request: Request, response: Response) -> None:
            if request.path == f"/{path}" and response.status == 200:
                reply = msgspec.json.decode(response.body)
                reply["value"] = spoil(tenant_of(request), reply["value"])
                response.body = msgspec.json.encode(reply)

        self.simulator.before_response(spoil_page)

    def delete_one(self, company: str) -> str:
        portal = Portal(self.simulator.msp(company), self.first(company))
        device = portal.devices()[-1]
        portal.world.fleets[device.company.id].remove(device)
        portal.world.devices.remove(device.id)
        return portal.machine_id(device)

    def hide_most(self, company: str) -> set[str]:
        """As a device group does that the app may not see."""
        tenant = self.first(company)
        shown = [machine["id"] for machine in machines(Portal(self.simulator.msp(company), tenant))]
        self.respoil("machines", lambda asked, records: records[:1] if asked == tenant.id else records)
        return set(shown[1:])

    def show_all(self, company: str) -> None:
        self.clear_faults(company)

    def spoil_one(self, company: str, stream: str) -> str:
        bad = sorted(self.present(company)[stream])[2]

        def spoil(_tenant: str, records: list[Any]) -> list[Any]:
            for record in records:
                if record["id"] == bad:
                    record[{"alerts": "createdDateTime", "machines": "lastSeen"}[stream]] = (
                        "0000-13-45T99:00:00Z"
                    )
            return records

        self.respoil(stream, spoil)
        return bad

    def forbid(self, company: str) -> None:
        self.simulator.faults(company).add("forbidden")


def tenant_of(request: Request) -> str:
    """Whose token it is."""
    body = request.headers["authorization"].split(".")[1]
    tenant: str = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))["tid"]
    return tenant


def connected(settings: dict[str, Any], credentials: dict[str, str]) -> Site:
    with tenant("north"):
        link = Connection(name="Microsoft", vendor="defender", settings=settings)
        link.credentials = credentials
        link.save()
    return Site("north", link)


def answer_badly(harness: DefenderHarness, bad: Tenant, spoil: Spoil) -> None:
    """Spoil every answer about that customer: its sign-in, and whatever is asked with its tokens."""

    def respoil(request: Request, response: Response) -> None:
        signs_in = request.path.startswith(f"/{bad.id}/")
        if signs_in or ("authorization" in request.headers and tenant_of(request) == bad.id):
            spoil(response)

    harness.simulator.before_response(respoil)


def replaced(status: int, body: bytes = b"", content_type: str = "application/json", **headers: str) -> Spoil:
    def replace(response: Response) -> None:
        response.status, response.body, response.content_type = status, body, content_type
        response.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    return replace


def spoilt(**how: Any) -> Spoil:
    def spoil(response: Response) -> None:
        for name, value in how.items():
            setattr(response, name, value)

    return spoil


def truncate(response: Response) -> None:
    response.body = response.body[: len(response.body) // 2]


def fill(simulator: DefenderSimulator, names: Iterable[str], now: datetime) -> None:
    """More to see than a small world has: most of it with one customer, in every state."""
    for name in names:
        world, harness = simulator.world(name), DefenderHarness(simulator, print, print)
        company = harness.first(name).company
        assert company
        others = [each for each in world.clients.companies.ids if each != company.id]
        for _ in range(12):
            world.add_device(company.id, has_edr=False)
        for number in range(18):
            world.advance(RECENT / 20)
            of = company.id if number % 3 else others[number % len(others)]
            alert = world.raise_alert(company=of, seen_by="mde", with_ticket=number % 3 == 0)
            if number % 2:
                world.acknowledge_alert(alert.id)
            if number % 4 == 1:
                world.resolve_alert(alert.id)
        world.advance_to(now)
