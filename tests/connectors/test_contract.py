"""What every connector keeps to: nothing missed, nothing twice, whatever happens in between."""

import pytest

from connectors.models import PageArchive, PendingParent, SkippedRecord, SyncRun
from connectors.walks import Extent

from .contract import changes_of, stream_of, streams, sync_dying
from .site import Killed

OK = SyncRun.Status.OK


@pytest.fixture
def main(harness):
    """The stream that matters most."""
    return stream_of(harness, harness.main)


@pytest.fixture
def swept(harness):
    """The stream on which deletions are tried."""
    return stream_of(harness, harness.swept)


def test_the_first_sync_loads_everything(harness, site):
    runs = site.sync()
    assert {run.status for run in runs} == {OK}
    assert {run.stream for run in runs} == {stream.name for stream in streams(harness.slug)}
    for stream, ids in harness.present("north").items():
        assert site.ids_of(stream_of(harness, stream)) == ids, stream
    assert site.refreshed().status == "ok"
    assert not site.all(PendingParent)


def test_a_second_sync_changes_nothing(site):
    site.sync()
    before = site.tables()
    site.forget_dirty_days()
    assert changes_of(site.sync()) == 0
    assert site.tables() == before
    assert site.dirty_days() == set()


@pytest.mark.parametrize("extent", [Extent.SWEEP, Extent.FULL])
def test_reading_everything_again_changes_nothing(site, extent):
    site.sync()
    before = site.tables()
    site.forget_dirty_days()
    runs = site.sync(extent)
    assert {run.status for run in runs} == {OK}
    assert changes_of(runs) == 0
    assert site.tables() == before
    assert site.dirty_days() == set()


def test_a_replay_changes_nothing_and_asks_nobody(harness, site):
    site.sync()
    before, asked = site.tables(), []
    site.forget_dirty_days()
    harness.on_request(lambda: asked.append(1))
    runs = site.replay()
    assert sum(run.rows_seen for run in runs) > 0
    assert changes_of(runs) == 0
    assert site.tables() == before
    assert site.dirty_days() == set()
    assert not asked


def test_a_replay_after_edits_overwrites_nothing_newer(harness, site):
    site.sync()
    harness.later(minutes=10)
    harness.edit("north", seed=5, count=15)
    site.sync(Extent.SWEEP)
    before = site.tables()
    assert changes_of(site.replay()) == 0
    assert site.tables() == before


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_first_load_killed_again_and_again_ends_like_a_clean_one(harness, site, site_of, monkeypatch, seed):
    harness.page_size(seed)
    assert sync_dying(site, monkeypatch, seed) > 2
    clean = site_of("south", company="north")
    clean.sync()
    assert site.tables() == clean.tables()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_sync_of_changes_ends_like_a_clean_one(harness, site, site_of, monkeypatch, seed):
    site.sync()
    harness.later(minutes=10)
    harness.edit("north", seed, count=25)
    harness.page_size(3 + seed)
    sync_dying(site, monkeypatch, seed)
    site.sync(Extent.SWEEP)
    clean = site_of("south", company="north")
    clean.sync()
    for stream in (stream_of(harness, name) for name in harness.cursored):
        mine, theirs = (living_rows(each, stream, harness.spares) for each in (site, clean))
        assert mine == theirs, stream.name


def living_rows(site, stream, spares):
    return site.rows(stream.table, dead=False, without=spares, **stream.fixed)


def test_a_killed_sync_is_remembered_as_interrupted(site, main):
    def die(*_):
        raise Killed

    with pytest.raises(Killed):
        site.sync(progress=die)
    assert [run.status for run in site.all(SyncRun)] == ["running"]
    site.sync()
    assert site.all(SyncRun)[0].status == "interrupted"
    assert {run.status for run in site.all(SyncRun)[1:]} == {OK}


