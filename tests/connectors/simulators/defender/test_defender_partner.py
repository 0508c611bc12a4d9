"""What the MSP sees of its clients' tenants, and what a tenant tells of itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.simulators.defender import DefenderSimulator, Tenant
from connectors.simulators.world import World

from . import wire
from .wire import get, walk

RELATIONSHIPS = "tenantRelationships/delegatedAdminRelationships"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(seed=3, now=NOW, end=NOW, companies=12, technicians=3)


@pytest.fixture
def partner(simulator: DefenderSimulator) -> Iterator[httpx.Client]:
    with wire.graph(simulator.credentials("acme"), simulator.msp("acme").tenants.partner) as client:
        yield client


def test_relationships_come_in_every_state(partner: httpx.Client) -> None:
    rows = walk(partner, RELATIONSHIPS)
    assert {row["status"] for row in rows} == {"active", "expired", "terminated", "approvalPending"}
    active = walk(partner, RELATIONSHIPS, filter="status eq 'active'", select="customer,endDateTime,status")
    assert active == [
        {name: row[name] for name in ("customer", "endDateTime", "status")}
        for row in rows
        if row["status"] == "active"
    ]
    customers = [row["customer"]["tenantId"] for row in active]
    assert len(customers) > len(set(customers))
    (pending,) = (row for row in rows if row["status"] == "approvalPending")
    assert (pending["customer"], pending["endDateTime"]) == (None, None)


def test_a_tenant_without_a_relationship_is_not_discovered_but_can_be_read(
    simulator: DefenderSimulator, partner: httpx.Client
) -> None:
    known = {row["customer"]["tenantId"] for row in walk(partner, RELATIONSHIPS) if row["customer"]}
    unbound = [tenant for tenant in simulator.msp("acme").tenants.clients() if tenant.id not in known]
    assert len(unbound) == 1
    with wire.graph(simulator.credentials("acme"), unbound[0]) as graph:
        assert graph.get("security/alerts_v2").status_code == 200


def test_relationships_end_as_time_goes_by_unless_they_extend_themselves(
    simulator: DefenderSimulator, partner: httpx.Client
) -> None:
    before = {row["id"]: row for row in walk(partner, RELATIONSHIPS, filter="status eq 'active'")}
    extending = {key for key, row in before.items() if row["autoExtendDuration"] == "P180D"}
    assert {row["autoExtendDuration"] for row in before.values()} == {"P180D", "PT0S"}
    simulator.advance("acme", timedelta(days=500))
    after = {row["id"]: row for row in walk(partner, RELATIONSHIPS)}
    assert {key for key in before if after[key]["status"] == "active"} == extending
    assert all(after[key]["endDateTime"] > before[key]["endDateTime"] for key in extending)


def test_a_relationship_can_be_terminated(simulator: DefenderSimulator, partner: httpx.Client) -> None:
    tenant = simulator.tenant("acme", simulator.world("acme").clients.companies.ids[0])
    simulator.end_relationship("acme", tenant.domain)
    rows = walk(partner, RELATIONSHIPS, filter=f"customer/tenantId eq '{tenant.id}'")
    assert [row["status"] for row in rows] == ["terminated"]
    assert get(partner, f"{RELATIONSHIPS}/{rows[0]['id']}").json()["id"] == rows[0]["id"]


def test_only_the_partner_has_relationships_and_contracts(graph: httpx.Client, partner: httpx.Client) -> None:
    for path in (RELATIONSHIPS, "contracts"):
        assert walk(graph, path) == []
        assert len(walk(partner, path)) > 12


def test_a_tenant_tells_its_name_and_whether_it_has_a_licence(
    simulator: DefenderSimulator, graph: httpx.Client, tenant: Tenant
) -> None:
    (told,) = graph.get("organization").json()["value"]
    assert (told["id"], told["displayName"]) == (tenant.id, tenant.name)
    assert told["verifiedDomains"][0]["name"] == tenant.domain

    def plans() -> list[str]:
        (sku,) = graph.get("subscribedSkus").json()["value"]
        return [plan["servicePlanName"] for plan in sku["servicePlans"]]

    assert plans() == ["MDE_SMB"]
    simulator.change_tenant("acme", tenant.id, has_defender=False)
    assert "MDE_SMB" not in plans()


def test_consent_is_looked_up_by_the_id_of_the_application(
    simulator: DefenderSimulator, graph: httpx.Client
) -> None:
    app_id = simulator.credentials("acme").client_id
    (ours,) = walk(graph, "servicePrincipals", filter=f"appId eq '{app_id}'")
    assert ours["accountEnabled"]
    other = simulator.credentials("other").client_id
    assert walk(graph, "servicePrincipals", filter=f"appId eq '{other}'") == []
