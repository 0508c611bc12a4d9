"""Alerts, incidents and machines: what Microsoft tells of what happened in the world."""

from datetime import timedelta

import httpx
import pytest

from connectors.simulators.defender import DefenderSimulator, Tenant
from connectors.simulators.world import World
from connectors.simulators.world.security_records import Alert

from . import wire
from .wire import get, ids, walk

ALERTS, INCIDENTS = "security/alerts_v2", "security/incidents"


def newest(world: World, kind: str, seen_by: str = "mde") -> Alert:
    """Of the first company, which all clients here are logged in to."""
    company = world.clients.companies.ids[0]
    mine = [alert for alert in world.alerts if alert.company.id == company and alert.seen_by == seen_by]
    return [alert for alert in mine if alert.kind == kind][-1]


def test_an_alert_tells_its_life(graph: httpx.Client, world: World) -> None:
    alert = newest(world, "trojan")
    fresh = get(graph, f"{ALERTS}/{alert.reference}").json()
    assert (fresh["status"], fresh["assignedTo"], fresh["classification"]) == ("new", None, None)
    world.advance(timedelta(minutes=5))
    technician = world.catalogue.technicians[0].identifier
    world.acknowledge_alert(alert.id, technician)
    taken = get(graph, f"{ALERTS}/{alert.reference}").json()
    assert taken["status"] == "inProgress"
    assert taken["assignedTo"].isascii()
    assert taken["lastUpdateDateTime"] > fresh["lastUpdateDateTime"]
    world.resolve_alert(alert.id, "false_positive", technician)
    done = get(graph, f"{ALERTS}/{alert.reference}").json()
    assert (done["status"], done["classification"], done["determination"]) == (
        "resolved",
        "falsePositive",
        "notMalicious",
    )
    assert done["resolvedDateTime"]
    assert [comment["comment"] for comment in done["comments"]] == ["Verdict: false positive."]
    assert done["createdDateTime"] == fresh["createdDateTime"]
    world.reopen_alert(alert.id)
    again = get(graph, f"{ALERTS}/{alert.reference}").json()
    assert (again["status"], again["resolvedDateTime"]) == ("inProgress", None)


def test_microsoft_knows_nothing_above_high(graph: httpx.Client, world: World) -> None:
    alert = newest(world, "ransomware")
    assert alert.severity == "critical"
    assert get(graph, f"{ALERTS}/{alert.reference}").json()["severity"] == "high"


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("trojan", ["device", "file", "user"]),
        ("script", ["device", "process", "user"]),
        ("impossible-travel", ["user", "ip"]),
        ("phishing-mail", ["mailbox", "analyzedMessage", "url"]),
        ("inbox-rule", ["user", "mailbox"]),
    ],
)
def test_evidence_names_its_types(graph: httpx.Client, world: World, kind: str, types: list[str]) -> None:
    seen_by = "office" if kind in ("impossible-travel", "phishing-mail", "inbox-rule") else "mde"
    alert = newest(world, kind, seen_by)
    evidence = get(graph, f"{ALERTS}/{alert.reference}").json()["evidence"]
    names = [f"#microsoft.graph.security.{each}Evidence" for each in types]
    assert [each["@odata.type"] for each in evidence] == names


def test_the_device_of_an_alert_is_a_machine_of_the_inventory(
    graph: httpx.Client, defender: httpx.Client, world: World
) -> None:
    alert = newest(world, "trojan")
    assert alert.device
    device = get(graph, f"{ALERTS}/{alert.reference}").json()["evidence"][0]
    machine = get(defender, f"machines/{device['mdeDeviceId']}").json()
    assert machine["computerDnsName"] == device["deviceDnsName"] == alert.device.hostname.lower()
    assert machine["aadDeviceId"] == device["azureAdDeviceId"]
    assert machine["riskScore"].lower() == device["riskScore"]
    assert get(defender, f"machines/{machine['computerDnsName']}").json()["id"] == machine["id"]


def test_both_services_tell_of_the_same_alerts(graph: httpx.Client, defender: httpx.Client) -> None:
    rows = {row["id"]: row for row in walk(graph, ALERTS)}
    endpoint = walk(defender, "alerts")
    assert {row["id"] for row in endpoint} < rows.keys()
    for row in endpoint:
        twin = rows[row["id"]]
        assert (str(row["incidentId"]), row["aadTenantId"]) == (twin["incidentId"], twin["tenantId"])
        assert (row["status"].lower(), row["severity"].lower()) == (twin["status"], twin["severity"])
        assert row["lastUpdateTime"] == twin["lastUpdateDateTime"]
        assert row["alertCreationTime"] == twin["createdDateTime"]


def test_alerts_of_one_machine_take_no_options(defender: httpx.Client) -> None:
    row = walk(defender, "alerts")[0]
    path = f"machines/{row['machineId']}/alerts"
    assert {each["machineId"] for each in walk(defender, path)} == {row["machineId"]}
    assert get(defender, path, filter="status eq 'New'").status_code == 400


