"""Both tenants with their clients, north's figures computed, and people of every role; a client per person."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from kpis.compute import compute
from tenants.context import tenant
from tenants.roles import Role, assign
from tests.insights.client.desk import CLIENT, build


@pytest.fixture(autouse=True)
def _speak_english_again():
    yield
    translation.deactivate()


@pytest.fixture
def both(db):
    for schema in ("north", "south"):
        with tenant(schema):
            for role in Role:
                assign(User.objects.create_user(role, password="correct-horse-9"), role)
            build(schema)
    with tenant("north"):
        compute()


@pytest.fixture
def sign_in(both):
    def client_of(role: str = "manager", schema: str = "north") -> Client:
        client = Client(HTTP_HOST=f"{schema}.localhost")
        with tenant(schema):
            client.force_login(User.objects.get(username=role))
        return client

    return client_of


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """By address: what several tests only read is made once."""
    return {}


@pytest.fixture
def review(db, request, pages) -> Callable[[str], str]:
    """North's page with its markup, as a manager gets it."""

    def read(asked: str = "") -> str:
        address = f"/admin/clients/{CLIENT}/?{asked}"
        if address not in pages:
            pages[address] = request.getfixturevalue("sign_in")().get(address).content.decode()
        return pages[address]

    return read


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", html, flags=re.S)).split())
