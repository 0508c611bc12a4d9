"""In both tenants people of every role and a project; a client per person."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation

from tenants.context import tenant
from tenants.roles import Role, assign
from tests import factories
from tests.insights import makers
from tests.insights.projects import CLIENTS, desk, proposed


@pytest.fixture(autouse=True)
def _speak_english_again():
    yield
    translation.deactivate()


@pytest.fixture
def both(db):
    """In both tenants a topic at five clients, a project for one of them, and people of every role."""
    for schema in ("north", "south"):
        with tenant(schema):
            for role in Role:
                assign(User.objects.create_user(role, password="correct-horse-9"), role)
            for number in CLIENTS:
                factories.company(number, f"{schema} client {number}")
            now = timezone.now()
            topic = makers.topic(f"{schema} passwords", name_fr=f"{schema} mots de passe")
            desk(topic, per_week=4, now=now)
            proposed(topic, name=f"{schema} self-service", now=now - timedelta(days=3))
    cache.clear()


@pytest.fixture
def sign_in(both):
    def client_of(role: str = "manager", schema: str = "north") -> Client:
        client = Client(HTTP_HOST=f"{schema}.localhost")
        with tenant(schema):
            client.force_login(User.objects.get(username=role))
        return client

    return client_of


@pytest.fixture
def several(both):
    with tenant("north"):
        other = proposed(makers.topic("Printers"), name="second")
        desk(other.topic, per_week=2, now=timezone.now())
