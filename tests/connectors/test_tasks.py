"""Background work: one task per tenant and connection."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors import rhythm
from connectors.errors import AlreadyRunning
from connectors.models import Connection, PageArchive, RawTicket, RawTimeEntry, SyncRun
from connectors.tasks import expire_archive, read_again, replay_connection, sync_connection
from connectors.walks import Extent
from tenants.context import tenant

from .conftest import NOW


@pytest.fixture
def both(connect):
    return connect("north"), connect("south")


def background(task, *args, schema="north"):
    return task.apply(args=args, kwargs={"schema": schema}).get()


def test_a_task_syncs_one_connection_of_one_tenant(both, worlds):
    background(sync_connection, both[0].link.id)
    assert both[0].ids(RawTicket) == set(worlds["north"].tickets.ids)
    assert not both[1].all(SyncRun)


def test_a_task_looks_for_deletions_where_told(both, worlds):
    background(sync_connection, both[0].link.id)
    worlds["north"].delete_time_entry(worlds["north"].time_entries.ids[0])
    background(sync_connection, both[0].link.id, Extent.SWEEP.value)
    assert both[0].ids(RawTimeEntry) == set(worlds["north"].time_entries.ids)


@pytest.mark.parametrize(
    "trouble", [{"company_id": "nowhere"}, {"private_key": "wrong"}, {"site": "http://127.0.0.1:9"}]
)
def test_a_task_that_fails_leaves_a_sentence_on_the_connection(connect, trouble):
    site = connect("north", **trouble)
    background(sync_connection, site.link.id)
    assert site.refreshed().status in ("failing", "attention")
    assert site.link.status_message


def test_a_task_for_a_connection_that_is_gone_or_disabled_does_nothing(both):
    with tenant("north"):
        Connection.objects.update(is_enabled=False)
    background(sync_connection, both[0].link.id)
    background(sync_connection, 123_456)
    assert not both[0].all(SyncRun)


def test_a_task_that_comes_too_late_does_nothing(both, monkeypatch):
    def busy(*_, **__):
        raise AlreadyRunning("Desk is being synced by another worker.")

    monkeypatch.setattr("connectors.tasks.sync", busy)
    background(sync_connection, both[0].link.id)
    assert both[0].refreshed().status == "new"


def test_vendor_payloads_are_kept_for_their_time_only(both, settings, clock):
    settings.PAGE_ARCHIVE_DAYS = 30
    for site in both:
        site.run("tickets")
    clock.shift(timedelta(days=29))
    background(expire_archive)
    assert both[0].all(PageArchive)
    clock.shift(timedelta(days=2))
    background(expire_archive)
    assert not both[0].all(PageArchive)
    assert both[0].ids(RawTicket)
    assert both[1].all(PageArchive)


def test_a_task_reads_changes_again_from_a_moment_on(both, worlds, later):
    background(sync_connection, both[0].link.id)
    later(days=2)
    with tenant("north"):
        RawTicket.objects.update(row_hash=b"another")
    background(read_again, both[0].link.id, (NOW - timedelta(days=60)).isoformat())
    assert not [ticket for ticket in both[0].all(RawTicket) if bytes(ticket.row_hash) == b"another"]
    assert not both[1].all(SyncRun)


def test_a_task_replays_without_asking_the_vendor(both, simulator):
    background(sync_connection, both[0].link.id)
    with tenant("north"):
        RawTicket.objects.update(summary="as an older version made it")
    asked = simulator.requests("north")
    background(replay_connection, both[0].link.id)
    assert not both[0].all(RawTicket, summary="as an older version made it")
    assert simulator.requests("north") == asked


@pytest.mark.parametrize(
    ("task", "work", "arguments"),
    [(read_again, "sync", (NOW.isoformat(),)), (replay_connection, "replay", ())],
    ids=["read again", "replay"],
)
def test_what_a_person_asked_for_waits_for_the_sync_that_runs(both, monkeypatch, task, work, arguments):
    def busy(*_, **__):
        raise AlreadyRunning("Desk is being synced by another worker.")

    again = []
    monkeypatch.setattr(f"connectors.tasks.{work}", busy)
    monkeypatch.setattr(task, "apply_async", lambda kwargs, countdown: again.append(kwargs))
    task.apply(args=(both[0].link.id, *arguments), kwargs={"schema": "north"}).get()
    assert [(asked["schema"], asked["connection_id"], asked["tries"]) for asked in again] == [
        ("north", both[0].link.id, 59)
    ]
    task.apply(args=(both[0].link.id, *arguments), kwargs={"schema": "north", "tries": 1}).get()
    assert len(again) == 1


def test_nothing_is_read_again_on_a_paused_connection(both):
    with tenant("north"):
        Connection.objects.update(is_enabled=False)
    background(read_again, both[0].link.id, NOW.isoformat())
    assert not both[0].all(SyncRun)


# --- whose turn comes when ------------------------------------------------------------------------


def test_the_next_turn_is_an_interval_after_the_last_and_never_past():
    assert rhythm.next_sync(NOW - timedelta(seconds=100), NOW) == NOW + timedelta(seconds=200)
    assert rhythm.next_sync(NOW - timedelta(days=1), NOW) == NOW
    assert rhythm.next_sync(None, NOW) == NOW + timedelta(seconds=300)


@pytest.mark.parametrize("zone", ["America/Toronto", "Europe/Paris", "Asia/Kolkata"])
def test_deletions_are_looked_for_in_the_tenants_own_night(zone):
    due = rhythm.next_sweep("north", ZoneInfo(zone), NOW).astimezone(ZoneInfo(zone))
    assert (due.hour, due.minute >= 10) == (2, True)
    assert timedelta() < due - NOW <= timedelta(days=1, minutes=5)
