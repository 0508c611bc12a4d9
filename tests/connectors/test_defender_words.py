"""Microsoft's ways to say no, and what may be entered to connect to it."""

import msgspec
import pytest
from pydantic import ValidationError

from connectors.errors import Missing, Retry, StopConnection, StopCustomer, StopStream
from connectors.forms import form_for
from connectors.http import Answer
from connectors.models import Connection
from connectors.vendors.defender import CONNECTOR, listing
from connectors.vendors.defender.answers import judge, judge_sign_in, retry_after
from connectors.vendors.defender.settings import Credentials, Settings

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"

SIGN_IN = f"https://login.example/{TENANT}/oauth2/v2.0/token"


def said(code=0, error="invalid_request", status=400):
    body = {"error": error, "error_description": f"AADSTS{code}: words", "error_codes": [code]}
    return Answer(status, {}, msgspec.json.encode(body), SIGN_IN)


@pytest.mark.parametrize(
    ("answer", "kind", "access", "words"),
    [
        (said(7000222, "invalid_client", 401), StopConnection, "", "has expired (AADSTS7000222)"),
        (said(7000215, "invalid_client", 401), StopConnection, "", "the secret's value, not its id"),
        (said(700027, "invalid_client", 401), StopConnection, "", "does not accept the certificate"),
        (said(1, "invalid_client", 401), StopConnection, "", "refused the app's keys"),
        (said(700016, "unauthorized_client"), StopCustomer, "consent", "may not sign in"),
        (said(65001, "invalid_grant"), StopCustomer, "consent", "may not sign in"),
        (said(1, "unauthorized_client"), StopCustomer, "consent", "may not sign in"),
        (said(90002), StopCustomer, "failing", "no such tenant"),
        (said(500011, "invalid_resource"), StopCustomer, "license", "does not have the product"),
        (said(53003, "access_denied"), StopCustomer, "failing", "Conditional Access"),
        (said(12345), StopCustomer, "failing", "AADSTS12345"),
        (said(90033), Retry, "", "a problem of its own"),
        (said(0, "temporarily_unavailable", 429), Retry, "", "a problem of its own"),
        (Answer(503, {}, b"<html>", SIGN_IN), Retry, "", "a problem of its own"),
        (Answer(200, {}, b"<html>", SIGN_IN), StopStream, "", "a web page"),
        (Answer(400, {}, b"Bad Request", SIGN_IN), StopCustomer, "failing", "no reason given"),
    ],
)
def test_each_way_to_refuse_a_sign_in_has_its_own_way_on(answer, kind, access, words):
    with pytest.raises(kind) as problem:
        judge_sign_in(answer)
    assert getattr(problem.value, "access", "") == access
    assert words in str(problem.value)


ALERTS = "https://graph.example/v1.0/security/alerts_v2"


def refused(status, code="", message="", headers=None):
    body = msgspec.json.encode({"error": {"code": code, "message": message}})
    return Answer(status, headers or {}, body, ALERTS)


@pytest.mark.parametrize(
    ("answer", "kind", "access", "words"),
    [
        (
            refused(401, "InvalidAuthenticationToken"),
            StopCustomer,
            "failing",
            "does not accept its own token",
        ),
        (refused(401, "Authorization_IdentityNotFound"), StopCustomer, "consent", "not known in this tenant"),
        (refused(403, "Authorization_IdentityNotFound"), StopCustomer, "consent", "not known in this tenant"),
        (
            refused(403, "Forbidden", "Missing application roles."),
            StopCustomer,
            "role",
            "SecurityAlert.Read.All",
        ),
        (
            refused(403, "Forbidden", "Your role has no license for it."),
            StopCustomer,
            "role",
            "SecurityAlert",
        ),
        (refused(403, "DisabledFeature"), StopCustomer, "license", "no licence for alerts_v2"),
        (
            refused(403, "Forbidden", "The tenant has no valid license."),
            StopCustomer,
            "license",
            "no licence",
        ),
        (refused(404, "ResourceNotFound"), Missing, "", "has no alerts_v2"),
        (Answer(404, {}, b"<html>", ALERTS), StopStream, "", "404"),
        (refused(400, "BadRequest", "Invalid $filter"), StopStream, "", "Invalid $filter"),
        (Answer(302, {}, b"", ALERTS), StopStream, "", "302"),
        (refused(429, "TooManyRequests"), Retry, "", "slow down"),
        (refused(500, "InternalServerError"), Retry, "", "(500)"),
        (Answer(200, {}, b"<html>", ALERTS), StopStream, "", "a web page"),
    ],
)
def test_each_way_to_say_no_has_its_own_way_on(answer, kind, access, words):
    with pytest.raises(kind) as problem:
        judge(answer)
    assert getattr(problem.value, "access", "") == access
    assert words in str(problem.value)


