"""Disputes from the technician's page to the manager's decision and back, and who may see and do what of them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.models import RawTicket
from kpis import windows
from kpis.compute import compute
from kpis.disputes import own
from kpis.models import Dispute, DisputeEvent, KpiBreakdown, KpiDaily, KpiRestatement
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import MEMBER, OTHER_MEMBER, link
from tests.kpis.snapshots import byte_image

SAID = {"kind": "attribution", "words": "Ben repaired it, I only closed it"}
OTHER_MODES = ["pseudonymous", "own_only"]
MOST_QUERIES = 25


@pytest.fixture
def desk(sign_in):
    """north's technician is Ada; her closed ticket can be disputed."""
    for schema in ("north", "south"):
        with tenant(schema):
            link()
    with tenant("north"):
        return RawTicket.objects.get(is_closed=True)


def page_of(ticket) -> str:
    return f"/me/dispute/{ticket.source_id}/{ticket.external_id}/"


def decision(one: Dispute, deed: str) -> str:
    return f"/admin/kpis/dispute/{one.pk}/{deed}/"


def the_dispute() -> Dispute:
    with tenant("north"):
        return Dispute.objects.get()


@pytest.fixture
def disputed(sign_in, desk) -> Dispute:
    assert sign_in("technician").post(page_of(desk), SAID).status_code == 302
    return the_dispute()


def test_a_dispute_goes_from_the_technician_to_the_figures_and_back(sign_in, desk):
    today = timezone.localdate()
    window = today - timedelta(days=20), today
    with tenant("north"):
        KpiDaily.objects.all().delete()
        KpiBreakdown.objects.all().delete()
        compute()
        team, before = windows.team_efficiency(*window), handled(window)
    with tenant("south"):
        untouched = byte_image()
    technician, manager = sign_in("technician"), sign_in("manager")
    technician.post(page_of(desk), SAID)
    one = the_dispute()
    asked = manager.post(decision(one, "uphold"), {"credited_to": OTHER_MEMBER, "words": "You are right"})
    text = asked.content.decode()
    for words in ("Time to resolve", "north-marker Ada", "north-marker Ben", "You are right"):
        assert words in text
    with tenant("north"):
        assert Dispute.objects.get().status == "open"
    chosen = {"credited_to": OTHER_MEMBER, "words": "You are right", "confirmed": "1"}
    manager.post(decision(one, "uphold"), chosen)
    with tenant("north"):
        compute()
        assert windows.team_efficiency(*window) == team
        assert (before, handled(window)) == ({MEMBER: 1}, {OTHER_MEMBER: 1})
        assert set(KpiRestatement.objects.values_list("reasons", flat=True)) == {"dispute"}
        events = list(DisputeEvent.objects.values_list("kind", "username", "words"))
        assert [each.status for each in own(MEMBER).disputes] == ["upheld"]
        assert [each.ticket_id for each in own(OTHER_MEMBER).credited] == [desk.external_id]
    assert events == [("opened", "technician", SAID["words"]), ("upheld", "manager", "You are right")]
    seen = technician.get(page_of(desk)).content.decode()
    assert "You are right" in seen
    assert "Upheld" in seen
    assert "Ben" not in seen.replace(SAID["words"], "")
    with tenant("south"):
        assert byte_image() == untouched


def handled(window) -> dict[int | None, int]:
    return {one.technician: one.handled for one in windows.technician_efficiency(*window) if one.handled}


