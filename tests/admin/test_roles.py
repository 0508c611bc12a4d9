"""Who may see and do what, as one table."""

import pytest
from django.test import Client

from kpis.models import Finding
from tenants.context import tenant

OWNER, MANAGER, TECHNICIAN, NOBODY = "owner", "manager", "technician", ""

# Page → what owner, manager, technician and somebody who is not signed in get.
MATRIX = {
    "/admin/": (200, 200, 403, 302),
    "/admin/connectors/rawticket/": (200, 200, 403, 302),
    "/admin/connectors/rawticket/add/": (403, 403, 403, 302),
    "/admin/connectors/rawtimeentry/": (200, 200, 403, 302),
    "/admin/connectors/rawmember/": (200, 200, 403, 302),
    "/admin/connectors/rawvendorcustomer/": (200, 200, 403, 302),
    "/admin/connectors/rawvendorcustomer/add/": (403, 403, 403, 302),
    "/admin/connectors/rawsecurityalert/": (200, 200, 403, 302),
    "/admin/connectors/device/": (200, 200, 403, 302),
    "/admin/connectors/device/add/": (403, 403, 403, 302),
    "/admin/connectors/connection/": (200, 403, 403, 302),
    "/admin/connectors/connection/add/": (200, 403, 403, 302),
    "/admin/connectors/syncrun/": (200, 200, 403, 302),
    "/admin/connectors/skippedrecord/": (200, 200, 403, 302),
    "/admin/data-quality/": (200, 200, 403, 302),
    "/admin/board/": (200, 200, 403, 302),
    "/admin/clients/": (200, 200, 403, 302),
    "/admin/clients/101/": (200, 200, 403, 302),
    "/admin/kpi/": (200, 200, 403, 302),
    "/admin/kpi/ticket_trends/": (200, 200, 403, 302),
    "/admin/kpi/ticket_trends.csv": (200, 200, 403, 302),
    "/admin/kpi/ticket_trends/new_tickets/behind/": (200, 200, 403, 302),
    "/admin/kpi/ticket_trends/new_tickets/behind.csv": (200, 200, 403, 302),
    "/admin/kpis/kpidaily/": (200, 200, 403, 302),
    "/admin/kpis/kpidaily/add/": (403, 403, 403, 302),
    "/admin/kpis/kpibreakdown/": (200, 200, 403, 302),
    "/admin/kpis/finding/": (200, 200, 403, 302),
    "/admin/kpis/finding/add/": (403, 403, 403, 302),
    "/admin/kpis/dispute/": (200, 200, 403, 302),
    "/admin/kpis/dispute/add/": (403, 403, 403, 302),
    "/admin/kpis/target/": (200, 403, 403, 302),
    "/admin/kpis/target/add/": (200, 403, 403, 302),
    "/admin/kpis/trainingphrase/": (200, 200, 403, 302),
    "/admin/kpis/trainingphrase/add/": (200, 200, 403, 302),
    "/admin/setup/": (200, 200, 403, 302),
    "/admin/setup/settings/": (200, 403, 403, 302),
    "/admin/setup/connect/connectwise/": (200, 403, 403, 302),
    "/admin/setup/sync/progress/": (200, 403, 403, 302),
    "/admin/auth/user/": (200, 403, 403, 302),
    "/admin/auth/user/add/": (200, 403, 403, 302),
    "/admin/tenants/holiday/": (200, 403, 403, 302),
    "/admin/tenants/tenantsettings/1/change/": (200, 403, 403, 302),
    "/admin/tenants/apitoken/": (200, 200, 403, 302),
    "/admin/tenants/apitoken/add/": (200, 200, 403, 302),
    "/admin/password_change/": (200, 200, 403, 302),
    "/admin/team/": (200, 200, 403, 302),
    "/technicians/11/": (200, 200, 403, 302),
    "/technicians/11/work/tickets/": (200, 200, 403, 302),
    "/me/work/tickets/": (404, 404, 404, 302),  # nobody here is linked to a technician
    "/me/definitions/": (200, 200, 200, 302),
    "/me/": (200, 200, 200, 302),
    "/me/dispute/1/1/": (404, 404, 404, 302),
}


