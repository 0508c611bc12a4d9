"""The life of an API token, and that its route in the public schema never outlives it."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from tenants import tokens
from tenants.context import tenant
from tenants.directory.models import ApiTokenRoute
from tenants.models import ApiToken
from tenants.people import Person, create_user
from tenants.roles import Role

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def ada(north) -> User:
    return create_user(Person(username="ada", role=Role.MANAGER)).user


def ask(plain: str, host: str = "north.localhost"):
    return Client().get("/api/v1/", headers={"host": host, "authorization": f"Bearer {plain}"})


def refusal(plain: str, host: str = "north.localhost") -> str:
    answer = ask(plain, host)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Deskmetry"'
    return str(answer.json()["error"]["message"])


def routes() -> int:
    return ApiTokenRoute.objects.count()


def test_a_token_is_shown_once_and_kept_as_a_hash(ada):
    token, plain = tokens.issue(ada, "Power BI")
    assert re.fullmatch(r"dm_[A-Za-z0-9_-]{43}", plain)
    assert plain not in str(vars(token))
    assert plain.endswith(token.hint)
    assert ask(plain).json()["tenant"] == "north"


def test_a_route_names_the_tenant_and_nothing_more(ada):
    token, _ = tokens.issue(ada, "Power BI")
    route = ApiTokenRoute.objects.select_related("msp").get()
    assert (route.token_hash, route.msp.schema_name) == (token.token_hash, "north")


def test_token_and_route_are_saved_together_or_not_at_all(ada):
    with suppress(ZeroDivisionError), transaction.atomic():
        tokens.issue(ada, "Power BI")
        assert (ApiToken.objects.count(), routes()) == (1, 1)
        raise ZeroDivisionError
    assert (ApiToken.objects.count(), routes()) == (0, 0)


def test_a_revoked_token_says_so_on_its_own_host_and_is_unknown_elsewhere(ada):
    token, plain = tokens.issue(ada, "Power BI")
    tokens.revoke(token)
    assert refusal(plain) == "This API token was revoked. Ask for a new one."
    assert refusal(plain, "127.0.0.1") == tokens.UNKNOWN
    assert routes() == 0


def test_revoking_twice_keeps_the_first_date(ada):
    token, _ = tokens.issue(ada, "Power BI")
    with time_machine.travel(NOW, tick=False):
        tokens.revoke(token)
    tokens.revoke(token)
    token.refresh_from_db()
    assert token.revoked_at == NOW


def test_an_expired_token_says_so(ada):
    _, plain = tokens.issue(ada, "Power BI", expires_at=NOW)
    with time_machine.travel(NOW - timedelta(seconds=1), tick=False):
        assert ask(plain).status_code == 200
    with time_machine.travel(NOW, tick=False):
        for host in ("north.localhost", "127.0.0.1"):
            assert refusal(plain, host) == "This API token has expired. Ask for a new one."


def test_a_deactivated_users_token_says_so(ada):
    _, plain = tokens.issue(ada, "Power BI")
    User.objects.update(is_active=False)
    assert refusal(plain) == "The user of this API token is deactivated."


@pytest.mark.parametrize(
    "away",
    [
        lambda user, token: token.delete(),
        lambda user, token: ApiToken.objects.all().delete(),
        lambda user, token: user.delete(),
        lambda user, token: User.objects.all().delete(),
        lambda user, token: ApiToken.objects.update(revoked_at=NOW),
    ],
    ids=["row", "bulk", "user", "users", "revoked in bulk"],
)
def test_however_a_token_goes_its_route_goes_with_it(ada, away):
    token, plain = tokens.issue(ada, "Power BI")
    away(ada, token)
    assert routes() == 0
    assert ask(plain, "127.0.0.1").status_code == 401


def test_a_stale_route_authorises_nothing(ada):
    token, plain = tokens.issue(ada, "Power BI")
    route = ApiTokenRoute.objects.get()
    token.delete()
    route.save(force_insert=True)
    assert refusal(plain, "127.0.0.1") == tokens.UNKNOWN


def test_a_route_to_another_tenant_authorises_nothing(ada):
    _, plain = tokens.issue(ada, "Power BI")
    with tenant("south") as south:
        ApiTokenRoute.objects.update(msp=south)
    assert refusal(plain, "127.0.0.1") == tokens.UNKNOWN


def test_use_is_noted_at_most_once_a_minute(ada):
    _, plain = tokens.issue(ada, "Power BI")
    seen: list[datetime | None] = []
    for seconds in (0, 59, 61):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
            ask(plain)
        with tenant("north"):
            seen += ApiToken.objects.values_list("last_used_at", flat=True)
    assert seen == [NOW, NOW, NOW + timedelta(seconds=61)]


def test_a_request_costs_few_queries(ada, django_assert_max_num_queries):
    _, plain = tokens.issue(ada, "Power BI")
    ask(plain)
    with django_assert_max_num_queries(10):
        assert ask(plain, "127.0.0.1").status_code == 200
