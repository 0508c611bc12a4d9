"""The management console on the wire: tokens and scopes, strict parameters, pages and their cursors."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.simulators.sentinelone import Scope, SentinelOneSimulator
from connectors.simulators.sentinelone.resources import RESOURCES
from connectors.simulators.world import World

from .conftest import NOW
from .console import API, connect, rows_of, walk


@pytest.mark.parametrize("scheme", ["ApiToken", "APIToken", "apitoken"])
def test_the_scheme_is_read_in_any_case(simulator: SentinelOneSimulator, scheme: str) -> None:
    with connect(simulator.credentials("acme"), scheme) as api:
        reply = api.get("system/info")
    assert reply.json()["data"]["release"]
    assert reply.headers["X-RQID"]


@pytest.mark.parametrize("header", ["", "Basic abc", "ApiToken wrong", "Bearer {token}"])
def test_whoever_is_not_known_is_told_so_in_the_consoles_words(
    simulator: SentinelOneSimulator, header: str
) -> None:
    token = simulator.credentials("acme").api_token
    reply = httpx.get(f"{simulator.url}{API}threats", headers={"Authorization": header.format(token=token)})
    assert reply.status_code == 401
    assert reply.json() == {"errors": [{"code": 4010010, "detail": None, "title": "Authentication Failed"}]}


def test_a_token_opens_its_own_console_and_no_other(
    simulator: SentinelOneSimulator, api: httpx.Client
) -> None:
    with connect(simulator.credentials("demo")) as other:
        theirs = {row["id"] for row in walk(other, "agents")}
    assert theirs
    assert not theirs & {row["id"] for row in walk(api, "agents")}


def test_a_token_tells_its_end_and_ends_then(simulator: SentinelOneSimulator, api: httpx.Client) -> None:
    simulator.expire_token("acme", 3600)
    secret = simulator.credentials("acme").api_token
    details = api.post("users/api-token-details", json={"data": {"apiToken": secret}}).json()["data"]
    assert details["expiresAt"] == "2026-03-02T16:00:00.000000Z"
    simulator.advance("acme", timedelta(hours=1))
    assert api.get("threats").status_code == 401
    with connect(simulator.renew_token("acme")) as renewed:
        assert renewed.get("threats").status_code == 200


def test_a_user_of_one_site_sees_nothing_of_another(
    simulator: SentinelOneSimulator, api: httpx.Client
) -> None:
    site = next(row for row in walk(api, "sites") if row["activeLicenses"])
    with connect(simulator.add_token("acme", Scope(sites=(site["name"],)))) as narrow:
        assert [row["id"] for row in walk(narrow, "sites")] == [site["id"]]
        assert {row["siteId"] for row in walk(narrow, "agents")} == {site["id"]}
        assert narrow.get("user").json()["data"]["scope"] == "site"
        assert narrow.get("threats").json()["pagination"]["totalItems"] < len(walk(api, "threats"))


def test_a_role_may_lack_a_permission(simulator: SentinelOneSimulator) -> None:
    with connect(simulator.add_token("acme", Scope(denied=("cloud-detection",)))) as api:
        refused = api.get("cloud-detection/alerts")
        assert refused.status_code == 403
        assert refused.json()["errors"][0]["code"] == 4030010
        assert api.get("threats").status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 1001}, {"limit": 0}, {"limit": "ten"}, {"skip": 1001}, {"sortBy": "severity"}, {"sortOrder": "up"},
        {"cursor": "bm90IGEgY3Vyc29y"}, {"cursor": "%"}, {"nonsense": 1}, {"createdAt__gte": "yesterday"},
        {"createdAt__near": "2026-01-01T00:00:00Z"}, {"incidentStatuses": "open"}, {"countOnly": "perhaps"},
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_with_a_list_of_errors(
    api: httpx.Client, parameters: dict[str, Any]
) -> None:
    reply = api.get("threats", params=parameters)
    assert reply.status_code == 400
    (error,) = reply.json()["errors"]
    assert error["detail"].startswith(next(iter(parameters)))


@pytest.mark.parametrize("path", sorted(RESOURCES))
def test_every_list_can_be_counted_walked_skipped_and_sorted_both_ways(api: httpx.Client, path: str) -> None:
    total = api.get(path, params={"countOnly": "true"}).json()["pagination"]["totalItems"]
    rows = walk(api, path)
    assert len(rows) == total > 0
    assert rows_of(api.get(path, params={"skip": 1, "limit": 1000})) == rows[1:]
    assert api.get(path, params={"skipCount": "true"}).json()["pagination"]["totalItems"] == 0
    sort = RESOURCES[path].sort_by
    assert walk(api, path, sortBy=sort, sortOrder="desc") == rows[::-1]


@pytest.mark.parametrize("path", sorted(RESOURCES))
def test_every_sort_is_accepted(api: httpx.Client, path: str) -> None:
    for name in RESOURCES[path].filters.sorts:
        assert len(walk(api, path, sortBy=name, limit=40)) == len(walk(api, path, limit=1000)), name


def test_a_cursor_survives_a_change_in_the_middle_and_meets_the_changed_row_again(
    simulator: SentinelOneSimulator, api: httpx.Client, world: World
) -> None:
    before = walk(api, "threats", sortBy="updatedAt")
    first = next(each for each in world.alerts if each.reference == before[0]["id"])
    world.advance(timedelta(minutes=1))
    edits = [{"edit": "reopen_alert" if first.state == "resolved" else "resolve_alert", "alert_id": first.id}]
    simulator.edit_after_page("acme", "threats", 1, edits)
    ids = [row["id"] for row in walk(api, "threats", sortBy="updatedAt")]
    assert set(ids) == {row["id"] for row in before}
    assert ids.count(first.reference) == 2


@pytest.mark.parametrize("last", [None, "null", ""])
def test_the_last_page_ends_as_this_console_has_it(
    simulator: SentinelOneSimulator, api: httpx.Client, last: str | None
) -> None:
    simulator.change("acme", last_cursor=last)
    assert api.get("sites", params={"limit": 1000}).json()["pagination"]["nextCursor"] == last


def test_filters_take_comma_lists_ranges_and_exclusions(api: httpx.Client) -> None:
    rows = walk(api, "threats", sortBy="updatedAt")
    middle = rows[len(rows) // 2]["threatInfo"]["updatedAt"]
    later, from_then = (walk(api, "threats", **{f"updatedAt__{how}": middle}) for how in ("gt", "gte"))
    assert len(from_then) == len(later) + 1
    assert len(walk(api, "threats", updatedAt__lte=middle)) + len(later) == len(rows)
    some = ",".join(row["id"] for row in rows[:2])
    assert len(walk(api, "threats", ids=some)) == 2
    resolved = len(walk(api, "threats", incidentStatuses="resolved"))
    assert resolved + len(walk(api, "threats", incidentStatusesNin="resolved")) == len(rows)
    assert len(walk(api, "threats", incidentStatuses="resolved,unresolved,in_progress")) == len(rows)


def test_agents_are_filtered_by_flag_name_and_interval(api: httpx.Client) -> None:
    agents = walk(api, "agents")
    host = agents[0]["computerName"]
    assert [row["id"] for row in walk(api, "agents", computerName__contains=host.lower())] == [
        agents[0]["id"]
    ]
    assert len(walk(api, "agents", isActive="true,false")) == len(agents)
    since, until = (int(moment.timestamp() * 1000) for moment in (NOW - timedelta(days=22), NOW))
    assert len(walk(api, "agents", createdAt__between=f"{since}-{until}")) == len(agents)
    assert api.get("agents/count").json()["data"]["total"] == len(agents)


def test_rule_alerts_are_asked_for_in_capitals_and_answered_in_words(api: httpx.Client) -> None:
    rows = walk(api, "cloud-detection/alerts", incidentStatus="UNRESOLVED", severity="High,Medium")
    assert {row["alertInfo"]["incidentStatus"] for row in rows} == {"Unresolved"}
    assert "siteName" not in rows[0]["agentDetectionInfo"]
    assert api.get("cloud-detection/alerts", params={"incidentStatus": "Unresolved"}).status_code == 400
    assert api.get("cloud-detection/alerts", params={"updatedAt__gte": "2026-01-01"}).status_code == 400
