"""The ticket of an alert: each way of knowing it, what is not enough to know it, and the whole story."""

from datetime import timedelta

import pytest

from connectors import alert_links, joining
from connectors.models import (
    AlertTicketLink,
    DirtyDay,
    JoinState,
    RawSecurityAlert,
    RawTicket,
)
from tests import factories
from tests.connectors.alerts import (
    COMPANY,
    DETECTED,
    NUMBER,
    OTHER_COMPANY,
    alert,
    linked,
    links,
    mapped_customers,
    sure,
    ticket,
)
from tests.connectors.conftest import NOW
from tests.connectors.security_rows import DEFENDER


@pytest.fixture
def state(north) -> JoinState:
    return mapped_customers()


def test_the_ticket_entered_at_the_vendor_is_the_one(state):
    alert(external_ticket_id="#7001")
    told, _ = ticket(external_id=7001, company=OTHER_COMPANY), ticket(summary=f"{NUMBER} on ACME-LT-07")
    assert linked(state) == {NUMBER: sure(told, "vendor", "1.00")}


def test_another_systems_number_that_no_ticket_of_the_time_has_says_nothing(state):
    alert(external_ticket_id="7001")
    ticket(external_id=7001, minutes=-60 * 24 * 90)
    assert linked(state) == {}


@pytest.mark.parametrize(
    "summary",
    [
        f"Threat {NUMBER}",
        f"[{NUMBER}] trojan",
        f"see https://console.example/incidents/threats/{NUMBER}/overview",
        f"S1-{NUMBER}: quarantined",
        f"Alert={NUMBER}.",
    ],
)
def test_a_ticket_that_quotes_the_alerts_id_is_its_own_whatever_company_it_is_on(state, summary):
    alert()
    quoting = ticket(summary=summary, company=OTHER_COMPANY, minutes=60 * 24 * 3)
    assert linked(state) == {NUMBER: sure(quoting, "text", "0.95")}


@pytest.mark.parametrize("id_", ["da906263712873075095_-1091964824", "6f1ed002-ab5e-7abc-8def-0123456789ab"])
def test_ids_of_every_kind_are_recognised_in_notes(state, id_):
    alert(id_, source=DEFENDER)
    noted = ticket()
    factories.note(noted, DETECTED + timedelta(days=2), text=f"Alert ID: {id_.upper()}, closed")
    assert linked(state) == {id_: sure(noted, "text", "0.95")}


def test_a_number_that_merely_begins_with_the_alerts_id_is_another(state):
    alert(host="")
    ticket(summary=f"Threat {NUMBER}0")
    assert linked(state) == {}


def test_a_reference_field_of_the_ticket_is_known_as_such(state):
    alert()
    ticket_with_field = ticket(custom_fields=[{"caption": "Alert", "value": NUMBER}])
    assert linked(state) == {NUMBER: sure(ticket_with_field, "reference", "0.95")}


def test_an_incidents_number_counts_where_it_is_called_one_and_at_the_same_company(state):
    alert("a", host="", source=DEFENDER, incident_id="tenant/412")
    alert("b", host="", source=DEFENDER, incident_id="412", company=OTHER_COMPANY)
    ticket(summary="Invoice 412 is wrong")
    named = ticket(summary="Defender incident #412: multi-stage attack")
    assert linked(state) == {"a": sure(named, "text", "0.90")}


@pytest.mark.parametrize(
    ("minutes", "confidence"), [(-10, "0.80"), (5, "0.80"), (15, "0.80"), (727, "0.70"), (1440, "0.60")]
)
def test_a_ticket_of_the_company_that_names_the_host_is_the_more_likely_the_sooner_it_came(
    state, minutes, confidence
):
    alert()
    naming = ticket(minutes, "Trojan on acme-lt-07.corp.example - please check")
    assert linked(state) == {NUMBER: sure(naming, "host", confidence)}


@pytest.mark.parametrize(
    ("minutes", "summary", "company"),
    [
        (-16, "Trojan on ACME-LT-07", COMPANY),
        (1441, "Trojan on ACME-LT-07", COMPANY),
        (5, "Trojan on ACME-LT-07", OTHER_COMPANY),
        (5, "Trojan on ACME-LT-070", COMPANY),
        (5, "Trojan on NEW-ACME-LT-07", COMPANY),
        (5, "SOC alert: please investigate", COMPANY),
    ],
)
def test_another_host_company_or_time_is_not_enough(state, minutes, summary, company):
    alert()
    ticket(minutes, summary, company)
    assert linked(state) == {}


@pytest.mark.parametrize("host", ["SERVER", "PC", ""])
def test_a_host_name_that_is_an_everyday_word_says_nothing(state, host):
    alert(host=host)
    ticket(summary="Our server and PC are slow")
    assert linked(state) == {}


def test_the_nearest_of_several_tickets_wins(state):
    alert()
    ticket(600, "ACME-LT-07 again")
    nearest = ticket(20, "ACME-LT-07")
    assert linked(state)[NUMBER][0] == nearest.external_id


def test_a_note_about_the_host_counts_only_around_that_time(state):
    alert()
    about, later = ticket(5, "Security alert"), ticket(30, "Security alert")
    factories.note(later, DETECTED + timedelta(days=3), text="Same as on ACME-LT-07")
    factories.note(about, DETECTED + timedelta(minutes=6), text="Detected on ACME-LT-07: trojan")
    assert linked(state) == {NUMBER: sure(about, "host", "0.80")}


