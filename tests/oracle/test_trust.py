"""The checks on what the figures rest on, by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.engine import compute
from tests.oracle.figures import Parts
from tests.oracle.rows import (
    DESK,
    WATCH,
    agreement,
    alert,
    at,
    entry,
    member,
    parts,
    ticket,
    vendor,
)
from tests.oracle.tables import Row, Tables

NOW = at("2026-04-20 12:00")
DAY = date(2026, 3, 2)
NINE = "2026-03-02 09:00"


def checks(name: str, **tables: Any) -> dict[tuple[date, int | None, int | None, int | None], Parts]:
    ordinary = {"members": [member(1), member(9, is_automation=True)]}
    found = compute(Tables(**(ordinary | tables)), NOW, kpis=["trust"])
    return {key[2:6]: row for key, row in found.breakdown.items() if key.metric == name}


def of_entries(name: str, *entries: Row, **more: Any) -> Parts:
    """The parts of all technicians together."""
    found = checks(name, time_entries=list(entries), **more).values()
    numbered = [(numerator, denominator or Decimal(0)) for numerator, denominator in found]
    return sum((one for one, _ in numbered), Decimal(0)), sum((two for _, two in numbered), Decimal(0))


def test_tickets_are_checked_for_type_owner_and_time():
    tickets = [
        ticket(1, NINE, "2026-03-03 09:00", type_name="", owner_id=1),
        ticket(2, NINE, "2026-03-03 08:00"),
        ticket(3, NINE),
    ]
    entries = [entry(NINE, ticket_id=1), entry(NINE, ticket_id=2, member_id=9)]
    tables = {"tickets": tickets, "time_entries": entries}
    assert checks("no_type", **tables) == {(DAY, 70, 1, 50): parts(1, 1), (DAY, 70, None, 50): parts(0, 2)}
    closed = date(2026, 3, 3)
    for name in ("no_owner", "no_time"):
        assert checks(name, **tables) == {
            (closed, 70, 1, 50): parts(0, 1),
            (closed, 70, None, 50): parts(1, 1),
        }


def test_a_closure_has_a_duration_and_a_history():
    connected = {"connections": [vendor(DESK, "connectwise") | {"created_at": at("2026-05-31 09:00")}]}
    tickets = [ticket(1, NINE, "2026-03-02 08:00"), ticket(2, NINE, NINE)]
    assert checks("absurd_duration", tickets=tickets) == {(DAY, 70, None, 50): parts(1, 2)}
    assert checks("no_history", tickets=tickets, **connected) == {(DAY, 70, None, 50): parts(1, 2)}
    assert checks("no_history", tickets=tickets) == {(DAY, 70, None, 50): parts(0, 2)}


def test_entries_without_an_agreement_are_of_those_judged():
    tickets = [ticket(5, NINE), ticket(6, NINE, company_id=71)]
    entries = [entry(NINE, ticket_id=5), entry(NINE, ticket_id=6, company_id=71), entry(NINE)]
    tables = {"tickets": tickets, "agreements": [agreement(3, limit_units="Hours", limit_amount=1)]}
    entries += [entry(NINE, "90", ticket_id=5, external_id=8)]
    assert of_entries("no_agreement", *entries, **tables) == parts(1, 3)
    assert of_entries("no_agreement", *entries, tickets=tickets) == parts(0, 0)


def test_an_entry_is_late_from_the_second_day_after_it():
    entered = ["2026-03-02 23:00", "2026-03-03 23:00", "2026-03-04 00:00"]
    entries = [entry(NINE, entered_at=at(moment)) for moment in entered]
    assert of_entries("late_entry", *entries, entry(NINE)) == parts(1, 3)


def test_an_entry_is_long_beyond_sixteen_hours_or_when_it_ends_before_it_starts():
    entries = [entry(NINE, "960"), entry(NINE, "960.01"), entry(NINE, ended_at=at("2026-03-02 08:59"))]
    entries += [entry(NINE, ended_at=at(NINE)), entry(NINE, "999", member_id=9)]
    assert of_entries("long_entry", *entries) == parts(2, 4)


def test_an_entry_has_a_member_that_is_known():
    entries = [entry(NINE), entry(NINE, member_id=None), entry(NINE, member_id=8)]
    assert of_entries("no_member", *entries) == parts(2, 3)


def spent(number: int, started: str, ended: str | None, **columns: Any) -> Row:
    return entry(started, "60", external_id=number, ended_at=at(ended) if ended else None, **columns)


FIRST = spent(1, "2026-03-02 09:00", "2026-03-02 11:00")


@pytest.mark.parametrize(
    ("other", "minutes"),
    [
        (spent(2, "2026-03-02 10:00", "2026-03-02 12:00"), 60),
        (spent(2, "2026-03-02 10:00", "2026-03-02 10:30"), 30),
        (spent(2, "2026-03-02 11:00", "2026-03-02 12:00"), 0),
        (spent(2, "2026-03-02 09:00", "2026-03-02 12:00"), 60),
        (spent(2, "2026-03-02 09:30", "2026-03-02 10:15"), 45),
        (spent(2, "2026-03-02 10:00", "2026-03-02 09:30"), 0),
        (spent(2, "2026-03-02 10:00", "2026-03-02 12:00", member_id=2), 0),
        (spent(2, "2026-03-02 10:00", None), 0),
        (spent(2, "2026-03-01 09:00", "2026-03-02 10:00"), 60),
        (spent(2, "2026-03-01 08:59", "2026-03-02 10:00"), 0),
    ],
)
def test_two_entries_of_one_person_overlap(other, minutes):
    ended = sum(row["ended_at"] is not None for row in (FIRST, other))
    assert of_entries("overlap", FIRST, other) == parts(minutes, 60 * ended)


def test_minutes_under_several_entries_count_once_and_nobodys_never():
    rows = [FIRST, spent(2, "2026-03-02 09:30", "2026-03-02 10:30")]
    third = spent(3, "2026-03-02 10:00", "2026-03-02 11:30")
    assert of_entries("overlap", *rows, third) == parts(120, 180)
    assert of_entries("overlap", *(row | {"member_id": None} for row in rows)) == parts(0, 120)


def test_alerts_are_checked_for_their_company_severity_and_moments():
    alerts = [
        alert("a", NINE, severity_source="derived"),
        alert("b", NINE, severity="unknown"),
        alert("c", NINE, status="resolved", resolved_at=at(NINE), resolved_is_estimated=True),
    ]
    tables = {"alerts": alerts, "connections": [vendor(WATCH)]}
    cut = (DAY, None, None, None)
    assert checks("unmapped_alert", **tables) == {cut: parts(3, 3)}
    assert checks("derived_severity", **tables) == {cut: parts(2, 3)}
    assert checks("estimated", **tables) == {cut: parts(1, 1)}