def test_a_full_load_reads_all_even_after_a_killed_sync_of_changes(harness, site, main):
    site.sync()
    harness.later(minutes=10)
    harness.edit("north", seed=1, count=15)
    harness.page_size(1)
    with pytest.raises(Killed):
        site.sync(only=main.name, progress=die_of(main.name))
    assert any(state.position for state in site.states(main.name))
    assert site.run(main.name, Extent.FULL).rows_seen == len(harness.present("north")[main.name])


def die_of(stream):
    def die(name, *_):
        if name == stream:
            raise Killed

    return die


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_size_of_pages_makes_no_difference(harness, site, site_of, size):
    clean = site_of("south", company="north")
    clean.sync()
    harness.page_size(size)
    site.sync()
    assert site.tables() == clean.tables()


def test_what_the_vendor_deleted_is_marked_by_a_sweep(harness, site, swept):
    site.sync()
    gone = harness.delete_one("north")
    site.sync()
    assert gone in site.ids_of(swept)
    run = [run for run in site.sync(Extent.SWEEP) if run.stream == swept.name][-1]
    assert run.rows_deleted == 1
    assert site.one(swept.table, external_id=gone).deleted_at
    assert changes_of(site.sync(Extent.SWEEP)) == 0


def test_a_sweep_that_would_remove_too_much_stops_and_asks(harness, site, swept):
    site.sync()
    before = site.tables()
    hidden = harness.hide_most("north")
    assert len(hidden) > 10
    stopped = [run for run in site.sync(Extent.SWEEP) if run.status != OK]
    assert [run.stream for run in stopped] == [swept.name]
    assert "--allow-removals" in stopped[0].error
    assert site.tables()[swept.table._meta.db_table] == before[swept.table._meta.db_table]
    assert site.refreshed().status in ("failing", "attention")


def test_removals_that_were_allowed_are_done_and_undone(harness, site, swept):
    site.sync()
    hidden = harness.hide_most("north")
    site.sync(Extent.SWEEP, allow_removals=True)
    assert site.ids_of(swept).isdisjoint(hidden)
    harness.show_all("north")
    site.sync(Extent.SWEEP)
    site.sync()
    assert site.ids_of(swept) == harness.present("north")[swept.name]


def test_a_record_changed_after_its_tombstone_returns(harness, site, swept):
    site.sync()
    harness.hide_most("north")
    site.sync(Extent.SWEEP, allow_removals=True)
    harness.show_all("north")
    harness.later(minutes=61)
    changed = harness.change_one("north", swept.name)
    site.sync()
    assert changed in site.ids_of(swept)


def test_a_bad_record_never_loses_its_page(harness, site, main):
    bad = harness.spoil_one("north", main.name)
    runs = {run.stream: run for run in site.sync()}
    assert runs[main.name].rows_skipped == 1
    assert {run.status for run in runs.values()} == {OK}
    assert site.ids_of(main) == harness.present("north")[main.name] - {bad}
    skipped = site.one(SkippedRecord, stream=main.name)
    assert skipped.external_id == str(bad)
    assert str(bad) in skipped.payload


def test_a_bad_record_comes_in_once_it_is_good(harness, site, main):
    bad = harness.spoil_one("north", main.name)
    site.sync()
    harness.clear_faults("north")
    site.sync(Extent.FULL)
    assert bad in site.ids_of(main)
    assert not site.all(SkippedRecord)


def test_a_bad_record_stays_bad_in_a_replay(harness, site, main):
    harness.spoil_one("north", main.name)
    site.sync()
    before = [(skip.external_id, skip.payload) for skip in site.all(SkippedRecord)]
    assert changes_of(site.replay()) == 0
    assert [(skip.external_id, skip.payload) for skip in site.all(SkippedRecord)] == before


def test_a_sweep_does_not_ask_for_skipped_records_again(harness, site, swept):
    harness.spoil_one("north", swept.name)
    site.sync()
    assert {run.error for run in site.sync(Extent.SWEEP)} == {""}
    assert all(bool(state.cursor) == bool(swept.cursor) for state in site.states(swept.name))


def test_what_was_read_is_kept_for_a_while(harness, site, main):
    site.sync()
    assert {page.stream for page in site.all(PageArchive)} >= {main.name}
