"""Every way in which a simulated ConnectWise misbehaves, as a client meets it."""

import json
import time

import httpx
import pytest

from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.faults import UNKNOWN_ID, PoisonKind
from connectors.simulators.world import World

from .wire import connect, walk


def test_too_many_requests_come_with_retry_after_for_the_next_requests_only(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    simulator.faults("acme").add("too-many-requests", times=2, seconds=7)
    replies = [api.get("service/tickets") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [429, 429, 200]
    assert replies[0].headers["Retry-After"] == "7"
    assert "code" not in replies[0].json()


def test_a_fault_strikes_a_share_of_the_requests(simulator: ConnectWiseSimulator, api: httpx.Client) -> None:
    simulator.faults("acme").add("timeout", share=0.3)
    failed = sum(api.get("system/info").status_code == 500 for _ in range(200))
    assert 30 < failed < 90


def test_a_fault_strikes_only_its_path_and_ends_when_cleared(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    simulator.faults("acme").add("bad-gateway", path="time/")
    assert api.get("service/tickets").status_code == 200
    assert api.get("time/entries").status_code == 502
    simulator.faults("acme").clear()
    assert api.get("time/entries").status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("timeout", 500, "Timeout"),
        ("bad-gateway", 502, "<html>"),
        ("html-page", 200, "<html>"),
        ("cannot-route", 400, "Cannot route"),
        ("wrong-keys", 401, "UserNotAuthenticated"),
        ("unknown-company", 400, "Cannot route"),
    ],
)
def test_a_reply_is_replaced(
    simulator: ConnectWiseSimulator, api: httpx.Client, kind: str, status: int, text: str
) -> None:
    simulator.faults("acme").add(kind, times=1)
    reply = api.get("service/tickets")
    assert reply.status_code == status
    assert text in reply.text


def test_a_slow_body_takes_its_time(simulator: ConnectWiseSimulator, api: httpx.Client) -> None:
    simulator.faults("acme").add("slow-body", times=1, seconds=0.3)
    begin = time.perf_counter()
    assert len(api.get("service/tickets").json()) == 25
    assert time.perf_counter() - begin > 0.25


def test_a_slow_body_runs_into_the_clients_timeout(simulator: ConnectWiseSimulator) -> None:
    simulator.faults("acme").add("slow-body", seconds=3)
    with connect(simulator.credentials("acme"), timeout=0.1) as api, pytest.raises(httpx.ReadTimeout):
        api.get("service/tickets")


def test_a_connection_drops_in_the_middle_of_a_body(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    simulator.faults("acme").add("dropped-body", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        api.get("service/tickets")
    assert api.get("service/tickets").status_code == 200


def test_json_is_cut_off_in_a_reply_that_claims_to_be_whole(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    simulator.faults("acme").add("truncated-json", times=1)
    reply = api.get("service/tickets")
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_a_poison_spoils_the_first_record_and_no_other(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    before = walk(api, "service/tickets")
    simulator.faults("acme").poison("nul-character", "service/tickets")
    after = walk(api, "service/tickets")
    assert "\x00" in after[0]["summary"]
    assert after[1:] == before[1:]


@pytest.mark.parametrize("kind", list(PoisonKind))
def test_every_poison_changes_the_named_record(
    simulator: ConnectWiseSimulator, api: httpx.Client, world: World, kind: PoisonKind
) -> None:
    entry = world.time_entries.ids[3]
    before = api.get(f"time/entries/{entry}").json()
    simulator.faults("acme").poison(kind, "time/entries", [entry])
    assert api.get(f"time/entries/{entry}").json() != before


def test_poisons_make_what_a_client_must_survive(
    simulator: ConnectWiseSimulator, api: httpx.Client, world: World
) -> None:
    first, second, third, fourth = world.tickets.ids[:4]
    faults = simulator.faults("acme")
    faults.poison("long-text", "service/tickets", [first])
    faults.poison("unknown-enum", "service/tickets", [second])
    faults.poison("missing-board", "service/tickets", [third])
    faults.poison("bad-date", "service/tickets", [fourth])
    faults.poison("unknown-ticket", "time/entries")
    rows = {row["id"]: row for row in walk(api, "service/tickets")}
    assert len(rows[first]["summary"]) > 10_000
    assert rows[second]["recordType"] == "BrandNewValue"
    assert rows[third]["board"]["id"] == UNKNOWN_ID
    assert rows[fourth]["_info"]["dateEntered"] == "not a date"
    assert api.get("time/entries").json()[0]["chargeToId"] == UNKNOWN_ID


def test_a_skewed_clock_shows_in_the_date_header_and_in_last_updated(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    before = api.get("service/tickets")
    simulator.skew_clock("acme", 3600)
    after = api.get("service/tickets")
    assert after.json()[0]["_info"]["lastUpdated"] > before.json()[0]["_info"]["lastUpdated"]
    assert after.headers["Date"] != before.headers["Date"]
    since = after.json()[0]["_info"]["lastUpdated"]
    assert after.json()[0] in walk(api, "service/tickets", conditions=f"lastUpdated >= [{since}]")
