"""Tokens for clients with a secret or a certificate, and every way in which Entra refuses them."""

import time
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from connectors.simulators.defender import Credentials, DefenderSimulator, Tenant
from connectors.simulators.defender.tokens import encode, read
from connectors.simulators.world import World

from .wire import DEFENDER, ask_token, claims, token

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "deskmetry")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def assertion(key: rsa.RSAPrivateKey, login: Credentials, algorithm: str = "RS256", **changed: Any) -> str:
    now = int(time.time())
    audience = f"{login.login_url}/{login.tenant_id}/oauth2/v2.0/token"
    told = {"iss": login.client_id, "sub": login.client_id, "aud": audience, "nbf": now, "exp": now + 600}
    parts = ({"alg": algorithm, "typ": "JWT"}, told | changed)
    signed = ".".join(encode(httpx.Response(200, json=part).content) for part in parts)
    pkcs, pss = padding.PKCS1v15(), padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    signature = key.sign(signed.encode(), pss if algorithm == "PS256" else pkcs, hashes.SHA256())
    return f"{signed}.{encode(signature)}"


def ask_by_certificate(login: Credentials, tenant_id: str, text: str) -> httpx.Response:
    return ask_token(
        login, tenant_id, client_secret="", client_assertion_type=ASSERTION, client_assertion=text
    )


def test_a_token_names_its_tenant_its_service_and_its_roles(
    simulator: DefenderSimulator, tenant: Tenant
) -> None:
    login = simulator.credentials("acme")
    reply = ask_token(login, tenant.id).json()
    assert (reply["token_type"], reply["expires_in"]) == ("Bearer", 3599)
    told = claims(reply["access_token"])
    assert (told["tid"], told["appid"]) == (tenant.id, login.client_id)
    assert told["aud"] == "https://graph.microsoft.com"
    assert "SecurityAlert.Read.All" in told["roles"]
    assert told["exp"] - told["iat"] == 3599
    assert claims(token(login, tenant.id, DEFENDER))["roles"] == ["Alert.Read.All", "Machine.Read.All"]


def test_a_tenant_is_known_by_its_domain_too(simulator: DefenderSimulator, tenant: Tenant) -> None:
    assert claims(token(simulator.credentials("acme"), tenant.domain))["tid"] == tenant.id


def test_a_client_that_discovers_the_endpoints_finds_them_and_the_key_of_the_tokens(
    simulator: DefenderSimulator, tenant: Tenant
) -> None:
    login = simulator.credentials("acme")
    authority = f"{login.login_url}/{tenant.id}/oauth2/v2.0/authorize"
    instances = httpx.get(
        f"{login.login_url}/common/discovery/instance", params={"authorization_endpoint": authority}
    ).json()
    found = httpx.get(instances["tenant_discovery_endpoint"]).json()
    assert found["token_endpoint"] == f"{login.login_url}/{tenant.id}/oauth2/v2.0/token"
    published = httpx.get(found["jwks_uri"]).json()["keys"][0]
    issued = read(token(login, tenant.id))
    assert issued.header["kid"] == published["kid"]
    modulus, exponent = (int.from_bytes(urlsafe_b64decode(published[name] + "==")) for name in ("n", "e"))
    issued.check(rsa.RSAPublicNumbers(exponent, modulus).public_key())


def test_the_first_version_of_the_endpoint_is_told_a_resource(
    simulator: DefenderSimulator, tenant: Tenant
) -> None:
    login = simulator.credentials("acme")
    form = {
        "grant_type": "client_credentials",
        "client_id": login.client_id,
        "client_secret": login.client_secret,
        "resource": "https://api.securitycenter.microsoft.com",
    }
    reply = httpx.post(f"{login.login_url}/{tenant.id}/oauth2/token", data=form)
    assert claims(reply.json()["access_token"])["aud"] == form["resource"]


