"""Wrong settings, and a vendor's ways to say no: each ends in a sentence that says what to do."""

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from connectors.crypto import CredentialsUnreadable
from connectors.errors import Retry, StopConnection
from connectors.models import RawTicket, RawTicketNote, RawTimeEntry, SyncRun
from connectors.preflight import preflight
from connectors.simulators.connectwise import Role
from tenants.context import tenant

from .site import errors

TICKETS, ENTRIES = "service/tickets", "time/entries"


def refusal(site, kind=StopConnection):
    """What a sync that cannot even begin says, and keeps on the connection."""
    with pytest.raises(kind) as problem:
        site.sync()
    assert site.refreshed().status in ("failing", "attention")
    assert site.link.status_message == str(problem.value)
    assert not site.all(RawTicket)
    return str(problem.value)


# --- the connection -------------------------------------------------------------------------------


def test_wrong_keys_are_named_once_and_stop_everything(connect, world):
    site = connect(private_key="wrong")
    said = errors(site)
    assert len(site.all(SyncRun)) == 1
    assert "UserNotAuthenticated" in said["boards"]
    assert "Check company id, public key, private key and client id" in said["boards"]
    assert site.refreshed().status_message == said["boards"]


def test_a_missing_client_id_is_told_in_the_vendors_words(connect):
    assert "The clientId header is missing" in errors(connect(client_id=""))["boards"]


def test_an_unknown_company_is_told_before_anything_is_read(connect):
    assert 'does not know the company "nowhere". Check the company id' in refusal(
        connect(company_id="nowhere")
    )


def test_an_unreachable_host_is_tried_some_times(connect, naps):
    assert "127.0.0.1:9 cannot be reached" in refusal(connect(site="http://127.0.0.1:9"), Retry)
    assert len(naps) == 5


def test_an_unknown_host_is_not_tried_again(connect, naps, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    site = connect(site="http://na.myconnectwize.net")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "There is no host na.myconnectwize.net. Check the connection's site." in refusal(site)
    assert naps == []


@pytest.mark.parametrize(
    "host", ["https://127.0.0.1:1", "https://10.1.2.3", "https://[::1]:8", "https://192.168.1.4"]
)
def test_a_private_address_is_refused_unless_the_deployment_opts_in(connect, settings, host):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    said = refusal(connect(site=host))
    assert "inside a private network" in said
    assert "set ALLOW_PRIVATE_VENDOR_HOSTS=1" in said


@pytest.mark.parametrize("host", ["http://example.com", "foo..example"])
def test_an_address_that_cannot_be_is_refused_in_words(connect, settings, host):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    assert refusal(connect(site=host)) in {
        "The site must be reached over https.",
        "There is no host foo..example. Check the connection's site.",
    }


def test_settings_that_make_no_sense_are_named(connect, naps):
    assert "settings are not usable: site" in refusal(connect(site=""))
    site = connect("south")
    with tenant("south"):
        site.link.settings = {"company_id": "x"}
        site.link.save()
    assert "settings are not usable: site" in refusal(site)


def test_a_vendor_that_this_version_does_not_know_is_named(connect):
    site = connect()
    site.link.vendor = "autotask"
    assert 'no connector for "autotask"' in refusal(site)


def test_credentials_are_unreadable_without_their_key(connect, settings):
    site = connect()
    settings.CREDENTIAL_KEYS = ["cm90YXRlZC1hd2F5LWxvbmctYWdvLTAxMjM0NTY3ODk="]
    with pytest.raises(CredentialsUnreadable):
        site.sync()
    assert "Put that key back, or enter the credentials again" in site.refreshed().status_message
    (check,) = preflight_of(site)
    assert not check.ok
    assert "cannot be decrypted" in check.message


def test_a_key_that_is_none_is_told_how_to_make_one(connect, settings):
    site = connect()
    settings.CREDENTIAL_KEYS = ["not a key"]
    with pytest.raises(ImproperlyConfigured, match="new_credential_key"):
        site.sync()


# --- answers --------------------------------------------------------------------------------------


def preflight_of(site):
    with tenant(site.schema):
        return preflight(site.link)


def test_a_web_page_instead_of_data_is_called_that(north_desk, simulator):
    simulator.faults("north").add("html-page", path=ENTRIES)
    assert "answered with a web page instead of data" in errors(north_desk)["time_entries"]
    assert north_desk.ids(RawTicket)


@pytest.mark.parametrize("fault", ["truncated-json", "dropped-body", "timeout", "bad-gateway"])
def test_an_answer_that_breaks_off_is_asked_for_again(north_desk, simulator, world, naps, fault):
    simulator.faults("north").add(fault, path=TICKETS, times=3)
    assert errors(north_desk) == {}
    assert north_desk.ids(RawTicket) == set(world.tickets.ids)
    assert len(naps) == 3


def test_full_pages_that_time_out_are_halved(north_desk, simulator, world):
    sizes = []

    def time_out_on_large_pages(request, response):
        if request.path.endswith(TICKETS):
            sizes.append(int(request.parameters["pageSize"]))
            if sizes[-1] > 500:
                response.status = 500
                response.body = b'{"code":"ConnectWiseApi","message":"Execution Timeout Expired."}'

    simulator.before_response(time_out_on_large_pages)
    assert errors(north_desk) == {}
    assert sizes == [1000] * 6 + [500]


def test_a_code_base_that_changes_in_the_middle_is_found_again(north_desk, simulator, world, page_size):
    page_size(5)
    msp = simulator.msp("north")

    def upgrade(*_):
        if msp.pages[TICKETS] == 2 and msp.codebase == "v2025_1":
            simulator.change_codebase("north", "v2026_2")

    simulator.before_response(upgrade)
    assert errors(north_desk) == {}
    assert north_desk.ids(RawTicket) == set(world.tickets.ids)


def test_plain_text_from_the_gateway_stops_the_connection(north_desk, simulator):
    simulator.faults("north").add("cannot-route", path="system/members")
    said = errors(north_desk)
    assert list(said) == ["members"]
    assert "(Cannot route. Codebase/company is invalid). Check site and company id" in said["members"]
    assert not north_desk.all(RawTicket)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"code":"InvalidObject","message":"conditions are invalid","errors":[]}',
            "400: conditions are invalid",
        ),
        (b'{"error":"ConnectWiseAPI","message":"No such thing"}', "400: No such thing"),
        (b'{"error":"ConnectWiseAPI"}', "400: ConnectWiseAPI"),
        (b"<html>nginx</html>", "400: status 400"),
    ],
)
def test_each_shape_of_an_error_is_understood(north_desk, simulator, body, words):
    def refuse(request, response):
        if request.path.endswith(ENTRIES):
            response.status, response.body = 400, body

    simulator.before_response(refuse)
    assert f"ConnectWise refused to list time/entries ({words})" in errors(north_desk)["time_entries"]


