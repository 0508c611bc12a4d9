"""Two tenants, north and south, exist in every test that touches data."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from tenants.context import tenant
from tenants.directory.models import Msp
from tenants.provisioning import NewTenant, create_tenant
from tests.databases import own_copy

NORTH = NewTenant("north", "Northwind IT", time_zone="America/Toronto", currency="CAD")
SOUTH = NewTenant("south", "Southgate Services", time_zone="Europe/Paris", currency="EUR", language="fr")


def pytest_configure() -> None:
    """Hashing passwords slowly protects people, not test users."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    with django_db_blocker.unblock(), own_copy(fill=_create_tenants):
        yield


def _create_tenants() -> None:
    for new in (NORTH, SOUTH):
        create_tenant(new)


@pytest.fixture(autouse=True)
def _start_in_english() -> None:
    """A page answered in French leaves its thread in French."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _start_in_public(request) -> None:
    """No test inherits the schema that the one before it was in."""
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        connection.set_schema_to_public()  # type: ignore[attr-defined]


@pytest.fixture
def north(db) -> Iterator[Msp]:
    """Inside the tenant north, with south beside it."""
    with tenant("north") as msp:
        yield msp


@pytest.fixture
def south(db) -> Iterator[Msp]:
    with tenant("south") as msp:
        yield msp