def test_waiting_is_told_in_seconds_or_until_a_moment():
    date = "Mon, 02 Mar 2026 15:00:00 GMT"
    until = {"retry-after": "Mon, 02 Mar 2026 15:01:30 GMT", "date": date}
    assert retry_after(refused(429, headers={"retry-after": "17"})) == 17
    assert retry_after(refused(429, headers=until)) == 90
    assert retry_after(refused(429, headers={"retry-after": date, "date": until["retry-after"]})) == 0
    assert retry_after(refused(429, headers={"retry-after": "soon"})) is None
    assert retry_after(refused(429)) is None


def test_an_answer_that_is_no_list_is_not_an_empty_one():
    with pytest.raises(StopStream, match="does not know"):
        listing.read(Answer(200, {}, b'{"error": null}', ALERTS))
    with pytest.raises(Retry):
        listing.read(Answer(200, {}, b'{"value": [{"id"', ALERTS))
    assert listing.read(Answer(206, {}, b'{"value": []}', ALERTS)).is_partial


# --- settings -----------------------------------------------------------------------------------------

IDS = {"tenant_id": f" {TENANT.upper()} ", "client_id": OTHER}


def test_ids_and_hosts_may_be_pasted_as_they_come():
    settings = Settings(
        **IDS,
        more_tenants=f"{OTHER.upper()};\n{TENANT} , {OTHER}",
        graph_host="https://graph.microsoft.us/v1.0/",
    )
    assert settings.tenant_id == TENANT
    assert settings.more_tenants == f"{OTHER}, {TENANT}"
    assert settings.entered_tenants == [OTHER, TENANT]
    assert settings.graph_host == "graph.microsoft.us"
    own = Settings(**IDS, includes_own_tenant=True)
    assert own.entered_tenants == [TENANT]


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant_id": "acme.onmicrosoft.com"},
        {"client_id": ""},
        {"more_tenants": "acme"},
        {"graph_host": "https://"},
    ],
)
def test_what_is_no_id_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(**IDS | wrong)


@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [
        ("graph.microsoft.com", True),
        ("dod-graph.microsoft.us", True),
        ("eu.api.security.microsoft.com", True),
        ("login.partner.microsoftonline.cn", True),
        ("http://graph.microsoft.com", False),
        ("graph.microsoft.com.evil.example", False),
        ("evilmicrosoft.com", False),
        ("graph.microsoft.com:8443", False),
        ("127.0.0.1", False),
    ],
)
def test_the_secret_goes_to_microsoft_alone(settings, host, is_allowed):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    for name in ("login_host", "graph_host", "endpoint_host"):
        if is_allowed:
            assert getattr(Settings(**IDS | {name: host}), name) == host
        else:
            with pytest.raises(ValidationError, match="not one of Microsoft's"):
                Settings(**IDS | {name: host})


def test_either_a_secret_or_a_whole_certificate_is_needed():
    with pytest.raises(ValidationError, match="client secret or a certificate"):
        Credentials()
    with pytest.raises(ValidationError, match="BEGIN and END"):
        Credentials(certificate="-----BEGIN CERTIFICATE-----abc-----END CERTIFICATE-----")


def test_the_form_takes_one_secret_of_the_two_and_keeps_it(north):
    entered = {"name": "Microsoft", "settings_tenant_id": TENANT, "settings_client_id": OTHER}
    for name in ("login_host", "graph_host", "endpoint_host"):
        entered[f"settings_{name}"] = Settings.model_fields[name].default
    form = form_for(CONNECTOR)(entered | {"settings_finds_customers": "on"})
    assert form.non_field_errors() == ["Enter the client secret or a certificate."]
    form = form_for(CONNECTOR)(
        entered | {"settings_finds_customers": "on", "credentials_client_secret": "abc8Q~x"}
    )
    assert form.is_valid(), form.errors
    form.save()
    kept = Connection.objects.get(name="Microsoft")
    assert kept.credentials == {"client_secret": "abc8Q~x"}
    assert kept.settings["finds_customers"] is True
    assert "abc8Q~x" not in form_for(CONNECTOR)(instance=kept).as_p()
