"""Every local day whose figures a change may touch is marked, for what was and for what is."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from connectors.models import (
    RawAgreement,
    RawAgreementCoverage,
    RawMember,
    RawSurvey,
    RawTicket,
    RawTicketNote,
    RawTicketSpell,
    RawTimeEntry,
    RawWorkType,
)
from connectors.simulators.world.terms import Billing
from connectors.walks import Extent

TORONTO = ZoneInfo("America/Toronto")
TICKET_MOMENTS = (
    "opened_at",
    "closed_at",
    "responded_at",
    "respond_goal_at",
    "plan_goal_at",
    "resolve_goal_at",
)
PARTS = ((RawTimeEntry, "started_at"), (RawTicketNote, "written_at"), (RawSurvey, "answered_at"))
WATCHED = (
    *TICKET_MOMENTS,
    "is_closed",
    "company_id",
    "board_id",
    "owner_id",
    "type_name",
    "deleted_at",
    "merged_into",
)


def local(moment):
    return moment.astimezone(TORONTO).date()


def days_by_ticket(site):
    """By ticket (None: time of no ticket), each of its facts with the days at which it counts."""
    facts = {}
    for ticket in site.all(RawTicket):
        key = ("ticket", *(getattr(ticket, name) for name in WATCHED))
        days = {local(moment) for name in TICKET_MOMENTS if (moment := getattr(ticket, name))}
        facts.setdefault(ticket.external_id, {})[key] = days
    for spell in site.all(RawTicketSpell):
        ends = [moment for moment in (spell.started_at, spell.ended_at) if moment]
        facts.setdefault(spell.ticket_id, {})["spell", spell.number, *ends] = set(map(local, ends))
    for table, name in PARTS:
        for row in site.all(table):
            moment = getattr(row, name)
            fact = (table.__name__, row.external_id, moment, getattr(row, "minutes", 0), row.deleted_at)
            facts.setdefault(row.ticket_id, {})[fact] = {local(moment)}
    return facts


def days_touched(before, after):
    """A fact that is new, gone or different touches all days of its ticket, before and after."""
    days = set()
    for ticket in before.keys() | after.keys():
        was, now = before.get(ticket, {}), after.get(ticket, {})
        if was.keys() != now.keys():
            own = was.keys() ^ now.keys() if ticket is None else was.keys() | now.keys()
            days.update(*((was | now)[fact] for fact in own))
    return days


@pytest.fixture
def quiet(north_desk, world):
    """Synced, with nothing marked."""
    ticket = world.tickets.ids[3]
    world.add_time_entry(ticket, world.catalogue.technicians[0].id, datetime(2026, 2, 20, 3, tzinfo=UTC), 1)
    north_desk.sync()
    north_desk.forget_dirty_days()
    return north_desk


def test_a_first_sync_marks_every_day_that_has_anything(north_desk):
    north_desk.sync()
    assert days_touched({}, days_by_ticket(north_desk)) <= north_desk.dirty_days()


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_mark_the_days_before_and_after(quiet, world, later, seed):
    before, chance = days_by_ticket(quiet), Random(seed)
    for _ in range(4):
        later(hours=7)
        for _ in range(3):
            world.apply_random_edit(chance)
    quiet.sync(Extent.SWEEP)
    touched = days_touched(before, days_by_ticket(quiet))
    assert touched
    assert touched <= quiet.dirty_days()


def test_an_edited_entry_marks_its_day_in_the_tenants_time_zone(quiet, world, later):
    later(minutes=10)
    entry = world.time_entries[world.time_entries.ids[-1]]
    world.edit_time_entry(entry.id, billing=Billing.NO_CHARGE)
    quiet.sync()
    assert date(2026, 2, 19) in quiet.dirty_days()  # three in the morning, UTC
    assert None not in quiet.dirty_days()


def test_time_of_no_ticket_marks_its_own_day_alone(quiet, world, later):
    later(minutes=10)
    start = datetime(2026, 1, 15, 18, tzinfo=UTC)
    world.add_internal_time(world.catalogue.technicians[0].id, start, 2, world.catalogue.charge_codes.ids[0])
    quiet.sync()
    assert quiet.dirty_days() == {date(2026, 1, 15)}


def test_a_deleted_entry_marks_the_day_it_was_on(quiet, world):
    entry = world.time_entries[world.time_entries.ids[-1]]
    world.delete_time_entry(entry.id)
    quiet.sync(Extent.SWEEP)
    assert local(entry.started_at) in quiet.dirty_days()


def test_a_closure_marks_yesterday_and_today(quiet, world, later):
    world.open_ticket("Printer on fire")
    ticket = world.tickets.ids[-1]
    quiet.sync()
    quiet.forget_dirty_days()
    opened = world.now
    later(days=1)
    world.close_ticket(ticket)
    quiet.sync()
    assert {local(opened), local(opened + timedelta(days=1))} <= quiet.dirty_days()


def test_a_new_program_restates_all_days(quiet, world, later):
    later(minutes=1)
    member = world.catalogue.technicians[0]
    member.last_name = "Automation Bot"
    world.catalogue.members.touch(member, world.now, "zadmin")
    quiet.sync()
    assert quiet.one(RawMember, external_id=member.id).looks_automated
    assert None in quiet.dirty_days()


def test_a_work_type_that_is_gone_restates_all_days(quiet, world, clock):
    clock.shift(timedelta(hours=2))
    gone = world.catalogue.work_types.ids[-1]
    world.catalogue.work_types.remove(gone)
    quiet.sync()
    assert quiet.one(RawWorkType, external_id=gone).deleted_at
    assert quiet.dirty_days() == {None}
    quiet.forget_dirty_days()
    world.catalogue.work_types.add(world.catalogue.work_types.deleted[gone])
    clock.shift(timedelta(hours=2))
    quiet.sync()
    assert gone in quiet.ids(RawWorkType)
    assert quiet.dirty_days() == {None}


def test_an_agreement_that_ends_restates_all_days(quiet, world, later):
    later(minutes=1)
    agreement = next(each for each in world.clients.agreements if not each.until)
    agreement.until = datetime(2026, 2, 1, tzinfo=UTC)
    world.clients.agreements.touch(agreement, world.now, "zadmin")
    quiet.sync()
    assert quiet.one(RawAgreement, external_id=agreement.id).ends_on == date(2026, 2, 1)
    assert None in quiet.dirty_days()


def test_what_an_agreement_covers_restates_all_days(quiet, world, later):
    later(minutes=1)
    agreement = next(each for each in world.clients.agreements if each.boards)
    board, _ = agreement.boards[0]
    kind = next(iter(board.types.values()))
    agreement.boards[0] = (board, kind)
    world.clients.agreements.touch(agreement, world.now, "zadmin")
    quiet.sync()
    row = quiet.one(
        RawAgreementCoverage, agreement_id=agreement.id, subject_id=board.id, kind="board_default"
    )
    assert (row.type_id, row.type_name) == (kind.id, kind.name)
    assert None in quiet.dirty_days()


def test_a_change_that_no_figure_looks_at_restates_nothing(quiet, world, later):
    later(minutes=1)
    member = world.catalogue.technicians[0]
    member.first_name = "Renamed"
    world.catalogue.members.touch(member, world.now, "zadmin")
    quiet.sync()
    assert quiet.one(RawMember, external_id=member.id).name.startswith("Renamed")
    assert quiet.dirty_days() == set()


def test_each_tenant_counts_days_in_its_own_time_zone(connect, simulator, later):
    sites = [connect("north"), connect("south")]
    for site in sites:
        site.sync()
        site.forget_dirty_days()
        world = simulator.world(site.schema)
        start = datetime(2026, 2, 20, 23, 30, tzinfo=UTC)
        world.add_internal_time(
            world.catalogue.technicians[0].id, start, 1, world.catalogue.charge_codes.ids[0]
        )
        site.sync()
    assert [site.dirty_days() for site in sites] == [{date(2026, 2, 20)}, {date(2026, 2, 21)}]