def test_only_tickets_that_count_for_oneself_can_be_disputed(sign_in, desk):
    client = sign_in("technician")
    with tenant("north"):
        others = factories.ticket(owner_id=OTHER_MEMBER, source=desk.source)
        helped_with = factories.ticket(owner_id=OTHER_MEMBER, source=desk.source)
        factories.time_entry(helped_with, "2026-03-02 15:00", member=OTHER_MEMBER)
        factories.time_entry(helped_with, "2026-03-02 16:00", member=MEMBER)
        began = factories.ticket(owner_id=OTHER_MEMBER, source=desk.source)
        factories.time_entry(began, "2026-03-02 15:00", member=MEMBER)
        gone = factories.ticket(owner_id=MEMBER, source=desk.source, deleted_at=timezone.now())
    answers = [client.get(page_of(ticket)).status_code for ticket in (desk, began, others, helped_with, gone)]
    assert answers == [200, 200, 404, 404, 404]
    assert client.get(f"/me/dispute/{desk.source_id}/{2**70}/").status_code == 404
    assert client.post(page_of(others), SAID).status_code == 404
    assert sign_in("manager").get(page_of(desk)).status_code == 404
    with tenant("north"):
        assert not Dispute.objects.exists()


@pytest.mark.parametrize("mode", ["named", *OTHER_MODES])
def test_the_form_says_who_will_know(sign_in, desk, mode):
    client = sign_in("technician")
    with tenant("north"):
        factories.settings(privacy_mode=mode)
    text = client.get(page_of(desk)).content.decode()
    assert "Managers see your name" in text
    assert ("which pseudonym is yours" in text) == (mode == "pseudonymous")


def test_a_dispute_says_why(sign_in, desk):
    client = sign_in("technician")
    for said in (
        {},
        {"kind": "attribution"},
        SAID | {"words": "  "},
        SAID | {"kind": "x"},
        SAID | {"words": "\0"},
    ):
        assert client.post(page_of(desk), said).status_code == 400
    with tenant("north"):
        assert not Dispute.objects.exists()


def test_sent_twice_it_is_one_dispute(sign_in, desk):
    client = sign_in("technician")
    answers = [client.post(page_of(desk), SAID).status_code for _ in range(2)]
    assert answers == [302, 409]
    with tenant("north"):
        assert Dispute.objects.count() == DisputeEvent.objects.count() == 1
    assert "Send the dispute" not in client.get(page_of(desk)).content.decode()


def test_a_technician_withdraws_an_open_dispute_and_no_decided_one(sign_in, desk, disputed):
    client = sign_in("technician")
    assert client.post(page_of(desk), {"withdraw": "1"}).status_code == 302
    assert the_dispute().status == "withdrawn"
    assert client.post(page_of(desk), {"withdraw": "1"}).status_code == 409
    answer = sign_in("manager").post(decision(disputed, "decline"), {"words": "No"}, follow=True)
    assert "not open any more" in answer.content.decode()
    assert the_dispute().status == "withdrawn"


def test_declining_needs_words_and_the_technician_reads_them(sign_in, desk, disputed):
    manager = sign_in("manager")
    manager.post(decision(disputed, "decline"), {"words": ""})
    assert the_dispute().status == "open"
    manager.post(decision(disputed, "decline"), {"words": "The time is yours"})
    assert the_dispute().status == "declined"
    seen = sign_in("technician").get(page_of(desk)).content.decode()
    assert "The time is yours" in seen
    assert "Dispute it again" in seen


def test_nobody_decides_about_their_own_dispute_while_somebody_else_can(sign_in, desk):
    manager = sign_in("manager")
    with tenant("north"):
        User.objects.get(username="technician").member_link.delete()
        link("manager")
    manager.post(page_of(desk), SAID)
    one = the_dispute()
    refused = manager.post(decision(one, "decline"), {"words": "No"}, follow=True)
    assert "Somebody else has to decide" in refused.content.decode()
    sign_in("owner").post(decision(one, "uphold"), {"credited_to": "", "confirmed": "1"})
    assert the_dispute().status == "upheld"


@pytest.mark.parametrize("deed", ["uphold", "decline", "take_back"])
def test_a_technician_decides_nothing_and_another_tenants_manager_finds_nothing(sign_in, disputed, deed):
    said = {"words": "Mine", "credited_to": "", "confirmed": "1"}
    assert sign_in("technician").post(decision(disputed, deed), said).status_code == 403
    assert sign_in("manager", "south").post(decision(disputed, deed), said).status_code == 404
    assert the_dispute().status == "open"
    assert sign_in("manager", "south").get("/admin/kpis/dispute/").context["cl"].result_count == 0


