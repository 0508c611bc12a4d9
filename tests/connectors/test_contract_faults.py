"""What every connector keeps to under every fault that a vendor can have: the same data, or a clean stop."""

from random import Random
from typing import Any

import pytest

from connectors.errors import SyncProblem
from connectors.models import StreamState, SyncRun
from connectors.simulators.faults import STATES, FaultKind
from connectors.walks import Extent

from .contract import stream_of

KINDS = [kind for kind in FaultKind if kind not in STATES]
MOMENT = 0.05  # of what takes its time: nobody has to wait for it here


def sync_or_stop(site):
    """What came of it, in sentences; whatever happens is told in one."""
    try:
        runs = site.sync()
    except SyncProblem as problem:
        return [str(problem)]
    for run in runs:
        assert run.status in (SyncRun.Status.OK, SyncRun.Status.STOPPED)
        assert bool(run.error) == (run.status == SyncRun.Status.STOPPED)
    return [run.error for run in runs if run.error]


def assert_told_in_words(problems):
    for problem in problems:
        assert "unexpected" not in problem
        assert problem.rstrip().endswith((".", ")"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_ends_in_the_same_data_or_in_a_clean_stop(harness, site, site_of, kind):
    harness.page_size(4)
    harness.simulator.faults("north").add(kind, path=harness.main_path, after=2, seconds=MOMENT)
    problems = sync_or_stop(site)
    assert_told_in_words(problems)
    if problems:
        states = site.all(StreamState, stream=harness.main)
        assert not [state for state in states if state.cursor], "the cursor passed what is not stored"
    harness.clear_faults("north")
    site.sync(Extent.SWEEP)
    assert site.tables(without=harness.spares) == clean_tables(harness, site_of)
    assert site.refreshed().status == "ok"


_CLEAN: dict[str, Any] = {}


def clean_tables(harness, site_of):
    """What a sync without any fault comes to; each test has the same world, so it is the same for all of them."""
    if harness.slug not in _CLEAN:
        clean = site_of("south", company="north")
        clean.sync(Extent.SWEEP)
        _CLEAN[harness.slug] = clean.tables(without=harness.spares)
    return _CLEAN[harness.slug]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_many_faults_at_once_lose_nothing(harness, site, seed):
    chance = Random(seed)
    harness.page_size(4)
    for kind in chance.sample(KINDS, 6):
        harness.simulator.faults("north").add(kind, times=1, after=chance.randint(0, 30), seconds=MOMENT)
    assert_told_in_words(sync_or_stop(site))
    harness.clear_faults("north")
    site.sync(Extent.SWEEP)
    assert site.refreshed().status == "ok"
    for stream, ids in harness.present("north").items():
        assert site.ids_of(stream_of(harness, stream)) == ids, stream