def test_alerts_of_other_products_stay_with_them(graph: httpx.Client, world: World) -> None:
    shown = set(ids(walk(graph, ALERTS)))
    assert not shown & {alert.reference for alert in world.alerts if alert.seen_by == "edr"}


def test_an_incident_gathers_its_alerts_and_their_worst(graph: httpx.Client, world: World) -> None:
    company = world.clients.companies.ids[0]
    kinds = ("adware", "ransomware")
    first, second = (world.raise_alert(company, kind=kind, seen_by="mde", incident=777) for kind in kinds)
    opened = get(graph, f"{INCIDENTS}/777", expand="alerts").json()
    assert set(ids(opened["alerts"])) == {first.reference, second.reference}
    assert (opened["status"], opened["severity"], opened["redirectIncidentId"]) == ("active", "high", None)
    world.resolve_alert(first.id)
    assert get(graph, f"{INCIDENTS}/777").json()["status"] == "active"
    world.acknowledge_alert(second.id)
    assert get(graph, f"{INCIDENTS}/777").json()["status"] == "inProgress"
    world.resolve_alert(second.id)
    resolved = get(graph, f"{INCIDENTS}/777").json()
    assert resolved["status"] == "resolved"
    assert "resolvedDateTime" not in resolved


def test_a_merged_incident_points_to_the_one_that_has_its_alerts(
    simulator: DefenderSimulator, graph: httpx.Client, world: World
) -> None:
    alert, into = newest(world, "trojan"), newest(world, "script")
    assert alert.incident_id
    assert into.incident_id
    before = get(graph, f"{ALERTS}/{alert.reference}").json()
    world.advance(timedelta(minutes=1))
    simulator.redirect_incident("acme", alert.incident_id, into.incident_id)
    merged = get(graph, f"{INCIDENTS}/{alert.incident_id}", expand="alerts").json()
    assert (merged["status"], merged["redirectIncidentId"]) == ("redirected", str(into.incident_id))
    assert merged["alerts"] == []
    target = get(graph, f"{INCIDENTS}/{into.incident_id}", expand="alerts").json()
    assert {alert.reference, into.reference} == set(ids(target["alerts"]))
    after = get(graph, f"{ALERTS}/{alert.reference}").json()
    assert after["incidentId"] == str(into.incident_id)
    assert after["lastUpdateDateTime"] > before["lastUpdateDateTime"]


def test_machines_are_merged_excluded_and_fall_silent(
    simulator: DefenderSimulator, defender: httpx.Client, world: World, tenant: Tenant
) -> None:
    assert tenant.company
    kept, twin, odd, old = (world.add_device(tenant.company.id) for _ in range(4))
    world.merge_devices(kept.id, twin.id)
    simulator.exclude_machine("acme", odd.id)
    world.retire_device(old.id)
    rows = {row["computerDnsName"]: row for row in walk(defender, "machines")}
    merged = rows[twin.hostname.lower()]
    assert merged["mergedIntoMachineId"] == rows[kept.hostname.lower()]["id"]
    assert merged["isPotentialDuplication"]
    assert rows[odd.hostname.lower()]["isExcluded"]
    assert rows[old.hostname.lower()]["healthStatus"] == "Inactive"
    assert rows[kept.hostname.lower()]["healthStatus"] == "Active"


def test_a_machine_that_does_not_report_falls_silent_until_it_does(
    defender: httpx.Client, world: World, tenant: Tenant
) -> None:
    assert tenant.company
    device = world.add_device(tenant.company.id)
    path = f"machines/{device.hostname.lower()}"
    world.advance(timedelta(days=8))
    assert get(defender, path).json()["healthStatus"] == "Inactive"
    world.touch_device(device.id)
    assert get(defender, path).json()["healthStatus"] == "Active"


def test_a_machine_of_another_client_gets_another_id_there(
    simulator: DefenderSimulator, defender: httpx.Client, world: World, tenant: Tenant
) -> None:
    assert tenant.company
    device = world.add_device(tenant.company.id)
    before = get(defender, f"machines/{device.hostname.lower()}").json()["id"]
    second = simulator.tenant("acme", world.clients.companies.ids[1])
    assert second.company
    world.move_device(device.id, second.company.id)
    assert get(defender, f"machines/{before}").status_code == 404
    with wire.defender(simulator.credentials("acme"), second) as theirs:
        assert get(theirs, f"machines/{device.hostname.lower()}").json()["id"] != before


def test_machines_are_filtered_by_what_the_documents_list(defender: httpx.Client) -> None:
    rows = walk(defender, "machines")
    linux = walk(defender, "machines", filter="osPlatform eq 'Linux'")
    assert linux == [row for row in rows if row["osPlatform"] == "Linux"] != []
    assert linux[0]["osBuild"] is None
    seen = rows[0]["lastSeen"]
    assert rows[0] in walk(defender, "machines", filter=f"lastSeen ge {seen} and healthStatus eq 'Active'")
    assert get(defender, "machines", filter="agentVersion eq '1'").status_code == 400
