"""What every connector keeps to while the vendor misbehaves or changes under its hands."""

import json
import logging
import traceback
from base64 import b64encode
from datetime import timedelta

import pytest

from connectors.errors import SyncProblem
from connectors.models import SkippedRecord, SyncRun
from connectors.registry import open_client
from connectors.walks import Extent
from tenants.context import tenant

from .contract import streams
from .site import Killed

FAILURES = (
    "wrong-keys",
    "html-page",
    "cannot-route",
    "timeout",
    "bad-gateway",
    "truncated-json",
    "forbidden",
    "dropped",
    "too many",
)


@pytest.fixture
def site(site_of):
    return site_of("north")


@pytest.fixture
def main(harness):
    return next(stream for stream in streams(harness.slug) if stream.name == harness.main)


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
        shown = [
            repr(thing) + str(thing) for thing in (site.link, site.link.credentials, client, client.http)
        ]
    finally:
        client.close()
    for secret in harness.login("north")[1].values():
        assert secret not in "".join(shown)
        assert secret.encode() not in bytes(site.link.encrypted_credentials)


def test_a_vendor_that_asks_to_wait_is_waited_for(harness, site, main, naps):
    harness.slow_down("north", seconds=17, times=2)
    assert site.run(main.name).status == "ok"
    assert naps == [17, 17]
    assert site.ids(main.table) == harness.present("north")[main.name]


def test_a_vendor_that_asks_to_wait_for_an_hour_is_left_for_the_next_run(harness, site, main, naps):
    harness.slow_down("north", seconds=3600, times=10_000)
    run = site.run(main.name)
    assert run.status == "stopped"
    assert len(naps) <= 10
    assert max(naps) <= 60
    harness.clear_faults("north")
    assert site.run(main.name).status == "ok"


@pytest.mark.parametrize("page", [1, 2, 4])
def test_what_changes_during_a_walk_comes_with_the_next_sync(harness, site, site_of, main, page):
    harness.page_size(4)

    def interfere():
        harness.later(minutes=2)
        harness.change_one("north")  # lies behind the walk
        harness.edit("north", seed=page, count=12)

    harness.after_page("north", page, interfere)
    site.sync()
    harness.later(minutes=15)
    site.sync()
    site.sync(Extent.SWEEP)
    clean = site_of("south", company="north")
    clean.sync()
    mine, theirs = (each.tables(dead=False, without=harness.spares) for each in (site, clean))
    assert mine[main.table._meta.db_table] == theirs[main.table._meta.db_table]


def test_the_cursor_never_moves_past_the_walks_start(harness, site, main):
    harness.page_size(4)
    started = harness.now("north")
    harness.after_page("north", 2, lambda: (harness.later(minutes=30), harness.change_last("north")))
    site.sync()
    cursor = site.state(main.name).cursor
    assert harness.latest_change("north") >= started + timedelta(minutes=30)
    assert cursor < started + timedelta(minutes=1)


def test_the_cursor_does_not_move_before_the_end(harness, site, main):
    harness.page_size(4)

    def die(stream, seen, _total):
        if stream == main.name and seen >= 8:
            raise Killed

    with pytest.raises(Killed):
        site.sync(progress=die)
    assert site.state(main.name).cursor is None
    assert site.state(main.name).position["after"]
    assert site.run(main.name).rows_seen == len(harness.present("north")[main.name]) - 8
    assert site.state(main.name).position is None


def test_a_record_whose_change_date_is_no_date_does_not_stop_its_stream(harness, site, main):
    def spoil(record):
        record["_info"]["lastUpdated"] = "somewhen"

    harness.rewrite("north", main.name, spoil)
    run = site.run(main.name)
    assert (run.status, run.error) == ("ok", "")
    assert site.run(main.name).status == "ok"


def test_a_record_without_an_id_does_not_stop_anything(harness, site, main):
    harness.rewrite("north", main.name, lambda record: record.pop("id"))
    assert site.run(main.name).rows_skipped == 1
    assert site.one(SkippedRecord, stream=main.name).external_id == "without id"
    harness.clear_faults("north")
    runs = site.sync(Extent.SWEEP)
    assert not [run.error for run in runs if "unexpected" in run.error]
    json.loads(site.one(SkippedRecord, stream=main.name).payload)
