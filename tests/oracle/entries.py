"""Time entries with what the figures ask of them: whose, when, billable or not, and for what."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from tests.oracle.clock import Clock
from tests.oracle.people import Identity, People, by_identity, identity
from tests.oracle.tables import Row, Tables

BILLABLE = "Billable"
OPTIONS = (BILLABLE, "DoNotBill", "NoCharge")
TICKET_CHARGES = ("ServiceTicket", "ProjectTicket")
CHARGE_CODE = "ChargeCode"


@dataclass(frozen=True, eq=False)
class Entry:
    row: Row
    day: date
    started_at: datetime
    minutes: Fraction
    member: Identity | None
    is_human: bool
    is_automation: bool
    is_billable: bool
    ticket: Identity | None
    company_id: int | None
    board_id: int | None
    segment: str

    @property
    def member_id(self) -> int | None:
        return self.member[1] if self.member else None

    @property
    def in_order(self) -> tuple[datetime, int]:
        return self.started_at, self.row["external_id"]


class EntryReader:
    def __init__(self, tables: Tables, clock: Clock, people: People) -> None:
        self.clock = clock
        self.people = people
        self.tickets = by_identity(tables.tickets)
        self.agreements = by_identity(tables.agreements)
        self.work_types = by_identity(tables.work_types)
        self.charge_codes = by_identity(tables.charge_codes)

    def read(self, row: Row) -> Entry:
        member, ticket = identity(row, "member_id"), identity(row, "ticket_id")
        return Entry(
            row=row,
            day=self.clock.local_day(row["started_at"]),
            started_at=row["started_at"],
            minutes=Fraction(row["minutes"]),
            member=member,
            is_human=self.people.is_human(member),
            is_automation=self.people.is_program(member),
            is_billable=self.is_billable(row),
            ticket=ticket,
            company_id=row["company_id"],
            board_id=self.tickets[ticket]["board_id"] if ticket in self.tickets else None,
            segment=self.segment(row),
        )

    def is_billable(self, row: Row) -> bool:
        agreement = self.agreements.get(identity(row, "agreement_id"))
        work_type = self.work_types.get(identity(row, "work_type_id"))
        if row["billable_option"] in OPTIONS:
            return bool(row["billable_option"] == BILLABLE)
        if agreement and agreement["bill_time"] in OPTIONS:
            return bool(agreement["bill_time"] == BILLABLE)
        return work_type is not None and work_type["bill_time"] == BILLABLE

    def segment(self, row: Row) -> str:
        charge = str(row["charge_to_type"])
        if charge in TICKET_CHARGES:
            return self._name(self.work_types.get(identity(row, "work_type_id")))
        if charge == CHARGE_CODE:
            name = self._name(self.charge_codes.get(identity(row, "charge_to_id")))
            return f"{CHARGE_CODE}: {name}" if name else CHARGE_CODE
        return charge

    @staticmethod
    def _name(row: Row | None) -> str:
        return str(row["name"]) if row else ""


def read_entries(tables: Tables, clock: Clock, people: People) -> list[Entry]:
    """Those that the vendor still has."""
    reader = EntryReader(tables, clock, people)
    return [reader.read(row) for row in tables.time_entries if row["deleted_at"] is None]
