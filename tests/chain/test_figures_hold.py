"""The whole chain under random worlds: whatever happens at the vendor and to the sync, the figures are
those that the oracle computes, and those of a recompute from scratch, cell for cell."""

import contextlib
import itertools
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connectors.models import Connection, DirtyDay, RawMember
from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World
from connectors.sync import sync
from connectors.vendors.connectwise import client
from connectors.walks import Extent
from kpis.calendar import day_of
from kpis.compute import compute
from kpis.models import KpiDaily
from tenants.context import tenant
from tests.kpis.disputes_at_desk import DisputesAtRandom
from tests.kpis.insights_at_random import Insights
from tests.oracle.compare import differences, read_figures
from tests.oracle.engine import compute as oracle
from tests.oracle.tables import read_tables

NOW = datetime(2026, 3, 16, 15, 30, tzinfo=UTC)  # a week after the clocks went forward in Toronto


class Killed(BaseException):
    """Ends a sync as abruptly as a dead process does."""


@st.composite
def turns(draw):
    """A turn: what changes at the vendor, how the sync pages, and after how many pages it is killed."""
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "edits": st.integers(0, 12),
                    "seed": st.integers(0, 2**16),
                    "hours": st.sampled_from([0, 1, 7, 30, 80]),
                    "page_size": st.integers(1, 40),
                    "killed_after": st.none() | st.integers(0, 12),
                    "extent": st.sampled_from([Extent.CHANGES, Extent.CHANGES, Extent.SWEEP, Extent.FULL]),
                }
            ),
            min_size=1,
            max_size=4,
        )
    )


@given(seed=st.integers(0, 2**16), tickets=st.integers(0, 25), turns=turns())
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_the_figures_are_the_oracles_and_those_from_scratch(db, monkeypatch, seed, tickets, turns):
    world = World.small(seed, NOW, tickets)
    with ConnectWiseSimulator({"msp": world}) as simulator, transaction.atomic(), tenant("north"):
        connect(simulator)
        catch_up(world)
        insights = Insights(seed, lambda: day_of(world.now))
        insights.populate()
        disputes = DisputesAtRandom(seed, members)
        for turn in turns:
            monkeypatch.setattr(client, "PAGE_SIZE", turn["page_size"])
            change(world, turn)
            insights.live(turn["edits"])
            disputes.live(turn["edits"])
            sync_and_maybe_die(turn)
            catch_up(world)
            check_against_the_oracle(world.now)
        check_backlog_flows()
        check_against_scratch(world.now)
        with tenant("south"):
            assert not KpiDaily.objects.exists()
        transaction.set_rollback(True)


def members() -> list[int]:
    return list(RawMember.objects.order_by("external_id").values_list("external_id", flat=True))


def connect(simulator) -> Connection:
    login = simulator.credentials("msp")
    link = Connection(name="ConnectWise", vendor="connectwise")
    link.settings = {"site": login.site, "company_id": login.company_id}
    link.credentials = {name: getattr(login, name) for name in ("public_key", "private_key", "client_id")}
    link.save()
    return link


def change(world: World, turn) -> None:
    rng = Random(turn["seed"])
    for _ in range(turn["edits"]):
        world.apply_random_edit(rng)
        world.advance(timedelta(minutes=rng.randrange(0, 90)))
    world.advance(timedelta(hours=turn["hours"]))


def sync_and_maybe_die(turn) -> None:
    pages = iter(range(turn["killed_after"] or 0))

    def die_in_time(stream: str, seen: int, total: int | None) -> None:
        if turn["killed_after"] is not None and next(pages, None) is None:
            raise Killed

    with contextlib.suppress(Killed):
        sync(Connection.objects.get(), turn["extent"], allow_removals=True, progress=die_in_time)


def catch_up(world: World) -> None:
    runs = sync(Connection.objects.get(), Extent.SWEEP, allow_removals=True)
    assert not [run.error for run in runs if run.error]
    compute(now=world.now)
    assert not DirtyDay.objects.exists()


def check_against_the_oracle(now: datetime) -> None:
    found, expected = read_figures(), oracle(read_tables(), now)
    assert differences(expected, found.daily, found.breakdown) == []


def check_against_scratch(now: datetime) -> None:
    before = read_figures()
    compute(now=now, full=True)
    after = read_figures()
    assert differences(after, before.daily, before.breakdown) == []


def check_backlog_flows() -> None:
    days = list(KpiDaily.objects.order_by("kpi_date"))
    for yesterday, today in itertools.pairwise(days):
        flow = today.new_tickets + today.reopened_tickets - today.closed_tickets
        assert today.backlog_open == yesterday.backlog_open + flow


@pytest.mark.parametrize("seed", [2])
def test_a_month_of_a_real_desk_agrees_with_the_oracle(db, seed):
    world = World.build(seed=seed, now=NOW, months=4, tickets_per_day=4)
    with ConnectWiseSimulator({"msp": world}) as simulator, tenant("north"):
        connect(simulator)
        catch_up(world)
        check_against_the_oracle(world.now)
        insights = Insights(seed, lambda: day_of(world.now))
        insights.populate()
        world.advance(timedelta(days=3))
        insights.live(steps=30)
        DisputesAtRandom(seed, members).live(steps=30)
        catch_up(world)
        check_against_the_oracle(world.now)
        check_against_scratch(world.now)
