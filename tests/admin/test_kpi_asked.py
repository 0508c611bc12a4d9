"""What may be asked of a KPI's page, and what is said where an address makes no sense or asks about people."""

import pytest

from kpis import names
from kpis.models import KpiBreakdown
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import COMPANY, MEMBER
from tests.admin.kpi_cells import cell, rows

TIME = "time_consumption"


@pytest.fixture
def manager(sign_in):
    """A manager's client of a desk whose cells the test writes itself."""
    client = sign_in("manager")
    with tenant("north"):
        KpiBreakdown.objects.all().delete()
    return client


def test_in_pseudonymous_mode_people_are_told_apart_but_no_work_of_theirs(manager):
    cell("billable_minutes", 120, kpi=TIME, technician=MEMBER, company=COMPANY)
    with tenant("north"):
        factories.settings(privacy_mode="pseudonymous")
        pseudonym, number = names.pseudonym(MEMBER), names.pseudonymous_id(MEMBER)
    text = manager.get(f"/admin/kpi/{TIME}/?by=technician").content.decode()
    assert pseudonym in text
    assert "Ada" not in text
    assert f"technician={MEMBER}" not in text
    assert rows(manager, TIME, f"?technician={number}") == {"north-marker client": ["2.0 h"]}
    for query in ("?by=technician", f"?technician={number}"):
        table = manager.get(f"/admin/kpi/{TIME}/{query}").context["table"]
        assert [number.url for _, numbers in table.shown for number in numbers] == [""]


def test_where_technicians_see_only_themselves_nothing_is_told_by_person(manager):
    cell("billable_minutes", 120, kpi=TIME, technician=MEMBER, company=COMPANY)
    cell("handling_ratio", 1.4, kpi="tech_comparison", technician=MEMBER)
    with tenant("north"):
        factories.settings(privacy_mode="own_only")
    answer = manager.get(f"/admin/kpi/{TIME}/?technician={MEMBER}&by=technician")
    assert [tab.word for tab in answer.context["tabs"]] == ["company"]
    assert "technician" not in {one.name for one in answer.context["filters"]}
    assert "technicians see only themselves" in answer.content.decode()
    comparison = manager.get("/admin/kpi/tech_comparison/")
    assert (comparison.context["tabs"], "1.40" in comparison.content.decode()) == ([], False)


def test_a_kpi_that_is_not_there_is_not_found(manager):
    assert manager.get("/admin/kpi/salaries/").status_code == 404
    assert manager.get("/admin/kpi/salaries.csv").status_code == 404


WRONG = (
    ("by=moon", "can&#x27;t be told apart by “moon”"),
    ("sort=salary", "no column “salary”"),
    ("company=abc", "“abc” is not the id of a client"),
    ("technician=99999999999999999999", "is not the id of a technician"),
    ("page=-1", "“-1” is not a page"),
    ("since=yesterday", "Write days like"),
    ("month=13", "Write days like"),
    ("by=%00&sort=%00&company=%00", "can&#x27;t be told apart"),
)


def test_what_makes_no_sense_is_said_and_the_rest_is_shown(manager):
    cell("billable_minutes", 120, kpi=TIME, company=COMPANY)
    for query, said in WRONG:
        answer = manager.get(f"/admin/kpi/{TIME}/?{query}")
        assert answer.status_code == 200
        assert said in answer.content.decode()
        assert manager.get(f"/admin/kpi/{TIME}.csv?{query}").status_code == 200
