"""Both paginations of ConnectWise: equal to each other and to the world, with the vendor's Link header."""

import random
from datetime import timedelta
from timeit import repeat
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World

from .wire import FORWARD_ONLY, connect, ids, pages, walk


@pytest.mark.parametrize("path", ["service/tickets", "time/entries", "company/contacts", "system/members"])
def test_both_paginations_read_the_same_records(api: httpx.Client, path: str) -> None:
    navigable = walk(api, path)
    forward = walk(api, path, forward_only=True)
    assert navigable == forward
    assert len(navigable) == api.get(f"{path}/count").json()["count"]


def test_a_walk_reads_exactly_the_tickets_of_the_world(api: httpx.Client, world: World) -> None:
    assert ids(walk(api, "service/tickets", forward_only=True)) == world.tickets.ids


def test_a_page_has_25_records_unless_asked_and_1000_at_most(api: httpx.Client, world: World) -> None:
    for _ in range(1000):
        world.open_ticket()
    assert len(api.get("service/tickets").json()) == 25
    assert len(api.get("service/tickets", params={"pageSize": 5000}).json()) == 1000


def test_a_bigger_page_may_be_refused_instead(simulator: ConnectWiseSimulator, api: httpx.Client) -> None:
    simulator.msp("acme").clamps_page_size = False
    assert api.get("service/tickets", params={"pageSize": 1001}).status_code == 400


def test_a_keyset_walk_reads_the_same_records(api: httpx.Client) -> None:
    rows, last = list[Any](), 0
    while page := api.get(
        "service/tickets", params={"conditions": f"id > {last}", "orderBy": "id asc"}
    ).json():
        rows, last = rows + page, page[-1]["id"]
    assert rows == walk(api, "service/tickets")


def test_the_link_header_names_the_pages_around_and_ends_with_page(api: httpx.Client) -> None:
    links = api.get("service/tickets", params={"page": 2, "pageSize": 10}).links
    assert set(links) == {"next", "prev", "first", "last"}
    assert links["next"]["url"].endswith("pageSize=10&page=3")
    assert links["prev"]["url"].endswith("page=1")


def test_the_last_page_has_no_next(api: httpx.Client) -> None:
    last = api.get("service/tickets", params={"pageSize": 10}).links["last"]["url"]
    assert set(api.get(last).links) == {"first", "prev"}


def test_forward_only_ignores_page_and_has_no_link_at_the_end(api: httpx.Client) -> None:
    first = api.get("service/tickets", params={"page": 4, "pageSize": 10}, headers=FORWARD_ONLY)
    end = api.get("service/tickets", params={"pageId": 999_999}, headers=FORWARD_ONLY)
    assert set(first.links) == {"next"}
    assert first.json()[0]["id"] == 10_001
    assert end.json() == []
    assert "link" not in end.headers


def test_forward_only_refuses_an_order(api: httpx.Client) -> None:
    assert api.get("service/tickets", params={"orderBy": "id"}, headers=FORWARD_ONLY).status_code == 400


def test_parameter_names_are_read_in_any_case(api: httpx.Client) -> None:
    assert len(api.get("service/tickets", params={"pagesize": 3}).json()) == 3


def test_records_are_ordered_by_a_list_of_fields(api: httpx.Client) -> None:
    rows = walk(api, "service/tickets", orderBy="board/name desc, id asc")
    assert rows == sorted(
        sorted(rows, key=lambda row: row["id"]), key=lambda row: row["board"]["name"], reverse=True
    )


def test_only_the_named_fields_are_sent(api: httpx.Client) -> None:
    row = api.get("service/tickets", params={"fields": "id,company/name,_info/lastUpdated"}).json()[0]
    assert set(row) == {"id", "company", "_info"}
    assert set(row["company"]) == {"name"}
    assert set(row["_info"]) == {"lastUpdated"}


def test_a_numbered_walk_over_changing_rows_can_skip_one(
    simulator: ConnectWiseSimulator, api: httpx.Client, world: World
) -> None:
    """The drift that the vendor's own guide warns of, and that a client must survive."""
    before = list(world.tickets.ids)
    simulator.edit_after_page(
        "acme", "service/tickets", 1, [{"edit": "delete_ticket", "ticket_id": before[0]}]
    )
    seen = ids(walk(api, "service/tickets"))
    assert set(before) - set(seen) == {before[7]}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_forward_walk_amid_edits_never_skips_an_unchanged_record(
    seed: int, simulator: ConnectWiseSimulator, api: httpx.Client, world: World
) -> None:
    before, rng, seen = set(world.tickets.ids), random.Random(seed), list[int]()
    begin = world.now
    world.advance(timedelta(seconds=1))
    for page in pages(api, "service/tickets", forward_only=True):
        seen += ids(page)
        for _ in range(3):
            world.apply_random_edit(rng)
    unchanged = {
        ticket_id
        for ticket_id in before & set(world.tickets.ids)
        if world.tickets[ticket_id].updated_at <= begin
    }
    assert unchanged <= set(seen)
    assert len(seen) == len(set(seen))


def test_records_stay_encoded_but_never_out_of_date(api: httpx.Client, world: World) -> None:
    rng = random.Random(4)
    for _ in range(40):
        world.apply_random_edit(rng)
        world.advance(timedelta(hours=2))
    with ConnectWiseSimulator({"acme": world}) as fresh, connect(fresh.credentials("acme")) as other:
        for path in ("service/tickets", "time/entries"):
            walk(api, path)
            world.apply_random_edit(rng)
            assert walk(api, path) == walk(other, path)


def test_the_first_incremental_page_of_a_big_world_comes_at_once(
    simulator: ConnectWiseSimulator, world: World
) -> None:
    for _ in range(20_000):
        world.open_ticket()
    world.advance(timedelta(hours=1))
    recent = world.open_ticket()
    since = f"lastUpdated >= [{world.now:%Y-%m-%dT%H:%M:%SZ}]"
    with connect(simulator.credentials("acme")) as api:

        def read() -> None:
            assert ids(api.get("service/tickets", params={"conditions": since}).json()) == [recent.id]

        assert min(repeat(read, number=1, repeat=5)) < 0.1
