"""Many customers behind one connection: none that fails stops another, and each says what a person can do."""

from threading import Event, get_ident

import pytest

from connectors import rows
from connectors.http import Http
from connectors.models import CustomerMapping, RawDevice, RawSecurityAlert, RawVendorCustomer
from connectors.registry import connectors
from connectors.simulators.defender.portal import Portal
from connectors.walks import Extent
from tenants.context import tenant

from .defender import answer_badly, replaced, spoilt, tenant_of, truncate

VENDOR = "defender"

HTML = "text/html"


FAILURES = {
    "hanging": spoilt(seconds_of_silence=1.0),
    "torn down": spoilt(is_reset=True),
    "broken off": spoilt(breaks_off=True),
    "truncated": truncate,
    "out of order": replaced(503, b"busy", "text/plain"),
    "throttled for an hour": replaced(429, b"{}", Retry_After="3600"),
    "a web page": replaced(200, b"<html>", HTML),
    "no list": replaced(200, b'{"value": 7}'),
    "redirected": replaced(302, b"", Location="https://elsewhere.example/"),
    "refused": replaced(400, b'{"error": {"code": "BadRequest", "message": "no"}}'),
    "unauthorized": replaced(401, b'{"error": {"code": "InvalidAuthenticationToken", "message": "no"}}'),
}
# These are the customer's, whatever it is asked for; the others may be one stream's alone.
OF_THE_CUSTOMER = {"hanging", "torn down", "broken off", "throttled for an hour"}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_customer_that_fails_stops_no_other(harness, site, bad, monkeypatch, failure):
    site.run("customers")
    monkeypatch.setattr(Http.__init__, "__defaults__", (0.3,))
    if failure == "unauthorized":
        # A sign-in that answers 401 says that the keys are wrong; here only the tokens are.
        answer_badly(
            harness,
            bad,
            lambda response: None if b"access_token" in response.body else FAILURES[failure](response),
        )
    else:
        answer_badly(harness, bad, FAILURES[failure])
    runs = {run.stream: run for run in site.sync()}
    assert runs["alerts"].status == "stopped"
    assert runs["alerts"].error.startswith(
        f"1 of {len(harness.customers('north'))} customers could not be read. {bad.name}: "
    )
    others = "ok" if failure in OF_THE_CUSTOMER else "stopped"
    assert (runs["incidents"].status, runs["machines"].status) == (others, others)
    assert_all_but(harness, site, bad)
    shown = site.one(RawVendorCustomer, external_id=bad.id)
    assert shown.access == "failing"
    assert shown.access_message.endswith((".", ")"))
    harness.clear_faults("north")
    assert {run.status for run in site.sync()} == {"ok"}
    assert_all_but(harness, site, None)
    assert site.one(RawVendorCustomer, external_id=bad.id).access == "ok"


@pytest.mark.parametrize(("failure", "tries"), [("hanging", 3), ("torn down", 6)])
def test_a_customer_that_does_not_answer_is_not_asked_by_the_other_streams(
    harness, site, bad, monkeypatch, failure, tries
):
    site.run("customers")
    monkeypatch.setattr(Http.__init__, "__defaults__", (0.3,))
    asked = []

    def be_silent(response):
        asked.append(response)
        FAILURES[failure](response)

    answer_badly(harness, bad, be_silent)
    site.sync(Extent.SWEEP)
    assert len(asked) == tries


@pytest.mark.parametrize("stream", ["alerts", "incidents", "machines"])
def test_what_one_list_answers_costs_a_customer_no_other(harness, site, bad, stream):
    path = next(each.path for each in connectors()["defender"].streams if each.name == stream)

    def refuse(request, response):
        if request.path == f"/{path}" and tenant_of(request) == bad.id:
            FAILURES["refused"](response)

    harness.simulator.before_response(refuse)
    stopped = {run.stream for run in site.sync() if run.status == "stopped"}
    assert stopped == {stream}
    portal = Portal(harness.simulator.msp("north"), bad)
    assert site.ids(RawSecurityAlert, customer_id=bad.id, kind="alert") == (
        set() if stream == "alerts" else {alert.reference for alert in portal.alerts}
    )
    assert bool(site.ids(RawDevice, customer_id=bad.id)) == (stream != "machines")


