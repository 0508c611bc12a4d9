"""Every way in which a simulated management console misbehaves, and how a test switches it."""

import json
import ssl
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.simulators.certificates import make_certificates
from connectors.simulators.faults import PoisonKind
from connectors.simulators.sentinelone import SentinelOneSimulator
from connectors.simulators.world import World

from .conftest import NOW
from .console import connect, rows_of, walk


def control(simulator: SentinelOneSimulator, action: str, **arguments: Any) -> httpx.Response:
    return httpx.post(f"{simulator.url}/_control/acme/{action}", json=arguments)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("unauthorized", 401, 4010010), ("expired-token", 401, 4010010), ("expired-secret", 401, 4010010),
        ("wrong-keys", 401, 4010010), ("forbidden", 403, 4030010), ("not-found", 404, 4040010),
        ("conflict", 409, 4090010), ("too-many-requests", 429, 4290010), ("throttled-without-hint", 429, 4290010),
        ("server-error", 500, 5000010), ("timeout", 500, 5000010), ("unavailable", 503, 5030010),
        ("gateway-timeout", 504, 5040010),
    ],
)  # fmt: skip
def test_a_fault_is_worded_as_the_console_words_its_errors(
    simulator: SentinelOneSimulator, api: httpx.Client, kind: str, status: int, code: int
) -> None:
    simulator.faults("acme").add(kind, times=1, seconds=7)
    reply = api.get("threats")
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (status, code)
    assert reply.headers.get("Retry-After") == ("7" if kind == "too-many-requests" else None)
    assert api.get("threats").status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("bad-gateway", 502, "<html>"), ("html-page", 200, "<html>"), ("plain-text", 400, "Bad Request"),
        ("cannot-route", 400, "Bad Request"), ("unknown-company", 400, "Bad Request"),
    ],
)  # fmt: skip
def test_a_fault_in_front_of_the_console_is_not_json(
    simulator: SentinelOneSimulator, api: httpx.Client, kind: str, status: int, text: str
) -> None:
    simulator.faults("acme").add(kind, times=1)
    reply = api.get("threats")
    assert (reply.status_code, text in reply.text) == (status, True)
    assert not reply.headers["Content-Type"].startswith("application/json")


def test_a_hanging_console_runs_into_the_clients_timeout(simulator: SentinelOneSimulator) -> None:
    simulator.faults("acme").add("hanging", times=1, seconds=2)
    with connect(simulator.credentials("acme"), timeout=0.2) as api, pytest.raises(httpx.ReadTimeout):
        api.get("threats")


def test_a_body_may_drip(simulator: SentinelOneSimulator, api: httpx.Client) -> None:
    simulator.faults("acme").add("slow-body", times=1, seconds=0.3)
    begin = time.perf_counter()
    assert rows_of(api.get("threats"))
    assert time.perf_counter() - begin > 0.25


@pytest.mark.parametrize(
    ("kind", "error"),
    [("reset-connection", httpx.ReadError), ("dropped-body", httpx.RemoteProtocolError)],
)
def test_a_connection_is_cut(
    simulator: SentinelOneSimulator, api: httpx.Client, kind: str, error: type[Exception]
) -> None:
    simulator.faults("acme").add(kind, times=1)
    with pytest.raises(error):
        api.get("threats")
    assert api.get("threats").status_code == 200


