"""Which tenant a request reaches, and what the others are told."""

from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils.html import escape

from tenants import tokens
from tenants.context import tenant
from tenants.middleware import TenantMiddleware
from tenants.models import ApiToken
from tenants.people import Person, create_user
from tenants.roles import Role
from tenants.suspension import resume, suspend

INDEX = "/api/v1/"
ANYWHERE = ["127.0.0.1:8000", "localhost", "localhost:8000", "[::1]:8000", "elsewhere.localhost", ""]


@pytest.fixture
def token(db) -> str:
    """Of north's manager."""
    with tenant("north"):
        user = create_user(Person(username="bi", role=Role.MANAGER)).user
        return tokens.issue(user, "BI")[1]


def error(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(
    "host", ["north.localhost", "NORTH.localhost:8000", "www.north.localhost", "north.localhost."]
)
def test_the_host_name_leads_to_its_tenant(get, host):
    answer = get("/login/", host)
    assert answer.wsgi_request.tenant.schema_name == "north"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]"])
def test_the_base_domain_and_this_machine_show_the_public_pages(get, host):
    answer = get("/", host)
    assert answer.wsgi_request.tenant.schema_name == "public"
    assert answer.wsgi_request.urlconf == "config.urls_public"


@pytest.mark.parametrize("host", ANYWHERE)
def test_a_token_finds_its_tenant_at_any_address(get, token, host):
    assert get(INDEX, host, token).json()["tenant"] == "north"


def test_a_request_of_http_1_0_without_a_host_is_served(token):
    request = RequestFactory().get(INDEX, headers={"authorization": f"Bearer {token}"})
    request.META |= {"SERVER_NAME": "", "SERVER_PORT": "8000"}
    request.META.pop("HTTP_HOST", None)
    answer = TenantMiddleware(lambda request: request.tenant)(request)
    assert answer.schema_name == "north"
    assert request.build_absolute_uri() == "http://localhost:8000/api/v1/"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "TOKEN"])
def test_both_ways_to_send_a_token_work(token, scheme):
    answer = Client().get(INDEX, headers={"host": "127.0.0.1", "authorization": f"{scheme} {token}"})
    assert answer.json()["tenant"] == "north"


def test_on_a_tenants_own_host_another_tenants_token_is_as_good_as_unknown(get, token):
    others = get(INDEX, "south.localhost", token)
    unknown = get(INDEX, "south.localhost", "dm_" + "x" * 43)
    nowhere = get(INDEX, "127.0.0.1", "dm_" + "x" * 43)
    assert error(others) == (401, "authentication_failed")
    assert others.json() == unknown.json() == nowhere.json()
    assert others["WWW-Authenticate"] == nowhere["WWW-Authenticate"] == 'Bearer realm="Deskmetry"'


@pytest.mark.parametrize("host", ["127.0.0.1", "north.localhost"])
def test_the_tenant_header_must_say_the_same_as_the_token(get, token, host):
    assert get(INDEX, host, token, **{"x-tenant": "north"}).status_code == 200
    assert error(get(INDEX, host, token, **{"x-tenant": "south"})) == (403, "permission_denied")


@pytest.mark.parametrize("host", ["127.0.0.1", "north.localhost"])
def test_the_tenant_header_alone_authorises_nothing(get, host):
    assert error(get(INDEX, host, **{"x-tenant": "north"})) == (401, "not_authenticated")


@pytest.mark.parametrize("value", ["Bearer", "Bearer a b", "Token"])
@pytest.mark.parametrize("host", ["127.0.0.1", "north.localhost"])
def test_a_malformed_token_is_explained(get, value, host):
    answer = get(INDEX, host, authorization=value)
    assert error(answer) == (401, "authentication_failed")
    assert "Authorization: Bearer" in answer.json()["error"]["message"]


@pytest.mark.parametrize("value", ["Bearer \x00", "Bearer " + "é" * 50_000, "Basic YTpi", "\x85 \xa0"])
@pytest.mark.parametrize("host", ["127.0.0.1", "north.localhost"])
def test_odd_credentials_are_refused_like_any_other(get, value, host):
    assert get(INDEX, host, authorization=value).status_code == 401


@pytest.mark.parametrize(
    "host", ["nobody.localhost", "example.com", "a b", "north.localhost.evil.com", "x" * 5000]
)
def test_an_unknown_host_is_answered_with_a_sentence(get, host):
    page = get("/admin/", host)
    assert page.status_code == 404
    assert "There is no Deskmetry at" in page.content.decode()
    assert error(get(INDEX, host)) == (404, "unknown_host")


def test_a_disallowed_host_is_refused_even_with_a_token(get, token):
    assert error(get(INDEX, "example.com", token)) == (404, "unknown_host")


def test_a_suspended_tenant_answers_nothing_anywhere(get, token):
    suspend("north", "unpaid")
    for path in ("/", "/login/", "/admin/", "/nowhere/"):
        page = get(path)
        assert page.status_code == 403
        assert "suspended" in page.content.decode()
        assert "unpaid" not in page.content.decode()
    for host in ("north.localhost", "127.0.0.1"):
        assert error(get(INDEX, host, token)) == (403, "suspended")
    assert get("/login/", "south.localhost").status_code == 200
    resume("north")
    assert get(INDEX, "127.0.0.1", token).status_code == 200


@pytest.mark.parametrize("host", ["north.localhost", "127.0.0.1", "10.1.2.3:8000", "example.com", ""])
def test_the_health_check_answers_on_any_host(get, host):
    answer = get("/healthz", host)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok"})


def test_the_health_check_says_when_the_database_is_away(get, monkeypatch):
    gone = Mock(side_effect=OperationalError("host=10.0.0.1 refused"))
    monkeypatch.setattr("tenants.health.connection", Mock(cursor=gone))
    answer = get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")
    assert "10.0.0.1" not in answer.content.decode()


def test_a_session_of_one_tenant_is_nothing_on_the_others_host(db):
    with tenant("north"):
        user = create_user(Person(username="ada", role=Role.OWNER)).user
    with tenant("south"):
        twin = User.objects.create(pk=user.pk, username="ada", password=user.password)
        assert twin.pk == user.pk
    client = Client(headers={"host": "north.localhost"})
    with tenant("north"):
        client.force_login(user)
    assert client.get("/").wsgi_request.user.pk == user.pk
    elsewhere = client.get("/", headers={"host": "south.localhost"})
    assert not elsewhere.wsgi_request.user.is_authenticated


def test_nothing_tells_a_token(get, token, caplog, capsys):
    answer = get("/api/v1/kpi-daily/?cursor=x", "127.0.0.1", token)
    with tenant("north"):
        row = ApiToken.objects.get()
    told = f"{answer.content!r}{caplog.text}{capsys.readouterr()}{row!r}{row}{vars(row)}"
    assert token not in told
    assert escape(token) not in told