def test_several_customers_are_asked_at_once_and_their_rows_written_by_one(harness, site, monkeypatch):
    site.run("customers")
    missing = set(sorted(each.id for each in harness.customers("north"))[:2])
    both_are_asked, waited = Event(), []

    def wait_for_each_other(request, response):
        if request.path.endswith("alerts_v2"):
            missing.discard(tenant_of(request))
            if not missing:
                both_are_asked.set()
            waited.append(both_are_asked.wait(timeout=10))

    harness.simulator.before_response(wait_for_each_other)
    writers = set()
    store = rows.store
    monkeypatch.setattr(rows, "store", lambda *page: writers.add(get_ident()) or store(*page))
    assert site.run("alerts").status == "ok"
    assert all(waited)
    assert writers == {get_ident()}


def assert_all_but(harness, site, bad):
    present = harness.present("north")
    if bad:
        portal = Portal(harness.simulator.msp("north"), bad)
        assert portal.alerts
        present["alerts"] -= {alert.reference for alert in portal.alerts}
        present["machines"] -= {portal.machine_id(device) for device in portal.devices()}
    assert site.ids(RawSecurityAlert, kind="alert") == present["alerts"]
    assert site.ids(RawDevice) == present["machines"]


@pytest.mark.parametrize(
    ("change", "access", "words"),
    [
        ({"consent": "none"}, "consent", "adminconsent?client_id="),
        ({"consent": "pending"}, "consent", "adminconsent?client_id="),
        ({"missing_roles": ["SecurityAlert.Read.All"]}, "role", "Add SecurityAlert.Read.All"),
        ({"missing_roles": ["SecurityIncident.Read.All"]}, "role", "Add SecurityIncident.Read.All"),
        ({"missing_roles": ["Machine.Read.All"]}, "role", "Add Machine.Read.All"),
        ({"has_defender": False}, "license", "no licence for machines"),
    ],
)
def test_a_customer_that_lacks_something_is_told_what_to_do(harness, site, bad, change, access, words):
    harness.simulator.change_tenant("north", bad.id, **change)
    runs = site.sync()
    shown = site.one(RawVendorCustomer, external_id=bad.id)
    assert shown.access == access
    assert words in shown.access_message
    others = RawVendorCustomer.objects.exclude(external_id=bad.id)
    with tenant("north"):
        assert set(others.values_list("access", flat=True)) == {"ok"}
    # What a customer did not buy is no trouble.
    assert ("stopped" in {run.status for run in runs}) == (access != "license")
    harness.simulator.change_tenant("north", bad.id, consent="granted", missing_roles=[], has_defender=True)
    harness.later(minutes=65)
    assert {run.status for run in site.sync()} == {"ok"}
    assert_all_but(harness, site, None)


def test_a_customer_that_lacks_a_permission_and_a_licence_is_told_both(harness, site, bad):
    lacking = {"missing_roles": ["SecurityAlert.Read.All"], "has_defender": False}
    harness.simulator.change_tenant("north", bad.id, **lacking)
    site.sync()
    shown = site.one(RawVendorCustomer, external_id=bad.id)
    assert shown.access == "role"
    assert "Add SecurityAlert.Read.All" in shown.access_message
    assert "no licence for machines" in shown.access_message


@pytest.mark.parametrize(
    "missing", ["SecurityAlert.Read.All", "SecurityIncident.Read.All", "Machine.Read.All"]
)
def test_a_permission_that_is_missing_costs_only_what_it_is_for(harness, site, bad, missing):
    harness.simulator.change_tenant("north", bad.id, missing_roles=[missing])
    site.sync()
    world = harness.simulator.world("north")
    alert = world.raise_alert(company=bad.company.id, seen_by="mde", with_ticket=False)
    harness.later(minutes=5)
    site.sync()
    portal = Portal(harness.simulator.msp("north"), bad)
    assert (alert.reference in site.ids(RawSecurityAlert)) == (missing != "SecurityAlert.Read.All")
    machines = {portal.machine_id(device) for device in portal.devices()}
    assert (machines <= site.ids(RawDevice)) == (missing != "Machine.Read.All")
    shown = site.one(RawVendorCustomer, external_id=bad.id)
    assert (shown.access, missing in shown.access_message) == ("role", True)


def test_an_unlicensed_customer_has_its_alerts_of_mail_and_sign_ins(harness, site, bad):
    world = harness.simulator.world("north")
    alert = world.raise_alert(company=bad.company.id, seen_by="office", kind="phishing-mail")
    harness.simulator.change_tenant("north", bad.id, has_defender=False)
    site.sync()
    assert alert.reference in site.ids(RawSecurityAlert)


