"""No table, page or answer of one tenant shows a row of the other."""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django_tenants.utils import app_labels

from tenants import tokens
from tenants.context import PUBLIC_SCHEMA, tenant
from tenants.people import Person, create_user
from tenants.roles import Role
from tests.tenants.rows import Made, fill, tenant_models

MARKS = {"north": "NORTHMARK", "south": "SOUTHMARK"}
PARAMETER = re.compile(r"<[^>]+>|\(\?P<[^>]+>(?:[^()]|\([^()]*\))*\)")
DJANGOS_OWN = {"admin", "auth", "contenttypes", "sessions", "messages"}


@pytest.fixture
def marked(db) -> dict[str, Made]:
    """A row in every table of both tenants, told apart by their marks."""
    made = {}
    for schema, mark in MARKS.items():
        with tenant(schema):
            made[schema] = fill(mark)
    return made


def tables_of(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {table for (table,) in cursor.fetchall()}


def our_tables() -> set[str]:
    ours = set(app_labels(settings.OUR_APPS))
    return {model._meta.db_table for model in tenant_models() if model._meta.app_label in ours}


# --- tables


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_a_row_of_one_tenant_is_not_in_the_other(db, model):
    with tenant("south"):
        before = list(model._default_manager.order_by("pk").values())
    with tenant("north"):
        row = fill(MARKS["north"])[model]
        assert model._default_manager.filter(pk=row.pk).exists()
    with tenant("south"):
        assert list(model._default_manager.order_by("pk").values()) == before


def test_every_tenant_has_every_table_of_its_own(db):
    expected = {model._meta.db_table for model in tenant_models()}
    assert len(our_tables()) > 20
    for schema in MARKS:
        assert expected <= tables_of(schema)


def test_no_table_of_ours_is_in_public(db):
    assert not our_tables() & tables_of(PUBLIC_SCHEMA)


def test_what_is_shared_is_in_no_tenants_schema_except_djangos_own(db):
    shared = set(app_labels(settings.SHARED_APPS)) - DJANGOS_OWN
    tables = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in shared}
    assert {"directory_msp", "directory_domain", "directory_apitokenroute"} <= tables
    for schema in MARKS:
        assert not tables & tables_of(schema)


# --- addresses


def routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").replace(r"\Z", "")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def addresses(rows: Made) -> list[str]:
    """Every address of a tenant, with the row's id where it wants one."""
    keys = {f"{model._meta.app_label}/{model._meta.model_name}/": row.pk for model, row in rows.items()}
    found = []
    for route in routes(get_resolver(settings.ROOT_URLCONF).url_patterns):
        key = next((pk for page, pk in keys.items() if page in route), 1)
        found.append("/" + PARAMETER.sub(str(key), route))
    return sorted(set(found))


def owner_of(schema: str) -> Client:
    """Signed in, and with an API token."""
    with tenant(schema):
        user = create_user(Person(username="walker", role=Role.OWNER)).user
        plain = tokens.issue(user, "walk")[1]
        client = Client(
            raise_request_exception=False,
            headers={"host": f"{schema}.localhost", "authorization": f"Bearer {plain}"},
        )
        client.force_login(user)
    return client


def text_of(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace") + str(answer.headers)


@pytest.mark.parametrize(("schema", "other"), [("north", "south"), ("south", "north")])
def test_no_address_shows_anything_of_the_other_tenant(marked, schema, other):
    client = owner_of(schema)
    own_seen = 0
    for address in sorted({*addresses(marked[schema]), *addresses(marked[other])}):
        if "logout" in address:
            continue
        answer = client.get(address)
        shown = text_of(answer)
        assert answer.status_code < 500, address
        assert MARKS[other] not in shown, address
        own_seen += MARKS[schema] in shown
    assert own_seen >= 3  # the walk would have seen something


def test_the_walk_knows_the_api_and_whatever_else_there_is(marked):
    known = addresses(marked["north"])
    assert {"/api/v1/", "/api/v1/kpi-daily/", "/api/v1/kpi-breakdown/", "/api/v1/tickets/"} <= set(known)
    assert not [address for address in known if re.search(r"[<>^$()]", address)]
