"""What SentinelOne says no to, and its preflight: each in a sentence that tells what to do."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from connectors.errors import Missing, Retry, StopConnection, StopStream
from connectors.http import Answer
from connectors.models import RawDevice, RawVendorCustomer
from connectors.preflight import preflight
from connectors.vendors.sentinelone.answers import judge
from connectors.vendors.sentinelone.client import Credentials, Settings
from tenants.context import tenant

from .sentinelone import is_complete
from .site import errors

VENDOR = "sentinelone"

URL = "https://acme.sentinelone.example/web/api/v2.1/threats"


def checks_of(site):
    with tenant(site.schema):
        return {check.name: check for check in preflight(site.link)}


def enter_new_token(site, login):
    with tenant(site.schema):
        site.link.credentials = {"api_token": login.api_token}
        site.link.save()


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "console"),
    [
        ("usea1-partners.sentinelone.net", "usea1-partners.sentinelone.net"),
        ("https://usea1.sentinelone.net/dashboard?x=1", "usea1.sentinelone.net"),
        ("https://me:secret@console.example:8443/", "console.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_whole_addresses_may_be_pasted_as_the_console(pasted, console):
    assert Settings(console=pasted).console == console


@pytest.mark.parametrize("pasted", ["", "https://", "console.example:port", "[::1"])
def test_what_is_no_address_is_refused(pasted):
    with pytest.raises(ValidationError, match="Enter the host name"):
        Settings(console=pasted)


@pytest.mark.parametrize("token", ["two\nlines", "caf\u00e9"])
def test_a_token_that_cannot_be_sent_is_refused_without_showing_it(token):
    with pytest.raises(ValidationError) as complaint:
        Credentials(api_token=token)
    assert token not in str(complaint.value)


def test_the_console_must_be_reached_over_https(site, settings):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    with pytest.raises(StopConnection, match="over https"):
        site.sync()


# --- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b'{"errors":[{"code":4010010,"detail":null,"title":"Authentication Failed"}]}', StopConnection),
        (403, b'{"errors":[{"code":4030010,"title":"Insufficient permissions"}]}', StopStream),
        (404, b"<html>", Missing),
        (400, b'{"errors":[{"message":"no"}]}', StopStream),
        (400, b"Bad Request", StopStream),
        (400, b'{"errors":7}', StopStream),
        (409, b"[]", StopStream),
        (429, b"", Retry),
        (500, b'{"errors":[{"code":5000010}]}', Retry),
        (503, b"", Retry),
        (418, b"", StopStream),
    ],
)
def test_each_way_to_say_no_has_its_own_way_on(status, body, kind):
    with pytest.raises(kind) as problem:
        judge(Answer(status, {}, body, URL))
    assert str(problem.value).endswith(".")
    assert isinstance(problem.value, StopConnection) == (kind is StopConnection)


@pytest.mark.parametrize(("told", "seconds"), [("7", 7), (None, 5), ("soon", 5)])
def test_who_is_not_told_how_long_to_wait_waits_five_seconds(told, seconds):
    with pytest.raises(Retry) as problem:
        judge(Answer(429, {"retry-after": told} if told else {}, b"", URL))
    assert problem.value.after_seconds == seconds


def test_a_token_that_ended_is_told_and_a_new_one_goes_on(harness, site, sentinelone):
    harness.page_size(4)
    harness.after_page("north", 2, lambda: sentinelone.expire_token("north"))
    said = errors(site)
    assert set(said) == {"threats"}
    assert "refused the API token (Authentication Failed): it needs a new token." in said["threats"]
    assert site.refreshed().status == "attention"
    enter_new_token(site, sentinelone.renew_token("north"))
    assert errors(site) == {}
    assert is_complete(harness, site)
    assert site.refreshed().status == "ok"


@pytest.mark.parametrize(
    ("path", "stream", "permission"),
    [
        ("threats", "threats", "Threats.view"),
        ("agents", "agents", "Endpoints.view"),
        ("sites", "sites", "Sites.view"),
        ("activities", "status_changes", "Activity Page.view"),
        ("cloud-detection", "star_alerts", "Custom Alerts.view"),
        ("accounts", "accounts", "Let it view them"),
        ("unifiedalerts", "unified_alerts", "Let it view them"),
    ],
)
def test_a_missing_permission_stops_only_its_list_and_is_named(
    harness, site, sentinelone, path, stream, permission
):
    sentinelone.set_scope("north", denied=[path])
    said = errors(site)
    assert set(said) == {stream}
    assert "may not read" in said[stream]
    assert permission in said[stream]
    sentinelone.set_scope("north")
    assert errors(site) == {}
    assert is_complete(harness, site)


def test_a_user_of_one_site_sees_no_accounts_which_is_no_trouble(harness, site, sentinelone):
    shown = harness.console("north")._documents.sites()
    sentinelone.set_scope("north", sites=[shown[1]["name"]], denied=["accounts"])
    assert errors(site) == {}
    assert site.ids(RawVendorCustomer) == {shown[1]["id"]}
    assert {agent.customer_id for agent in site.all(RawDevice)} == {shown[1]["id"]}


# --- preflight ------------------------------------------------------------------------------------


def test_a_preflight_of_a_good_connection_finds_nothing(harness, site):
    checks = checks_of(site)
    assert all(check.ok for check in checks.values())
    assert len(checks) == 10
    assert checks["Scope"].message == f"It sees {len(harness.present('north')['sites'])} sites."
    assert checks["API token"].message.startswith("It ends on ")


@pytest.mark.parametrize(("days", "ok"), [(29, False), (1, False), (31, True)])
def test_a_preflight_warns_before_the_token_ends(site, sentinelone, days, ok):
    sentinelone.expire_token("north", timedelta(days=days, minutes=5).total_seconds())
    check = checks_of(site)["API token"]
    assert check.ok == ok
    assert ok or f"in {days} day" in check.message


def test_a_preflight_with_an_ended_token_stops_there(site, sentinelone):
    sentinelone.expire_token("north")
    (check,) = checks_of(site).values()
    assert (check.name, check.ok) == ("Sign in", False)
    assert "it needs a new token" in check.message


def test_a_preflight_copes_with_a_console_that_does_not_tell_when_the_token_ends(site, sentinelone):
    sentinelone.set_scope("north", denied=["users/", "user", "system"])
    checks = checks_of(site)
    assert checks["API token"].ok
    assert "does not tell when the token ends" in checks["API token"].message
    assert all(check.ok for check in checks.values())


def test_a_preflight_names_the_missing_permission(site, sentinelone):
    sentinelone.set_scope("north", denied=["agents", "cloud-detection"])
    checks = checks_of(site)
    wrong = {name for name, check in checks.items() if not check.ok}
    assert wrong == {"Agents", "Alerts of your own rules (STAR)"}
    assert "Give it Endpoints.view" in checks["Agents"].message


def test_a_preflight_tells_how_little_a_user_of_one_site_sees(harness, site, sentinelone):
    shown = harness.console("north")._documents.sites()
    sentinelone.set_scope("north", sites=[shown[1]["name"]], denied=["accounts"])
    checks = checks_of(site)
    assert all(check.ok for check in checks.values())
    assert "Accounts" not in checks
    assert "limited to 1 site. Companies in other sites are not seen." in checks["Scope"].message


@pytest.mark.parametrize("unified_alerts", ["no", "errors"])
def test_a_preflight_tells_that_there_are_no_unified_alerts(site, sentinelone, unified_alerts):
    sentinelone.change("north", unified_alerts=unified_alerts)
    check = checks_of(site)["Unified alerts"]
    assert check.ok
    assert "severity of threats is derived" in check.message


def test_a_preflight_of_a_wrong_address_stops_there(site, sentinelone):
    sentinelone.faults("north").add("not-found")
    (check,) = checks_of(site).values()
    assert "Check that the address is the one of your console." in check.message
