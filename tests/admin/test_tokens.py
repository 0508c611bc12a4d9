"""API tokens on the tenant's pages: shown once, used, revoked, and nobody's business but the user's and owners'."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tenants.context import tenant
from tenants.models import ApiToken

LIST = "/admin/tenants/apitoken/"
ADD = f"{LIST}add/"


def made(client: Client, **entered: object) -> str:
    """The token as the page shows it."""
    page = client.post(ADD, {"name": "Power BI", **entered})
    assert page.status_code == 200, page.headers
    assert "no-store" in page["Cache-Control"]
    return str(page.context["plain"])


def ask(plain: str) -> int:
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {plain}"}
    return Client().get("/api/v1/kpi-daily/", headers=headers).status_code


def user(name: str) -> User:
    with tenant("north"):
        return User.objects.get(username=name)


def token_of(name: str) -> ApiToken:
    with tenant("north"):
        return ApiToken.objects.select_related("user").get(user__username=name)


@pytest.fixture
def of_owner(both) -> ApiToken:
    """Both tenants' owners have one already; north's is given back."""
    return token_of("owner")


def test_a_token_is_shown_once_and_opens_the_api(sign_in):
    client = sign_in("manager")
    plain = made(client)
    assert ask(plain) == 200
    token = token_of("manager")
    for page in (LIST, f"{LIST}{token.pk}/change/", f"{LIST}{token.pk}/history/"):
        text = client.get(page).content.decode()
        assert plain not in text
        assert "Power BI" in text


def test_the_list_says_whose_it_is_and_when_it_was_used(sign_in):
    ask(made(sign_in("manager")))
    assert token_of("manager").last_used_at is not None
    text = sign_in("owner").get(LIST).content.decode()
    assert all(words in text for words in ("Power BI", ">manager<", "Last used", "Valid"))


def test_a_manager_makes_tokens_for_nobody_else(sign_in):
    client = sign_in("manager")
    assert 'name="user"' not in client.get(ADD).content.decode()
    made(client, user=user("owner").pk)
    assert token_of("manager").name == "Power BI"


def test_an_owner_makes_a_token_for_a_technician(sign_in):
    plain = made(sign_in("owner"), user=user("technician").pk)
    assert token_of("technician").name == "Power BI"
    assert ask(plain) == 403


def test_a_deactivated_user_gets_no_token(sign_in):
    with tenant("north"):
        User.objects.filter(username="technician").update(is_active=False)
    page = sign_in("owner").post(ADD, {"name": "Power BI", "user": user("technician").pk})
    assert "user" in page.context["adminform"].form.errors


@pytest.mark.parametrize(("days", "status"), [(-1, None), (1, 200)])
def test_a_token_may_end_by_itself_but_not_in_the_past(sign_in, days, status):
    end = timezone.now() + timedelta(days=days)
    entered = {"name": "For a day", "expires_at_0": f"{end:%Y-%m-%d}", "expires_at_1": f"{end:%H:%M}"}
    page = sign_in("manager").post(ADD, entered)
    if status is None:
        assert "in the past" in page.context["adminform"].form.errors["expires_at"][0]
    else:
        assert ask(page.context["plain"]) == status


def test_a_revoked_token_is_refused_and_says_so(sign_in):
    client = sign_in("manager")
    plain = made(client)
    page = client.post(f"{LIST}{token_of('manager').pk}/revoke/", follow=True).content.decode()
    assert ask(plain) == 401
    assert "Revoked" in page
    assert "/revoke/" not in page


def test_managers_neither_see_nor_revoke_those_of_others(sign_in, of_owner):
    client = sign_in("manager")
    assert client.get(LIST).context["cl"].result_count == 0
    assert client.get(f"{LIST}{of_owner.pk}/change/").status_code == 302
    assert client.post(f"{LIST}{of_owner.pk}/revoke/").status_code == 404
    assert token_of("owner").revoked_at is None


def test_an_owner_revokes_anybodys(sign_in):
    plain = made(sign_in("manager"))
    sign_in("owner").post(f"{LIST}{token_of('manager').pk}/revoke/")
    assert ask(plain) == 401


def test_a_technician_revokes_nothing_and_a_link_alone_does_not_either(sign_in, of_owner):
    assert sign_in("technician").post(f"{LIST}{of_owner.pk}/revoke/").status_code == 403
    assert sign_in("owner").get(f"{LIST}{of_owner.pk}/revoke/").status_code == 405
    assert sign_in("owner").post(f"{LIST}{of_owner.pk}/change/", {"name": "Mine"}).status_code == 403


def test_the_other_tenant_does_not_know_it(sign_in):
    plain = made(sign_in("manager"))
    south = {"host": "south.localhost", "authorization": f"Bearer {plain}"}
    assert Client().get("/api/v1/", headers=south).status_code == 401
    text = sign_in("owner", "south").get(LIST).content.decode()
    assert "Power BI" not in text
