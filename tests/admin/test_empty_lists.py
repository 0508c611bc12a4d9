"""A new MSP that looks around meets no blank list: each says what will be in it, and where to go next."""

from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from config.access import May, may
from config.sites import tenant_site
from tenants.context import tenant
from tenants.models import TenantSettings
from tenants.roles import Role, assign

# What is never empty: somebody signs in, and words and phrases are built in.
FILLED = {"User", "ConceptForm", "TrainingPhrase"}
LISTS = sorted(
    (page for page in tenant_site._registry.values() if page.model is not TenantSettings),
    key=lambda page: page.opts.label,
)


@pytest.fixture
def newcomer(db):
    for schema in ("north", "south"):
        with tenant(schema):
            for role in (Role.OWNER, Role.MANAGER):
                assign(User.objects.create_user(role), role)

    def client_of(role: str) -> Client:
        client = Client(HTTP_HOST="north.localhost")
        with tenant("north"):
            client.force_login(User.objects.get(username=role))
        return client

    return client_of


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.opts.label)
def test_every_list_says_what_will_be_in_it(page):
    assert page.when_empty
    assert str(page.when_empty.text).endswith(".")


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_empty_lists_lead_on_to_where_their_reader_may_go(newcomer, role):
    client = newcomer(role)
    seen = 0
    for page in LISTS:
        response = client.get(reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist"))
        if response.status_code != 200 or page.opts.object_name in FILLED:
            continue  # not theirs; or, where there can be one row only, straight on to its page
        seen += 1
        text = unescape(response.content.decode())
        assert str(page.when_empty.text) in text, page
        assert "No results found" not in text
        if page.when_empty.page and _is_theirs(response.wsgi_request, page):
            assert f'href="{page.when_empty.url}"' in text
            assert client.get(page.when_empty.url, follow=True).status_code == 200, page
    assert seen >= 10


def _is_theirs(request, page) -> bool:
    return not page.when_empty.page.endswith("_add") or may(request, May.ADD, page.area)


def test_a_search_without_a_hit_can_be_cleared(sign_in):
    client = sign_in("owner")
    for query in ("q=no-such-words", "is_closed__exact=1&company_id=424242"):
        text = client.get(f"/admin/connectors/rawticket/?{query}").content.decode()
        assert "No row has all that you search or filter for." in text, query
        assert '<a class="dm-button dm-main" href="?">' in text
    assert "No row has all" not in client.get("/admin/connectors/rawticket/").content.decode()