def test_customers_that_fail_are_tried_last_and_in_turn(harness, site):
    site.sync()
    *bads, fine = harness.customers("north")
    assert len(bads) > 3, "so many in a row stand for a vendor that is down"
    for each in bads:
        answer_badly(harness, each, FAILURES["out of order"])
    site.sync()
    alert = harness.simulator.world("north").raise_alert(company=fine.company.id, seen_by="mde")
    site.sync()
    assert alert.reference in site.ids(RawSecurityAlert)
    before = {each.external_id: each.access_checked_at for each in site.all(RawVendorCustomer)}
    for _ in bads:
        site.sync()
    after = {each.external_id: each.access_checked_at for each in site.all(RawVendorCustomer)}
    assert all(after[each.id] > before[each.id] for each in bads)
    assert {each.access for each in site.all(RawVendorCustomer) if each.external_id != fine.id} == {"failing"}


def test_a_customer_that_was_left_out_is_not_asked(harness, site, bad):
    site.run("customers")
    with tenant("north"):
        CustomerMapping.objects.create(source=site.link, customer_id=bad.id, company_id=None, method="person")
    asked = []
    answer_badly(harness, bad, asked.append)
    assert {run.status for run in site.sync()} == {"ok"}
    assert not asked


def test_a_customer_whose_relationship_was_ended_is_read_no_more(harness, site, bad):
    site.sync()
    harness.simulator.end_relationship("north", bad.id)
    harness.later(minutes=65)
    asked = []
    answer_badly(harness, bad, asked.append)
    site.sync()
    assert site.one(RawVendorCustomer, external_id=bad.id).deleted_at
    assert not asked
    assert site.all(RawSecurityAlert, customer_id=bad.id, deleted_at=None)


def test_without_a_partner_the_tenants_that_were_entered_are_read(harness, site_at, bad):
    own = harness.simulator.credentials("north").tenant_id
    site = site_at(finds_customers=False, includes_own_tenant=True, more_tenants=bad.id)
    assert {run.status for run in site.sync()} == {"ok"}
    assert site.ids(RawVendorCustomer) == {own, bad.id}
    portal = Portal(harness.simulator.msp("north"), bad)
    assert site.ids(RawSecurityAlert, kind="alert") == {alert.reference for alert in portal.alerts}


def test_a_client_id_that_is_wrong_stops_the_connection(harness, site_at):
    site = site_at(client_id=harness.login("south")[0]["client_id"])
    (run,) = site.sync()
    assert run.status == "stopped"
    assert "Your own tenant does not know the app" in run.error
    assert site.refreshed().status == "attention"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_secret_that_ends_stops_the_connection(harness, site, when):
    if when == "after":
        site.sync()
    harness.simulator.expire_secret("north")
    harness.later(minutes=1)
    (run, *_) = runs = site.sync()
    assert len(runs) == 1
    assert "has expired (AADSTS7000222)" in run.error
    assert site.refreshed().status == "attention"
    renewed = harness.simulator.renew_secret("north").client_secret
    with tenant("north"):
        site.link.credentials = {"client_secret": renewed}
        site.link.save()
    harness.later(minutes=65)
    assert {run.status for run in site.sync()} == {"ok"}


def test_a_secret_that_is_wrong_stops_the_connection(site_at):
    site = site_at(secret="wrong")
    (run,) = site.sync()
    assert "the secret's value, not its id" in run.error


def test_partner_relationships_that_may_not_be_read_say_which_permission_that_needs(harness, site):
    site.sync()
    own = harness.simulator.credentials("north").tenant_id
    harness.simulator.change_tenant("north", own, missing_roles=["DelegatedAdminRelationship.Read.All"])
    harness.later(minutes=65)
    runs = {run.stream: run for run in site.sync()}
    assert "Add DelegatedAdminRelationship.Read.All" in runs["customers"].error
    assert runs["alerts"].status == "ok", "the customers that are known are read on"


def test_a_sweep_asks_customers_that_wait_for_a_person_too(harness, site, bad):
    harness.simulator.change_tenant("north", bad.id, consent="none")
    site.sync()
    harness.simulator.change_tenant("north", bad.id, consent="granted")
    assert bad.id not in {alert.customer_id for alert in site.all(RawSecurityAlert)}
    site.sync(Extent.SWEEP)
    assert bad.id in {alert.customer_id for alert in site.all(RawSecurityAlert)}
