"""The commands `sync` and `rotate_credentials`, and the background tasks."""

from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from connectors import crypto
from connectors.errors import AlreadyRunning
from connectors.models import Connection, PageArchive, RawCompany, RawTicket, RawTimeEntry, SyncRun
from connectors.tasks import expire_archive, sync_connection
from connectors.walks import Extent
from tenants.context import tenant
from tenants.suspension import suspend


def run(command, *options):
    """What the command printed, and what it complained of."""
    out, err = StringIO(), StringIO()
    try:
        call_command(command, *options, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue(), str(error)
    return out.getvalue(), err.getvalue(), ""


@pytest.fixture
def both(connect):
    return connect("north"), connect("south")


# --- sync -----------------------------------------------------------------------------------------


def test_sync_brings_all_tenants_up_to_date(both, worlds, capfd):
    out, err, failed = run("sync")
    assert (err, failed) == ("", "")
    assert [line.split(":")[0] for line in out.splitlines()] == ["north/Desk", "south/Desk"]
    assert " new, 0 changed, 0 deleted, 0 skipped" in out
    for site in both:
        assert site.ids(RawTicket) == set(worlds[site.schema].tickets.ids)
    assert capfd.readouterr().out == ""  # no bars where nobody watches


def test_sync_keeps_to_one_tenant(both):
    north, south = both
    out, *_ = run("sync", "--tenant", "south")
    assert out.startswith("south/Desk")
    assert south.ids(RawTicket)
    assert not north.all(SyncRun)


def test_sync_keeps_to_one_connection(both, connect):
    spare = connect("north", name="Spare")
    out, *_ = run("sync", "--connection", "Spare")
    assert out.startswith("north/Spare")
    assert {each.connection_id for each in spare.all(SyncRun)} == {spare.link.id}
    assert not both[1].all(SyncRun)


def test_sync_leaves_disabled_connections_alone(both):
    for site in both:
        with tenant(site.schema):
            Connection.objects.update(is_enabled=False)
    assert run("sync") == ("", "", "")
    assert not both[0].all(SyncRun)


def test_sync_leaves_suspended_tenants_alone(both):
    suspend("south")
    assert run("sync")[0].startswith("north/Desk")
    assert not both[1].all(SyncRun)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--tenant", "east"), 'There is no tenant "east"'),
        (("--connection", "Desc"), 'There is no enabled connection "Desc"'),
        (("--stream", "ticket"), 'There is no stream "ticket". There are: agreement'),
    ],
)
def test_sync_names_what_it_does_not_find(both, options, complaint):
    assert complaint in run("sync", *options)[2]
    assert not both[0].all(SyncRun)


def test_sync_keeps_to_one_stream_and_what_hangs_on_it(both):
    run("sync", "--tenant", "north", "--stream", "tickets")
    assert {each.stream for each in both[0].all(SyncRun)} == {"tickets", "ticket_history", "ticket_notes"}
    assert not both[0].all(RawCompany)


def test_sync_sweeps_on_demand(both, worlds):
    run("sync")
    gone = worlds["north"].tickets.ids[0]
    worlds["north"].delete_ticket(gone)
    out, *_ = run("sync", "--sweep", "--tenant", "north")
    assert gone not in both[0].ids(RawTicket)
    assert " 0 deleted" not in out


def test_sync_asks_before_it_removes_much(both, worlds):
    run("sync")
    before = len(worlds["north"].tickets)
    for ticket in worlds["north"].tickets.ids[:15]:
        worlds["north"].delete_ticket(ticket)
    options = ("--tenant", "north", "--stream", "tickets", "--sweep")
    _, err, failed = run("sync", *options)
    assert f"15 of {before} tickets are no longer shown by the vendor" in err
    assert failed == "1 connection(s) need attention; see above."
    assert len(both[0].ids(RawTicket)) == before
    assert run("sync", *options, "--allow-removals")[2] == ""
    assert len(both[0].ids(RawTicket)) == before - 15


def test_sync_reads_everything_on_demand(both, worlds):
    run("sync", "--tenant", "north")
    out, *_ = run("sync", "--tenant", "north", "--stream", "tickets", "--full")
    # Twice: once for their contents, once for the ids that are left.
    assert f"{2 * len(worlds['north'].tickets)} records seen, 0 new, 0 changed" in out
    assert both[0].all(SyncRun, stream="tickets")[1].mode == "backfill"


def test_sync_replays_from_the_archive(both, simulator, worlds):
    run("sync", "--tenant", "north")
    asked = simulator.requests("north")
    with tenant("north"):
        RawTicket.objects.update(summary="as an older version made it")
    out, *_ = run("sync", "--tenant", "north", "--replay", "--stream", "tickets")
    assert f" 0 new, {len(worlds['north'].tickets)} changed" in out
    assert not both[0].all(RawTicket, summary="as an older version made it")
    assert simulator.requests("north") == asked


def test_sync_does_the_rest_before_it_fails(both, connect, worlds):
    connect("north", name="A broken one", private_key="wrong")
    _, err, failed = run("sync")
    assert "north/A broken one: ConnectWise refused the keys" in err
    assert failed.startswith("1 connection(s)")
    for site in both:
        assert site.ids(RawTicket) == set(worlds[site.schema].tickets.ids)


def test_sync_says_why_a_connection_cannot_even_begin(connect):
    connect("north", company_id="nowhere")
    _, err, failed = run("sync")
    assert "north/Desk: 127.0.0.1" in err
    assert 'does not know the company "nowhere"' in err
    assert failed.startswith("1 connection(s)")


# --- rotate_credentials ---------------------------------------------------------------------------


@pytest.fixture
def new_key(settings):
    """A key put in front of the old ones."""
    key = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [key, *settings.CREDENTIAL_KEYS]
    return key


def test_credentials_are_rotated_so_that_old_keys_can_go(both, new_key, settings):
    suspend("south")  # it may come back when the old keys are gone
    assert run("rotate_credentials") == (
        "north: 1 connection(s) rotated\nsouth: 1 connection(s) rotated\n",
        "",
        "",
    )
    settings.CREDENTIAL_KEYS = [new_key]
    for site in both:
        site.refreshed()
        assert {each.status for each in site.sync()} == {"ok"}


def test_rotation_goes_on_after_what_it_cannot_read(both, new_key):
    with tenant("north"):
        Connection.objects.update(encrypted_credentials=Fernet(Fernet.generate_key()).encrypt(b"{}"))
    out, err, failed = run("rotate_credentials")
    assert "north/Desk: The saved credentials cannot be decrypted" in err
    assert "south: 1 connection(s) rotated" in out
    assert failed == "1 connection(s) could not be read; keep the old keys."
    assert crypto.decrypt(bytes(both[1].refreshed().encrypted_credentials))


def test_rotation_leaves_connections_without_credentials_alone(both, new_key):
    with tenant("north"):
        Connection.objects.update(encrypted_credentials=b"")
    assert run("rotate_credentials")[0] == "north: 0 connection(s) rotated\nsouth: 1 connection(s) rotated\n"


# --- tasks ----------------------------------------------------------------------------------------


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
    def busy(*_):
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
