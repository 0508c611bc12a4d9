"""What is known of a ticket's past: from the audit trail, and from what changed between two syncs."""

import json
from datetime import timedelta

import pytest

from connectors.models import RawBoardStatus, RawTicket, RawTicketEvent, RawTicketSpell, SkippedRecord
from connectors.simulators.connectwise import Role
from connectors.simulators.world.terms import Stage
from connectors.walks import Extent

from .site import errors

TRAIL = "system/audittrail"


@pytest.fixture
def ticket(world):
    """Opened just now."""
    return world.open_ticket("Printer on fire").id


@pytest.fixture
def without_trail(simulator):
    simulator.set_role("north", Role(denied=(TRAIL,)))


@pytest.fixture
def desk(north_desk, ticket):
    """North, synced since the ticket was opened."""
    north_desk.sync()
    return north_desk


@pytest.fixture
def steps(desk, world, later):
    """Do each to the ticket, half an hour apart."""

    def go(*edits, sync=False):
        for name, *arguments in edits:
            later(minutes=30)
            getattr(world, name)(world.tickets.ids[-1], *arguments)
            if sync:
                desk.sync()
        desk.sync()

    return go


def spells(site, ticket):
    return [(spell.started_at, spell.ended_at) for spell in site.all(RawTicketSpell, ticket_id=ticket)]


def true_spells(world, ticket):
    """Empty for a ticket that was never reopened."""
    reopened, closed = world.truth.reopenings(ticket), world.truth.closures(ticket)
    begins = [world.tickets[ticket].opened_at, *reopened]
    return list(zip(begins, [*closed, None], strict=False)) if reopened else []


def events(site, ticket, **having):
    return [
        (event.kind, event.old_value, event.new_value)
        for event in site.all(RawTicketEvent, ticket_id=ticket, **having)
    ]


def row(site, ticket):
    return site.one(RawTicket, external_id=ticket)


def test_a_ticket_that_was_never_reopened_has_no_spells(desk, world, ticket, steps):
    steps(("change_status", Stage.WORKING), ("close_ticket",))
    assert spells(desk, ticket) == []
    assert row(desk, ticket).reopen_count == 0
    assert row(desk, ticket).closed_at == world.truth.closures(ticket)[0]


@pytest.mark.parametrize("sync", [True, False])
def test_the_audit_trail_tells_of_a_reopening(desk, world, ticket, steps, sync):
    steps(("close_ticket",), ("reopen_ticket",), sync=sync)
    assert spells(desk, ticket) == true_spells(world, ticket)
    assert len(spells(desk, ticket)) == 2
    assert row(desk, ticket).reopen_count == 1
    assert {event.provenance for event in desk.all(RawTicketEvent, ticket_id=ticket)} == {"audit"}


def test_the_audit_trail_tells_what_happened_between_two_syncs(desk, world, ticket, steps):
    steps(("close_ticket",))
    steps(("reopen_ticket",), ("close_ticket",), ("reopen_ticket",), ("close_ticket",))
    assert spells(desk, ticket) == true_spells(world, ticket)
    assert row(desk, ticket).reopen_count == 2
    assert row(desk, ticket).closed_at == world.truth.closures(ticket)[-1]


def test_a_ticket_reopened_before_the_first_sync_is_known_to_be(north_desk, world, ticket, later):
    for edit in (world.close_ticket, world.reopen_ticket):
        later(hours=1)
        edit(ticket)
    north_desk.sync()
    assert spells(north_desk, ticket) == true_spells(world, ticket)
    assert row(north_desk, ticket).reopen_count == 1


def test_reopening_is_seen_without_an_audit_trail(without_trail, desk, world, ticket, steps):
    steps(("close_ticket",), ("reopen_ticket",), ("close_ticket",), ("reopen_ticket",), sync=True)
    assert spells(desk, ticket) == true_spells(world, ticket)
    assert row(desk, ticket).reopen_count == 2
    assert {event.provenance for event in desk.all(RawTicketEvent, ticket_id=ticket)} == {"snapshot"}
    assert list(errors(desk)) == ["ticket_history"]


