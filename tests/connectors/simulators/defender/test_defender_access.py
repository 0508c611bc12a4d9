"""What a token opens and what it does not, in every state that a client's tenant can be in."""

from datetime import UTC, datetime

import httpx
import pytest

from connectors.simulators.defender import DefenderSimulator, Tenant
from connectors.simulators.world import World

from . import wire
from .wire import DEFENDER, GRAPH, bearer, get, token


def error(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


def test_graph_words_an_error_with_what_helps_to_find_the_request(graph: httpx.Client) -> None:
    reply = graph.get("security/alerts_v2/nobody", headers={"client-request-id": "mine"})
    assert error(reply) == (404, "ResourceNotFound")
    inner = reply.json()["error"]["innerError"]
    assert inner["client-request-id"] == "mine"
    assert inner["request-id"] == reply.headers["request-id"]
    assert datetime.fromisoformat(inner["date"]).replace(tzinfo=UTC)


def test_defender_words_an_error_with_a_target(defender: httpx.Client) -> None:
    reply = defender.get("machines/nobody")
    assert error(reply) == (404, "ResourceNotFound")
    assert reply.headers["request-id"] in reply.json()["error"]["target"]


@pytest.mark.parametrize(
    ("path", "code"),
    [("/v1.0/security/alerts_v2", "InvalidAuthenticationToken"), ("/api/machines", "Unauthorized")],
)
def test_a_missing_or_forged_or_foreign_token_opens_nothing(
    simulator: DefenderSimulator, tenant: Tenant, path: str, code: str
) -> None:
    login = simulator.credentials("acme")
    wrong_audience = token(login, tenant.id, DEFENDER if "v1.0" in path else GRAPH)
    right = token(login, tenant.id, GRAPH if "v1.0" in path else DEFENDER)
    forged = right[:-8] + ("AAAAAAAA" if right[-8:] != "AAAAAAAA" else "BBBBBBBB")
    for headers in ({}, {"Authorization": "Basic eDp5"}, bearer("x"), bearer(forged), bearer(wrong_audience)):
        reply = httpx.get(f"{simulator.url}{path}", headers=headers)
        assert error(reply) == (401, code)
        assert "Bearer" in reply.headers["WWW-Authenticate"]
    assert httpx.get(f"{simulator.url}{path}", headers=bearer(right)).status_code == 200


def test_a_token_of_the_simulator_before_a_restart_is_worth_nothing(
    simulator: DefenderSimulator, tenant: Tenant, world: World
) -> None:
    old = token(simulator.credentials("acme"), tenant.id)
    with DefenderSimulator({"acme": world}) as restarted:
        reply = httpx.get(f"{restarted.url}/v1.0/security/alerts_v2", headers=bearer(old))
    assert error(reply) == (401, "InvalidAuthenticationToken")


def test_a_service_does_not_serve_what_is_the_others(graph: httpx.Client, defender: httpx.Client) -> None:
    assert error(graph.get("api/machines")) == (404, "ResourceNotFound")
    assert error(defender.get("security/alerts_v2")) == (404, "ResourceNotFound")


def test_a_token_lives_as_long_as_it_says(simulator: DefenderSimulator, tenant: Tenant) -> None:
    login = simulator.credentials("acme")
    simulator.change("acme", token_seconds=0)
    expired = token(login, tenant.id)
    reply = httpx.get(f"{simulator.url}/v1.0/security/alerts_v2", headers=bearer(expired))
    assert error(reply) == (401, "InvalidAuthenticationToken")
    assert "expired" in reply.json()["error"]["message"]


def test_tokens_expire_in_the_middle_of_a_walk(
    simulator: DefenderSimulator, tenant: Tenant, graph: httpx.Client
) -> None:
    first = get(graph, "security/alerts_v2", top=5).json()
    simulator.expire_tokens("acme")
    assert error(graph.get(first["@odata.nextLink"])) == (401, "InvalidAuthenticationToken")
    renewed = bearer(token(simulator.credentials("acme"), tenant.id))
    assert len(graph.get(first["@odata.nextLink"], headers=renewed).json()["value"]) == 5


def test_a_missing_role_shows_in_the_token_and_is_refused_in_each_services_words(
    simulator: DefenderSimulator, tenant: Tenant
) -> None:
    missing = ["SecurityAlert.Read.All", "Application.Read.All", "Machine.Read.All"]
    simulator.change_tenant("acme", tenant.id, missing_roles=missing)
    login = simulator.credentials("acme")
    with wire.graph(login, tenant) as graph, wire.defender(login, tenant) as defender:
        assert error(graph.get("security/alerts_v2")) == (403, "Forbidden")
        assert error(graph.get("servicePrincipals")) == (403, "Authorization_RequestDenied")
        assert error(defender.get("machines")) == (403, "Forbidden")
        assert graph.get("security/incidents").status_code == 200
        assert defender.get("alerts").status_code == 200


def test_a_role_that_is_granted_later_needs_a_new_token(simulator: DefenderSimulator, tenant: Tenant) -> None:
    login = simulator.credentials("acme")
    simulator.change_tenant("acme", tenant.id, missing_roles=["SecurityAlert.Read.All"])
    with wire.graph(login, tenant) as before:
        simulator.change_tenant("acme", tenant.id, missing_roles=[])
        assert before.get("security/alerts_v2").status_code == 403
    with wire.graph(login, tenant) as after:
        assert after.get("security/alerts_v2").status_code == 200


@pytest.mark.parametrize("consent", ["pending", "none"])
def test_a_token_without_an_identity_in_the_tenant_opens_nothing(
    simulator: DefenderSimulator, tenant: Tenant, consent: str
) -> None:
    login = simulator.credentials("acme")
    if consent == "pending":
        simulator.change_tenant("acme", tenant.id, consent=consent)
    with wire.graph(login, tenant) as graph, wire.defender(login, tenant) as defender:
        simulator.change_tenant("acme", tenant.id, consent=consent)
        assert error(graph.get("security/alerts_v2")) == (401, "Authorization_IdentityNotFound")
        assert error(defender.get("machines")) == (401, "Unauthorized")


def test_without_a_licence_the_feature_is_disabled_but_mail_and_sign_ins_are_still_watched(
    simulator: DefenderSimulator, tenant: Tenant, graph: httpx.Client, defender: httpx.Client
) -> None:
    simulator.change_tenant("acme", tenant.id, has_defender=False)
    assert error(defender.get("machines")) == (403, "DisabledFeature")
    assert error(defender.get("alerts")) == (403, "DisabledFeature")
    sources = {row["serviceSource"] for row in graph.get("security/alerts_v2").json()["value"]}
    assert sources == {
        "microsoftDefenderForOffice365",
        "azureAdIdentityProtection",
        "microsoftDefenderForCloudApps",
    }


def test_the_states_of_tenants_are_spread_over_the_clients() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    world = World(seed=3, now=now, end=now, companies=12, technicians=3)
    with DefenderSimulator({"acme": world}) as simulator:
        tenants = simulator.msp("acme").tenants.clients()
    assert {tenant.consent for tenant in tenants} == {"granted", "none"}
    assert any(tenant.missing_roles for tenant in tenants)
    assert not all(tenant.has_defender for tenant in tenants)
    assert any(tenant.company and tenant.company.name != tenant.name for tenant in tenants)
    assert any(not tenant.company for tenant in tenants)


def test_each_msp_reads_its_own_tenants_only(simulator: DefenderSimulator, world: World) -> None:
    others = simulator.world("other")
    tenant = simulator.tenant("other", others.clients.companies.ids[0])
    with wire.graph(simulator.credentials("other"), tenant) as graph:
        theirs = {row["id"] for row in graph.get("security/alerts_v2").json()["value"]}
    assert theirs == {alert.reference for alert in others.alerts}
    assert not theirs & {alert.reference for alert in world.alerts}


def test_requests_are_limited_per_tenant_with_a_hint_when_to_come_back(
    simulator: DefenderSimulator, world: World, graph: httpx.Client, defender: httpx.Client
) -> None:
    rates = {"graph": [(2, 60)], "defender": [(2, 60), (3, 3600)]}
    simulator.change("acme", limits_rate=True, rates=rates)
    replies = [graph.get("organization") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert error(replies[2]) == (429, "TooManyRequests")
    assert 0 < int(replies[2].headers["Retry-After"]) <= 60
    assert defender.get("machines").status_code == 200
    second = simulator.tenant("acme", world.clients.companies.ids[1])
    with wire.graph(simulator.credentials("acme"), second) as neighbour:
        assert neighbour.get("organization").status_code == 200
    simulator.change("acme", tells_retry_after=False)
    assert "Retry-After" not in graph.get("organization").headers


def test_the_published_limits_bind(simulator: DefenderSimulator, defender: httpx.Client) -> None:
    simulator.change("acme", limits_rate=True)
    statuses = [get(defender, "machines", top=1).status_code for _ in range(101)]
    assert statuses == [200] * 100 + [429]