def test_ids_and_secrets_are_the_same_after_a_restart(world: World) -> None:
    with DefenderSimulator({"acme": world}) as first, DefenderSimulator({"acme": world}) as second:
        logins = [simulator.credentials("acme") for simulator in (first, second)]
        assert logins[0].client_secret == logins[1].client_secret
        assert logins[0].tenant_id == logins[1].tenant_id
        assert list(first.msp("acme").tenants) == list(second.msp("acme").tenants)


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000218),
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, 400, "unauthorized_client", 700016),
        ({"client_id": ""}, 400, "invalid_request", 900144),
        ({"scope": "https://graph.microsoft.com/Mail.Read"}, 400, "invalid_scope", 1002012),
        ({"scope": "https://example.com/.default"}, 400, "invalid_resource", 500011),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_a_wrong_request_is_refused(
    simulator: DefenderSimulator,
    tenant: Tenant,
    form: dict[str, str],
    status: int,
    error: str,
    number: int,
) -> None:
    reply = ask_token(simulator.credentials("acme"), tenant.id, **form)
    body = reply.json()
    assert (reply.status_code, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} < body.keys()


def test_there_is_no_token_for_a_tenant_that_does_not_exist(simulator: DefenderSimulator) -> None:
    reply = ask_token(simulator.credentials("acme"), "99999999-2222-3333-4444-555555555555")
    assert (reply.status_code, reply.json()["error_codes"]) == (400, [90002])


def test_an_application_is_unknown_where_nobody_consented(
    simulator: DefenderSimulator, tenant: Tenant
) -> None:
    login = simulator.credentials("acme")
    simulator.change_tenant("acme", tenant.id, consent="none")
    assert ask_token(login, tenant.id).json()["error_codes"] == [700016]
    others = simulator.msp("other").tenants.partner
    assert ask_token(login, others.id).json()["error_codes"] == [700016]
    assert ask_token(login, login.tenant_id).status_code == 200


def test_a_secret_ends_and_another_takes_its_place(simulator: DefenderSimulator, tenant: Tenant) -> None:
    before = simulator.credentials("acme")
    simulator.expire_secret("acme", seconds=60)
    assert ask_token(before, tenant.id).status_code == 200
    simulator.advance("acme", timedelta(minutes=2))
    assert ask_token(before, tenant.id).json()["error_codes"] == [7000222]
    renewed = simulator.renew_secret("acme")
    assert renewed.client_secret != before.client_secret
    assert ask_token(renewed, tenant.id).status_code == 200
    assert ask_token(before, tenant.id).json()["error_codes"] == [7000222]


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_a_registered_certificate_takes_the_place_of_a_secret(
    simulator: DefenderSimulator, tenant: Tenant, key: rsa.RSAPrivateKey, algorithm: str
) -> None:
    login = simulator.credentials("acme")
    simulator.register_certificate("acme", certificate(key))
    reply = ask_by_certificate(login, tenant.id, assertion(key, login, algorithm))
    assert claims(reply.json()["access_token"])["appidacr"] == "2"


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"exp": 0}, 700024),
        ({"nbf": 2**40, "exp": 2**41}, 700024),
        ({"aud": "https://login.example/token"}, 700023),
        ({"sub": "somebody else"}, 700021),
    ],
)
def test_what_a_client_signs_must_be_meant_for_here_and_now(
    simulator: DefenderSimulator,
    tenant: Tenant,
    key: rsa.RSAPrivateKey,
    changed: dict[str, Any],
    number: int,
) -> None:
    login = simulator.credentials("acme")
    simulator.register_certificate("acme", certificate(key))
    reply = ask_by_certificate(login, tenant.id, assertion(key, login, **changed))
    assert reply.json()["error_codes"] == [number]


def test_a_certificate_that_nobody_registered_opens_nothing(
    simulator: DefenderSimulator, tenant: Tenant, key: rsa.RSAPrivateKey
) -> None:
    login = simulator.credentials("acme")
    for text in (assertion(key, login), "not.a.token"):
        reply = ask_by_certificate(login, tenant.id, text)
        assert (reply.status_code, reply.json()["error_codes"]) == (401, [700027])


@pytest.mark.parametrize(
    ("kind", "status", "number"),
    [
        ("expired-secret", 401, 7000222),
        ("too-many-requests", 429, 90055),
        ("unavailable", 503, 90033),
    ],
)
def test_a_fault_strikes_the_token_endpoint_of_one_tenant(
    simulator: DefenderSimulator, tenant: Tenant, kind: str, status: int, number: int
) -> None:
    login = simulator.credentials("acme")
    simulator.faults("acme").add(kind, path=f"{tenant.id}/oauth2", seconds=9)
    reply = ask_token(login, tenant.id)
    assert (reply.status_code, reply.json()["error_codes"]) == (status, [number])
    assert reply.headers.get("Retry-After") == ("9" if status == 429 else None)
    assert ask_token(login, login.tenant_id).status_code == 200
