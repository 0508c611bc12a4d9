"""Who may read what: one table for every role and state, and what a technician sees of each list."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from kpis.models import KpiBreakdown
from tenants import tokens
from tenants.context import tenant
from tenants.directory.models import Msp
from tenants.models import ApiToken
from tenants.roles import Role
from tests import factories
from tests.api.conftest import OTHER_MEMBER, OWN_MEMBER, Bi, TokenOf

HOST = "north.localhost"
WHO = (
    *("owner", "manager", "technician", "technician without a member", "nobody in particular"),
    *("anonymous", "token of south", "revoked token", "of a suspended tenant"),
)
# fmt: off
TABLE = {
    #                                  own  man  tec  unl  nob  ano  sou  rev  sus
    ("GET", "/api/v1/"):              (200, 200, 200, 200, 403, 401, 401, 401, 403),
    ("GET", "/api/v1/kpis/"):         (200, 200, 200, 200, 403, 401, 401, 401, 403),
    ("GET", "/api/v1/kpi-daily/"):    (200, 200, 403, 403, 403, 401, 401, 401, 403),
    ("GET", "/api/v1/kpi-breakdown/"):(200, 200, 200, 403, 403, 401, 401, 401, 403),
    ("GET", "/api/v1/tickets/"):      (200, 200, 200, 403, 403, 401, 401, 401, 403),
    ("GET", "/api/v1/trust/"):        (200, 200, 403, 403, 403, 401, 401, 401, 403),
    ("GET", "/api/v1/data-quality/"): (200, 200, 403, 403, 403, 401, 401, 401, 403),
    ("POST", "/api/v1/data-quality/"): (405, 405, 403, 403, 403, 401, 401, 401, 403),
    ("HEAD", "/api/v1/tickets/"):     (200, 200, 200, 403, 403, 401, 401, 401, 403),
    ("POST", "/api/v1/tickets/"):     (405, 405, 405, 405, 403, 401, 401, 401, 403),
    ("PUT", "/api/v1/kpi-daily/"):    (405, 405, 403, 403, 403, 401, 401, 401, 403),
    ("DELETE", "/api/v1/kpi-breakdown/"): (405, 405, 405, 405, 403, 401, 401, 401, 403),
    ("GET", "/api/v1/schema/"):       (200, 200, 200, 200, 200, 200, 200, 200, 403),
    ("GET", "/api/v1/docs/"):         (200, 200, 200, 200, 200, 200, 200, 200, 403),
    ("POST", "/api/v1/schema/"):      (405, 405, 405, 405, 405, 405, 405, 405, 403),
    ("GET", "/api/v1/nowhere/"):      (404, 404, 404, 404, 404, 404, 404, 404, 403),
    ("GET", "/healthz"):              (200, 200, 200, 200, 200, 200, 200, 200, 200),
}
# fmt: on
CASES = [
    pytest.param(method, path, who, status, id=f"{method} {path} as {who}")
    for (method, path), statuses in TABLE.items()
    for who, status in zip(WHO, statuses, strict=True)
]


@pytest.fixture
def token_for(token_of: TokenOf):
    def make(who: str) -> str | None:
        match who:
            case "anonymous":
                return None
            case "owner" | "manager":
                return token_of(role=Role(who))
            case "technician":
                return token_of(role=Role.TECHNICIAN, member=OWN_MEMBER)
            case "technician without a member":
                return token_of(role=Role.TECHNICIAN)
            case "nobody in particular":
                return token_of(role=None)
            case "token of south":
                return token_of("south")
        plain = token_of()
        if who == "revoked token":
            with tenant("north"):
                tokens.revoke(ApiToken.objects.get())
        else:
            Msp.objects.filter(schema_name="north").update(is_suspended=True)
        return plain

    return make


@pytest.mark.parametrize(("method", "path", "who", "status"), CASES)
def test_everybody_gets_what_the_table_says(token_for, method, path, who, status):
    plain = token_for(who)
    given = {"host": HOST} | ({"authorization": f"Bearer {plain}"} if plain else {})
    answer = Client(raise_request_exception=False).generic(method, path, headers=given)
    assert answer.status_code == status
    if status == 401:
        assert answer["WWW-Authenticate"] == 'Bearer realm="Deskmetry"'
    if status >= 400 and method != "HEAD":
        assert set(answer.json()["error"]) == {"code", "message", "details"}
        assert answer.json()["error"]["message"].endswith((".", '".'))


@pytest.fixture
def technician(token_of) -> Bi:
    """With a colleague whose rows are not for their eyes."""
    with tenant("north"):
        for member in (OWN_MEMBER, OTHER_MEMBER, None):
            factories.ticket(owner_id=member, summary=f"of {member}")
            KpiBreakdown.objects.create(
                kpi="a", metric="m", kpi_date="2026-03-02", technician=member, numerator=1
            )
    return Bi(token_of(role=Role.TECHNICIAN, member=OWN_MEMBER))


@pytest.mark.parametrize(
    "query", ["", f"technician={OWN_MEMBER}", "kpi=a", "segment=", "from_date=2026-03-02&to_date=2026-03-02"]
)
def test_a_technician_sees_the_own_figures_only(technician, query):
    rows = technician.rows(f"/api/v1/kpi-breakdown/?{query}")
    assert [row["technician"] for row in rows] == [OWN_MEMBER]


@pytest.mark.parametrize("query", ["", f"owner={OWN_MEMBER}", "closed=false"])
def test_a_technician_sees_the_own_tickets_only(technician, query):
    assert [row["owner_id"] for row in technician.rows(f"/api/v1/tickets/?{query}")] == [OWN_MEMBER]


def test_asking_for_a_colleague_finds_nothing(technician):
    assert technician.rows(f"/api/v1/kpi-breakdown/?technician={OTHER_MEMBER}") == []
    assert technician.rows(f"/api/v1/tickets/?owner={OTHER_MEMBER}") == []


def test_a_colleagues_cursor_opens_nothing_else(technician, token_of):
    manager = Bi(token_of())
    link = manager.get("/api/v1/tickets/?page_size=1").json()["next"]
    assert all(row["owner_id"] == OWN_MEMBER for row in technician.rows(link))


def test_a_technician_is_told_where_the_own_figures_are(technician):
    message = technician.get("/api/v1/kpi-daily/").json()["error"]["message"]
    assert message == "The whole team's figures are for managers. You can read your own in kpi-breakdown."


def test_a_technician_without_a_member_is_told_what_to_do(token_of):
    message = Bi(token_of(role=Role.TECHNICIAN)).get("/api/v1/tickets/").json()["error"]["message"]
    assert message == "Your account is not linked to a member of the ticket desk. Ask a manager to link it."


def test_the_strongest_role_counts(technician):
    with tenant("north"):
        user = User.objects.get(username="north-technician")
        user.groups.add(Group.objects.get(name=Role.MANAGER))
    assert len(technician.rows("/api/v1/tickets/")) == 3
