"""The pages on which people say whom a vendor's customer is, and those of devices and security alerts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.models import (
    AlertTicketLink,
    Connection,
    CustomerMapping,
    Device,
    DirtyDay,
    RawCompany,
    RawSecurityAlert,
    RawVendorCustomer,
)
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import COMPANY
from tests.admin.security import ALIKE, SITE, STRAY, add_alert

QUEUE = "/admin/connectors/rawvendorcustomer/"
ALERTS = "/admin/connectors/rawsecurityalert/"
DEVICES = "/admin/connectors/device/"


@pytest.fixture
def manager(sign_in):
    return sign_in("manager")


def customer(id_: str) -> RawVendorCustomer:
    with tenant("north"):
        return RawVendorCustomer.objects.get(external_id=id_)


def change(id_: str, **fields) -> None:
    with tenant("north"):
        RawVendorCustomer.objects.filter(external_id=id_).update(**fields)


def mapped(schema: str = "north") -> dict[str, tuple[int | None, str]]:
    with tenant(schema):
        found = CustomerMapping.objects.order_by("customer_id")
        return {each.customer_id: (each.company_id, each.method) for each in found}


def decide(client, id_: str, company: str):
    return client.post(f"{QUEUE}{customer(id_).pk}/decide/", {"company": company}, follow=True)


def standings(client, query: str = "") -> dict[str, str]:
    rows = client.get(f"{QUEUE}?{query}").context["cl"].result_list
    return {row.external_id: row.standing for row in rows}


def test_what_waits_for_a_person_comes_first_with_what_it_withholds(manager):
    assert list(standings(manager).items()) == [(ALIKE, "suggested"), (STRAY, "unmapped"), (SITE, "mapped")]
    text = manager.get(QUEUE).content.decode()
    assert "2 customers wait for you" in text
    assert "leave out 2 alerts of the last 90 days and 0 devices" in text
    assert "north-marker client? (91% alike)" in text


@pytest.mark.parametrize(
    ("standing", "found"),
    [
        ("suggested", {ALIKE}),
        ("unmapped", {STRAY}),
        ("mapped", {SITE}),
        ("broken", set()),
        ("left_out", set()),
    ],
)
def test_the_queue_is_filtered_by_what_is_to_be_done(manager, standing, found):
    assert set(standings(manager, f"standing={standing}")) == found


def test_a_company_that_the_desk_deleted_shows_as_gone(manager):
    with tenant("north"):
        RawCompany.objects.update(deleted_at=timezone.now())
    assert standings(manager)[SITE] == "broken"
    assert "north-marker client" in manager.get(f"{QUEUE}?standing=broken").content.decode()


def test_an_account_does_not_wait_once_its_sites_can_be_mapped(manager):
    with tenant("north"):
        edr = Connection.objects.get()
        row = {"source": edr, "row_hash": b"", "name": "Our MSP", "level": "account"}
        RawVendorCustomer.objects.create(external_id="account", **row)
        RawVendorCustomer.objects.update(parent_id="account")
        RawVendorCustomer.objects.filter(external_id="account").update(parent_id="")
    assert standings(manager)["account"] == "by_sites"
    decide(manager, "account", str(COMPANY))
    assert standings(manager)[STRAY] == "mapped"
    assert "north-marker client (through its account)" in manager.get(QUEUE).content.decode()


def test_a_proposal_is_confirmed_by_one_click_in_its_row(manager):
    text = manager.get(QUEUE).content.decode()
    assert f'formaction="{QUEUE}{customer(ALIKE).pk}/decide/" name="company" value="{COMPANY}"' in text
    answer = decide(manager, ALIKE, str(COMPANY))
    assert mapped()[ALIKE] == (COMPANY, "person")
    assert "1 customer decided. Devices, alerts and figures follow" in answer.content.decode()
    with tenant("north"):
        assert CustomerMapping.objects.get(customer_id=ALIKE).decided_by == "manager"
        assert DirtyDay.objects.filter(day=None).exists()
    assert mapped("south") == {SITE: (COMPANY, "name")}


def test_another_client_is_chosen_on_the_customers_own_page(manager):
    with tenant("north"):
        factories.company(102, "Lakeside", source=Connection.objects.get())
    page = manager.get(f"{QUEUE}{customer(STRAY).pk}/change/").content.decode()
    assert '<option value="102">Lakeside</option>' in page
    decide(manager, STRAY, "102")
    assert mapped()[STRAY] == (102, "person")
    decide(manager, STRAY, "none")
    assert mapped()[STRAY] == (None, "person")
    assert standings(manager)[STRAY] == "left_out"
    decide(manager, STRAY, "")
    assert STRAY not in mapped()


@pytest.mark.parametrize("nonsense", ["77", "x", "-1", "1e3", "²"])
def test_a_company_that_does_not_exist_is_not_taken(manager, nonsense):
    assert decide(manager, STRAY, nonsense).status_code == 404
    assert STRAY not in mapped()


def test_a_decision_leads_back_to_the_list_as_it_was(manager):
    filtered = f"http://north.localhost{QUEUE}?standing=unmapped"
    address = f"{QUEUE}{customer(STRAY).pk}/decide/"
    assert (
        manager.post(address, {"company": "none"}, headers={"referer": filtered}).headers["Location"]
        == filtered
    )
    elsewhere = {"referer": "https://evil.example/"}
    assert manager.post(address, {"company": ""}, headers=elsewhere).headers["Location"] == QUEUE


def test_several_are_decided_at_once(manager):
    def act(action: str) -> None:
        chosen = [customer(id_).pk for id_ in (ALIKE, STRAY, SITE)]
        manager.post(QUEUE, {"action": action, "_selected_action": chosen, "index": "0"}, follow=True)

    act("confirm_proposals")
    assert mapped() == {ALIKE: (COMPANY, "person"), SITE: (COMPANY, "name")}
    act("leave_out")
    assert set(mapped().values()) == {(None, "person")}
    act("take_back")
    assert mapped() == {}


def test_a_worker_joins_what_was_decided(manager, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr("connectors.joining.join.delay", lambda **named: asked.append(named))
    with django_capture_on_commit_callbacks(execute=True):
        decide(manager, STRAY, "none")
    assert asked == [{"schema": "north"}]


def test_a_technician_decides_nothing_and_a_link_alone_neither(sign_in, manager):
    assert decide(sign_in("technician"), STRAY, "none").status_code == 403
    assert manager.get(f"{QUEUE}{customer(STRAY).pk}/decide/").status_code == 405
    assert manager.post(f"{QUEUE}{customer(STRAY).pk}/change/", {"name": "mine"}).status_code == 403
    assert STRAY not in mapped()


@pytest.mark.parametrize(
    ("fields", "remark"),
    [
        ({"is_default": True}, "The default site"),
        ({"state": "expired"}, "At the vendor it is: expired."),
        ({"deleted_at": timezone.now()}, "The vendor no longer shows it."),
        ({"ends_at": timezone.now() + timedelta(days=12, hours=12)}, "The permission to look ends in 12 days."),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "The permission to look has ended."),
        ({"access": "consent", "access_message": "Ask for consent."}, "Ask for consent."),
        ({"access": "consent"}, "Consent missing"),
    ],
)  # fmt: skip
def test_what_a_person_should_know_is_said_in_the_row(manager, fields, remark):
    before = manager.get(QUEUE).content.decode().count(remark)
    change(STRAY, **fields)
    assert manager.get(QUEUE).content.decode().count(remark) == before + 1


def test_a_permission_that_lasts_is_no_remark(manager):
    change(STRAY, ends_at=timezone.now() + timedelta(days=31))
    assert "The permission to look" not in manager.get(QUEUE).content.decode()


def test_a_customers_number_leads_to_its_alerts(manager):
    with tenant("north"):
        edr = Connection.objects.get()
    found = manager.get(f"{ALERTS}?source={edr.pk}&customer_id={STRAY}").context["cl"].result_list
    assert [alert.customer_id for alert in found] == [STRAY]


def test_an_alert_leads_to_its_ticket_its_device_and_what_happened(manager):
    with tenant("north"):
        alert, found = RawSecurityAlert.objects.get(customer_id=SITE), AlertTicketLink.objects.get()
        device = Device.objects.get()
    text = manager.get(f"{ALERTS}{alert.pk}/change/").content.decode()
    assert "Same company and device, about the same time" in text
    assert "Confidence: 75 %" in text
    assert f"/admin/connectors/device/{device.pk}/change/" in text
    assert "north-marker analyst" in text
    assert "about " in text
    assert f"#{found.ticket_id} (likely)" in manager.get(ALERTS).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ticket=likely", {SITE}),
        ("ticket=sure", set()),
        ("ticket=none", {STRAY, ALIKE}),
        (f"company_id={COMPANY}", {SITE}),
        ("company_id=77", set()),
        ("company_id=x", {SITE, STRAY, ALIKE}),
        ("severity__exact=high", {SITE, STRAY, ALIKE}),
        ("q=unknown", set()),
        ("q=site-2", {STRAY}),
    ],
)
def test_alerts_are_filtered(manager, query, found):
    assert {
        alert.customer_id for alert in manager.get(f"{ALERTS}?{query}").context["cl"].result_list
    } == found


def test_the_device_list_says_who_sees_a_device_and_who_should(manager):
    with tenant("north"):
        edr = Connection.objects.get()
        defender = factories.connection("Microsoft", vendor="defender")
        Device.objects.create(hostname="north-SRV", company_id=COMPANY, seen_by=[defender.pk])
        Device.objects.create(hostname="north-OLD", company_id=COMPANY, seen_by=[])
        unprotected = Device.objects.get(hostname="north-SRV")
    assert f">{edr.name}<" in "".join(
        manager.get(f"{DEVICES}{unprotected.pk}/change/").content.decode().split("\n")
    )
    rows = {row.hostname: row for row in manager.get(DEVICES).context["cl"].result_list}
    assert (rows["north-SRV"].seen_in, rows["north-SRV"].missing_in) == (["Microsoft"], [edr.name])
    assert (rows["north-OLD"].seen_in, rows["north-OLD"].missing_in) == ([], [])

    def found(query: str) -> set[str]:
        return {row.hostname for row in manager.get(f"{DEVICES}?{query}").context["cl"].result_list}

    assert found(f"unwatched_by={edr.pk}") == {"north-SRV"}
    assert found("in_use=retired") == {"north-OLD"}
    assert found("in_use=silent") == {"north-SRV"}
    assert found("in_use=yes") == found("kind=laptop") == {"north-marker-PC-1"}
    assert found("unwatched_by=x") == found("in_use=x") == set(rows)


def test_a_device_shows_what_each_vendor_says_and_its_alerts(manager):
    with tenant("north"):
        device = Device.objects.get()
    text = manager.get(f"{DEVICES}{device.pk}/change/").content.decode()
    assert "north-marker desk" in text
    assert "north-marker trojan at site-1" in text


def test_the_lists_ask_as_often_for_many_rows_as_for_few(manager, django_assert_max_num_queries):
    with tenant("north"):
        edr = Connection.objects.get()
        for number in range(30):
            row = {"source": edr, "row_hash": b"", "level": "site", "name": f"Site {number}"}
            RawVendorCustomer.objects.create(external_id=f"more-{number}", **row)
            add_alert(edr, f"more-{number}", "Trojan")
            Device.objects.create(hostname=f"PC-{number}", company_id=COMPANY, seen_by=[edr.pk])
    for address in (QUEUE, ALERTS, DEVICES):
        with django_assert_max_num_queries(30):
            manager.get(address)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (QUEUE, ["À confirmer", "Correspondance des clients", "2 entrées attendent", "ressemblance : 91 %"]),
        (ALERTS, ["Alertes de sécurité", "Gravité", "Détectée", "vers "]),
        (DEVICES, ["Appareils", "Absent de", "Portable"]),
    ],
)
def test_the_pages_speak_french(manager, address, words):
    text = manager.get(address, HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert [word for word in words if word not in text] == []
