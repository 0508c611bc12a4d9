"""What the management console tells: threats, activities, sites, notes, and unified alerts."""

from datetime import timedelta

import httpx
import pytest

from connectors.simulators.sentinelone import SentinelOneSimulator
from connectors.simulators.world import World

from .conftest import NOW
from .console import ask, walk


def test_a_threat_follows_its_alert_and_its_agent_wherever_it_goes(api: httpx.Client, world: World) -> None:
    alert = world.raise_alert(kind="trojan", company=world.clients.companies.ids[0])
    world.advance(timedelta(minutes=3))
    world.contain_alert(alert.id)
    world.resolve_alert(alert.id, "false_positive", by="mlopez")
    assert alert.device
    world.move_device(alert.device.id, world.clients.companies.ids[2])
    (row,) = walk(api, "threats", ids=alert.reference)
    info = row["threatInfo"]
    assert info["identifiedAt"] == "2026-03-02T15:00:00.000000Z"
    assert info["identifiedAt"] <= info["createdAt"] < info["updatedAt"]
    assert (info["incidentStatus"], info["analystVerdict"]) == ("resolved", "false_positive")
    assert "severity" not in info
    assert [(each["action"], each["status"]) for each in row["mitigationStatus"]] == [
        ("quarantine", "success"), ("kill", "success"),
    ]  # fmt: skip
    assert row["agentDetectionInfo"]["siteName"] == "Northwood Dental Inc."
    assert row["agentRealtimeInfo"]["siteName"] != "Northwood Dental Inc."
    assert not {"agentId", "agentComputerName"} & set(row["agentDetectionInfo"])


def test_activities_tell_who_changed_the_status_when(api: httpx.Client, world: World) -> None:
    alert = world.raise_alert(kind="adware")
    world.advance(timedelta(minutes=5))
    world.acknowledge_alert(alert.id, by="zadmin")
    lines = walk(api, "activities", threatIds=alert.reference, activityTypes="2028,4003")
    assert [line["activityType"] for line in lines] == [4003, 2028]
    assert lines[1]["createdAt"].startswith("2026-03-02T15:05:00")
    changed = {
        name: lines[1]["data"][name] for name in ("oldIncidentStatus", "newIncidentStatus", "username")
    }
    assert changed == {
        "oldIncidentStatus": "unresolved", "newIncidentStatus": "in_progress", "username": "zadmin",
    }  # fmt: skip
    known = {each["id"] for each in api.get("activities/types").json()["data"]}
    assert {line["activityType"] for line in walk(api, "activities", limit=1000)} <= known
    timeline = api.get(f"threats/{alert.reference}/timeline").json()["data"]
    assert [line["id"] for line in lines] == [line["id"] for line in timeline]


def test_sites_fit_the_clients_in_all_the_ways_they_do_in_life(api: httpx.Client, world: World) -> None:
    sites = {site["name"]: site for site in walk(api, "sites")}
    names = {company.name for company in world.clients.companies}
    assert "Northwood Dental Inc." in sites
    assert "Northwood Dental" in names - set(sites)
    assert {site["state"] for site in sites.values()} >= {"active", "deleted"}
    assert sites["Default site"]["isDefault"]
    assert any(name.endswith(" - Servers") for name in sites)
    assert {site["externalId"] for site in sites.values()} - {None} <= {
        str(company.id) for company in world.clients.companies
    }
    assert api.get(f"sites/{sites['Default site']['id']}").json()["data"]["name"] == "Default site"


def test_a_provider_may_give_each_client_an_account(
    simulator: SentinelOneSimulator, api: httpx.Client, world: World
) -> None:
    assert len(walk(api, "accounts")) == 1
    simulator.change("acme", account_per_client=True)
    assert len(walk(api, "accounts")) == 1 + len(world.clients.companies)


def test_the_note_of_a_threat_names_its_ticket(api: httpx.Client, world: World) -> None:
    alert = world.raise_alert(kind="trojan")
    assert alert.ticket
    (note,) = api.get(f"threats/{alert.reference}/notes").json()["data"]
    assert str(alert.ticket.id) in note["text"]
    assert api.get("threats/1/notes").status_code == 404


def test_unified_alerts_bring_severity_page_by_page(simulator: SentinelOneSimulator, world: World) -> None:
    nodes, after = [], None
    while True:
        alerts = ask(simulator, first=4, after=after, sort={"by": "updatedAt", "order": "ASC"})["data"][
            "alerts"
        ]
        nodes += [edge["node"] for edge in alerts["edges"]]
        after = alerts["pageInfo"]["endCursor"]
        if not alerts["pageInfo"]["hasNextPage"]:
            break
    expected = {each.reference: each.severity for each in world.alerts if each.seen_by == "edr"}
    severities = {"INFO": "informational"}
    assert {
        node["externalId"]: severities.get(node["severity"], node["severity"].lower()) for node in nodes
    } == expected
    assert alerts["totalCount"] == len(nodes) == len(expected)
    assert set(nodes[0]) == {
        "id",
        "externalId",
        "severity",
        "status",
        "detectedAt",
        "dataSources",
        "realTime",
    }


def test_unified_alerts_are_filtered_by_when_they_were_detected(
    simulator: SentinelOneSimulator, world: World
) -> None:
    bounds = {"start": int(NOW.timestamp() * 1000), "startInclusive": True}
    found = ask(simulator, filters=[{"fieldId": "detectedAt", "dateTimeRange": bounds}])["data"]["alerts"]
    assert found["totalCount"] == 4
    none = ask(
        simulator, filters=[{"fieldId": "detectedAt", "dateTimeRange": bounds | {"startInclusive": False}}]
    )
    assert none["data"]["alerts"]["totalCount"] == 0


@pytest.mark.parametrize(
    "query",
    ["{ alerts { edges { node { colour } } } }", "{ alerts(colour: 1) { totalCount } }", "{ alerts", "mutation { x }",
     "{ threats { id } }", "{ alerts(first: 5000) { totalCount } }", "{ alerts }"],
)  # fmt: skip
def test_a_wrong_query_is_answered_with_errors(simulator: SentinelOneSimulator, query: str) -> None:
    reply = ask(simulator, query)
    assert reply["data"] is None
    assert reply["errors"][0]["message"]


def test_consoles_may_have_no_unified_alerts_or_know_fewer_fields(simulator: SentinelOneSimulator) -> None:
    simulator.change("acme", lacking=["dataSources"])
    assert "dataSources" in ask(simulator)["errors"][0]["message"]
    simulator.change("acme", unified_alerts="errors")
    assert ask(simulator)["errors"]
    simulator.change("acme", unified_alerts="no")
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        ask(simulator)
