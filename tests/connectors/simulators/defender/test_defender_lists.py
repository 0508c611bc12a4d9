"""Pages of Graph and Defender: how far they reach, how they lead on, and how they go wrong."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from connectors.simulators.defender import DefenderSimulator, Tenant, clock
from connectors.simulators.faults import PoisonKind
from connectors.simulators.world import World

from .wire import SEES_ALL_MEMBERS, get, ids, pages, walk

ALERTS, INCIDENTS = "security/alerts_v2", "security/incidents"
SINCE = "lastUpdateDateTime ge {}"


def references(world: World, tenant: Tenant) -> set[str]:
    found = (alert for alert in world.alerts if alert.company is tenant.company)
    return {alert.reference for alert in found if alert.seen_by != "edr"}


@pytest.mark.parametrize("path", [ALERTS, INCIDENTS])
def test_a_walk_along_the_links_reads_everything_once(
    graph: httpx.Client, world: World, tenant: Tenant, path: str
) -> None:
    read = list(pages(graph, path, top=5, orderby="lastUpdateDateTime asc"))
    assert [len(page) for page in read] == [5, 5, 2]
    moments = [clock.read(row["lastUpdateDateTime"]) for page in read for row in page]
    assert moments == sorted(moments)
    if path == ALERTS:
        assert {row["id"] for page in read for row in page} == references(world, tenant)


def test_a_link_keeps_what_was_asked(graph: httpx.Client) -> None:
    first = get(graph, ALERTS, top=2, filter="severity eq 'high'", select="id,severity", count="true").json()
    assert first["@odata.count"] == len(walk(graph, ALERTS, filter="severity eq 'high'"))
    second = graph.get(first["@odata.nextLink"]).json()
    assert [list(row) for row in second["value"]] == [["id", "severity"]] * 2
    assert {row["severity"] for row in second["value"]} == {"high"}


def test_without_links_a_walk_moves_its_boundary(
    simulator: DefenderSimulator, graph: httpx.Client, world: World, tenant: Tenant
) -> None:
    simulator.change("acme", next_links=False)
    seen: set[str] = set()
    since = "2026-01-01T00:00:00Z"
    while True:
        reply = get(graph, ALERTS, top=4, orderby="lastUpdateDateTime asc", filter=SINCE.format(since)).json()
        assert "@odata.nextLink" not in reply
        new = set(ids(reply["value"])) - seen
        if not new:
            break
        seen |= new
        since = reply["value"][-1]["lastUpdateDateTime"]
    assert seen == references(world, tenant)


def test_a_page_is_never_larger_than_the_service_allows(
    simulator: DefenderSimulator, graph: httpx.Client, defender: httpx.Client
) -> None:
    assert len(get(graph, ALERTS, top=2000).json()["value"]) == 12
    simulator.change("acme", largest_page=3)
    assert len(get(graph, ALERTS, top=2000).json()["value"]) == 3
    assert len(get(graph, INCIDENTS).json()["value"]) == 3
    assert len(get(defender, "alerts", top=2000).json()["value"]) == 3


def test_graph_skips_five_hundred_and_no_more(graph: httpx.Client) -> None:
    everything = ids(walk(graph, ALERTS))
    assert ids(get(graph, ALERTS, skip=3).json()["value"]) == everything[3:]
    assert get(graph, ALERTS, skip=500).json()["value"] == []
    refused = get(graph, ALERTS, skip=501)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "BadRequest")


def test_defender_leads_on_only_where_no_top_is_given(
    simulator: DefenderSimulator, defender: httpx.Client
) -> None:
    simulator.change("acme", largest_page=4)
    assert [len(page) for page in pages(defender, "alerts")] == [4, 4, 1]
    cut = get(defender, "alerts", top=4).json()
    assert "@odata.nextLink" not in cut
    rest = [get(defender, "alerts", top=4, skip=skip).json()["value"] for skip in (4, 8, 12)]
    assert [len(page) for page in rest] == [4, 1, 0]


@pytest.mark.parametrize(
    "options",
    [
        {"filter": "investigationState eq 'queued'"},
        {"filter": "lastUpdateDateTime ge '2026-03-02T00:00:00Z'"},
        {"orderby": "title"},
        {"orderby": "createdDateTime down"},
        {"top": "0"},
        {"top": "many"},
        {"skip": "-1"},
        {"count": "yes"},
        {"expand": "evidence"},
        {"skiptoken": "bogus"},
        {"apply": "groupby((severity))"},
    ],
)
def test_an_option_that_is_not_supported_is_refused(graph: httpx.Client, options: dict[str, Any]) -> None:
    assert get(graph, ALERTS, **options).status_code == 400


def test_incidents_do_not_filter_by_their_service_but_alerts_do(graph: httpx.Client) -> None:
    by_service = "serviceSource eq 'microsoftDefenderForOffice365'"
    assert get(graph, INCIDENTS, filter=by_service).status_code == 400
    assert [row["title"] for row in walk(graph, ALERTS, filter=by_service)] == ["Phishing message delivered"]


def test_incidents_expand_their_alerts_unless_the_tenant_is_too_large_for_that(
    simulator: DefenderSimulator, graph: httpx.Client, world: World, tenant: Tenant
) -> None:
    assert "alerts" not in get(graph, INCIDENTS).json()["value"][0]
    expanded = walk(graph, INCIDENTS, expand="alerts")
    assert {row["id"] for incident in expanded for row in incident["alerts"]} == references(world, tenant)
    simulator.change("acme", fails_expanding=True)
    assert [get(graph, INCIDENTS, expand="alerts").status_code for _ in range(3)] == [500] * 3
    assert get(graph, INCIDENTS).status_code == 200


def test_defender_alerts_expand_their_evidence_whether_selected_or_not(defender: httpx.Client) -> None:
    assert get(defender, "alerts").json()["value"][0]["evidence"] == []
    row = get(defender, "alerts", expand="evidence", select="id").json()["value"][0]
    assert list(row) == ["id", "evidence"]
    assert row["evidence"]


def test_a_tenant_without_machines_answers_an_empty_list_or_not_found(
    simulator: DefenderSimulator, world: World, defender: httpx.Client
) -> None:
    for device in world.devices:
        device.has_mde = False
    assert defender.get("machines").json()["value"] == []
    simulator.change("acme", not_found_when_empty=True)
    assert defender.get("machines").status_code == 404
    assert defender.get("alerts").status_code == 200


def test_partial_data_is_told_by_its_status_and_a_warning(
    simulator: DefenderSimulator, graph: httpx.Client
) -> None:
    simulator.faults("acme").add("partial-data", path=ALERTS, times=1)
    partial, whole = get(graph, ALERTS), get(graph, ALERTS)
    assert (partial.status_code, whole.status_code) == (206, 200)
    assert "Microsoft/Office 365/504" in partial.headers["Warning"]
    assert "Warning" not in whole.headers
    assert 0 < len(partial.json()["value"]) < len(whole.json()["value"])


def test_newer_members_are_only_named_to_those_who_ask(
    simulator: DefenderSimulator, graph: httpx.Client
) -> None:
    miner = "serviceSource eq 'microsoftDefenderForCloud'"
    (hidden,) = get(graph, ALERTS, filter=miner).json()["value"]
    assert hidden["serviceSource"] == hidden["detectionSource"] == "unknownFutureValue"
    asked = get(graph, ALERTS, headers=SEES_ALL_MEMBERS, filter=miner)
    assert asked.headers["Preference-Applied"] == "include-unknown-enum-members"
    (told,) = asked.json()["value"]
    assert (told["serviceSource"], told["detectionSource"]) == (
        "microsoftDefenderForCloud",
        "microsoftDefenderForServers",
    )
    incident = int(told["incidentId"])
    simulator.await_action("acme", incident)
    path = f"{INCIDENTS}/{incident}"
    assert get(graph, path).json()["status"] == "unknownFutureValue"
    expanded = get(graph, path, headers=SEES_ALL_MEMBERS, expand="alerts").json()
    assert expanded["status"] == "awaitingAction"
    assert get(graph, path, expand="alerts").json()["alerts"] == [hidden]


def test_moments_have_up_to_seven_digits_and_keep_apart_what_happened_in_one_second(
    graph: httpx.Client, world: World
) -> None:
    with world.lock:
        for alert in list(world.alerts):
            world.acknowledge_alert(alert.id)
    rows = walk(graph, ALERTS, orderby="lastUpdateDateTime asc")
    moments = [row["lastUpdateDateTime"] for row in rows]
    assert len({moment[:19] for moment in moments}) == 1
    assert len(set(moments)) == len(moments)
    assert max(len(moment.partition(".")[2]) for moment in moments) == len("1234567Z")


def test_timestamps_fall_together_where_the_clock_ticks_coarsely(
    simulator: DefenderSimulator, graph: httpx.Client
) -> None:
    simulator.faults("acme").add("identical-timestamps", seconds=86400)
    moments = {row["lastUpdateDateTime"] for row in walk(graph, ALERTS, top=3)}
    assert len(moments) == 1
    assert len(walk(graph, ALERTS, filter=SINCE.format(moments.pop()))) == 12


def test_a_skewed_clock_shows_in_the_date_header_and_in_the_records(
    simulator: DefenderSimulator, graph: httpx.Client
) -> None:
    before = get(graph, ALERTS)
    simulator.skew_clock("acme", 3600)
    after = get(graph, ALERTS)
    shift = clock.read(after.json()["value"][0]["lastUpdateDateTime"]) - clock.read(
        before.json()["value"][0]["lastUpdateDateTime"]
    )
    assert shift == 3600 * clock.TICKS
    assert after.headers["Date"] != before.headers["Date"]


def test_pages_repeat_drift_and_turn_in_circles(simulator: DefenderSimulator, graph: httpx.Client) -> None:
    first = get(graph, ALERTS, top=4).json()
    faults = simulator.faults("acme")
    faults.add("duplicate-page", times=2)
    assert [graph.get(first["@odata.nextLink"]).json()["value"] for _ in range(2)] == [first["value"]] * 2
    whole = graph.get(first["@odata.nextLink"]).json()["value"]
    faults.add("drifting-page", times=1)
    assert graph.get(first["@odata.nextLink"]).json()["value"] == whole[1:]
    faults.add("repeated-cursor", times=1)
    circling = graph.get(first["@odata.nextLink"]).json()
    assert graph.get(circling["@odata.nextLink"]).json()["value"] == whole


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("too-many-requests", 429),
        ("throttled-without-hint", 429),
        ("expired-token", 401),
        ("forbidden", 403),
        ("server-error", 500),
        ("bad-gateway", 502),
        ("unavailable", 503),
        ("gateway-timeout", 504),
        ("html-page", 200),
    ],
)
def test_a_fault_strikes_one_tenant_and_leaves_the_others_alone(
    simulator: DefenderSimulator, graph: httpx.Client, tenant: Tenant, kind: str, status: int
) -> None:
    simulator.faults("acme").add(kind, path=f"{tenant.id}/security", times=2, after=1, seconds=7)
    replies = [get(graph, ALERTS), get(graph, INCIDENTS), get(graph, ALERTS), get(graph, ALERTS)]
    assert [reply.status_code for reply in replies] == [200, status, status, 200]
    assert get(graph, "organization").status_code == 200
    assert replies[1].headers.get("Retry-After") == ("7" if kind == "too-many-requests" else None)


@pytest.mark.parametrize("path", [ALERTS, "api/machines"])
@pytest.mark.parametrize("kind", ["nul-character", "long-text", "unknown-enum", "missing-field"])
def test_a_poison_spoils_the_named_record_and_no_other(
    simulator: DefenderSimulator, graph: httpx.Client, defender: httpx.Client, path: str, kind: str
) -> None:
    api: Any = defender if path == "api/machines" else graph
    name = path.removeprefix("api/")
    before = walk(api, name)
    simulator.faults("acme").poison(kind, path, [before[2]["id"]])
    after = walk(api, name)
    assert after[2] != before[2]
    assert after[:2] + after[3:] == before[:2] + before[3:]


def test_a_poisoned_moment_cannot_be_read_but_is_still_found_by_the_right_one(
    simulator: DefenderSimulator, graph: httpx.Client
) -> None:
    row = walk(graph, ALERTS)[0]
    simulator.faults("acme").poison(PoisonKind.BAD_DATE, ALERTS, [row["id"]])
    (spoilt,) = walk(graph, ALERTS, filter=f"createdDateTime eq {row['createdDateTime']}")
    assert spoilt["id"] == row["id"]
    with pytest.raises(ValueError, match="year 0"):
        clock.read(spoilt["lastUpdateDateTime"])


def test_a_record_that_changes_during_a_walk_comes_again_at_its_end(
    simulator: DefenderSimulator, graph: httpx.Client, world: World
) -> None:
    oldest = min(alert.id for alert in world.alerts)
    world.advance(timedelta(minutes=1))
    simulator.edit_after_page("acme", ALERTS, 1, [{"edit": "acknowledge_alert", "alert_id": oldest}])
    read = list(pages(graph, ALERTS, top=4, orderby="lastUpdateDateTime asc"))
    moved = world.alerts[oldest].reference
    assert [moved in ids(page) for page in read] == [True, False, True]
    assert all(a <= b for a, b in pairwise(map(len, reversed(read))))