def test_a_failed_conversion_is_not_asked_for_again(north_desk, simulator, naps):
    def refuse(request, response):
        if request.path.endswith(ENTRIES):
            response.status, response.body = 500, b'{"code":"ConnectWiseApi","message":"Cannot convert JSON"}'

    simulator.before_response(refuse)
    assert "Cannot convert JSON" in errors(north_desk)["time_entries"]
    assert naps == []


def test_a_missing_permission_stops_only_its_stream(north_desk, simulator, world):
    simulator.set_role("north", Role(denied=(ENTRIES, "system/members")))
    said = errors(north_desk)
    assert set(said) == {"members", "time_entries"}
    assert "may not read time/entries. Give it Inquire: All" in said["time_entries"]
    assert north_desk.ids(RawTicket) == set(world.tickets.ids)
    assert north_desk.refreshed().status in ("failing", "attention")
    simulator.set_role("north", Role())
    assert errors(north_desk) == {}
    assert north_desk.ids(RawTimeEntry) == set(world.time_entries.ids)
    assert north_desk.refreshed().status == "ok"


def test_a_few_tickets_that_cannot_be_read_keep_no_other_waiting(north_desk, simulator, world):
    ticket = world.tickets.ids[-2]
    simulator.faults("north").add("bad-gateway", path=f"{TICKETS}/{ticket}/notes")
    assert set(errors(north_desk)) == {"ticket_notes"}
    told = {note.id for each in world.tickets if each.id != ticket for note in each.notes}
    assert told
    assert north_desk.ids(RawTicketNote) == told


@pytest.mark.parametrize("minutes", [10, -10])
def test_nothing_is_missed_while_the_clocks_differ(north_desk, simulator, world, later, minutes):
    simulator.skew_clock("north", minutes * 60)
    for step in range(4):
        world.edit_summary(world.tickets.ids[step], f"Edited {step}")
        assert errors(north_desk) == {}
        assert north_desk.one(RawTicket, external_id=world.tickets.ids[step]).summary == f"Edited {step}"
        later(minutes=1)
    remark = north_desk.refreshed().status_message
    assert f"is 10 minutes {'ahead of' if minutes > 0 else 'behind'} this server's" in remark
    assert north_desk.link.status == "ok"
