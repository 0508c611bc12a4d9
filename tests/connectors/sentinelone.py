"""SentinelOne's simulator, as the contract and the tests of SentinelOne use it."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from connectors.simulators.sentinelone import SentinelOneSimulator
from connectors.simulators.sentinelone.console import Console
from connectors.simulators.server import Request, Response
from connectors.simulators.world import World

from .contract import Accounts, stream_of
from .harness import SimulatorHarness
from .site import Site

THREATS = "threats"
KINDS = ("trojan", "ransomware", "adware", "script", "new-admin", "log-cleared")
MOST_RECENT = timedelta(hours=3)
Change = Callable[[dict[str, Any]], object]


class SentinelOneHarness(SimulatorHarness[SentinelOneSimulator]):
    slug = "sentinelone"
    main = "threats"
    main_path = THREATS
    swept = "agents"
    cursored: tuple[str, ...] = ("threats", "agents", "status_changes")
    # A threat quotes its agent and an agent counts its threats, neither with a new updatedAt.
    spares = frozenset({"row_hash"})

    def login(self, company: str) -> Accounts:
        login = self.simulator.credentials(company)
        return {"console": login.console}, {"api_token": login.api_token}

    def present(self, company: str) -> dict[str, set[str]]:
        shown = self.console(company)._documents
        return {
            "accounts": ids_of(shown.accounts()),
            "sites": ids_of(shown.sites()),
            "agents": ids_of(shown.agents()),
            "threats": ids_of(shown.threats()),
            "star_alerts": {f"star-{alert['alertInfo']['alertId']}" for alert in shown.star_alerts()},
            "unified_alerts": ids_of(shown.unified_alerts()),
            "status_changes": ids_of(each for each in shown.activities() if each["activityType"] == 2028),
        }

    def console(self, company: str) -> Console:
        return self.simulator.console(company)

    def change_one(self, company: str, stream: str) -> str:
        return self._change(company, stream, 0)

    def change_last(self, company: str) -> str:
        return self._change(company, self.main, -1)

    def _change(self, company: str, stream: str, position: int) -> str:
        world, render = self.simulator.world(company), self.console(company)._documents.render
        if stream == self.swept:
            device = [each for each in world.devices if each.has_edr][position]
            world.touch_device(device.id)
            return render.identity.agent(device)
        alert = [each for each in world.alerts if each.reference in self.present(company)[THREATS]][position]
        (world.resolve_alert if alert.state != "resolved" else world.reopen_alert)(alert.id)
        return alert.reference

    def latest_change(self, company: str) -> datetime:
        return max(alert.updated_at for alert in self.simulator.world(company).alerts)

    def rewrite(self, company: str, stream: str, change: Change) -> None:
        self._spoil(stream, lambda records: [change(record) for record in records[:1]])

    def undate(self, record: dict[str, Any]) -> None:
        record["threatInfo"]["updatedAt"] = "somewhen"

    def _spoil(self, stream: str, spoil: Callable[[list[Any]], object]) -> None:
        path = self.path_of(stream)

        def respoil(request: Request, response: Response) -> None:
            if request.path.endswith("/" + path.partition("?")[0]) and response.status == 200:
                reply = json.loads(response.body)
                spoil(reply["data"])
                response.body = json.dumps(reply).encode()

        self.simulator.before_response(respoil)

    def delete_one(self, company: str) -> str:
        world = self.simulator.world(company)
        device = [each for each in world.devices if each.has_edr][-1]
        gone = self.console(company)._documents.render.identity.agent(device)
        world.devices.remove(device.id)
        return gone

    def hide_most(self, company: str) -> set[str]:
        shown = self.console(company)._documents
        (kept, *_) = [site for site in shown.sites() if site["state"] == "expired"] or shown.sites()
        self.simulator.set_scope(company, sites=[kept["name"]])
        return ids_of(each for each in shown.agents() if each["siteId"] != kept["id"])

    def show_all(self, company: str) -> None:
        self.simulator.set_scope(company)

    def spoil_one(self, company: str, stream: str) -> str:
        bad = sorted(self.present(company)[stream])[2]

        def spoil(records: list[dict[str, Any]]) -> None:
            for record in records:
                if record["id"] == bad:
                    inner = record.get("threatInfo", record)
                    inner[{"threats": "identifiedAt", "agents": "lastActiveDate"}[stream]] = (
                        "0000-13-45T99:00:00Z"
                    )

        self._spoil(stream, spoil)
        return bad

    def forbid(self, company: str) -> None:
        denied = ("accounts", "sites", "agents", "activities", "threats", "cloud-detection", "unifiedalerts")
        self.simulator.set_scope(company, denied=denied)


def ids_of(documents: Iterable[dict[str, Any]]) -> set[str]:
    return {document["id"] for document in documents}


def watched_world(seed: int, now: datetime) -> World:
    """With some more to see than a ticket desk needs: alerts of the last hours, in every state."""
    world = World.small(seed, now - MOST_RECENT, tickets=24)
    for number in range(18):
        world.advance(MOST_RECENT / 18)
        alert = world.raise_alert(kind=KINDS[number % len(KINDS)], with_ticket=number % 3 == 0)
        if number % 2:
            world.acknowledge_alert(alert.id)
        if number % 4 == 1:
            world.contain_alert(alert.id)
            world.resolve_alert(alert.id)
    world.advance_to(now)
    return world


def is_complete(harness: SentinelOneHarness, site: Site, *names: str) -> bool:
    """Whether the streams have what the console would list, and nothing else."""
    present = harness.present("north")
    for name in names or present:
        assert site.ids_of(stream_of(harness, name)) == present[name], name
    return True