def test_a_ticket_first_seen_closed_is_seen_reopened(without_trail, north_desk, world, ticket, later):
    later(hours=1)
    world.close_ticket(ticket)
    north_desk.sync()
    later(hours=1)
    world.reopen_ticket(ticket)
    north_desk.sync()
    assert spells(north_desk, ticket) == true_spells(world, ticket)


def test_what_was_seen_gives_way_to_the_trail_once_it_may_be_read(
    without_trail, desk, simulator, world, ticket, steps
):
    steps(("close_ticket",), ("reopen_ticket",), ("reassign", 152), sync=True)
    simulator.set_role("north", Role())
    steps(("close_ticket",))
    assert {event.provenance for event in desk.all(RawTicketEvent, ticket_id=ticket)} == {"audit"}
    assert spells(desk, ticket) == true_spells(world, ticket)


def test_a_trail_in_unknown_words_does_not_wipe_out_what_was_seen(
    desk, connectwise_harness, world, ticket, later
):
    later(hours=1)
    world.close_ticket(ticket)

    def mumble(request, response):
        if TRAIL in request.path:
            response.body = response.body.replace(b"has been changed from", b"war vorher")

    connectwise_harness.simulator.before_response(mumble)
    desk.sync()
    later(hours=1)
    world.reopen_ticket(ticket)
    desk.sync()
    assert spells(desk, ticket) == true_spells(world, ticket)
    assert row(desk, ticket).reopen_count == 1


def test_a_bad_line_of_a_trail_loses_no_other(desk, connectwise_harness, world, ticket, steps):
    connectwise_harness.rewrite("north", "ticket_history", lambda line: line.update(enteredDate="never"))
    steps(("reassign", 152), ("close_ticket",), ("reopen_ticket",))
    assert [kind for kind, *_ in events(desk, ticket, provenance="audit")] == ["status", "status"]
    assert [skip.external_id for skip in desk.all(SkippedRecord)] == [f"of {ticket}"]
    connectwise_harness.clear_faults("north")
    steps(("close_ticket",))
    assert not desk.all(SkippedRecord)


def test_where_the_trail_lags_behind_the_ticket_itself_has_the_last_word(
    desk, simulator, world, ticket, steps
):
    steps(("close_ticket",), ("reopen_ticket",))

    def lag(request, response):
        if TRAIL in request.path:
            response.body = json.dumps(json.loads(response.body)[:2]).encode()

    simulator.before_response(lag)
    steps(("close_ticket",), ("edit_summary", "Fixed for good"))
    assert len(events(desk, ticket, provenance="audit")) == 2
    assert spells(desk, ticket) == true_spells(world, ticket)
    assert spells(desk, ticket)[-1][1] == row(desk, ticket).closed_at


@pytest.mark.parametrize("denied", [(), (TRAIL,)])
@pytest.mark.parametrize(
    ("kind", "edit", "column"),
    [
        ("owner", ("reassign", 152), "owner_id"),
        ("board", ("move_board", 2), "board_name"),
        ("team", ("change_team", "Tier 2"), "team_name"),
        ("priority", ("change_priority", 1), "priority_name"),
    ],
)
def test_other_changes_are_kept_with_both_values(desk, simulator, ticket, steps, kind, edit, column, denied):
    simulator.set_role("north", Role(denied=denied))
    before = row(desk, ticket)
    steps(edit)
    found = desk.one(RawTicketEvent, ticket_id=ticket, kind=kind)
    if kind != "owner":  # the trail names owners, a snapshot numbers them
        assert found.old_value == getattr(before, column)
        assert found.new_value == getattr(row(desk, ticket), column)
    assert found.old_value != found.new_value
    assert found.occurred_at == row(desk, ticket).last_updated_at
    assert (found.was_closed, found.is_closed) == (None, None)


