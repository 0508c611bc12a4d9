"""What managers' pages tell of technicians, by the MSP's privacy mode: as much as the figures and the API do."""

import re

import pytest

from connectors.models import (
    RawAlertEvent,
    RawSecurityAlert,
    RawTicket,
    RawTicketEvent,
    RawTimeEntry,
    SkippedRecord,
)
from kpis import names
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import MEMBER, SECRET, link
from tests.admin.technicians import COLLEAGUES, fill_desk

ADA = "marker Ada"
ROLES = ["owner", "manager"]
HIDING = ["pseudonymous", "own_only"]
MODES = ["named", *HIDING]
DESK = "/admin/connectors"
TICKETS, ENTRIES, MEMBERS = f"{DESK}/rawticket/", f"{DESK}/rawtimeentry/", f"{DESK}/rawmember/"
BY_PERSON = [
    f"{TICKETS}?owner_id={MEMBER}",
    f"{TICKETS}?owner_id__in={MEMBER}",
    f"{TICKETS}?owner_name=north-marker+Ada",
    f"{TICKETS}?resources__contains=ada",
    f"{TICKETS}?closed_by__contains=ada",
    f"{ENTRIES}?member_id={MEMBER}",
    f"{ENTRIES}?member_name__startswith=north",
    f"{DESK}/rawsecurityalert/?assigned_to__contains=ada",
    f"{DESK}/skippedrecord/?payload__contains=ada",
    f"/admin/kpis/kpibreakdown/?technician={MEMBER}",
    f"/admin/kpis/finding/?technician__gte={MEMBER}",
]


@pytest.fixture
def look(sign_in):
    """What somebody of north or south is shown while north is in a privacy mode."""

    def ask(mode: str, address: str, role: str = "manager", schema: str = "north") -> str:
        client = sign_in(role, schema)
        with tenant("north"):
            factories.settings(privacy_mode=mode)
        answer = client.get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    return ask


def page_of(model, **having) -> str:
    """Of north's latest row of that kind."""
    with tenant("north"):
        row = model.objects.filter(**having).order_by("-pk").first()
    return f"{DESK}/{model._meta.model_name}/{row.pk}/change/"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("model", [RawTicket, RawTimeEntry])
def test_lists_and_pages_name_people_only_where_the_msp_does(look, model, mode, role):
    pages = (f"{DESK}/{model._meta.model_name}/", page_of(model))
    assert [ADA in look(mode, address, role) for address in pages] == [mode == "named"] * 2


@pytest.mark.parametrize("mode", HIDING)
def test_the_mode_of_one_tenant_hides_nobody_of_another(look, mode):
    for address in (TICKETS, ENTRIES):
        assert ADA in look(mode, address, schema="south")


@pytest.mark.parametrize("mode", HIDING)
def test_a_hidden_person_has_no_pseudonym_next_to_the_work_either(look, mode):
    with tenant("north"):
        pseudonym = names.pseudonym(MEMBER)
    for address in (TICKETS, ENTRIES):
        assert pseudonym not in look(mode, address)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("address", BY_PERSON)
def test_nothing_is_looked_up_by_person_where_nobody_is_named(sign_in, mode, address):
    client = sign_in("manager")
    with tenant("north"):
        factories.settings(privacy_mode=mode)
    answer = client.get(address)
    assert answer.status_code == (200 if mode == "named" else 403)
    assert mode == "named" or "nothing can be looked up by person" in answer.content.decode()


@pytest.mark.parametrize("mode", MODES)
def test_filters_and_links_by_person_are_there_only_with_names(look, mode):
    told = [
        'name="owner_id"' in look(mode, TICKETS),
        'name="member_id"' in look(mode, ENTRIES),
        f"?owner_id={MEMBER}" in look(mode, MEMBERS),
    ]
    assert told == [mode == "named"] * 3


@pytest.mark.parametrize("mode", MODES)
def test_the_list_of_technicians_names_them_in_every_mode(look, mode):
    assert ADA in look(mode, MEMBERS)


@pytest.mark.parametrize("mode", MODES)
def test_a_tickets_changes_do_not_say_from_whom_to_whom_it_went(look, mode):
    page = page_of(RawTicket)
    with tenant("north"):
        ticket = RawTicket.objects.order_by("-pk").first()
        for kind, value in (
            ("owner", "Grace Hopper"),
            ("other", "Resource Grace Hopper"),
            ("status", "Waiting"),
        ):
            event = {"source": ticket.source, "ticket_id": ticket.external_id, "provenance": "audit"}
            RawTicketEvent.objects.create(
                **event, kind=kind, new_value=value, old_value=value, occurred_at=ticket.opened_at
            )
    text = look(mode, page)
    assert ("Grace Hopper" in text) == (mode == "named")
    assert "Waiting" in text
    assert "Owner" in text


