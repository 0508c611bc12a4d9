"""Grades and what to fix, as a BI tool reads them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kpis.compute import compute
from kpis.models import KpiTrust
from tenants.context import tenant
from tests import factories

DAY = "2026-03-02"


@pytest.fixture
def filled(db) -> None:
    for schema in ("north", "south"):
        with tenant(schema):
            for kpi in ("ticket_trends", "soc"):
                for day in (DAY, "2026-03-03"):
                    reasons = [{"check": "no_type", "wrong": 3, "of": 30, "percent": 10.0}]
                    KpiTrust.objects.create(kpi=kpi, kpi_date=day, grade="medium", reasons=reasons)


def test_grades_come_with_their_reasons(filled, bi):
    with tenant("north"):
        first = KpiTrust.objects.get(kpi="soc", kpi_date=DAY).id
    assert bi.rows(f"/api/v1/trust/?kpi=soc&to_date={DAY}") == [
        {
            "tenant": "north",
            "id": first,
            "kpi": "soc",
            "kpi_date": DAY,
            "grade": "medium",
            "reasons": [{"check": "no_type", "wrong": 3, "of": 30, "percent": 10.0}],
        }
    ]


def test_grades_are_found_by_day_and_kpi_page_by_page(filled, bi):
    assert len(bi.rows("/api/v1/trust/?page_size=1")) == 4
    assert len(bi.rows(f"/api/v1/trust/?from_date={DAY}&to_date={DAY}")) == 2
    assert bi.rows("/api/v1/trust/?kpi=nonsense") == []


def test_a_desk_that_is_not_read_lowers_grades_at_once(filled, bi):
    with tenant("north"):
        factories.ticket()
    rows = {row["kpi"]: row for row in bi.rows(f"/api/v1/trust/?to_date={DAY}")}
    assert (rows["ticket_trends"]["grade"], rows["soc"]["grade"]) == ("low", "medium")
    assert [reason["check"] for reason in rows["ticket_trends"]["reasons"]] == ["stale", "no_type"]


@pytest.mark.parametrize(("mode", "dimension"), [("named", "technician"), ("own_only", "board")])
def test_lines_say_what_to_fix_and_name_whom_the_msp_names(bi, mode, dimension):
    moment = timezone.now() - timedelta(hours=30)
    with tenant("north"):
        factories.settings(privacy_mode=mode)
        factories.connection(last_success_at=timezone.now())
        factories.member(11, "Ada")
        factories.board(7, "Service Desk")
        work = factories.ticket(moment, board_id=7, type_name="Printer")
        factories.time_entry(work, moment, minutes=1200, member=11)
        compute()
    (line,) = bi.get("/api/v1/data-quality/").json()["results"]
    assert (line["tenant"], line["check"], line["count"], line["of"]) == ("north", "long_entry", 1, 1)
    assert (line["percent"], line["minutes"]) == (100, 1200)
    shown = {"technician": (11, "Ada"), "board": (7, "Service Desk")}[dimension]
    assert [(one["dimension"], one["id"], one["name"]) for one in line["most"]] == [(dimension, *shown)]
