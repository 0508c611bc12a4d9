"""Users and tokens of both tenants, and a client that knows how a BI tool asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tenants import tokens
from tenants.context import tenant
from tenants.people import Person, create_user
from tenants.roles import Role

TokenOf = Callable[..., str]
OWN_MEMBER, OTHER_MEMBER = 501, 502


def pytest_configure(config: pytest.Config) -> None:
    """A clean clone has no collected static files."""
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


@pytest.fixture(autouse=True)
def _hash_passwords_quickly(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def user_of(schema: str, role: Role | None, member: int | None = None) -> User:
    name = f"{schema}-{role or 'nobody'}"
    made = create_user(Person(username=name, role=role or Role.TECHNICIAN, member_id=member)).user
    if role is None:
        made.groups.clear()
    return made


@pytest.fixture
def token_of(db) -> TokenOf:
    """The plain token of a user that is made for it."""

    def make(schema: str = "north", role: Role | None = Role.MANAGER, member: int | None = None) -> str:
        with tenant(schema):
            return tokens.issue(user_of(schema, role, member), "BI")[1]

    return make


class Bi:
    """Asks by address and token, as a BI tool does that knows nothing of host names."""

    def __init__(self, token: str | None = None, host: str = "127.0.0.1:8000") -> None:
        self.token, self.host = token, host
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **headers: str) -> Any:
        given = {"host": self.host} | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        return self.client.get(path, headers=given | headers)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """All pages."""
        rows: list[dict[str, Any]] = []
        link: str | None = path
        while link:
            answer = self.get(link).json()
            rows += answer["results"]
            link = answer["next"]
        return rows


@pytest.fixture
def bi(token_of) -> Bi:
    """North's manager."""
    return Bi(token_of())
