"""Tickets that are merged or bundled, companies that are merged, members that are deleted, projects' tickets."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from connectors.models import (
    DirtyDay,
    RawAgreement,
    RawCompany,
    RawMember,
    RawTicket,
    RawTimeEntry,
    StreamState,
)
from connectors.vendors.connectwise.tickets import ticket as ticket_row
from connectors.walks import Extent
from kpis import names
from kpis.sources import with_sources
from tenants.context import tenant
from tenants.roles import Role, assign


def in_scope(site) -> set[int]:
    """The tickets that the figures are about."""
    with tenant(site.schema), connection.cursor() as cursor:
        cursor.execute(with_sources("SELECT id FROM ticket"))
        return {number for (number,) in cursor.fetchall()}


# --- merged and bundled tickets -------------------------------------------------------------------


def test_a_merged_ticket_names_its_parent_and_leaves_the_figures_with_its_days_restated(
    north_desk, world, later
):
    north_desk.sync()
    parent, child = [ticket.id for ticket in world.tickets if not ticket.board.is_project][:2]
    opened = north_desk.one(RawTicket, external_id=child).opened_at.date()
    north_desk.forget_dirty_days()
    later(minutes=1)
    world.merge_tickets(parent, child)
    north_desk.sync()
    assert north_desk.one(RawTicket, external_id=child).merged_into == parent
    assert {parent, child} & in_scope(north_desk) == {parent}
    assert any(day is None or abs((day - opened).days) <= 1 for day in north_desk.dirty_days())


def test_time_on_a_merged_ticket_stays_on_record(north_desk, world, later):
    north_desk.sync()
    child = next(ticket for ticket in world.tickets if ticket.entries).id
    parent = next(number for number in world.tickets.ids if number != child)
    before = north_desk.ids(RawTimeEntry)
    later(minutes=1)
    world.merge_tickets(parent, child)
    north_desk.sync(Extent.SWEEP)
    assert north_desk.ids(RawTimeEntry) == before


def test_a_bundled_ticket_names_its_parent_and_still_counts():
    record = {
        "id": 7,
        "summary": "Child",
        "parentTicketId": 5,
        "hasChildTicket": False,
        "_info": {"dateEntered": "2026-03-02T14:00:00Z", "lastUpdated": "2026-03-02T14:00:00Z"},
    }
    row = ticket_row(record)
    assert (row["parent_ticket_id"], row["merged_into"]) == (5, None)


# --- projects -------------------------------------------------------------------------------------


def test_a_projects_tickets_are_kept_apart_and_their_time_is_not_lost(north_desk, world):
    board = next(board.id for board in world.catalogue.boards if board.is_project)
    project = world.open_ticket("Move to the cloud", board=board).id
    entry = world.add_time_entry(project, world.catalogue.technicians[0].id, world.now, 2).id
    north_desk.sync()
    assert north_desk.one(RawTicket, external_id=project).record_type == "ProjectTicket"
    assert project not in in_scope(north_desk)
    kept = north_desk.one(RawTimeEntry, external_id=entry)
    assert (kept.charge_to_type, kept.ticket_id) == ("ProjectTicket", project)


def test_a_ticket_that_moves_to_a_project_board_leaves_the_figures(north_desk, world, later):
    number = next(ticket.id for ticket in world.tickets if not ticket.board.is_project)
    board = next(board.id for board in world.catalogue.boards if board.is_project)
    north_desk.sync()
    assert number in in_scope(north_desk)
    later(minutes=1)
    world.move_board(number, board)
    north_desk.sync()
    assert number not in in_scope(north_desk)


@pytest.mark.parametrize("kind", ["ProjectIssue", "SomethingNew"])
def test_records_of_other_kinds_are_kept_and_not_counted(north_desk, world, connectwise_harness, kind):
    changed: list[int] = []

    def rename(record):
        record["recordType"] = kind
        changed.append(record["id"])

    connectwise_harness.rewrite("north", "tickets", rename)
    north_desk.sync()
    assert set(changed) <= north_desk.ids(RawTicket)
    assert not set(changed) & in_scope(north_desk)


# --- companies that are merged --------------------------------------------------------------------


@pytest.mark.parametrize("is_told", [True, False], ids=["told as changes", "not told"])
def test_a_merged_companys_history_is_the_other_companys_after_the_night(
    connect, world, later, is_told, simulator
):
    north, south = connect("north"), connect("south")
    north.sync(Extent.SWEEP)
    south.sync(Extent.SWEEP)
    before = south.tables()
    gone, into = world.clients.companies.ids[1:3]
    later(hours=1)
    moved = {ticket.id for ticket in world.tickets if ticket.company.id == gone}
    assert moved
    world.merge_companies(into, gone, is_told)
    north.forget_dirty_days()
    north.sync(Extent.SWEEP)
    assert north.one(RawCompany, external_id=gone).deleted_at
    assert {ticket.company_id for ticket in north.all(RawTicket) if ticket.external_id in moved} == {into}
    for table in (RawTicket, RawTimeEntry, RawAgreement):
        assert not north.all(table, company_id=gone, deleted_at=None)
    assert north.all(DirtyDay)
    assert south.tables() == before


def test_a_deleted_company_keeps_its_tickets_and_is_not_looked_into_every_night(
    north_desk, world, later, simulator
):
    north_desk.sync(Extent.SWEEP)
    gone = next(ticket.company.id for ticket in world.tickets)
    world.clients.companies.remove(gone)
    later(hours=1)
    north_desk.sync(Extent.SWEEP)
    assert north_desk.all(RawTicket, company_id=gone, deleted_at=None)
    later(hours=24)
    night = north_desk.sync(Extent.SWEEP)
    assert not [run for run in night if run.stream == "tickets" and run.mode == "backfill"]
    assert north_desk.one(StreamState, stream="tickets").cursor


def test_a_company_without_records_may_go_without_a_thought(north_desk, world, later):
    north_desk.sync(Extent.SWEEP)
    used = {ticket.company.id for ticket in world.tickets} | {
        entry.company.id for entry in world.time_entries
    }
    used |= {agreement.company.id for agreement in world.clients.agreements}
    alone = [number for number in world.clients.companies.ids if number not in used]
    for number in alone:
        world.clients.companies.remove(number)
    later(hours=1)
    runs = north_desk.sync(Extent.SWEEP)
    assert not [run for run in runs if run.mode == "backfill"]


# --- members that are deleted ---------------------------------------------------------------------


def test_a_deleted_member_keeps_the_name_and_the_work(north_desk, world, later):
    member = world.catalogue.technicians[0]
    ticket = world.tickets.ids[0]
    world.reassign(ticket, member.id)
    world.add_time_entry(ticket, member.id, world.now, 1)
    north_desk.sync(Extent.SWEEP)
    world.catalogue.members.remove(member.id)
    later(hours=1)
    north_desk.sync(Extent.SWEEP)
    kept = north_desk.one(RawMember, external_id=member.id)
    assert kept.deleted_at
    assert kept.name == member.name
    assert north_desk.all(RawTimeEntry, member_id=member.id, deleted_at=None)
    with tenant("north"):
        assert names.technicians([member.id], "named") == {member.id: member.name}


def test_a_deleted_members_page_still_opens(north_desk, world, later):
    member = world.catalogue.technicians[0]
    north_desk.sync(Extent.SWEEP)
    world.catalogue.members.remove(member.id)
    later(hours=1)
    north_desk.sync(Extent.SWEEP)
    client = Client(HTTP_HOST="north.localhost")
    with tenant("north"):
        owner = User.objects.create_user("owner")
        assign(owner, Role.OWNER)
        client.force_login(owner)
        pk = RawMember.objects.get(external_id=member.id).pk
    for page in (
        f"/technicians/{member.id}/",
        "/admin/connectors/rawmember/",
        f"/admin/connectors/rawmember/{pk}/change/",
    ):
        response = client.get(page)
        assert response.status_code == 200, page
        assert member.name in response.content.decode(), page
