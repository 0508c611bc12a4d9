"""Who is a person and who is a program."""

from fractions import Fraction

from tests.oracle.tables import Row, Tables

Identity = tuple[int, int]


def identity(row: Row, column: str = "external_id") -> Identity | None:
    """A vendor's id together with the connection it comes from."""
    return None if row[column] is None else (row["source_id"], row[column])


def by_identity(rows: list[Row]) -> dict[Identity | None, Row]:
    return {identity(row): row for row in rows}


class People:
    def __init__(self, tables: Tables) -> None:
        self.members = by_identity(tables.members)
        self.programs = {
            (member["source_id"], member["identifier"].lower())
            for member in tables.members
            if member["is_automation"] and member["identifier"]
        }

    def is_program(self, member: Identity | None) -> bool:
        return member in self.members and bool(self.members[member]["is_automation"])

    def is_human(self, member: Identity | None) -> bool:
        return member is not None and not self.is_program(member)

    def is_known(self, member: Identity | None) -> bool:
        return member in self.members

    def is_known_technician(self, member: Identity | None) -> bool:
        return self.is_known(member) and self.is_human(member)

    def knows_technician_numbered(self, number: int | None) -> bool:
        """Of the one desk, where only the number is at hand."""
        return any(member[1] == number and self.is_human(member) for member in self.members if member)

    def is_program_named(self, source_id: int, identifier: str) -> bool:
        return (source_id, identifier.lower()) in self.programs

    def capacity_minutes(self, member: Identity | None) -> Fraction:
        """What the member is said to work a day; 0 when nothing is said."""
        hours = self.members[member]["daily_capacity_hours"] if member in self.members else None
        return Fraction(hours or 0) * 60
