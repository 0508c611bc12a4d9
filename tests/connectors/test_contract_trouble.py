"""What every connector keeps to while the vendor misbehaves or changes under its hands."""

import json
import logging
import traceback
from base64 import b64encode
from datetime import timedelta

import pytest

from connectors import customers
from connectors.errors import SyncProblem
from connectors.models import RawVendorCustomer, SkippedRecord, SyncRun
from connectors.registry import open_client
from connectors.walks import Extent
from tenants.context import tenant

from .contract import stream_of, streams
from .harness import FAULTS
from .site import Killed

FAILURES = (*FAULTS, "forbidden", "dropped", "too many")


@pytest.fixture
def main(harness):
    return stream_of(harness, harness.main)


@pytest.fixture
def site(harness, site_of):
    """With the customers known, where the main stream is read for each of them."""
    site = site_of("north")
    for stream in streams(harness.slug):
        if stream.table is RawVendorCustomer:
            site.run(stream.name)
    return site


@pytest.fixture
def everything_said(caplog, capfd):
    """All that was logged and printed since the last look."""
    caplog.set_level(logging.DEBUG)

    def look():
        printed = capfd.readouterr()
        return caplog.text + printed.out + printed.err

    return look


@pytest.mark.parametrize("moment", ["from the start", "in the middle"])
@pytest.mark.parametrize("failure", FAILURES)
def test_no_failure_tells_a_secret(harness, site, everything_said, failure, moment):
    _, credentials = harness.login("north")
    fail = harness.ways_to_fail("north")[failure]
    if moment == "from the start":
        fail()
    else:
        harness.after_page("north", 1, fail)
    said = [everything_said()]
    try:
        runs = site.sync()
    except SyncProblem as problem:
        said += [str(problem), repr(problem), "".join(traceback.format_exception(problem))]
    else:
        assert moment == "in the middle" or {run.status for run in runs} >= {"stopped"}
    said += [run.error for run in site.all(SyncRun)] + [site.refreshed().status_message, everything_said()]
    for secret in _spellings(credentials):
        assert not [words for words in said if secret in words], failure
    assert site.refreshed().status in ("failing", "attention")
    assert site.refreshed().status_message.endswith((".", ")", "--allow-removals"))


def _spellings(credentials):
    """Each secret as it is, and as the usual headers carry it."""
    secrets = set(credentials.values())
    pairs = {f"{left}:{right}" for left in secrets for right in secrets}
    return secrets | {b64encode(secret.encode()).decode().rstrip("=") for secret in secrets | pairs}


def test_nothing_that_holds_secrets_shows_them(harness, site):
    with tenant("north"):
        client = open_client(site.link)
    try:
        parts = [part for part in vars(client).values() if not isinstance(part, str)]
        held = (site.link, site.link.credentials, client, *parts)
        shown = [repr(thing) + str(thing) for thing in held]
    finally:
        client.close()
    for secret in harness.login("north")[1].values():
        assert secret not in "".join(shown)
        assert secret.encode() not in bytes(site.link.encrypted_credentials)


def test_a_vendor_that_asks_to_wait_is_waited_for(harness, site, main, naps):
    harness.slow_down("north", seconds=17, times=2)
    assert site.run(main.name).status == "ok"
    assert naps == [17, 17]
    assert site.ids_of(main) == harness.present("north")[main.name]


def test_a_vendor_that_asks_to_wait_for_an_hour_is_left_for_the_next_run(harness, site, main, naps):
    harness.slow_down("north", seconds=3600, times=10_000)
    run = site.run(main.name)
    assert run.status == "stopped"
    assert naps == []
    harness.clear_faults("north")
    assert site.run(main.name).status == "ok"


@pytest.mark.parametrize("page", [1, 2, 4])
def test_what_changes_during_a_walk_comes_with_the_next_sync(harness, site, site_of, main, page):
    harness.page_size(4)

    def interfere():
        harness.later(minutes=2)
        harness.change_one("north", main.name)  # lies behind the walk
        harness.edit("north", seed=page, count=12)

    harness.after_page("north", page, interfere)
    site.sync()
    harness.later(minutes=15)
    site.sync()
    site.sync(Extent.SWEEP)
    clean = site_of("south", company="north")
    clean.sync()
    mine, theirs = (
        each.rows(main.table, dead=False, without=harness.spares, **main.fixed) for each in (site, clean)
    )
    assert mine == theirs


def test_the_cursor_never_moves_past_the_walks_start(harness, site, main, monkeypatch):
    monkeypatch.setattr(customers, "CUSTOMERS_AT_ONCE", 1)  # the second page is of the walk that is looked at
    harness.page_size(4)
    started = harness.now("north")
    harness.after_page("north", 2, lambda: (harness.later(minutes=30), harness.change_last("north")))
    site.sync()
    cursor = site.states(main.name)[0].cursor
    assert harness.latest_change("north") >= started + timedelta(minutes=30)
    assert cursor < started + timedelta(minutes=1)


def test_the_cursor_does_not_move_before_the_end(harness, site, main):
    harness.page_size(4)

    reached = []

    def die(stream, seen, _total):
        if stream == main.name and seen >= 8:
            reached.append(seen)
            raise Killed

    with pytest.raises(Killed):
        site.sync(progress=die)
    (unfinished,) = [state for state in site.states(main.name) if not state.cursor]
    assert unfinished.position["after"]
    rest = len(harness.present("north")[main.name]) - reached[0]
    # Where a page begins with the moment at which the one before ended, that is read twice.
    assert site.run(main.name).rows_seen in (rest, rest + 1)
    assert not any(state.position for state in site.states(main.name))


def test_a_record_whose_change_date_is_no_date_does_not_stop_its_stream(harness, site, main):
    harness.rewrite("north", main.name, harness.undate)
    run = site.run(main.name)
    assert (run.status, run.error) == ("ok", "")
    assert site.run(main.name).status == "ok"


def test_a_record_without_an_id_does_not_stop_anything(harness, site, main):
    harness.rewrite("north", main.name, lambda record: record.pop("id"))
    assert site.run(main.name).rows_skipped
    assert site.one(SkippedRecord, stream=main.name).external_id == "without id"
    harness.clear_faults("north")
    runs = site.sync(Extent.SWEEP)
    assert not [run.error for run in runs if "unexpected" in run.error]
    json.loads(site.one(SkippedRecord, stream=main.name).payload)
