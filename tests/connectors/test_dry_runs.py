"""`sync --dry-run` asks the vendor, says what would change, and leaves nothing behind."""

import pytest
from django.apps import apps

from connectors.models import RawTicket, SyncRun
from tenants.context import tenant

from .commands import run


@pytest.fixture
def both(connect):
    return connect("north"), connect("south")


def everything(site):
    """All that a sync may leave behind."""
    with tenant(site.schema):
        models = apps.get_app_config("connectors").get_models()
        return {
            model._meta.db_table: sorted(map(repr, model._default_manager.values_list())) for model in models
        }


@pytest.mark.parametrize("options", [(), ("--sweep",), ("--full",), ("--since", "2026-02-20"), ("--replay",)])
def test_a_dry_run_stores_nothing(both, worlds, later, options):
    run("sync")
    later(minutes=1)
    worlds["north"].edit_summary(worlds["north"].tickets.ids[0], "Edited")
    worlds["north"].delete_ticket(worlds["north"].tickets.ids[1])
    before = [everything(site) for site in both]
    out, err, failed = run("sync", "--dry-run", *options)
    assert (err, failed) == ("", "")
    assert out.count("this was a dry run, and nothing was stored") == 2
    assert [everything(site) for site in both] == before


def test_a_dry_run_says_what_would_change(both, worlds, later):
    run("sync")
    later(minutes=1)
    worlds["north"].edit_summary(worlds["north"].tickets.ids[0], "Edited")
    worlds["north"].delete_ticket(worlds["north"].tickets.ids[1])
    out, *_ = run("sync", "--dry-run", "--sweep", "--tenant", "north")
    (line,) = [line for line in out.splitlines() if line.startswith("north/Desk: tickets:")]
    assert " 0 new, 1 changed, 1 deleted" in line
    assert (
        " 0 new, 1 changed, 1 deleted"
        in run("sync", "--sweep", "--tenant", "north", "--stream", "tickets")[0]
    )


def test_a_dry_run_of_a_first_sync_counts_everything_and_leaves_nothing(both, worlds):
    out, *_ = run("sync", "--dry-run", "--tenant", "north")
    assert f"tickets: {len(worlds['north'].tickets)} records seen, {len(worlds['north'].tickets)} new" in out
    assert not both[0].all(RawTicket)
    assert not both[0].all(SyncRun)
    assert both[0].refreshed().status == "new"


def test_a_dry_run_of_a_connection_that_fails_says_so_and_leaves_no_trace(connect):
    site = connect("north", private_key="wrong")
    _, err, failed = run("sync", "--dry-run")
    assert "refused the keys" in err
    assert failed
    assert site.refreshed().status == "new"


def test_after_a_dry_run_the_connection_is_free_again(both, worlds):
    run("sync", "--dry-run")
    assert run("sync")[1:] == ("", "")
    assert both[0].ids(RawTicket) == set(worlds["north"].tickets.ids)
