"""What a test of a connection to Microsoft says: of the sign-in, of its keys, and of each customer."""

from datetime import timedelta
from importlib import import_module

import pytest

from connectors.models import SyncRun
from connectors.preflight import preflight
from tenants.context import tenant

from .defender import replaced

VENDOR = "defender"


def checks_of(site):
    with tenant(site.schema):
        return {check.name: check for check in preflight(site.link)}


def test_a_preflight_of_a_good_connection_finds_nothing(harness, site):
    checks = checks_of(site)
    assert all(check.ok for check in checks.values()), checks
    assert {each.name for each in harness.customers("north")} <= set(checks)
    assert "Application.Read.All" in checks["Client secret"].message
    assert not site.all(SyncRun)


@pytest.mark.parametrize(
    ("change", "is_ok", "words"),
    [
        ({"consent": "none"}, False, "adminconsent?client_id="),
        ({"consent": "pending"}, False, "lacks SecurityAlert.Read.All"),
        ({"missing_roles": ["Machine.Read.All"]}, False, "lacks Machine.Read.All"),
        ({"missing_roles": ["SecurityAlert.Read.All"]}, False, "lacks SecurityAlert.Read.All"),
        ({"has_defender": False}, True, "no licence for machines"),
    ],
)
def test_a_preflight_says_how_each_customer_is(harness, site, bad, change, is_ok, words):
    harness.simulator.change_tenant("north", bad.id, **change)
    checks = checks_of(site)
    assert (checks[bad.name].ok, words in checks[bad.name].message) == (is_ok, True)
    assert all(check.ok for name, check in checks.items() if name != bad.name)


@pytest.mark.parametrize(
    ("days", "is_ok", "words"), [(20, False, "ends on"), (-3, False, "ran out on"), (90, True, "")]
)
def test_a_preflight_warns_of_relationships_that_end(harness, site, bad, days, is_ok, words):
    for relationship in harness.simulator.msp("north").relationships.all:
        if relationship.customer is bad:
            relationship.extends_itself = False
            relationship.ends_at = harness.now("north") + timedelta(days=days)
    check = checks_of(site)[bad.name]
    assert check.ok is is_ok
    assert words in check.message


def test_a_preflight_tries_the_first_twenty_customers_and_counts_the_rest(harness, site, monkeypatch):
    monkeypatch.setattr(import_module("connectors.vendors.defender.preflight"), "TRIED", 2)
    checks = checks_of(site)
    rest = len(harness.customers("north")) - 2
    assert checks["Further customers"].message.startswith(f"{rest} more were not tried")
    assert len(checks) == 6


def test_a_preflight_with_a_wrong_secret_stops_there(site_at):
    (check,) = checks_of(site_at(secret="wrong")).values()
    assert (check.name, check.ok) == ("Sign in", False)


def test_a_preflight_without_customers_says_where_they_come_from(harness, site_at):
    checks = checks_of(site_at(finds_customers=False))
    assert not checks["Customers"].ok
    assert "Partner Center" in checks["Customers"].message


@pytest.mark.parametrize(
    ("days", "is_ok", "words"), [(20, False, "replace it before"), (200, True, "It ends on")]
)
def test_a_preflight_warns_of_a_secret_that_ends_where_that_can_be_seen(harness, site, days, is_ok, words):
    _, credentials = harness.login("north")
    ends_at = f"{harness.now('north') + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}".encode()
    hint = credentials["client_secret"][:3].encode()

    def show(request, response):
        if "applications(appId=" in request.path:
            theirs = b'{"hint": "zzz", "endDateTime": "2099-01-01T00:00:00Z"}'
            ours = b'{"hint": "%s", "endDateTime": "%s"}' % (hint, ends_at)
            replaced(200, b'{"passwordCredentials": [%s, %s]}' % (theirs, ours))(response)

    harness.simulator.before_response(show)
    check = checks_of(site)["Client secret"]
    assert check.ok is is_ok
    assert words in check.message