def test_an_owner_is_told_by_name_in_the_trail_and_by_number_otherwise(desk, simulator, world, ticket, steps):
    first, second = world.catalogue.technicians[:2]
    steps(("reassign", first.id), ("reassign", second.id))
    assert events(desk, ticket, kind="owner")[-1] == ("owner", first.identifier, second.identifier)
    simulator.set_role("north", Role(denied=(TRAIL,)))
    steps(("reassign", first.id))
    assert events(desk, ticket, kind="owner")[-1] == ("owner", str(second.id), str(first.id))


def test_statuses_of_the_trail_are_known_to_be_closed_or_not(desk, ticket, steps):
    steps(("change_status", Stage.WORKING), ("close_ticket",))
    told = desk.all(RawTicketEvent, ticket_id=ticket, kind="status")
    assert [(event.was_closed, event.is_closed) for event in told] == [(False, False), (False, True)]


def test_a_moved_ticket_keeps_its_history(desk, world, ticket, steps):
    """Boards have statuses of the same names, each with an id of its own."""
    names = [status.name for status in desk.all(RawBoardStatus)]
    assert len(set(names)) < len(names)
    steps(("close_ticket",), ("reopen_ticket",), ("move_board", 3), ("close_ticket",), ("reopen_ticket",))
    assert spells(desk, ticket) == true_spells(world, ticket)
    assert row(desk, ticket).reopen_count == 2


def test_a_status_that_only_the_old_board_has_is_understood(desk, world, ticket, steps):
    steps(
        ("move_board", 3),
        ("change_status", Stage.RESOLVED),
        ("close_ticket",),
        ("reopen_ticket",),
        ("move_board", 1),
    )
    told = desk.all(RawTicketEvent, ticket_id=ticket, kind="status")
    assert None not in {event.is_closed for event in told}
    assert spells(desk, ticket) == true_spells(world, ticket)


def test_a_merged_ticket_says_into_which(desk, world, ticket, later):
    parent = world.tickets.ids[0]
    later(minutes=5)
    world.merge_tickets(parent, ticket)
    desk.sync()
    assert row(desk, ticket).merged_into == parent
    assert row(desk, ticket).deleted_at is None
    assert row(desk, parent).merged_into is None


def test_a_deleted_ticket_keeps_its_row_and_its_history(desk, world, ticket, steps):
    steps(("close_ticket",), ("reopen_ticket",))
    before = spells(desk, ticket)
    world.delete_ticket(ticket)
    desk.sync(Extent.SWEEP)
    assert row(desk, ticket).deleted_at
    assert spells(desk, ticket) == before


def test_a_ticket_gone_before_its_trail_was_read_is_no_trouble(desk, simulator, world, ticket, later):
    later(minutes=5)
    world.reassign(ticket, 152)

    def vanish(request, _response):
        if request.path.endswith("/service/tickets") and ticket in world.tickets.ids:
            world.delete_ticket(ticket)

    simulator.before_response(vanish)
    assert errors(desk) == {}
    assert row(desk, ticket).owner_id == 152


def test_the_first_load_asks_for_trails_of_the_last_90_days_only(north_desk, simulator, world, ticket, clock):
    clock.shift(timedelta(days=100))
    north_desk.sync()
    assert simulator.requests("north").get(TRAIL) is None
    simulator.advance("north", timedelta(days=100))
    world.reassign(ticket, 152)
    north_desk.sync()
    assert events(north_desk, ticket, provenance="audit")


def test_the_other_tenants_ticket_of_the_same_number_is_another(desk, connect, ticket, steps):
    south = connect("south")
    south.sync()
    before = south.tables()
    steps(("close_ticket",), ("reopen_ticket",))
    assert {event.ticket_id for event in desk.all(RawTicketEvent)} & south.ids(RawTicket)
    assert south.tables() == before