@pytest.mark.parametrize("mode", MODES)
def test_an_alerts_changes_and_a_skipped_record_name_nobody_either(look, mode):
    with tenant("north"):
        RawAlertEvent.objects.update(actor="Grace Hopper")
        changed = RawAlertEvent.objects.get().alert_id
    alert = page_of(RawSecurityAlert, external_id=changed)
    assert ("Grace Hopper" in look(mode, alert)) == (mode == "named")
    with tenant("north"):
        SkippedRecord.objects.update(payload="owned by Grace Hopper")
    record = page_of(SkippedRecord)
    assert ("Grace Hopper" in look(mode, record)) == (mode == "named")
    assert SECRET not in look(mode, record)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("address", [TICKETS, ENTRIES])
def test_technicians_see_none_of_these_pages_in_any_mode(sign_in, mode, address):
    client = sign_in("technician")
    with tenant("north"):
        factories.settings(privacy_mode=mode)
    assert client.get(address).status_code == 403


def test_in_pseudonymous_mode_figures_name_nobody_and_lead_to_nobody(look, sign_in):
    team = look("pseudonymous", TEAM)
    (address, *_) = re.findall(r"/technicians/\d+/", team)
    assert ADA not in look("pseudonymous", "/admin/")
    for page in (TEAM, address, "/admin/kpis/kpibreakdown/"):
        text = look("pseudonymous", page)
        assert ADA not in text, page
        assert "Technician " in text, page
    assert f"/technicians/{MEMBER}/" not in team
    assert sign_in("manager").get(f"/technicians/{MEMBER}/").status_code == 404


TEAM, ADAS = "/admin/team/", f"/technicians/{MEMBER}/"
HIDDEN_ADAS = "/technicians/{alias}/"
# Page → what it answers to managers in each of the modes; to technicians it is closed in all.
PEOPLES_PAGES = {
    TEAM: {"named": 200, "pseudonymous": 200, "own_only": 200},
    ADAS: {"named": 200, "pseudonymous": 404, "own_only": 403},
    f"{ADAS}work/tickets/": {"named": 200, "pseudonymous": 404, "own_only": 403},
    HIDDEN_ADAS: {"named": 404, "pseudonymous": 200, "own_only": 403},
    f"{HIDDEN_ADAS}work/tickets/": {"named": 404, "pseudonymous": 403, "own_only": 403},
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("role", ["owner", "manager", "technician"])
def test_pages_about_people_open_as_the_mode_says_and_never_to_technicians(sign_in, mode, role):
    client = sign_in(role)
    with tenant("north"):
        factories.settings(privacy_mode=mode)
        alias = names.pseudonymous_id(MEMBER)
    answers = {page: client.get(page.format(alias=alias)).status_code for page in PEOPLES_PAGES}
    managers = {page: by_mode[mode] for page, by_mode in PEOPLES_PAGES.items()}
    assert answers == (dict.fromkeys(PEOPLES_PAGES, 403) if role == "technician" else managers)


@pytest.mark.parametrize("mode", MODES)
def test_technicians_see_their_own_page_and_work_in_every_mode(sign_in, mode):
    client = sign_in("technician")
    with tenant("north"):
        factories.settings(privacy_mode=mode)
        link()
    assert "north-marker ticket" in client.get("/me/").content.decode()
    for figure in ("tickets", "time", "first-response", "satisfaction", "compared"):
        assert client.get(f"/me/work/{figure}/").status_code == 200


def test_a_page_under_a_pseudonym_shows_no_ticket_no_client_and_no_rare_work(look):
    with tenant("north"):
        fill_desk("north-marker")
        alias = names.pseudonymous_id(MEMBER)
    page = f"/technicians/{alias}/?days=90"
    text = look("pseudonymous", page)
    for word in ("marker Ada", "marker client", "marker ticket", "Server of", "rare board", "/work/"):
        assert word not in text, word
    assert "marker board / Server" in text
    assert "fewer than five technicians" in text
    named = look("named", f"/technicians/{MEMBER}/?days=90")
    for word in ("marker Ada", "marker client", "Server of", "rare board", "/work/"):
        assert word in named, word


@pytest.mark.parametrize(("others", "is_shown"), [(3, False), (4, True)])
def test_under_a_pseudonym_work_is_shown_from_five_people_on(look, others, is_shown):
    with tenant("north"):
        fill_desk("north-marker", COLLEAGUES[:others])
        alias = names.pseudonymous_id(MEMBER)
    assert ("marker board / Server" in look("pseudonymous", f"/technicians/{alias}/")) == is_shown


def test_in_own_only_mode_managers_see_totals_only(look, sign_in):
    assert "technicians see only themselves" in look("own_only", TEAM)
    client = sign_in("manager")
    assert client.get("/technicians/11/").status_code == 403
    assert client.get("/admin/kpis/kpibreakdown/").context["cl"].result_count == 0