def test_a_connection_is_cut_under_tls_too(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    trusting = ssl.create_default_context(cafile=str(made.authority))
    with SentinelOneSimulator({"acme": World.small(7, NOW)}, certificates=made) as simulator:
        simulator.faults("acme").add("reset-connection", times=1)
        with connect(simulator.credentials("acme"), verify=trusting) as api:
            with pytest.raises(httpx.TransportError):
                api.get("threats")
            assert api.get("threats").status_code == 200


def test_json_may_be_cut_off(simulator: SentinelOneSimulator, api: httpx.Client) -> None:
    simulator.faults("acme").add("truncated-json", times=1)
    with pytest.raises(json.JSONDecodeError):
        api.get("threats").json()


def test_a_page_may_come_twice(simulator: SentinelOneSimulator, api: httpx.Client) -> None:
    rows = walk(api, "threats")
    simulator.faults("acme").add("duplicate-page", path="threats", times=1, after=1)
    assert walk(api, "threats") == rows[:3] + rows


def test_a_cursor_may_lead_to_the_same_page_again(simulator: SentinelOneSimulator, api: httpx.Client) -> None:
    rows = walk(api, "threats")
    simulator.faults("acme").add("repeated-cursor", times=2, after=1)
    assert walk(api, "threats") == rows[:3] + rows[3:6] * 2 + rows[3:]


def test_a_row_may_drift_out_of_the_walk(simulator: SentinelOneSimulator, api: httpx.Client) -> None:
    rows = walk(api, "threats")
    simulator.faults("acme").add("drifting-page", times=1, after=1)
    assert walk(api, "threats") == rows[:3] + rows[4:]


def test_many_rows_may_share_a_timestamp_over_the_end_of_a_page(
    simulator: SentinelOneSimulator, api: httpx.Client
) -> None:
    rows = walk(api, "threats", sortBy="updatedAt")
    simulator.faults("acme").add("identical-timestamps", seconds=30 * 86_400)
    coarse = walk(api, "threats", sortBy="updatedAt")
    stamps = [row["threatInfo"]["updatedAt"] for row in coarse]
    assert any(stamps[end - 1] == stamps[end] for end in range(3, len(stamps), 3))
    assert len(set(stamps)) < 3
    assert {row["id"] for row in coarse} == {row["id"] for row in rows}
    assert len(walk(api, "threats", updatedAt__gt=stamps[-1])) == 0
    simulator.faults("acme").clear()
    assert walk(api, "threats", sortBy="updatedAt") == rows


def test_a_skewed_clock_shows_in_the_date_header_and_in_the_records(
    simulator: SentinelOneSimulator, api: httpx.Client
) -> None:
    before = api.get("threats")
    simulator.skew_clock("acme", 3600)
    after = api.get("threats")
    assert after.headers["Date"] != before.headers["Date"]
    assert rows_of(after)[0]["threatInfo"]["updatedAt"] > rows_of(before)[0]["threatInfo"]["updatedAt"]


def test_a_token_may_expire_in_the_middle_of_a_walk_until_it_is_renewed(
    simulator: SentinelOneSimulator, api: httpx.Client
) -> None:
    simulator.faults("acme").add("expired-token", after=2)
    statuses = [api.get("threats", params={"limit": 1}).status_code for _ in range(4)]
    assert statuses == [200, 200, 401, 401]
    with connect(simulator.renew_token("acme")) as renewed:
        assert walk(renewed, "threats")
    assert api.get("threats").status_code == 401


@pytest.mark.parametrize("tells", [True, False])
def test_the_published_rate_limits_hold_per_path_and_token(
    simulator: SentinelOneSimulator, api: httpx.Client, tells: bool
) -> None:
    simulator.change("acme", limits_rate=True, tells_retry_after=tells)
    replies = [api.get("cloud-detection/alerts", params={"countOnly": "true"}) for _ in range(32)]
    assert {reply.status_code for reply in replies[:30]} == {200}
    assert replies[-1].status_code == 429
    assert ("Retry-After" in replies[-1].headers) == tells
    assert api.get("threats").status_code == 200


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (kind, path)
        for kind in PoisonKind
        for path in ("threats", "agents", "cloud-detection/alerts", "activities")
    ],
)
def test_every_poison_changes_the_lowest_record_and_no_other(
    simulator: SentinelOneSimulator, api: httpx.Client, kind: PoisonKind, path: str
) -> None:
    before = walk(api, path, limit=1000)
    simulator.faults("acme").poison(kind, path)
    after = walk(api, path, limit=1000)
    has_no_enum = kind is PoisonKind.UNKNOWN_ENUM and path == "activities"
    assert (after[0] == before[0]) == has_no_enum
    assert after[1:] == before[1:]


def test_faults_of_one_msp_do_not_reach_another(simulator: SentinelOneSimulator) -> None:
    simulator.faults("acme").add("server-error")
    with connect(simulator.credentials("demo")) as other:
        assert other.get("threats").status_code == 200


def test_the_control_surface_switches_everything(simulator: SentinelOneSimulator, api: httpx.Client) -> None:
    control(simulator, "fault", kind="bad-gateway", times=1)
    assert api.get("threats").status_code == 502
    control(simulator, "poison", kind="nul-character", resource="threats")
    assert "\x00" in rows_of(api.get("threats"))[0]["threatInfo"]["threatName"]
    control(simulator, "clear-faults")
    control(simulator, "scope", denied=["agents"])
    assert api.get("agents").status_code == 403
    control(simulator, "settings", last_cursor="null")
    assert api.get("sites", params={"limit": 50}).json()["pagination"]["nextCursor"] == "null"
    control(simulator, "edit", edits=[{"edit": "raise_alert", "kind": "trojan"}])
    control(simulator, "edit-after-page", resource="threats", page=1, edits=[{"edit": "random security"}])
    total = api.get("threats").json()["pagination"]["totalItems"]
    assert control(simulator, "truth").json()["alerts"]
    assert total <= len(simulator.world("acme").alerts)
    assert control(simulator, "advance", seconds=60).json() == "2026-03-02T15:01:00Z"
    control(simulator, "clock-skew", seconds=60)
    assert control(simulator, "stats").json()["threats"] == 3
    control(simulator, "expire-token")
    assert api.get("threats").status_code == 401
    assert control(simulator, "renew-token").json() == simulator.credentials("acme").api_token


@pytest.mark.parametrize(
    ("action", "arguments", "status"),
    [("dance", {}, 404), ("fault", {"kind": "none such"}, 400), ("settings", {"colour": 1}, 400)],
)
def test_a_wrong_control_request_is_refused(
    simulator: SentinelOneSimulator, action: str, arguments: dict[str, Any], status: int
) -> None:
    assert control(simulator, action, **arguments).status_code == status


def test_the_clock_is_followed_and_alerts_live_on() -> None:
    world, moment = World.build(seed=1, now=NOW, months=1), NOW
    with (
        SentinelOneSimulator({"acme": world}, clock=lambda: moment) as simulator,
        connect(simulator.credentials("acme")) as api,
    ):
        before = walk(api, "threats", limit=1000)
        moment += timedelta(days=7)
        after = walk(api, "threats", limit=1000)
    assert len(after) > len(before)
    assert world.now == moment