def test_a_person_is_as_good_as_a_host(state):
    alert(host="", user_name="Ann.Reed@acme.example")
    naming = ticket(5, "Impossible travel - ann.reed@acme.example")
    ticket(4, "Phishing - joann.reed@acme.example")
    assert linked(state) == {NUMBER: sure(naming, "host", "0.80")}


def test_a_ticket_may_hold_the_alerts_of_a_burst_but_not_those_of_hours_before(state):
    alert("earlier", -300)
    alert("first", 0)
    alert("second", 40)
    held = ticket(45, "Several detections on ACME-LT-07")
    assert {id_: link[0] for id_, link in linked(state).items()} == dict.fromkeys(
        ("first", "second"), held.external_id
    )


def test_a_merged_tickets_alerts_belong_to_the_one_that_took_it_in(state):
    alert()
    into = ticket(-60, "Malware at Acme", external_id=9001)
    ticket(5, "Trojan on ACME-LT-07", merged_into=9001)
    assert linked(state)[NUMBER][0] == into.external_id


def test_an_incident_goes_with_its_alerts_and_a_second_view_with_the_first(state):
    alert("a", source=DEFENDER, incident_id="tenant/412")
    alert("tenant/412", 1, "", source=DEFENDER, kind="incident", incident_id="tenant/412")
    alert(
        "tenant/409",
        2,
        "",
        source=DEFENDER,
        kind="incident",
        incident_id="tenant/409",
        redirected_to="tenant/412",
    )
    alert(external_ticket_id="7001", host="OTHER")
    alert("second", 3, "", kind="unified", incident_id=NUMBER, redirected_to=NUMBER)
    about, told = ticket(summary="Trojan on ACME-LT-07"), ticket(external_id=7001)
    everything = linked(state)
    of_incident = sure(about, "host", "0.80")
    assert [everything[id_] for id_ in ("a", "tenant/412", "tenant/409")] == [of_incident] * 3
    assert everything["second"] == everything[NUMBER] == sure(told, "vendor", "1.00")
    assert links() == linked(state)


def test_a_second_view_that_changes_alone_stays_with_the_first(state, clock):
    alert(external_ticket_id="7001", minutes=-60 * 24 * 60)
    second = alert("second", -60 * 24 * 60, "", kind="unified", redirected_to=NUMBER)
    told = ticket(-60 * 24 * 60, external_id=7001)
    alert_links.refresh(state, everything=True)
    RawSecurityAlert.objects.exclude(id=second.id).update(synced_at=DETECTED)
    state.reached_at = joining._database_time()
    assert linked(state)["second"] == sure(told, "vendor", "1.00")


def known_board(count=3) -> None:
    """Alerts are known to end up on the security board."""
    for number in range(count):
        alert(f"1234567890-{number}", -60 * 24 * (number + 2), "")
        ticket(-60 * 24 * (number + 2), f"Alert 1234567890-{number}")


def test_company_and_time_alone_are_a_guess_where_nothing_else_could_be_meant(state):
    known_board()
    alert()
    lone = ticket(6, "SOC alert: please investigate")
    assert linked(state)[NUMBER] == sure(lone, "time", "0.40")


@pytest.mark.parametrize(
    "disturbance", ["another ticket", "another alert", "too late", "another board", "new desk"]
)
def test_company_and_time_say_nothing_where_anything_else_could_be_meant(state, disturbance):
    known_board(count=2 if disturbance == "new desk" else 3)
    alert()
    lone = ticket(16 if disturbance == "too late" else 6, "SOC alert: please investigate")
    if disturbance == "another ticket":
        ticket(9, "SOC alert: please investigate")
    elif disturbance == "another alert":
        alert("another", 1)
    elif disturbance == "another board":
        RawTicket.objects.filter(id=lone.id).update(board_id=1)
    assert NUMBER not in linked(state)


def test_a_link_is_given_up_when_its_reason_is_gone_and_both_days_are_marked(state):
    alert()
    naming = ticket(60 * 20, "Trojan on ACME-LT-07")
    alert_links.refresh(state)
    DirtyDay.objects.all().delete()
    alert_links.refresh(state)
    assert not DirtyDay.objects.exists()
    RawTicket.objects.filter(id=naming.id).update(deleted_at=NOW)
    assert linked(state) == {}
    assert {f"{each.day}" for each in DirtyDay.objects.all()} == {"2026-03-02", "2026-03-03"}


def test_a_deleted_alert_has_no_ticket(state):
    known = alert()
    ticket(summary=NUMBER)
    alert_links.refresh(state)
    RawSecurityAlert.objects.filter(id=known.id).update(deleted_at=NOW)
    assert linked(state) == {}


def test_old_alerts_are_looked_at_when_they_change_and_when_all_are(state, clock):
    old = alert(minutes=-60 * 24 * 60)
    alert_links.refresh(state)
    state.reached_at = joining._database_time() + timedelta(hours=1)
    ticket(-60 * 24 * 60, NUMBER)
    assert linked(state) == {}
    state.reached_at -= timedelta(hours=2)
    RawSecurityAlert.objects.filter(id=old.id).update(synced_at=joining._database_time())
    assert set(linked(state)) == {NUMBER}
    AlertTicketLink.objects.all().delete()
    state.reached_at += timedelta(hours=2)
    assert linked(state) == {}
    alert_links.refresh(state, everything=True)
    assert set(links()) == {NUMBER}
