"""Whatever happens at a console, and however often the sync is killed: in the end our tables tell the truth."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.models import Connection, RawSecurityAlert
from connectors.simulators.sentinelone import SentinelOneSimulator
from connectors.walks import Extent
from tenants.context import tenant

from .conftest import NOW
from .contract import live, stream_of
from .sentinelone import SentinelOneHarness, watched_world
from .site import Site

PAGE_SIZE = "connectors.vendors.sentinelone.client.PAGE_SIZE"
FAULTS = ("server-error", "truncated-json", "dropped-body", "throttled-without-hint", "drifting-page")
seeds = st.integers(0, 10_000)
edits = st.tuples(st.just("edit"), seeds, st.integers(1, 12))
pauses = st.tuples(st.just("later"), st.integers(1, 2000))
syncs = st.tuples(st.just("sync"), st.sampled_from(list(Extent)), st.integers(1, 9))
lives = st.tuples(st.just("live"), seeds, st.integers(1, 9))
faults = st.tuples(st.just("fault"), st.sampled_from(FAULTS), st.integers(0, 6))
switches = st.tuples(st.just("switch"), st.sampled_from(["yes", "no", "errors"]))
steps = st.one_of(edits, edits, pauses, syncs, lives, lives, faults, switches)
histories = st.lists(steps, min_size=2, max_size=9)


class Machine:
    """A console, its clock, and the connection of north to it."""

    def __init__(self, simulator, clock, monkeypatch):
        self.simulator, self.clock, self.monkeypatch = simulator, clock, monkeypatch
        self.harness = SentinelOneHarness(simulator, lambda **_: None, lambda _: None)
        self.north = self.connected("north")

    def connected(self, schema):
        console, credentials = self.harness.login("north")
        with tenant(schema):
            link = Connection(name="Console", vendor="sentinelone", settings=console)
            link.credentials = credentials
            link.save()
        return Site(schema, link)

    def edit(self, seed, count):
        for step in range(count):
            self.later(seed % 4)
            self.harness.edit("north", seed + step, 1)

    def later(self, minutes):
        self.clock.shift(timedelta(minutes=minutes))
        self.simulator.advance("north", timedelta(minutes=minutes))

    def fault(self, kind, after):
        self.simulator.faults("north").add(kind, times=1, after=after)

    def switch(self, unified_alerts):
        self.simulator.change("north", unified_alerts=unified_alerts)

    def sync(self, extent, page_size):
        self.monkeypatch.setattr(PAGE_SIZE, page_size)
        self.north.sync(extent, allow_removals=True)

    def live(self, seed, page_size):
        """A sync, killed before it is done or just not."""
        self.monkeypatch.setattr(PAGE_SIZE, page_size)
        live(self.north, self.monkeypatch, Random(seed), extent=Random(seed).choice(list(Extent)))

    def catch_up(self):
        self.simulator.faults("north").clear()
        self.switch("yes")
        self.later(61)
        self.sync(Extent.SWEEP, 1000)
        self.sync(Extent.CHANGES, 1000)


@pytest.mark.xdist_group("properties")
@settings(
    max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(seed=seeds, history=histories)
def test_the_tables_end_up_telling_the_truth(db, naps, quick_http, monkeypatch, seed, history):
    monkeypatch.setattr("connectors.pacing.Pace.wait", lambda pace: None)
    with machine(seed, monkeypatch) as console:
        for step, *arguments in history:
            getattr(console, step)(*arguments)
        console.catch_up()
        south = console.connected("south")
        south.sync()
        for name in console.harness.cursored:
            stream = stream_of(console.harness, name)
            north, clean = (
                each.rows(stream.table, dead=False, without=console.harness.spares, **stream.fixed)
                for each in (console.north, south)
            )
            assert north == clean, name
        for site in (console.north, south):
            assert_true(site, console)


@contextmanager
def machine(seed, monkeypatch) -> Iterator[Machine]:
    """Whatever it does to the database is undone at the end."""
    with (
        time_machine.travel(NOW, tick=True) as clock,
        SentinelOneSimulator({"north": watched_world(seed, NOW)}) as simulator,
        transaction.atomic(),
        monkeypatch.context() as patches,
    ):
        yield Machine(simulator, clock, patches)
        transaction.set_rollback(True)


def assert_true(site, console):
    world, present = console.simulator.world("north"), console.harness.present("north")
    for name, ids in present.items():
        assert site.ids_of(stream_of(console.harness, name)) == ids, name
    rows = {row.external_id: row for row in site.all(RawSecurityAlert, kind="threat")}
    for alert in world.alerts:
        if alert.reference not in rows:
            continue
        row, told = rows[alert.reference], [change for change in alert.history if change.what == "state"]
        assert (row.status, row.severity, row.severity_source) == (alert.state, alert.severity, "vendor")
        assert row.reopen_count == sum(change.before == "resolved" for change in told)
        resolved = [change.at for change in told if change.after == "resolved"]
        assert moment(row.resolved_at) == (resolved[-1] if alert.state == "resolved" else None)
        assert moment(row.acknowledged_at) == (told[0].at if told else None)


def moment(at):
    return at and at.replace(microsecond=0)
