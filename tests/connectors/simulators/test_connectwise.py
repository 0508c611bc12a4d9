"""ConnectWise's own manners: discovery, logins, roles, references, dates, and what each resource answers."""

import gzip
import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from connectors.simulators.connectwise import ConnectWiseSimulator, Role
from connectors.simulators.connectwise.resources import LISTED, STORED
from connectors.simulators.world import World

from .wire import connect, headers, ids, walk


def test_discovery_tells_the_codebase_without_a_login(simulator: ConnectWiseSimulator) -> None:
    assert httpx.get(f"{simulator.url}/login/companyinfo/acme").json()["Codebase"] == "v2025_1/"


def test_discovery_of_an_unknown_company_is_null(simulator: ConnectWiseSimulator) -> None:
    assert httpx.get(f"{simulator.url}/login/companyinfo/nobody").text == "null"


def test_an_upgrade_moves_the_codebase_and_the_old_path_is_gone(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    simulator.change_codebase("acme", "v2025_2")
    assert api.get("service/tickets").status_code == 404
    with connect(simulator.credentials("acme"), codebase="v2025_2") as upgraded:
        row = upgraded.get("service/tickets").json()[0]
    assert "/v2025_2/" in row["board"]["_info"]["board_href"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Authorization": ""}, 401),
        ({"Authorization": "Basic bm90IGEga2V5"}, 401),
        ({"Authorization": "Basic %%%"}, 401),
        ({"Authorization": f"Basic {b64encode(b'nobody+public:private').decode()}"}, 400),
        ({"clientId": ""}, 401),
    ],
)
def test_an_incomplete_login_is_refused(
    simulator: ConnectWiseSimulator, changed: dict[str, str], status: int
) -> None:
    sent = headers(simulator.credentials("acme")) | changed
    reply = httpx.get(f"{simulator.url}/v2025_1/apis/3.0/service/tickets", headers=sent)
    assert reply.status_code == status


def test_the_keys_of_one_msp_open_no_other(world: World) -> None:
    other = World.small(8, world.now)
    with ConnectWiseSimulator({"acme": world, "demo": other}) as simulator:
        acme, demo = simulator.credentials("acme"), simulator.credentials("demo")
        with connect(acme) as api, connect(demo) as other_api:
            assert walk(api, "service/tickets") != walk(other_api, "service/tickets")
        stolen = headers(replace(demo, company_id="acme"))
        reply = httpx.get(f"{simulator.url}/v2025_1/apis/3.0/service/tickets", headers=stolen)
    assert reply.status_code == 401
    assert reply.json()["message"] == "UserNotAuthenticated"


def test_a_path_joined_twice_cannot_be_routed(simulator: ConnectWiseSimulator) -> None:
    reply = httpx.get(f"{simulator.url}/v2025_1/apis/3.0/v2025_1/apis/3.0/service/tickets")
    assert reply.status_code == 400
    assert reply.text == "Cannot route. Codebase/company is invalid"


def test_a_role_may_forbid_an_endpoint(simulator: ConnectWiseSimulator) -> None:
    with connect(simulator.add_key("acme", Role(denied=("time/entries",)))) as api:
        assert api.get("time/entries/count").status_code == 403
        assert api.get("service/tickets").status_code == 200


