"""What the API tells of technicians, by the MSP's privacy mode: as much as its pages do."""

import pytest

from kpis import names
from kpis.models import KpiBreakdown
from tenants.context import tenant
from tenants.roles import Role
from tests import factories
from tests.api.conftest import OTHER_MEMBER, OWN_MEMBER, Bi

PEOPLE = (OWN_MEMBER, OTHER_MEMBER, None)
BREAKDOWN, TICKETS = "/api/v1/kpi-breakdown/", "/api/v1/tickets/"
HIDING = ["pseudonymous", "own_only"]


def fill(schema: str) -> None:
    with tenant(schema):
        for member in PEOPLE:
            if member:
                factories.member(member)
            factories.ticket(owner_id=member)
            KpiBreakdown.objects.create(
                kpi="a", metric="m", kpi_date="2026-03-02", technician=member, numerator=1
            )


@pytest.fixture
def in_mode(token_of):
    """North's people in a privacy mode, seen by somebody there; south names its own."""
    for schema in ("north", "south"):
        fill(schema)

    def ask(mode: str, role: Role = Role.MANAGER, member: int | None = None, schema: str = "north") -> Bi:
        with tenant("north"):
            factories.settings(privacy_mode=mode)
        return Bi(token_of(schema, role, member))

    return ask


def people(bi: Bi, query: str = "") -> list[int | None]:
    return [row["technician"] for row in bi.rows(f"{BREAKDOWN}?{query}")]


def owners(bi: Bi, query: str = "") -> list[int | None]:
    return [row["owner_id"] for row in bi.rows(f"{TICKETS}?{query}")]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OWNER])
def test_named_technicians_are_known_by_their_ids(in_mode, role):
    bi = in_mode("named", role)
    assert people(bi) == owners(bi) == list(PEOPLE)
    assert people(bi, f"technician={OWN_MEMBER}") == owners(bi, f"owner={OWN_MEMBER}") == [OWN_MEMBER]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OWNER])
def test_pseudonymous_rows_tell_people_apart_but_not_who_they_are(in_mode, role):
    bi = in_mode("pseudonymous", role)
    first, second, nobody = people(bi)
    assert nobody is None
    assert len({first, second, *PEOPLE}) == 5
    assert people(bi) == [first, second, None]


def test_a_pseudonym_filters_and_the_real_id_does_not(in_mode):
    bi = in_mode("pseudonymous")
    first, second, _ = people(bi)
    assert people(bi, f"technician={second}") == [second]
    assert people(bi, f"technician={OWN_MEMBER}") == people(bi, "technician=-1") == []
    assert people(bi, f"technician={first}&kpi=other") == []


def test_a_pseudonym_is_of_one_tenant_and_begins_as_on_the_pages(in_mode):
    first = people(in_mode("pseudonymous"))[0]
    with tenant("north"):
        assert names.pseudonym(OWN_MEMBER) == f"Technician {first:012X}"[:-8]
    with tenant("south"):
        assert names.pseudonymous_id(OWN_MEMBER) != first


@pytest.mark.parametrize("query", ["", f"technician={OWN_MEMBER}"])
def test_where_technicians_see_only_themselves_rows_are_about_nobody(in_mode, query):
    assert people(in_mode("own_only"), query) == ([] if query else [None])


@pytest.mark.parametrize("mode", HIDING)
def test_tickets_that_anybody_can_look_up_do_not_come_with_their_owner(in_mode, mode):
    """Next to a pseudonym, a ticket would tell whose it is."""
    bi = in_mode(mode)
    assert owners(bi) == [None, None, None]
    assert owners(bi, f"owner={OWN_MEMBER}") == []


@pytest.mark.parametrize("mode", HIDING)
def test_technicians_go_on_seeing_their_own(in_mode, mode):
    bi = in_mode(mode, Role.TECHNICIAN, OWN_MEMBER)
    assert people(bi) == owners(bi) == [OWN_MEMBER]
    assert people(bi, f"technician={OWN_MEMBER}") == owners(bi, f"owner={OWN_MEMBER}") == [OWN_MEMBER]


@pytest.mark.parametrize("mode", HIDING)
def test_the_mode_of_one_tenant_says_nothing_about_another(in_mode, mode):
    bi = in_mode(mode, schema="south")
    assert people(bi) == owners(bi) == list(PEOPLE)
