"""The server and its control surface: TLS, many connections, clean ends, the clock, edits from outside."""

import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.simulators.certificates import make_certificates
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.server import Request, Response
from connectors.simulators.world import World

from .wire import connect, ids, walk


def control(simulator: ConnectWiseSimulator, action: str, **arguments: Any) -> Any:
    reply = httpx.post(f"{simulator.url}/_control/acme/{action}", json=arguments)
    reply.raise_for_status()
    return reply.json()


def test_https_is_verified_against_the_authority_made_for_it(tmp_path: Path, world: World) -> None:
    made = make_certificates(tmp_path)
    trusting = ssl.create_default_context(cafile=str(made.authority))
    with ConnectWiseSimulator({"acme": world}, certificates=made) as simulator:
        login = simulator.credentials("acme")
        assert login.site.startswith("https://")
        with connect(login, verify=trusting) as api:
            assert ids(walk(api, "service/tickets")) == world.tickets.ids
        with (
            connect(login) as distrusting,
            pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            distrusting.get("system/info")


def test_a_second_start_keeps_the_authority_that_clients_trust(tmp_path: Path) -> None:
    first = make_certificates(tmp_path).authority.read_bytes()
    assert make_certificates(tmp_path).authority.read_bytes() == first


def test_many_connections_are_served_at_once(simulator: ConnectWiseSimulator) -> None:
    login = simulator.credentials("acme")

    def read(_: int) -> list[int]:
        with connect(login) as api:
            return [api.get("system/info").status_code for _ in range(20)]

    with ThreadPoolExecutor(24) as pool:
        assert {status for statuses in pool.map(read, range(24)) for status in statuses} == {200}


def test_stopping_closes_idle_connections_at_once(world: World) -> None:
    simulator = ConnectWiseSimulator({"acme": world})
    with connect(simulator.credentials("acme")) as idle:
        with simulator:
            idle.get("system/info")
            begin = time.perf_counter()
        assert time.perf_counter() - begin < 1
        with pytest.raises(httpx.TransportError):
            idle.get("system/info")


def test_the_clock_is_followed_lazily(world: World) -> None:
    moment = world.now

    with (
        ConnectWiseSimulator({"acme": world}, clock=lambda: moment) as simulator,
        connect(simulator.credentials("acme")) as api,
    ):
        before = walk(api, "service/tickets")
        moment += timedelta(days=5)
        after = walk(api, "service/tickets")
        assert world.now == moment
        assert before != after
        assert control(simulator, "advance", seconds=86_400)
        api.get("system/info")
        assert world.now == moment + timedelta(days=1)


def test_a_callback_sees_each_response_before_it_is_sent(
    simulator: ConnectWiseSimulator, api: httpx.Client, world: World
) -> None:
    seen = list[tuple[str, int]]()

    def note(request: Request, response: Response) -> None:
        seen.append((request.path, response.status))

    simulator.before_response(note)
    api.get("system/info")
    assert seen == [("/v2025_1/apis/3.0/system/info", 200)]


def test_edits_can_be_made_from_another_process(
    simulator: ConnectWiseSimulator, api: httpx.Client, world: World
) -> None:
    first, second = world.tickets.ids[:2]
    booked = {"ticket_id": first, "member": 150, "start": "2026-03-02T10:00:00Z", "hours": 1.5}
    edits = [
        {"edit": "edit_summary", "ticket_id": first, "summary": "Renamed"},
        {"edit": "delete_ticket", "ticket_id": second},
        {"edit": "add_time_entry", **booked},
    ]
    control(simulator, "edit", edits=edits)
    assert api.get(f"service/tickets/{first}").json()["summary"] == "Renamed"
    assert api.get(f"service/tickets/{second}").status_code == 404
    assert walk(api, "time/entries")[-1]["timeEnd"] == "2026-03-02T11:30:00Z"


def test_edits_can_wait_for_a_page_of_a_walk(
    simulator: ConnectWiseSimulator, api: httpx.Client, world: World
) -> None:
    last = world.tickets.ids[-1]
    edits = [{"edit": "delete_ticket", "ticket_id": last}, {"edit": "random", "seed": 1, "count": 3}]
    control(simulator, "edit-after-page", resource="service/tickets", page=2, edits=edits)
    api.get("service/tickets")
    assert last in world.tickets.rows
    api.get("service/tickets")
    assert last not in world.tickets.rows


def test_the_control_surface_switches_everything(simulator: ConnectWiseSimulator, api: httpx.Client) -> None:
    control(simulator, "fault", kind="bad-gateway", times=1)
    assert api.get("system/info").status_code == 502
    control(simulator, "role", denied=["time/entries"])
    assert api.get("time/entries").status_code == 403
    control(simulator, "poison", kind="nul-character", resource="service/tickets")
    assert "\x00" in api.get("service/tickets").json()[0]["summary"]
    control(simulator, "clear-faults")
    control(simulator, "clock-skew", seconds=60)
    control(simulator, "codebase", codebase="v2026_1")
    assert api.get("system/info").status_code == 404
    control(simulator, "rate-limit", per_minute=1)
    assert control(simulator, "stats")["system/info"] == 2


def test_the_truth_can_be_asked_for(simulator: ConnectWiseSimulator, world: World) -> None:
    truth = control(simulator, "truth")
    ticket = world.tickets.ids[0]
    assert truth["topics"][str(ticket)] == world.tickets[ticket].topic
    assert len(truth["closures"][str(ticket)]) == len(world.truth.closures(ticket))


@pytest.mark.parametrize(
    ("action", "arguments", "status"),
    [
        ("dance", {}, 404),
        ("fault", {"kind": "no such fault"}, 400),
        ("edit", {"edits": [{"edit": "lock"}]}, 400),
        ("advance", {"hours": 1}, 400),
    ],
)
def test_a_wrong_control_request_is_refused(
    simulator: ConnectWiseSimulator, action: str, arguments: dict[str, Any], status: int
) -> None:
    assert httpx.post(f"{simulator.url}/_control/acme/{action}", json=arguments).status_code == status


def test_time_stands_still_without_a_clock(
    simulator: ConnectWiseSimulator, api: httpx.Client, world: World
) -> None:
    api.get("service/tickets")
    assert world.now == datetime(2026, 3, 2, 15, tzinfo=UTC)