def test_a_hidden_board_looks_as_if_it_did_not_exist(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    everything = walk(api, "service/tickets")
    hidden = [row["id"] for row in everything if row["board"]["name"] == "Network"]
    with connect(simulator.add_key("acme", Role(hidden_boards=("Network",)))) as narrow:
        assert set(ids(walk(narrow, "service/tickets"))) == set(ids(everything)) - set(hidden)
        assert narrow.get("service/tickets/count").json()["count"] == len(everything) - len(hidden)
        assert narrow.get(f"service/tickets/{hidden[0]}").status_code == 404
        assert "Network" not in {board["name"] for board in narrow.get("service/boards").json()}


def test_a_role_may_strip_the_update_information(simulator: ConnectWiseSimulator) -> None:
    with connect(simulator.add_key("acme", Role(strips_info=True))) as api:
        assert all("_info" not in row for row in api.get("service/tickets").json())


def test_the_rate_limit_answers_429_with_the_seconds_to_wait(
    simulator: ConnectWiseSimulator, api: httpx.Client
) -> None:
    simulator.set_rate_limit("acme", 3)
    replies = [api.get("system/info") for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 60
    assert replies[-1].json()["error"] == "ConnectWiseAPI"


@pytest.mark.parametrize("path", sorted(STORED) + sorted(LISTED))
def test_every_resource_lists_counts_and_opens_its_records(
    api: httpx.Client, world: World, path: str
) -> None:
    parents = {"service/tickets": world.tickets.ids[0], "company/companies": 250, "finance/agreements": 70}
    path = path.replace("{}", str(parents.get(path.split("/{}")[0], 1)))
    rows = walk(api, path)
    assert api.get(f"{path}/count").json()["count"] == len(rows)
    assert rows or path.endswith("roleexclusions") or "results" in path
    for row in rows[:3]:
        assert api.get(f"{path}/{row['id']}").json() == row


@pytest.mark.parametrize(
    "path", ["service/tickets/1", "service/nonsense", "service/tickets/1/notes", "time/entries/7"]
)
def test_what_does_not_exist_is_404_with_the_vendors_body(api: httpx.Client, path: str) -> None:
    reply = api.get(path)
    assert reply.status_code == 404
    assert set(reply.json()) == {"code", "message", "errors"}


def test_writing_is_not_supported(api: httpx.Client) -> None:
    assert api.post("service/tickets", json={"summary": "x"}).status_code == 405


def test_a_body_that_is_no_json_is_a_500_as_the_vendors(api: httpx.Client) -> None:
    assert api.post("service/tickets/search", content=b"{conditions").status_code == 500


def test_null_fields_are_left_out_and_dates_have_seconds_and_a_z(api: httpx.Client, world: World) -> None:
    ticket = world.open_ticket()
    row = api.get(f"service/tickets/{ticket.id}").json()
    assert None not in row.values()
    assert "closedDate" not in row
    assert "dateEntered" not in row
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["_info"]["dateEntered"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["respondByGoalUTC"])


def test_a_ticket_carries_a_realistic_load(api: httpx.Client) -> None:
    reply = api.get("service/tickets", params={"pageSize": 50})
    assert 2000 < len(reply.content) / 50 < 3000
    row = reply.json()[0]
    assert {"sort"} <= set(row["status"])
    assert {"level", "sort"} <= set(row["priority"])
    assert "sentimentScore" in row


def test_project_tickets_come_with_the_service_tickets(api: httpx.Client) -> None:
    kinds = {row["recordType"] for row in walk(api, "service/tickets")}
    assert kinds == {"ServiceTicket", "ProjectTicket"}


def test_the_audit_trail_tells_every_change_of_a_ticket(api: httpx.Client, world: World) -> None:
    ticket = world.open_ticket()
    world.reassign(ticket.id, 151)
    world.advance(timedelta(hours=1))
    world.close_ticket(ticket.id)
    rows = api.get("system/audittrail", params={"type": "Ticket", "id": ticket.id}).json()
    assert [row["auditSubType"] for row in rows] == ["Owner", "Status"]
    assert "New" in rows[1]["text"]
    assert ">Closed" in rows[1]["text"]
    assert "id" not in rows[0]


def test_the_audit_trail_has_no_forward_only_pages(api: httpx.Client) -> None:
    extra = {"pagination-type": "forward-only"}
    assert (
        api.get("system/audittrail", params={"type": "Ticket", "id": 10_001}, headers=extra).status_code
        == 400
    )


def test_survey_answers_are_indices_into_the_options(api: httpx.Client, world: World) -> None:
    ticket = world.open_ticket()
    world.add_survey_result(ticket.id, csat=4, nps=9)
    result = walk(api, "service/surveys/1/results")[-1]
    options = [question["options"] for question in api.get("service/surveys/1/questions").json()]
    answers = [answer["answer"] for answer in result["results"]]
    assert options[0][answers[0]]["caption"] == "4"
    assert options[1][answers[1]]["caption"] == "9"


def test_big_replies_are_compressed_only_for_who_accepts_it(simulator: ConnectWiseSimulator) -> None:
    login = headers(simulator.credentials("acme"))
    url = f"{simulator.url}/v2025_1/apis/3.0/service/tickets"
    with (
        httpx.stream("GET", url, headers={**login, "Accept-Encoding": "gzip"}) as packed,
        httpx.stream("GET", url, headers={**login, "Accept-Encoding": "identity"}) as plain,
    ):
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(b"".join(packed.iter_raw())) == b"".join(plain.iter_raw())
