"""Tickets in scope with their spells, technician, resolution and first response."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from tests.oracle.clock import Clock
from tests.oracle.entries import Entry
from tests.oracle.figures import is_valid_duration, minutes_between
from tests.oracle.people import Identity, People, identity
from tests.oracle.tables import Row, Tables
from tests.oracle.topics import core_topics


class Spell(NamedTuple):
    """A time during which the ticket was open; without an end it still is."""

    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Ticket:
    row: Row
    spells: list[Spell]
    technician_id: int | None
    recorded_technician_id: int | None
    is_decided: bool
    first_response_at: datetime | None
    is_one_touch: bool
    human_entries: list[Entry]
    events: list[Row]
    topic: int | None

    @property
    def subject(self) -> str:
        """The topic, else the type; empty without either."""
        if self.topic is not None:
            return f"topic:{self.topic}"
        type_name, sub_type = self.row["type_name"], self.row["sub_type_name"]
        return f"{type_name} / {sub_type}" if type_name and sub_type else str(type_name)

    @property
    def human_minutes(self) -> Fraction:
        return sum((entry.minutes for entry in self.human_entries), Fraction(0))

    @property
    def opened_at(self) -> datetime:
        opened: datetime = self.row["opened_at"]
        return opened

    @property
    def closures(self) -> list[datetime]:
        return [spell.ended_at for spell in self.spells if spell.ended_at is not None]

    @property
    def reopenings(self) -> list[datetime]:
        return [spell.started_at for spell in self.spells[1:]]

    @property
    def was_reopened(self) -> bool:
        return len(self.spells) > 1

    @property
    def last_closure(self) -> datetime | None:
        """Of a ticket that is closed now."""
        return self.spells[-1].ended_at if self.row["is_closed"] else None

    @property
    def resolved_at(self) -> datetime | None:
        said: datetime | None = self.row["resolved_at"]
        if said and self.last_closure and self.opened_at <= said <= self.last_closure:
            return said
        return self.last_closure

    @property
    def ttr_minutes(self) -> Fraction | None:
        return valid_minutes(self.opened_at, self.resolved_at)

    @property
    def first_response_minutes(self) -> Fraction | None:
        return valid_minutes(self.opened_at, self.first_response_at)

    def business_ttr_minutes(self, clock: Clock) -> Fraction | None:
        """Less waiting; of the same tickets as the wall-clock TTR."""
        if self.resolved_at is None or self.ttr_minutes is None:
            return None
        business = clock.business_minutes(self.opened_at, self.resolved_at)
        return max(Fraction(0), business - int(self.row["waiting_minutes"]))


def valid_minutes(start: datetime, end: datetime | None) -> Fraction | None:
    """Negative and absurd durations are left out."""
    minutes = minutes_between(start, end) if end else None
    return minutes if minutes is not None and is_valid_duration(minutes) else None


def is_in_scope(row: Row) -> bool:
    is_gone = row["deleted_at"] is not None or row["merged_into"] is not None
    return row["record_type"] == "ServiceTicket" and not is_gone


class TicketReader:
    def __init__(self, tables: Tables, clock: Clock, people: People, entries: list[Entry]) -> None:
        self.clock = clock
        self.people = people
        self.spells = of_each_ticket(tables.spells)
        self.events = of_each_ticket(tables.events)
        self.topics = core_topics(tables)
        self.decisions = decisions(tables)
        self.notes = of_each_ticket(row for row in tables.notes if row["deleted_at"] is None)
        self.human_entries: dict[Identity | None, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.is_human and entry.ticket is not None:
                self.human_entries[entry.ticket].append(entry)

    def read(self, row: Row) -> Ticket:
        spells = self.spells_of(row)
        return Ticket(
            row=row,
            spells=spells,
            technician_id=self.credited(row),
            recorded_technician_id=self.technician_of(row),
            is_decided=identity(row) in self.decisions,
            first_response_at=self.first_response_to(row),
            is_one_touch=len(spells) == 1 and not self.was_reassigned(row) and self.was_one_visit(row),
            human_entries=self.human_entries[identity(row)],
            events=self.events[identity(row)],
            topic=self.topics.get(identity(row)),
        )

    def spells_of(self, row: Row) -> list[Spell]:
        kept = sorted(self.spells[identity(row)], key=lambda spell: int(spell["number"]))
        if kept:
            return [Spell(spell["started_at"], spell["ended_at"]) for spell in kept]
        return [Spell(row["opened_at"], row["closed_at"] if row["is_closed"] else None)]

    def credited(self, row: Row) -> int | None:
        """For whom it counts: whom the last decision about it says, else whom its records name."""
        decision = self.decisions.get(identity(row))
        if decision is None:
            return self.technician_of(row)
        is_to_person = self.people.is_human(identity(decision, "credited_to"))
        return int(decision["credited_to"]) if is_to_person else None

    def technician_of(self, row: Row) -> int | None:
        if self.people.is_human(identity(row, "owner_id")):
            return int(row["owner_id"])
        minutes: dict[int, Fraction] = defaultdict(Fraction)
        for entry in self.human_entries[identity(row)]:
            assert entry.member_id is not None
            minutes[entry.member_id] += entry.minutes
        return min(minutes, key=lambda member: (-minutes[member], member), default=None)

    def was_reassigned(self, row: Row) -> bool:
        owners = [event for event in self.events[identity(row)] if event["kind"] == "owner"]
        return any(event["old_value"] and event["old_value"] != event["new_value"] for event in owners)

    def was_one_visit(self, row: Row) -> bool:
        """All human time is one person's, on one day."""
        return len({(entry.member, entry.day) for entry in self.human_entries[identity(row)]}) == 1

    def first_response_to(self, row: Row) -> datetime | None:
        worked = [entry.started_at for entry in self.human_entries[identity(row)]]
        written = [note["written_at"] for note in self.notes[identity(row)] if self.is_reply(note)]
        return min(chain(worked, written, self.stated_response(row)), default=None)

    def is_reply(self, note: Row) -> bool:
        is_by_human = self.people.is_human(identity(note, "member_id"))
        return is_by_human and not note["is_internal"] and note["contact_id"] is None

    def stated_response(self, row: Row) -> list[datetime]:
        is_acknowledgement = self.people.is_program_named(row["source_id"], row["responded_by"])
        return [] if row["responded_at"] is None or is_acknowledgement else [row["responded_at"]]


def decisions(tables: Tables) -> dict[Identity | None, Row]:
    upheld = [row for row in tables.disputes if row["status"] == "upheld"]
    in_turn = sorted(upheld, key=lambda row: (row["decided_at"], row["id"]))
    return {identity(row, "ticket_id"): row for row in in_turn}


def of_each_ticket(rows: Iterable[Row]) -> dict[Identity | None, list[Row]]:
    grouped: dict[Identity | None, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[identity(row, "ticket_id")].append(row)
    return grouped


def read_tickets(tables: Tables, clock: Clock, people: People, entries: list[Entry]) -> list[Ticket]:
    reader = TicketReader(tables, clock, people, entries)
    return [reader.read(row) for row in tables.tickets if is_in_scope(row)]
