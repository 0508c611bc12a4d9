"""Tickets as texts: which ones, whose words, and who asked."""

from datetime import timedelta

import pytest

from insights.text.tickets import TicketText, texts
from tenants.context import tenant
from tests import factories
from tests.factories import at

SINCE, UNTIL = at("2026-03-01"), at("2026-04-01")


def read(**options) -> list[TicketText]:
    return list(texts(SINCE, UNTIL, **options))


def test_only_standing_service_tickets_of_the_window_are_read_in_order(north):
    factories.ticket("2026-03-31 23:59", summary="last")
    factories.ticket("2026-03-01", summary="first")
    for fields in (
        {"opened": "2026-02-28"},
        {"opened": "2026-04-01"},
        {"record_type": "ProjectTicket"},
        {"deleted_at": SINCE},
        {"merged_into": 5},
    ):
        factories.ticket(**{"opened": "2026-03-05"} | fields)
    assert [text.summary for text in read()] == ["first", "last"]
    with tenant("south"):
        assert read() == []


def test_tickets_that_are_asked_for_are_read_alone(north):
    tickets = [factories.ticket(SINCE + timedelta(hours=hour), summary=str(hour)) for hour in range(4)]
    keys = [(ticket.source_id, ticket.external_id) for ticket in tickets]
    assert [text.key for text in read(only={keys[2], keys[0], (keys[1][0], -1)})] == [keys[0], keys[2]]
    assert read(only=[]) == []


@pytest.mark.parametrize(("channel", "body"), [("Email", "It jams."), ("RMM", "Tray 2 is empty")])
def test_the_body_is_what_opened_the_ticket_and_no_answer_to_it(north, channel, body):
    factories.member(7, looks_automated=False)
    factories.member(8, looks_automated=True)
    ticket = factories.ticket("2026-03-02 14:00", summary="Printer", channel=channel)
    factories.note(ticket, "2026-03-02 14:01", member_id=7, text="On it")
    factories.note(ticket, "2026-03-02 14:02", is_internal=True, text="He again")
    factories.note(ticket, "2026-03-02 14:03", text="Gone", deleted_at=UNTIL)
    factories.note(ticket, "2026-03-02 14:04", member_id=8, text="Tray 2 is empty")
    factories.note(ticket, "2026-03-02 14:05", contact_id=3, text="It jams.\n\nRegards,\nAnn")
    assert [text.text for text in read()] == [f"Printer\n{body}"]


def test_an_answer_hours_later_is_no_body(north):
    factories.note(
        factories.ticket("2026-03-02 14:00", summary="Printer"), "2026-03-02 17:00", text="Still so"
    )
    assert read()[0].text == "Printer"


def test_what_was_written_after_the_moment_is_not_known_yet(north):
    factories.note(factories.ticket("2026-03-31", summary="Printer"), "2026-04-02", text="It jams")
    assert read()[0].text == "Printer"


@pytest.mark.parametrize(
    ("fields", "requester"),
    [
        ({"contact_id": 12, "contact_name": "Ann Reed"}, "contact {source}/12"),
        ({"contact_name": "Élise  ROY"}, "name elise roy"),
        ({}, ""),
        ({"channel": "RMM", "summary": "Disk full on SRV-NORTH-02.corp.local"}, "device srv-north-02"),
        ({"channel": "Monitoring", "summary": "Something is wrong"}, ""),
    ],
)
def test_who_asked_is_told_apart(north, fields, requester):
    source = factories.ticket("2026-03-02", **fields).source_id
    assert read()[0].requester == requester.format(source=source)


def test_monitoring_is_known_by_its_channel_its_account_and_its_alerts(north):
    factories.member(9, looks_automated=True, identifier="RMMBot")
    factories.ticket("2026-03-02", channel="Monitoring", summary="a")
    factories.ticket("2026-03-03", entered_by="rmmbot", summary="b")
    factories.ticket("2026-03-04", entered_by="rmmbot", contact_id=4, summary="from a person")
    factories.ticket("2026-03-05", channel="Email", summary="from a person")
    alerted = factories.ticket("2026-03-06", summary="Please look")
    factories.alert("T1", host_name="FS-07")
    factories.alert_link(alerted, "T1")
    read_ones = read()
    assert [text.is_from_monitoring for text in read_ones] == [True, True, False, False, True]
    assert read_ones[-1].requester == "device fs-07"