def test_only_known_colleagues_can_be_credited(sign_in, disputed):
    manager = sign_in("manager")
    with tenant("north"):
        factories.member(77, "Robot", looks_automated=True, source=disputed.source)
    for nobody in ("77", "12345", str(MEMBER), "x"):
        manager.post(decision(disputed, "uphold"), {"credited_to": nobody, "confirmed": "1"})
    assert the_dispute().status == "open"


@pytest.mark.parametrize("gone", [{"deleted_at": timezone.now()}, {"merged_into": 1}])
def test_a_dispute_of_a_ticket_that_is_gone_says_so_and_can_still_be_decided(sign_in, desk, disputed, gone):
    manager = sign_in("manager")
    with tenant("north"):
        RawTicket.objects.filter(pk=desk.pk).update(**gone)
    assert "counts for nobody now" in manager.get(decision(disputed, "change")).content.decode()
    asked = manager.post(decision(disputed, "uphold"), {"credited_to": ""}).content.decode()
    assert "No figure changes now" in asked
    manager.post(decision(disputed, "uphold"), {"credited_to": "", "confirmed": "1"})
    assert the_dispute().status == "upheld"
    assert sign_in("technician").get(page_of(desk)).status_code == 200


def test_what_waits_is_counted_in_the_navigation_and_comes_first(sign_in, desk, disputed):
    with tenant("north"):
        closed = RawTicket.objects.exclude(pk=desk.pk).first()
        seen = {"member_id": MEMBER, "kind": "other", "words": "x", "opened_at": timezone.now()}
        Dispute.objects.create(source=closed.source, ticket_id=closed.external_id, status="withdrawn", **seen)
    page = sign_in("manager").get("/admin/kpis/dispute/")
    assert [one.status for one in page.context["cl"].result_list] == ["open", "withdrawn"]
    items = {item["link"]: item for _, group in groups(page) for item in group}
    assert items["/admin/kpis/dispute/"]["badge"] == 1
    assert "badge" not in items["/admin/kpis/finding/"]


def groups(page):
    return [(group["title"], group["items"]) for group in page.context["sidebar_navigation"]]


@pytest.mark.parametrize("mode", OTHER_MODES)
def test_where_nobody_is_named_a_dispute_names_its_author_and_nobody_else(sign_in, desk, disputed, mode):
    manager = sign_in("manager")
    with tenant("north"):
        factories.settings(privacy_mode=mode)
        factories.time_entry(desk, desk.opened_at, minutes=20, member=OTHER_MEMBER)
    pages = [
        manager.get(address).content.decode()
        for address in ("/admin/kpis/dispute/", decision(disputed, "change"))
    ]
    chosen = {"credited_to": "", "words": "Yes"}
    pages.append(manager.post(decision(disputed, "uphold"), chosen).content.decode())
    without_choice = [
        page.replace(f'<option value="{OTHER_MEMBER}">north-marker Ben</option>', "") for page in pages
    ]
    assert ["marker Ada" in page for page in without_choice] == [True] * 3
    assert ["marker Ben" in page for page in without_choice] == [False] * 3
    assert manager.get(f"/admin/kpis/dispute/?member_id={MEMBER}").status_code == 403


def test_pages_of_disputes_ask_few_questions(sign_in, desk, disputed):
    technician, manager = sign_in("technician"), sign_in("manager")
    for client, address in (
        (technician, page_of(desk)),
        (manager, "/admin/kpis/dispute/"),
        (manager, decision(disputed, "change")),
    ):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= MOST_QUERIES, address
    with CaptureQueriesContext(connection) as asked:
        manager.post(decision(disputed, "uphold"), {"credited_to": OTHER_MEMBER})
    assert len(asked) <= MOST_QUERIES
