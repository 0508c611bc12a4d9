"""Whatever happens at a desk, and however often the sync is killed: in the end our tables tell the truth."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.models import RawSurvey, RawTicket, RawTicketNote, RawTicketSpell, RawTimeEntry
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World
from connectors.walks import Extent

from .conftest import NOW, PAGE_SIZE
from .connectwise import touch_all
from .contract import live
from .site import Site, connected

COMPARED = (RawTicket, RawTimeEntry, RawTicketNote, RawTicketSpell, RawSurvey)
FIRST_OF_ALL = ("boards", "survey_forms")  # what the others need; the rest of a desk never changes here
TEAM_WORK = ("tickets", "time_entries")

seeds = st.integers(0, 10_000)
edits = st.tuples(st.just("edit"), seeds, st.integers(1, 12))
pauses = st.tuples(st.just("later"), st.integers(1, 2000))
syncs = st.tuples(st.just("sync"), st.sampled_from(list(Extent)), st.integers(1, 9))
lives = st.tuples(st.just("live"), seeds, st.integers(1, 9))
histories = st.lists(st.one_of(edits, edits, pauses, syncs, lives, lives), min_size=2, max_size=9)
worlds = st.builds(
    lambda seed, tickets: World.small(seed, NOW, tickets) if tickets else World.empty(seed, NOW),
    seeds,
    st.integers(0, 12),
)


class Machine:
    """A desk, its clock, and the connection of north to it."""

    def __init__(self, simulator, world, clock, monkeypatch):
        self.simulator, self.world, self.clock, self.monkeypatch = simulator, world, clock, monkeypatch
        self.north = connected("north", simulator.credentials("desk"))
        for stream in FIRST_OF_ALL:
            self.north.sync(only=stream)

    def edit(self, seed, count):
        chance = Random(seed)
        for _ in range(count):
            self.later(chance.randint(0, 3))
            self.world.apply_random_edit(chance)

    def later(self, minutes):
        self.clock.shift(timedelta(minutes=minutes))
        self.simulator.advance("desk", timedelta(minutes=minutes))

    def sync(self, extent, page_size):
        self.monkeypatch.setattr(PAGE_SIZE, page_size)
        for stream in TEAM_WORK:
            self.north.sync(extent, only=stream, allow_removals=True)

    def live(self, seed, page_size):
        """A sync, killed before it is done or just not."""
        self.monkeypatch.setattr(PAGE_SIZE, page_size)
        chance = Random(seed)
        live(self.north, self.monkeypatch, chance, extent=chance.choice(list(Extent)), only="tickets")
        live(self.north, self.monkeypatch, chance, only="time_entries")

    def catch_up(self):
        self.later(1)
        touch_all(self.world)
        self.sync(Extent.SWEEP, 1000)
        self.sync(Extent.CHANGES, 1000)
        self.north.sync(Extent.SWEEP, only="survey_forms")


@pytest.mark.xdist_group("properties")
@settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(world=worlds, history=histories)
def test_the_tables_end_up_telling_the_truth(db, naps, quick_http, monkeypatch, world, history):
    with machine(world, monkeypatch) as desk:
        for step, *arguments in history:
            getattr(desk, step)(*arguments)
        desk.catch_up()
        south = connected("south", desk.simulator.credentials("desk"))
        for stream in (*FIRST_OF_ALL, *TEAM_WORK):
            south.sync(only=stream)
        assert compared(desk.north) == compared(south)
        for site in (desk.north, south):
            assert_true(site, world)


@contextmanager
def machine(world, monkeypatch) -> Iterator[Machine]:
    """Whatever it does to the database is undone at the end."""
    with (
        time_machine.travel(NOW, tick=True) as clock,
        ConnectWiseSimulator({"desk": world}) as simulator,
        transaction.atomic(),
        monkeypatch.context() as patches,
    ):
        yield Machine(simulator, world, clock, patches)
        transaction.set_rollback(True)


def compared(site: Site):
    """What is said of tickets that there are; of those that are gone, more or less may be known."""
    present = site.ids(RawTicket)
    tables = {}
    for table in COMPARED:
        rows = site.rows(table, dead=False, without=frozenset({"row_hash"}))
        tables[table] = [row for row in rows if row.get("ticket_id") is None or row["ticket_id"] in present]
    return tables


def assert_true(site: Site, world: World):
    truth = world.truth
    tickets = {row.external_id: row for row in site.all(RawTicket, deleted_at=None)}
    assert tickets.keys() == set(world.tickets.ids)
    assert site.ids(RawTimeEntry) == set(world.time_entries.ids)
    reopened: dict[int, list[object]] = {}
    for spell in site.all(RawTicketSpell, number__gt=1):
        reopened.setdefault(spell.ticket_id, []).append(spell.started_at)
    for ticket in world.tickets:
        row = tickets[ticket.id]
        assert row.is_closed == ticket.is_closed
        assert row.closed_at == ticket.closed_at
        assert row.merged_into == (ticket.merged_into.id if ticket.merged_into else None)
        assert reopened.get(ticket.id, []) == truth.reopenings(ticket.id)
        assert row.reopen_count == len(truth.reopenings(ticket.id))
    dead = {row.external_id for row in site.all(RawTicket, deleted_at__isnull=False)}
    assert dead <= truth.deleted_tickets
