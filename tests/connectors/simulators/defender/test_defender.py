"""The simulator as a whole: over TLS, beside the clock, and steered from another process."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.simulators.certificates import make_certificates
from connectors.simulators.defender import DefenderSimulator, Tenant
from connectors.simulators.world import World
from connectors.simulators.world.control import apply_edits

from .wire import ask_token, bearer, get, token, walk

ALERTS = "security/alerts_v2"


def control(simulator: DefenderSimulator, action: str, **arguments: Any) -> httpx.Response:
    return httpx.post(f"{simulator.url}/_control/acme/{action}", json=arguments)


def test_tokens_and_records_travel_over_tls(tmp_path: Path, world: World) -> None:
    made = make_certificates(tmp_path)
    trusting = ssl.create_default_context(cafile=str(made.authority))
    with DefenderSimulator({"acme": world}, certificates=made) as simulator:
        login, tenant = simulator.credentials("acme"), simulator.msp("acme").tenants.partner
        text = ask_token(login, tenant.id, verify=trusting).json()["access_token"]
        with httpx.Client(verify=trusting, headers=bearer(text)) as client:
            page = client.get(f"{simulator.url}/v1.0/organization?$top=1").json()
        assert page["@odata.context"].startswith("https://")


def test_a_large_page_is_compressed_for_those_who_can_read_it(graph: httpx.Client) -> None:
    assert get(graph, ALERTS).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in get(graph, ALERTS, headers={"Accept-Encoding": "identity"}).headers


def test_alerts_come_while_the_clock_runs(world: World) -> None:
    now = [world.now]
    with DefenderSimulator({"acme": world}, clock=lambda: now[0]) as simulator:
        company = world.clients.companies.ids[0]
        tenant = simulator.tenant("acme", company)
        headers = bearer(token(simulator.credentials("acme"), tenant.id))
        moment = world.now + timedelta(hours=1)
        world.schedule(
            moment, apply_edits, world, [{"edit": "raise_alert", "company": company, "seen_by": "mde"}]
        )
        counts = []
        for _ in range(2):
            counts.append(len(httpx.get(f"{simulator.url}/v1.0/{ALERTS}", headers=headers).json()["value"]))
            now[0] += timedelta(hours=2)
        assert counts[1] == counts[0] + 1


def test_an_unknown_address_is_told_in_the_words_of_its_service(
    simulator: DefenderSimulator, graph: httpx.Client, defender: httpx.Client
) -> None:
    assert graph.get("users").json()["error"]["code"] == "ResourceNotFound"
    assert defender.get("indicators").json()["error"]["code"] == "ResourceNotFound"
    assert graph.post(ALERTS).status_code == 405
    assert httpx.get(f"{simulator.url}/nowhere").status_code == 404


def test_requests_are_counted_by_resource(simulator: DefenderSimulator, graph: httpx.Client) -> None:
    before = simulator.requests("acme")
    row = walk(graph, ALERTS, top=5)[0]
    get(graph, f"{ALERTS}/{row['id']}")
    after = simulator.requests("acme")
    assert after[ALERTS] - before.get(ALERTS, 0) == 3
    assert after[f"{ALERTS}/{{id}}"] == 1
    assert after["oauth2/token"] == 1
    assert not simulator.requests("other")


def test_everything_is_steered_over_http(
    simulator: DefenderSimulator, graph: httpx.Client, defender: httpx.Client, tenant: Tenant, world: World
) -> None:
    told = control(simulator, "credentials").json()
    assert told["client_secret"] == simulator.credentials("acme").client_secret
    tenants = control(simulator, "tenants").json()
    assert {
        "id": tenant.id,
        "name": tenant.name,
        "domain": tenant.domain,
        "company": tenants[1]["company"],
    } in tenants
    control(simulator, "settings", next_links=False).raise_for_status()
    assert "@odata.nextLink" not in get(graph, ALERTS, top=2).json()
    control(simulator, "settings", next_links=True, limits_rate=True, rates={"graph": [[1, 60]]})
    assert [get(graph, "organization").status_code for _ in range(2)] == [200, 429]
    control(simulator, "settings", limits_rate=False)
    incidents = [alert.incident_id for alert in world.alerts if alert.company is tenant.company][:2]
    control(simulator, "redirect-incident", incident=incidents[0], into=incidents[1]).raise_for_status()
    assert get(graph, f"security/incidents/{incidents[0]}").json()["status"] == "redirected"
    control(simulator, "await-action", incident=incidents[1]).raise_for_status()
    control(simulator, "exclude-machine", device_id=world.devices.ids[0]).raise_for_status()
    control(simulator, "clock-skew", seconds=60).raise_for_status()
    control(simulator, "clear-faults").raise_for_status()
    control(simulator, "end-relationship", tenant=tenant.id).raise_for_status()
    control(simulator, "fault", kind="partial-data", times=1).raise_for_status()
    assert get(graph, ALERTS).status_code == 206
    control(simulator, "tenant", tenant=tenant.id, has_defender=False).raise_for_status()
    assert defender.get("machines").json()["error"]["code"] == "DisabledFeature"
    control(simulator, "expire-tokens").raise_for_status()
    assert get(graph, ALERTS).status_code == 401
    control(simulator, "expire-secret").raise_for_status()
    login = simulator.credentials("acme")
    assert ask_token(login, tenant.id).json()["error_codes"] == [7000222]
    renewed = control(simulator, "renew-secret").json()
    assert ask_token(login, tenant.id, client_secret=renewed["client_secret"]).status_code == 200


def test_the_world_is_edited_and_its_truth_told_over_http(
    simulator: DefenderSimulator, graph: httpx.Client, world: World
) -> None:
    company = world.clients.companies.ids[0]
    before = len(walk(graph, ALERTS))
    edit = {"edit": "raise_alert", "company": company, "kind": "trojan", "seen_by": "mde"}
    control(simulator, "edit", edits=[edit]).raise_for_status()
    assert len(walk(graph, ALERTS)) == before + 1
    later = control(simulator, "advance", seconds=3600).json()
    assert datetime.fromisoformat(later).astimezone(UTC) == world.now
    truth = control(simulator, "truth").json()
    assert truth["alerts"][str(world.alerts.ids[-1])] == company


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("tenant", {"tenant": "nobody.example", "consent": "none"}),
        ("tenant", {"tenant": "", "id": "changed"}),
        ("settings", {"colour": "blue"}),
        ("certificate", {"pem": "none"}),
        ("fault", {"kind": "flood"}),
    ],
)
def test_a_wrong_order_is_refused(
    simulator: DefenderSimulator, tenant: Tenant, action: str, arguments: dict[str, Any]
) -> None:
    given = arguments | ({"tenant": tenant.id} if arguments.get("tenant") == "" else {})
    assert control(simulator, action, **given).status_code == 400
