"""The simulated MSP: the same seed makes the same records, and the clock moves only what it says."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from math import log, sqrt
from statistics import mean
from timeit import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.simulators.connectwise.api import ConnectWiseApi
from connectors.simulators.world import World, office
from connectors.simulators.world.projects import ImprovementProject
from connectors.simulators.world.terms import Stage

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def year() -> World:
    return World.build(seed=3, now=NOW, months=12, tickets_per_day=15)


def wire_bytes(world: World) -> list[bytes]:
    collections = ConnectWiseApi("acme", world).collections.values()
    return [collection.encoded(record_id) for collection in collections for record_id in collection.ids()]


def test_the_same_seed_makes_the_same_bytes() -> None:
    assert wire_bytes(World.small(5, NOW)) == wire_bytes(World.small(5, NOW))
    assert wire_bytes(World.small(5, NOW)) != wire_bytes(World.small(6, NOW))


@given(cuts=st.lists(st.integers(0, 14 * 1440), max_size=6))
@settings(max_examples=15, deadline=None)
def test_it_does_not_matter_in_how_many_steps_the_clock_advances(cuts: list[int]) -> None:
    straight, stepwise = World.small(5, NOW), World.small(5, NOW)
    straight.advance(timedelta(days=14))
    for minutes in sorted(cuts):
        stepwise.advance_to(NOW + timedelta(minutes=minutes))
    stepwise.advance_to(NOW + timedelta(days=14))
    assert wire_bytes(straight) == wire_bytes(stepwise)


def test_a_small_world_is_quick_to_build() -> None:
    assert min(repeat(lambda: World.empty(1, NOW), number=1, repeat=7)) < 0.03
    assert min(repeat(lambda: World.small(1, NOW), number=1, repeat=7)) < 0.03


def test_an_empty_world_stays_empty_however_long_it_waits() -> None:
    world = World.empty(1, NOW)
    world.advance(timedelta(days=90))
    assert len(world.tickets) == len(world.time_entries) == 0
    assert len(world.clients.companies) >= 2
    assert world.now == NOW + timedelta(days=90)


def test_a_world_goes_on_living_as_its_clock_advances() -> None:
    world = World.build(seed=1, now=NOW, months=1)
    tickets, entries = len(world.tickets), len(world.time_entries)
    world.advance(timedelta(days=3))
    assert len(world.tickets) > tickets
    assert len(world.time_entries) > entries
    assert max(ticket.updated_at for ticket in world.tickets) > NOW


def test_a_year_holds_what_every_kpi_needs(year: World) -> None:
    tickets = list(year.tickets)
    entries = list(year.time_entries)
    assert any(ticket.type is None for ticket in tickets)
    assert any(ticket.agreement is None for ticket in tickets)
    assert any(ticket.owner is None for ticket in tickets if ticket.is_closed)
    assert any(ticket.waiting_minutes for ticket in tickets)
    assert any(ticket.external_reference for ticket in tickets)
    assert {ticket.board.name for ticket in tickets} == {"Help Desk", "Network", "Security", "Projects"}
    assert len({entry.charged_to for entry in entries}) == 5
    assert len({entry.billing for entry in entries}) == 4
    assert any(entry.entered_at - entry.ended_at > timedelta(days=1) for entry in entries)
    assert any(entry.member.is_automation for entry in entries)
    assert year.truth.merged_tickets
    assert year.truth.deleted_tickets
    assert year.truth.incidents
    assert {result.answers[0] for result in year.survey_results} == {1, 2, 3, 4, 5}


def test_a_few_percent_of_the_tickets_are_reopened(year: World) -> None:
    reopened = sum(bool(year.truth.reopenings(ticket.id)) for ticket in year.tickets)
    assert 0.04 < reopened / len(year.tickets) < 0.09


def test_sla_goals_are_met_and_missed(year: World) -> None:
    missed = Counter(
        ticket.resolved_at > ticket.resolve_goal
        for ticket in year.tickets
        if ticket.resolved_at and ticket.resolve_goal
    )
    assert 0.05 < missed[True] / missed.total() < 0.5


def before_and_after(world: World, project: ImprovementProject, *, treated: bool) -> tuple[int, int]:
    """Tickets of as many days before a project as after it, at the clients that got it or at the others."""
    span = NOW - project.finished_at
    opened = [
        ticket.opened_at
        for ticket in world.tickets
        if ticket.topic == project.topic and (ticket.company.id in project.company_ids) == treated
    ]
    before = sum(project.started_at - span <= at < project.started_at for at in opened)
    return before, sum(at >= project.finished_at for at in opened)


def test_projects_reduce_their_topic_where_they_were_done_and_one_does_nothing(year: World) -> None:
    for project in year.truth.projects:
        before, after = before_and_after(year, project, treated=True)
        others_before, others_after = before_and_after(year, project, treated=False)
        seen = log(after / before) - log(others_after / others_before)
        doubt = sqrt(1 / before + 1 / after + 1 / others_before + 1 / others_after)
        assert abs(seen - log(1 - project.reduction)) < 2.5 * doubt, project.name
    assert min(project.reduction for project in year.truth.projects) == 0


def test_a_spike_goes_away_by_itself(year: World) -> None:
    [spike] = year.truth.spikes
    weeks = (spike.until - spike.since) / timedelta(days=7)
    opened = [ticket.opened_at for ticket in year.tickets if ticket.topic == spike.topic]
    during = sum(spike.since <= at < spike.until for at in opened) / weeks
    before = sum(spike.since - timedelta(weeks=20) <= at < spike.since for at in opened) / 20
    after = sum(at >= spike.until for at in opened) / ((NOW - spike.until) / timedelta(days=7))
    assert during > 2 * before
    assert after < 0.7 * during


def test_people_write_letters_and_about_things_that_happen_once(year: World) -> None:
    letters = [note.text for ticket in year.tickets for note in ticket.notes[:1] if note.text.count("\n") > 2]
    assert len(letters) > 0.2 * len(year.tickets)
    assert any("@" in text for text in letters)
    one_offs = [ticket.summary for ticket in year.tickets if ticket.topic == "one-off"]
    assert 0.03 < len(one_offs) / len(year.tickets) < 0.12
    assert Counter(one_offs).most_common(1)[0][1] < 12


def test_a_planted_slow_technician_takes_longer(year: World) -> None:
    effort = {name: by_board["Help Desk"] for name, by_board in year.truth.effort.items()}
    hours = defaultdict(list)
    for entry in year.time_entries:
        if entry.ticket and entry.ticket.board.name == "Help Desk":
            hours[entry.member.identifier].append(entry.worked / timedelta(hours=1))
    fast, slow = min(effort, key=effort.__getitem__), max(effort, key=effort.__getitem__)
    assert mean(hours[slow]) > 1.5 * mean(hours[fast])


def test_somebody_has_left_and_still_owns_old_tickets(year: World) -> None:
    owners = {ticket.owner for ticket in year.tickets if ticket.owner and ticket.owner.left_at}
    assert len(owners) == 1
    assert all(member.left_at is None for member in year.catalogue.technicians)


def test_closing_reopening_and_closing_again_moves_the_closed_date() -> None:
    world = World.empty(1, NOW)
    ticket = world.open_ticket()
    world.advance(timedelta(hours=1))
    world.close_ticket(ticket.id)
    first = ticket.closed_at
    world.advance(timedelta(hours=1))
    world.reopen_ticket(ticket.id)
    assert ticket.closed_at is None
    assert not ticket.is_closed
    world.advance(timedelta(hours=1))
    world.close_ticket(ticket.id)
    assert first == NOW + timedelta(hours=1)
    assert world.truth.closures(ticket.id) == [first, NOW + timedelta(hours=3)]
    assert world.truth.reopenings(ticket.id) == [NOW + timedelta(hours=2)]


def test_time_and_notes_do_not_count_as_an_update_of_the_ticket() -> None:
    world = World.empty(1, NOW)
    ticket = world.open_ticket()
    world.advance(timedelta(minutes=5))
    entry = world.add_time_entry(ticket.id, 150, NOW, 0.5)
    world.edit_time_entry(entry.id, hours=1.25)
    world.add_note(ticket.id, "Called back")
    assert ticket.updated_at == NOW
    assert ticket.worked == timedelta(minutes=75)


def test_an_edit_bumps_the_update_of_what_it_touches_and_of_nothing_else() -> None:
    world = World.empty(1, NOW)
    tickets = [world.open_ticket() for _ in range(6)]
    world.advance(timedelta(minutes=5))
    world.reassign(tickets[0].id, 151)
    world.change_priority(tickets[1].id, 1)
    world.edit_summary(tickets[2].id, "Other")
    world.merge_tickets(tickets[3].id, tickets[4].id)
    assert world.tickets.changed_since(world.now) == [ticket.id for ticket in tickets[:5]]


def test_a_merged_ticket_names_its_parent_and_closes() -> None:
    world = World.empty(1, NOW)
    parent, child = world.open_ticket(), world.open_ticket()
    world.merge_tickets(parent.id, child.id)
    assert child.merged_into is parent
    assert child.is_closed
    assert not parent.is_closed


def test_waiting_for_the_customer_postpones_the_goal() -> None:
    world = World.empty(1, NOW)
    ticket = world.open_ticket()
    goal = ticket.resolve_goal
    world.change_status(ticket.id, Stage.WAITING)
    world.advance(timedelta(minutes=90))
    world.change_status(ticket.id, Stage.WORKING)
    assert ticket.waiting_minutes == 90
    assert goal
    assert ticket.resolve_goal
    assert office.minutes_between(goal, ticket.resolve_goal) == 90


@given(seed=st.integers(0, 2**32), count=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_any_run_of_random_edits_leaves_the_tables_consistent(seed: int, count: int) -> None:
    world, rng = World.small(2, NOW, tickets=8), random.Random(seed)
    for _ in range(count):
        world.apply_random_edit(rng)
        world.advance(timedelta(minutes=rng.randrange(300)))
    assert world.tickets.ids == sorted(world.tickets.rows)
    assert not world.truth.deleted_tickets & set(world.tickets.ids)
    for ticket in world.tickets:
        assert ticket.is_closed == (ticket.closed_at is not None)
        closures, reopenings = world.truth.closures(ticket.id), world.truth.reopenings(ticket.id)
        assert len(closures) - len(reopenings) == ticket.is_closed
    assert all(entry.ticket is None or entry.ticket.id in world.tickets.rows for entry in world.time_entries)
