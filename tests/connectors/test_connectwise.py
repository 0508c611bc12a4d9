"""ConnectWise's words and addresses, the secrets of a connection, and its preflight."""

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from connectors import crypto
from connectors.crypto import CredentialsUnreadable, Secrets
from connectors.errors import Missing, Retry, StopConnection, StopStream
from connectors.http import Answer
from connectors.preflight import preflight
from connectors.registry import connectors
from connectors.simulators.connectwise import Role
from connectors.vendors.connectwise.answers import judge
from connectors.vendors.connectwise.client import Settings
from connectors.vendors.connectwise.tickets import audit_event
from tenants.context import tenant

# --- ConnectWise's words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "site"),
    [
        ("na.myconnectwise.net", "na.myconnectwise.net"),
        ("https://api-na.myconnectwise.net/v4_6_release/apis/3.0", "na.myconnectwise.net"),
        ("https://me:secret@cw.example:8443/", "cw.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_whole_addresses_may_be_pasted_as_the_site(pasted, site):
    assert Settings(site=pasted, company_id="x").site == site


@pytest.mark.parametrize("pasted", ["", "https://", "cw.example:port", "cw.example:99999", "[::1"])
def test_what_is_no_address_is_refused(pasted):
    with pytest.raises(ValidationError):
        Settings(site=pasted, company_id="x")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"{}", StopConnection),
        (403, b"{}", StopStream),
        (404, b"", Missing),
        (400, b"Cannot route. Codebase/company is invalid", StopConnection),
        (400, b'{"code":"Security","message":"SSL is required."}', StopConnection),
        (400, b'{"code":"InvalidArgument","message":"x"}', StopStream),
        (409, b"[1]", StopStream),
        (429, b"", Retry),
        (500, b'{"code":"ConnectWiseApi","message":"Execution Timeout Expired."}', Retry),
        (500, b'{"code":"ConnectWiseApi","message":"Cannot convert"}', StopStream),
        (500, b"<html>", Retry),
        (503, b"", Retry),
        (302, b"", StopStream),
    ],
)
def test_each_way_to_say_no_has_its_own_way_on(status, body, kind):
    url = "https://api-na.example/v/apis/3.0/service/tickets"
    with pytest.raises(kind) as problem:
        judge(Answer(status, {"retry-after": "soon"}, body, url))
    assert type(problem.value) is kind


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('Status has been changed from "New" to ">Closed".', ("status", "New", ">Closed")),
        ("Status changed from New to In Progress", ("status", "New", "In Progress")),
        ("Status: >Closed", ("status", "", ">Closed")),
        (
            "Status changed from 'It is new' to 'Waiting to close'",
            ("status", "It is new", "Waiting to close"),
        ),
        ('Priority has been changed from "A to B" to "C".', ("priority", "A to B", "C")),
        ("Ticket was emailed", ("other", "", "")),
        ("", ("other", "", "")),
    ],
)
def test_the_trails_wording_is_read_tolerantly(words, told):
    row = audit_event({"text": words, "enteredDate": "2026-03-02T15:00:00Z"})
    assert (row["kind"], row["old_value"], row["new_value"]) == told
    assert row["text"] == words


# --- secrets --------------------------------------------------------------------------------------


def test_secrets_survive_a_new_key_in_front(settings):
    stored = crypto.encrypt({"key": "value"})
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), f" {settings.CREDENTIAL_KEYS[0]} "]
    assert crypto.decrypt(stored) == {"key": "value"}
    settings.CREDENTIAL_KEYS, rotated = settings.CREDENTIAL_KEYS[:1], crypto.rotate(stored)
    assert crypto.decrypt(rotated) == {"key": "value"}
    with pytest.raises(CredentialsUnreadable):
        crypto.rotate(stored)


def test_secrets_show_only_their_names():
    assert f"{Secrets(key='value')!r} {Secrets(key='value')}" == "Secrets(key) Secrets(key)"


# --- preflight ------------------------------------------------------------------------------------


def checks_of(site):
    with tenant(site.schema):
        return {check.name: check for check in preflight(site.link)}


def test_a_preflight_of_a_good_connection_finds_nothing(north_desk):
    assert all(check.ok for check in checks_of(north_desk).values())
    assert north_desk.refreshed().status == "new"


def test_a_preflight_names_the_missing_permission(north_desk, simulator):
    simulator.set_role("north", Role(denied=("finance", "time/entries")))
    checks = checks_of(north_desk)
    assert {name for name, check in checks.items() if not check.ok} == {"Agreements", "Time entries"}
    assert "The permission is Finance > Agreements: Inquire, All." in checks["Agreements"].message


@pytest.mark.parametrize(
    ("denied", "name", "permission"),
    [
        ("time/workroles", "Work roles", "System > Table Setup"),
        ("time/chargecodes", "Charge codes", "System > Table Setup"),
        ("service/priorities", "Priorities", "System > Table Setup"),
        ("system/members", "Members", "System > Member Maintenance"),
        ("company/companies", "Companies", "Companies > Company Maintenance"),
    ],
)
def test_each_missing_permission_is_found_by_itself(north_desk, simulator, denied, name, permission):
    simulator.set_role("north", Role(denied=(denied,)))
    wrong = {check.name: check for check in checks_of(north_desk).values() if not check.ok}
    assert set(wrong) == {name}
    assert f"may not read {denied}" in wrong[name].message.lower().replace(
        "the api member's security role ", ""
    )
    assert permission in wrong[name].message


def test_a_preflight_tries_every_list_that_a_stream_reads(north_desk, simulator):
    checks_of(north_desk)
    tried = set(simulator.requests("north"))
    read = {
        stream.path.partition("?")[0].replace("{parent}", "{}").lower()
        for stream in connectors()["connectwise"].streams
    }
    assert read - tried == set()


def test_a_part_that_this_version_of_connectwise_does_not_have_is_no_trouble(north_desk, simulator):
    simulator.faults("north").add("not-found", path="boarddefaults")
    assert checks_of(north_desk)["Agreements"].ok


def test_a_hidden_part_is_trouble_of_the_whole(north_desk, simulator):
    simulator.faults("north").add("forbidden", path="/additions")
    assert "Finance > Agreements" in checks_of(north_desk)["Agreements"].message


def test_a_preflight_sees_that_change_dates_are_hidden(north_desk, simulator):
    simulator.set_role("north", Role(strips_info=True))
    assert "lack _info.lastUpdated" in checks_of(north_desk)["Tickets"].message


def test_a_preflight_compares_the_clocks(north_desk, simulator):
    simulator.skew_clock("north", 900)
    assert "15 minutes ahead" in checks_of(north_desk)["Clock"].message


def test_a_preflight_with_wrong_keys_stops_there(connect):
    (check,) = checks_of(connect(private_key="wrong")).values()
    assert (check.name, check.ok) == ("Sign in", False)
