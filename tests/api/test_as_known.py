"""Figures as they were known, as BI tools ask for them."""

from datetime import timedelta
from typing import Any

import pytest

from kpis.compute import compute
from kpis.models import KpiBreakdown
from tenants.context import tenant
from tests import factories
from tests.api.conftest import Bi
from tests.factories import at

NOW = at("2026-03-20 15:00")
MOMENT = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def restated(db) -> None:
    """In both tenants the day has two tickets by now, of which one was known at noon."""
    for schema in ("north", "south"):
        with tenant(schema):
            factories.connection(last_success_at=NOW)
            for ticket in range(2):
                factories.ticket(
                    "2026-03-02 14:00", company_id=ticket, owner_id=501, board_id=1, closed="2026-03-02 15:00"
                )
                factories.mark_dirty("2026-03-02")
                compute(NOW + timedelta(hours=ticket))


def asked(bi: Bi, resource: str, **parameters: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return bi.rows(f"/api/v1/{resource}/?{query}")


def test_the_api_tells_days_as_they_were_known(restated, token_of):
    bi, day = Bi(token_of()), {"from_date": "2026-03-02", "to_date": "2026-03-02"}
    (known,) = asked(bi, "kpi-daily", as_known_at=MOMENT, **day)
    (current,) = asked(bi, "kpi-daily", **day)
    assert (known["new_tickets"], current["new_tickets"]) == (1, 2)
    assert known.keys() == current.keys()
    assert known["computed_at"] == MOMENT
    assert isinstance(known["new_tickets"], int)


def test_days_that_were_not_over_are_left_out(restated, token_of):
    rows = asked(Bi(token_of()), "kpi-daily", as_known_at="2026-03-05T12:00:00Z")
    assert [row["kpi_date"] for row in rows] == ["2026-03-04", "2026-03-03", "2026-03-02"]
    assert not any(row["is_final"] for row in rows)


def test_a_moment_to_come_is_now(restated, token_of):
    rows = asked(Bi(token_of()), "kpi-daily", as_known_at="2999-03-05T12:00:00Z")
    assert rows[-1]["new_tickets"] == 2


def test_the_api_tells_cells_as_they_were_known_page_by_page(restated, token_of):
    bi = Bi(token_of())
    cells = asked(bi, "kpi-breakdown", as_known_at=MOMENT)
    assert {row["company"] for row in cells if row["metric"] == "new_tickets"} == {0}
    assert cells == asked(bi, "kpi-breakdown", as_known_at=MOMENT, page_size="1")
    keys = [(row["kpi_date"], row["id"]) for row in cells]
    assert keys == sorted(set(keys))
    only = asked(bi, "kpi-breakdown", as_known_at=MOMENT, metric="new_tickets", company="0")
    assert [row["numerator"] for row in only] == [1]


def test_derived_cells_are_left_out(restated, token_of):
    with tenant("north"):
        KpiBreakdown.objects.create(
            kpi="ticket_trends", metric="zscore", kpi_date="2026-03-02", segment="company", numerator=1
        )
    bi = Bi(token_of())
    assert asked(bi, "kpi-breakdown", metric="zscore")
    assert not asked(bi, "kpi-breakdown", metric="zscore", as_known_at=MOMENT)


def test_pseudonyms_hold_for_what_was_known(restated, token_of):
    bi = Bi(token_of())
    with tenant("north"):
        factories.settings(privacy_mode="pseudonymous")
    cells = asked(bi, "kpi-breakdown", as_known_at=MOMENT)
    technicians = {row["technician"] for row in cells} - {None}
    assert technicians
    assert 501 not in technicians
    with tenant("north"):
        factories.settings(privacy_mode="own_only")
    cells = asked(bi, "kpi-breakdown", as_known_at=MOMENT)
    assert {row["technician"] for row in cells} == {None}


@pytest.mark.parametrize("moment", ["2026-03-02", "2026-03-02T10:00:00", "noon"])
def test_a_moment_has_to_be_one(bi, moment):
    answer = bi.get(f"/api/v1/kpi-daily/?as_known_at={moment}")
    assert answer.status_code == 400
    assert "as_known_at" in answer.json()["error"]["message"]
