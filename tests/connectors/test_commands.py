"""The commands `sync` and `rotate_credentials`."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from connectors import crypto
from connectors.models import Connection, RawCompany, RawTicket, SyncRun
from tenants.context import tenant
from tenants.suspension import suspend

from .commands import run
from .conftest import NOW


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
        (("--stream", "ticket"), 'There is no stream "ticket". There are: '),
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
    assert " records seen, 0 new, 0 changed" in out
    # Twice: once for their contents, once for the ids that are left.
    _, contents, ids = both[0].all(SyncRun, stream="tickets")
    assert (contents.mode, ids.mode) == ("backfill", "sweep")
    assert contents.rows_seen == ids.rows_seen == len(worlds["north"].tickets)


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


def test_sync_reads_changes_again_from_a_date_on(both, worlds, later):
    run("sync")
    later(days=3)
    with tenant("north"):
        RawTicket.objects.update(row_hash=b"another")
    changed = {
        ticket.id for ticket in worlds["north"].tickets if ticket.updated_at >= NOW - timedelta(days=2)
    }
    run(
        "sync",
        "--tenant",
        "north",
        "--stream",
        "tickets",
        "--since",
        f"{NOW - timedelta(days=2):%Y-%m-%dT%H:%M%z}",
    )
    again = {ticket.external_id for ticket in both[0].all(RawTicket) if bytes(ticket.row_hash) != b"another"}
    assert again == changed
    assert changed
    assert both[0].state("tickets").cursor >= NOW - timedelta(days=1)


def test_a_date_without_a_zone_is_the_tenants(both, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "connectors.management.commands.sync.sync", lambda *_, since, **__: asked.append(since) or []
    )
    run("sync", "--since", "2026-02-01")
    assert [moment.isoformat() for moment in asked] == [
        "2026-02-01T00:00:00-05:00",
        "2026-02-01T00:00:00+01:00",
    ]


@pytest.mark.parametrize(
    ("date", "complaint"), [("soon", "is not a date like"), ("2126-01-01", "is in the future")]
)
def test_an_odd_date_is_refused_in_words(both, date, complaint):
    assert complaint in run("sync", "--since", date)[2]


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
        "north: 1 saved credential(s) rotated\nsouth: 1 saved credential(s) rotated\n",
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
    assert "south: 1 saved credential(s) rotated" in out
    assert failed == "1 saved credential(s) could not be read; keep the old keys."
    assert crypto.decrypt(bytes(both[1].refreshed().encrypted_credentials))


def test_rotation_leaves_connections_without_credentials_alone(both, new_key):
    with tenant("north"):
        Connection.objects.update(encrypted_credentials=b"")
    assert (
        run("rotate_credentials")[0]
        == "north: 0 saved credential(s) rotated\nsouth: 1 saved credential(s) rotated\n"
    )