@pytest.mark.parametrize("place", range(4), ids=[OWNER, MANAGER, TECHNICIAN, "not signed in"])
def test_each_role_reaches_its_pages_and_no_others(sign_in, place):
    role = (OWNER, MANAGER, TECHNICIAN, NOBODY)[place]
    client = sign_in(role) if role else Client(HTTP_HOST="north.localhost")
    answers = {address: client.get(address).status_code for address in MATRIX}
    assert answers == {address: expected[place] for address, expected in MATRIX.items()}


@pytest.mark.parametrize(("role", "home"), [(OWNER, "/admin/"), (MANAGER, "/admin/"), (TECHNICIAN, "/me/")])
def test_everybody_starts_on_the_own_page(sign_in, role, home):
    assert sign_in(role).get("/").headers["Location"] == home


def test_whoever_is_not_signed_in_is_sent_to_the_one_login(both):
    client = Client(HTTP_HOST="north.localhost")
    assert client.get("/").headers["Location"] == "/login/?next=/"
    assert client.get("/admin/login/?next=/admin/kpis/finding/").headers["Location"].startswith("/login/")


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/admin/kpis/finding/", "/admin/kpis/finding/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
    ],
)
def test_signing_in_leads_on_but_never_away(both, wanted, reached):
    client = Client(HTTP_HOST="north.localhost")
    person = {"username": "owner", "password": "correct-horse-9", "next": wanted}
    assert client.post("/login/", person).headers["Location"] == reached


def test_a_session_of_one_tenant_is_none_in_another(sign_in):
    client = sign_in(OWNER)
    assert client.get("/admin/", HTTP_HOST="south.localhost").status_code == 302


def test_raw_rows_and_figures_cannot_be_posted_to(sign_in):
    client = sign_in(OWNER)
    for page in ("connectors/rawticket", "connectors/rawtimeentry", "kpis/kpidaily", "kpis/kpibreakdown"):
        with tenant("north"):
            model = client.get(f"/admin/{page}/").context["cl"].model
            pk = model._default_manager.values_list("pk", flat=True).first()
        assert client.post(f"/admin/{page}/{pk}/change/", {}).status_code == 403
        assert client.post(f"/admin/{page}/{pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [(OWNER, "acknowledged"), (MANAGER, "acknowledged"), (TECHNICIAN, "open")]
)
def test_managers_decide_on_findings(sign_in, role, status):
    client = sign_in(role)
    with tenant("north"):
        found = Finding.objects.get()
    client.post(f"/admin/kpis/finding/{found.pk}/decide/", {"status": "acknowledged"})
    with tenant("north"):
        found.refresh_from_db()
    assert found.status == status


@pytest.mark.parametrize("role", [MANAGER, TECHNICIAN])
@pytest.mark.parametrize("action", ["test", "sync"])
def test_only_owners_work_on_connections(sign_in, role, action):
    assert sign_in(role).post(f"/admin/connectors/connection/1/{action}/").status_code in {403, 404}


def test_nobody_becomes_a_superuser_through_the_user_form(sign_in):
    from django.contrib.auth.models import User

    client = sign_in(OWNER)
    with tenant("north"):
        person = User.objects.get(username=MANAGER)
    sent = {
        "username": MANAGER,
        "role": TECHNICIAN,
        "is_active": "on",
        "is_superuser": "on",
        "is_staff": "on",
    }
    response = client.post(f"/admin/auth/user/{person.pk}/change/", sent)
    with tenant("north"):
        person.refresh_from_db()
        assert response.status_code == 302
        assert (person.is_superuser, person.is_staff) == (False, False)


def test_the_last_owner_stays_owner(sign_in):
    from django.contrib.auth.models import User

    client = sign_in(OWNER)
    with tenant("north"):
        owner = User.objects.get(username=OWNER)
    sent = {"username": OWNER, "role": MANAGER, "is_active": "on"}
    response = client.post(f"/admin/auth/user/{owner.pk}/change/", sent)
    assert "last owner" in response.content.decode()
