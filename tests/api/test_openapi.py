"""The OpenAPI document, and the API held against it.

After a wanted change, write the snapshot anew and read its diff:
    UPDATE_OPENAPI=1 .venv/bin/python -m pytest tests/api/test_openapi.py -n 0
"""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode

from config.api import RESOURCES, document
from config.wsgi import application
from kpis.models import KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories
from tests.api.conftest import OWN_MEMBER, Bi, TokenOf

SNAPSHOT = Path(__file__).with_name("openapi.json")
DAY = date(2026, 3, 2)
EXAMPLES = 25


def fill(schema: str) -> None:
    with tenant(schema):
        for back in range(5):
            day = DAY - timedelta(days=back)
            KpiDaily.objects.create(kpi_date=day, computed_at=factories.at("2026-03-03"), csat_avg="4.5")
            KpiBreakdown.objects.create(
                kpi="tech_efficiency", metric="fcr", kpi_date=day, technician=OWN_MEMBER, numerator=back
            )
            factories.ticket(day.isoformat(), owner_id=OWN_MEMBER, summary=f"in {schema}", is_in_sla=True)


def without_chance(query: dict[str, Any]) -> dict[str, Any]:
    """What a schema cannot say of valid requests: cursors are ours, and periods run forward."""
    query.pop("cursor", None)
    if "from_date" in query and "to_date" in query:
        query["from_date"], query["to_date"] = sorted((query["from_date"], query["to_date"]))
    return query


@pytest.fixture
def _keep_connection() -> Iterator[None]:
    """The test's transaction outlives the requests in it, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(token_of: TokenOf, _keep_connection) -> str:
    """Of north's manager; both tenants have rows."""
    for schema in ("north", "south"):
        fill(schema)
    return token_of()


anything = schemathesis.openapi.from_dict(deepcopy(document()))
anything.app = application
anything.config.generation.update(modes=list(GenerationMode), with_security_parameters=False)


@anything.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_api_keeps_what_its_document_promises(token, case):
    if isinstance(case.query, dict) and case.meta.generation.mode is GenerationMode.POSITIVE:
        case.query = without_chance(case.query)
    answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
    assert "in south" not in answer.text


def test_the_document_is_what_was_agreed():
    generated = json.dumps(document(), indent=2, sort_keys=True, default=str, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_OPENAPI"):
        SNAPSHOT.write_text(generated)
    assert generated == SNAPSHOT.read_text(), "The API changed; how to update is said above."


def test_the_document_is_made_without_a_warning_and_is_valid():
    document.cache_clear()
    GENERATOR_STATS.reset()
    with translation.override("fr"):
        validate_schema(document())
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    assert "The first day" in json.dumps(document())


def test_every_resource_documents_its_errors_and_needs_a_token():
    operations = {path: item["get"] for path, item in document()["paths"].items()}
    assert set(operations) == {"/api/v1/", *(f"/api/v1/{name}/" for name in RESOURCES)}
    for operation in operations.values():
        assert {"200", "400", "401", "403"} <= set(operation["responses"])
        assert operation["security"] == [{"token": []}]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("application/vnd.oai.openapi", "application/vnd.oai.openapi"),
        ("application/yaml", "application/yaml"),
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1", "north.localhost"])
def test_the_document_comes_as_json_and_yaml_to_everybody(db, accept, kind, host):
    answer = Bi(host=host).get("/api/v1/schema/", accept=accept)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, kind)
    assert b"kpi-daily" in answer.content


@pytest.mark.parametrize("host", ["127.0.0.1", "north.localhost"])
def test_the_docs_page_needs_no_other_site(db, host):
    page = Bi(host=host).get("/api/v1/docs/").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "https://" not in page.replace("https://www.w3.org", "")
