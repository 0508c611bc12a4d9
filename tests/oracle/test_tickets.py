"""Scope, spells, resolution, first response and technician, one hand-made ticket at a time."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.desk import read_desk
from tests.oracle.engine import compute
from tests.oracle.rows import at, entry, member, note, owner_change, spell, ticket
from tests.oracle.tables import Row, Tables
from tests.oracle.tickets import Ticket

NOW = at("2026-03-10 12:00")
PROGRAM, ANN, BOB = 9, 1, 2
MEMBERS = [member(ANN, "ann"), member(BOB, "bob"), member(PROGRAM, "Robot", is_automation=True)]


def tables(*tickets: Row, **more: Any) -> Tables:
    return Tables(tickets=list(tickets), members=MEMBERS, **more)


def only_ticket(made: Tables) -> Ticket:
    (found,) = read_desk(made, NOW).tickets
    return found


def test_deleted_merged_and_project_tickets_are_out_of_scope():
    opened = "2026-03-02 09:00"
    made = tables(
        ticket(1, opened, deleted_at=NOW),
        ticket(2, opened, merged_into=4),
        ticket(3, opened, record_type="ProjectTicket"),
        ticket(4, opened),
    )
    assert only_ticket(made).row["external_id"] == 4


def test_a_resolution_between_opening_and_closure_is_taken():
    closed = ("2026-03-02 09:00", "2026-03-02 12:00")
    assert only_ticket(tables(ticket(1, *closed, resolved_at=at("2026-03-02 10:30")))).ttr_minutes == 90
    assert only_ticket(tables(ticket(1, *closed, resolved_at=at("2026-03-02 09:00")))).ttr_minutes == 0
    assert only_ticket(tables(ticket(1, *closed, resolved_at=at("2026-03-02 08:59")))).ttr_minutes == 180
    assert only_ticket(tables(ticket(1, *closed, resolved_at=at("2026-03-02 12:01")))).ttr_minutes == 180
    assert only_ticket(tables(ticket(1, *closed))).ttr_minutes == 180


def test_negative_and_absurd_durations_count_in_rates_but_not_in_means():
    made = tables(
        ticket(1, "2026-03-02 09:00", "2026-03-02 08:00"),
        ticket(2, "2020-01-01 09:00", "2026-03-02 09:00"),
        ticket(3, "2026-03-02 09:00", "2026-03-02 10:00"),
    )
    day = compute(made, NOW).daily[date(2026, 3, 2)]
    assert day["avg_ttr_minutes"] == Decimal("60.00")
    assert day["fcr_rate"] == 100
    assert day["closed_tickets"] == 3


def test_an_open_ticket_has_no_ttr_even_when_it_was_closed_once():
    made = tables(
        ticket(1, "2026-03-02 09:00", resolved_at=at("2026-03-02 10:00")),
        spells=[spell(1, 2, "2026-03-04 09:00"), spell(1, 1, "2026-03-02 09:00", "2026-03-03 09:00")],
    )
    found = only_ticket(made)
    assert found.ttr_minutes is None
    assert found.closures == [at("2026-03-03 09:00")]
    assert found.reopenings == [at("2026-03-04 09:00")]


def test_a_reopened_ticket_is_finally_closed_at_the_end_of_its_last_spell():
    made = tables(
        ticket(1, "2026-03-02 09:00", "2026-03-03 09:00"),
        spells=[
            spell(1, 1, "2026-03-02 09:00", "2026-03-03 09:00"),
            spell(1, 2, "2026-03-04 09:00", "2026-03-05 09:00"),
        ],
    )
    daily = compute(made, NOW).daily
    assert [daily[date(2026, 3, day)]["closed_tickets"] for day in (2, 3, 4, 5)] == [0, 1, 0, 1]
    assert [daily[date(2026, 3, day)]["reopened_tickets"] for day in (2, 3, 4, 5)] == [0, 0, 1, 0]
    assert [daily[date(2026, 3, day)]["backlog_open"] for day in (2, 3, 4, 5)] == [1, 0, 1, 0]
    assert [daily[date(2026, 3, day)]["fcr_rate"] for day in (2, 3, 4, 5)] == [None, None, None, 0]
    assert daily[date(2026, 3, 5)]["avg_ttr_minutes"] == 3 * 24 * 60


def test_business_time_is_less_the_waiting_but_never_below_zero():
    closed = ("2026-03-02 16:00", "2026-03-03 09:00")
    day = date(2026, 3, 3)
    for waited, expected in ((0, 120), (30, 90), (500, 0)):
        figures = compute(tables(ticket(1, *closed, waiting_minutes=waited)), NOW)
        assert figures.daily[day]["business_ttr_minutes"] == expected


def test_the_first_response_is_the_earliest_human_act():
    opened = ("2026-03-02 09:00",)
    made = tables(
        ticket(1, *opened, responded_at=at("2026-03-02 09:01"), responded_by="ROBOT"),
        notes=[
            note(1, "2026-03-02 09:02", member_id=PROGRAM),
            note(1, "2026-03-02 09:03", is_internal=True),
            note(1, "2026-03-02 09:04", contact_id=5),
            note(1, "2026-03-02 09:05", member_id=None),
            note(1, "2026-03-02 09:06", deleted_at=NOW),
            note(1, "2026-03-02 09:20"),
        ],
        time_entries=[
            entry("2026-03-02 09:07", ticket_id=1, member_id=None),
            entry("2026-03-02 09:08", ticket_id=1, member_id=PROGRAM),
            entry("2026-03-02 09:09", ticket_id=1, deleted_at=NOW),
            entry("2026-03-02 09:30", ticket_id=1),
        ],
    )
    assert only_ticket(made).first_response_minutes == 20
    made.tickets[0]["responded_by"] = "ann"
    assert only_ticket(made).first_response_minutes == 1
    made.tickets[0]["responded_by"] = ""
    assert only_ticket(made).first_response_minutes == 1


def test_the_technician_is_the_human_owner_else_the_one_with_most_minutes():
    worked = [
        entry("2026-03-02 09:00", "30", BOB, ticket_id=1),
        entry("2026-03-02 10:00", "20", ANN, ticket_id=1),
        entry("2026-03-02 11:00", "90", PROGRAM, ticket_id=1),
    ]
    opened = "2026-03-02 09:00"
    assert only_ticket(tables(ticket(1, opened, owner_id=ANN), time_entries=worked)).technician_id == ANN
    assert only_ticket(tables(ticket(1, opened, owner_id=PROGRAM), time_entries=worked)).technician_id == BOB
    worked.append(entry("2026-03-03 10:00", "10", ANN, ticket_id=1))
    assert only_ticket(tables(ticket(1, opened), time_entries=worked)).technician_id == ANN
    assert only_ticket(tables(ticket(1, opened))).technician_id is None
    assert only_ticket(tables(ticket(1, opened, owner_id=777))).technician_id == 777


def is_one_touch(*entries: Row, **more: Any) -> bool:
    closed = ticket(1, "2026-03-02 09:00", "2026-03-04 09:00")
    return only_ticket(tables(closed, time_entries=list(entries), **more)).is_one_touch


def test_one_touch_is_one_person_on_one_day_without_reassignment():
    once = entry("2026-03-02 09:00", ticket_id=1)
    assert is_one_touch(once, entry("2026-03-02 22:00", ticket_id=1))
    assert is_one_touch(once, entry("2026-03-03 09:00", member_id=PROGRAM, ticket_id=1))
    assert is_one_touch(once, events=[owner_change(1, "", "ann"), owner_change(1, "ann", "ann")])
    assert not is_one_touch()
    assert not is_one_touch(once, entry("2026-03-03 00:00", ticket_id=1))
    assert not is_one_touch(once, entry("2026-03-02 10:00", member_id=BOB, ticket_id=1))
    assert not is_one_touch(once, events=[owner_change(1, "ann", "bob")])
    assert not is_one_touch(once, events=[owner_change(1, "ann", "")])
    reopened = [
        spell(1, 1, "2026-03-02 09:00", "2026-03-03 09:00"),
        spell(1, 2, "2026-03-03 10:00", "2026-03-04 09:00"),
    ]
    assert not is_one_touch(once, spells=reopened)
