"""Defender's streams against its simulator: paging where documents disagree, and tokens that end."""

import pytest

from connectors.customers import CUSTOMERS_AT_ONCE
from connectors.models import RawDevice, RawSecurityAlert, RawVendorCustomer
from connectors.vendors.defender.client import endpoint_pace, graph_pace
from connectors.walks import Extent

from .defender import tenant_of

VENDOR = "defender"


def assert_complete(harness, site):
    present = harness.present("north")
    assert site.ids(RawSecurityAlert, kind="alert") == present["alerts"]
    assert site.ids(RawSecurityAlert, kind="incident") == present["incidents"]
    assert site.ids(RawDevice) == present["machines"]


@pytest.mark.parametrize("next_links", [True, False])
@pytest.mark.parametrize("largest_page", [None, 10, 11])
def test_everything_comes_whatever_the_service_makes_of_pages(harness, site, next_links, largest_page):
    harness.simulator.change("north", next_links=next_links, largest_page=largest_page)
    assert {run.status for run in site.sync()} == {"ok"}
    assert_complete(harness, site)


@pytest.mark.parametrize("next_links", [True, False])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_records_that_all_changed_at_once_come_all_the_same(harness, site, next_links, size):
    harness.simulator.change("north", next_links=next_links)
    harness.simulator.faults("north").add("identical-timestamps", seconds=10 * 86_400)
    harness.page_size(size)
    runs = site.sync()
    assert {(run.status, run.error) for run in runs} == {("ok", "")}
    assert_complete(harness, site)


def test_more_records_of_one_moment_than_can_be_listed_are_told_and_stepped_past(harness, site, monkeypatch):
    monkeypatch.setattr("connectors.vendors.defender.changes.MOST_SKIP", 4)
    harness.simulator.change("north", next_links=False)
    harness.simulator.faults("north").add("identical-timestamps", seconds=10 * 86_400)
    harness.page_size(3)
    run = next(run for run in site.sync() if run.stream == "alerts")
    assert run.status == "ok"
    assert "missing here until they change again" in run.error
    assert run.error in site.refreshed().status_message
    found = site.ids(RawSecurityAlert, kind="alert")
    assert found < harness.present("north")["alerts"]
    harness.clear_faults("north")
    site.sync(Extent.FULL)
    assert_complete(harness, site)


def test_all_members_of_enumerations_are_asked_for(harness, site):
    asked = []
    harness.simulator.before_response(
        lambda request, _: asked.append((request.path, request.headers.get("prefer")))
    )
    site.sync()
    preferred = {wish for path, wish in asked if path.startswith("/v1.0/security")}
    assert preferred == {"include-unknown-enum-members"}


def test_a_link_to_a_foreign_host_is_not_followed(harness, site, customer):
    site.run("customers")

    def lead_astray(request, response):
        if request.path == "/api/machines" and tenant_of(request) == customer.id:
            response.body = response.body.replace(
                b'"value"', b'"@odata.nextLink":"http://127.0.0.2/api/x","value"', 1
            )

    harness.simulator.before_response(lead_astray)
    runs = {run.stream: run for run in site.sync()}
    assert runs["machines"].status == "stopped"
    assert "127.0.0.2, which is not the connection's host. Nothing was sent there" in runs["machines"].error


def answer_partly(harness, path):
    def cut(request, response):
        if request.path == f"/{path}":
            response.status, response.headers["Warning"] = 206, '199 - "Microsoft/Office 365/504/10000"'

    harness.simulator.before_response(cut)


def test_a_partial_answer_is_kept_and_asked_for_again(harness, site, customer):
    site.run("customers")
    answer_partly(harness, "v1.0/security/alerts_v2")
    run = site.run("alerts")
    assert run.status == "stopped"
    assert "sent only a part" in run.error
    assert run.rows_new
    assert not any(state.cursor or state.position for state in site.states("alerts"))
    harness.clear_faults("north")
    site.sync()
    assert_complete(harness, site)


def test_a_partial_list_removes_nothing(harness, site, customer):
    site.sync()
    before = site.ids(RawDevice)
    harness.respoil("machines", lambda _tenant, records: records[:-1])
    answer_partly(harness, "api/machines")
    harness.later(minutes=65)
    runs = {run.stream: run for run in site.sync()}
    assert "sent only a part" in runs["machines"].error
    assert site.ids(RawDevice) == before


def test_a_tenant_without_machines_says_that_there_is_no_such_list(harness, site):
    harness.simulator.change("north", not_found_when_empty=True)
    assert {run.status for run in site.sync()} == {"ok"}
    assert {each.access for each in site.all(RawVendorCustomer)} == {"ok"}


def test_an_address_that_does_not_exist_is_not_an_empty_list(harness, site):
    site.sync()
    before = site.ids(RawDevice)

    def lose(request, response):
        if request.path == "/api/machines":
            response.status, response.body, response.content_type = (
                404,
                b"<html>Not found</html>",
                "text/html",
            )

    harness.simulator.before_response(lose)
    runs = {run.stream: run for run in site.sync(Extent.SWEEP)}
    assert runs["machines"].status == "stopped"
    assert site.ids(RawDevice) == before


# --- tokens -------------------------------------------------------------------------------------------


def test_a_token_that_ends_in_the_middle_of_a_walk_is_replaced_once(harness, site):
    harness.page_size(2)
    site.run("customers")
    before = harness.simulator.requests("north")["oauth2/token"]
    harness.after_page("north", 3, lambda: harness.simulator.expire_tokens("north"))
    assert site.run("alerts").status == "ok"
    assert site.ids(RawSecurityAlert) == harness.present("north")["alerts"]
    fetched = harness.simulator.requests("north")["oauth2/token"] - before
    # A few customers are asked at once, so that more than one may have had its token already.
    assert 0 < fetched - len(harness.customers("north")) <= CUSTOMERS_AT_ONCE


def test_tokens_that_live_for_seconds_only_are_enough(harness, site):
    harness.simulator.change("north", token_seconds=2)
    assert {run.status for run in site.sync()} == {"ok"}
    assert_complete(harness, site)


def test_each_customer_is_signed_in_to_once_for_each_service(harness, site):
    site.sync()
    fetched = harness.simulator.requests("north")["oauth2/token"]
    assert fetched == 1 + 2 * len(harness.customers("north"))


@pytest.mark.parametrize(
    ("pace", "limits"), [(graph_pace, {60: 150}), (endpoint_pace, {60: 100, 3600: 1500})]
)
def test_microsofts_limits_are_kept_whatever_there_is_to_ask(monkeypatch, pace, limits):
    now = [0.0]
    monkeypatch.setattr("connectors.pacing.time.monotonic", lambda: now[0])
    monkeypatch.setattr("connectors.pacing.time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    ours, asked = pace(), []
    while now[0] < 7500:
        ours.wait()
        asked.append(now[0])
    for seconds, most in limits.items():
        assert (
            max(sum(begin <= each < begin + seconds for each in asked) for begin in range(0, 3700, 100))
            <= most
        )
