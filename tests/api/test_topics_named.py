"""A segment that is a topic is told by its id for filters, and by its name for people."""

import pytest

from kpis.compute import compute
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.topics_at_desk import ticket_topic, topic

NOW = at("2026-03-20 15:00")


@pytest.fixture
def numbers(db) -> dict[str, int]:
    """The topic of each tenant's only ticket."""
    found = {}
    for name in ("south", "north"):
        with tenant(name):
            found[name] = topic(f"Passwords of {name}", name_fr=f"Mots de passe de {name}").pk
            ticket_topic(factories.ticket(company_id=12), found[name])
            compute(NOW)
    return found


@pytest.mark.parametrize("more", ["", "&as_known_at=2026-03-19T00:00:00Z"])
@pytest.mark.parametrize(
    ("language", "name"), [("en", "Passwords of north"), ("fr", "Mots de passe de north")]
)
def test_a_topic_has_its_name_beside_its_id(bi, numbers, language, name, more):
    segment = str(numbers["north"])
    query = f"kpi=improvement_projects&metric=topic_tickets&segment={segment}{more}"
    answer = bi.get(f"/api/v1/kpi-breakdown/?{query}", **{"accept-language": language}).json()
    assert [(row["segment"], row["segment_name"]) for row in answer["results"]] == [(segment, name)]


def test_other_segments_are_called_what_they_are(bi, numbers):
    rows = bi.rows("/api/v1/kpi-breakdown/?kpi=ticket_trends&metric=new_tickets")
    assert [(row["segment"], row["segment_name"]) for row in rows] == [("", "")]
