"""What each agreement says of a time entry on its day: the table of figure 05, line by line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from tests.oracle.clock import Clock
from tests.oracle.entries import Entry
from tests.oracle.people import Identity, by_identity, identity
from tests.oracle.tables import Row, Tables
from tests.oracle.tickets import Ticket


class Line(IntEnum):
    """How far down the table an agreement comes."""

    NOT_YET = 1
    EXPIRED = 2
    BOARD_NOT_COVERED = 3
    TYPE_NOT_COVERED = 4
    WORK_TYPE_EXCLUDED = 6
    COVERS = 7


@dataclass(frozen=True)
class Work:
    """An entry that is judged, with its ticket."""

    entry: Entry
    ticket: Ticket

    @property
    def day(self) -> date:
        return self.entry.day


class Agreements:
    def __init__(self, tables: Tables, clock: Clock) -> None:
        self.clock = clock
        self.lists_are_complete = tables.agreement_lists_are_complete
        self.rows = by_identity(tables.agreements)
        self.by_company: dict[Identity | None, list[Row]] = defaultdict(list)
        for row in (row for row in tables.agreements if row["company_id"] is not None):
            self.by_company[identity(row, "company_id")].append(row)
        self.coverage: dict[tuple[Identity | None, str], list[Row]] = defaultdict(list)
        for row in tables.coverage:
            self.coverage[identity(row, "agreement_id"), row["kind"]].append(row)

    def candidates(self, work: Work) -> list[Row]:
        named = [self.rows.get(name) for name in names_of(work)]
        of_company = self.by_company[identity(work.entry.row, "company_id")]
        found = {row["external_id"]: row for row in (*named, *of_company) if row and row["covers_time"]}
        return [row for row in found.values() if not starts_after(row, work.day)]

    def line(self, row: Row, work: Work) -> Line:
        if self.has_expired(row, work.day):
            return Line.EXPIRED
        boards = self.in_force(row, "board_default", work.day)
        of_board = [board for board in boards if board["subject_id"] == work.ticket.row["board_id"]]
        if boards and not of_board:
            return Line.BOARD_NOT_COVERED
        if of_board and not names_type(of_board, work.ticket.row["type_id"]):
            return Line.TYPE_NOT_COVERED
        if self.lists_are_complete and self.is_missing_from_lists(row, work):
            return Line.TYPE_NOT_COVERED
        return Line.WORK_TYPE_EXCLUDED if self.is_excluded(row, work) else Line.COVERS

    def has_expired(self, row: Row, day: date) -> bool:
        parent = self.rows.get(identity(row, "parent_agreement_id"))
        if parent and (starts_after(parent, day) or self.is_over(parent, day)):
            return True
        return self.is_over(row, day)

    def is_over(self, row: Row, day: date) -> bool:
        has_ended = row["ends_on"] is not None and row["ends_on"] < day
        cancelled_on = row["cancelled_on"]
        is_cancelled = row["is_cancelled"] and (cancelled_on is None or cancelled_on <= day)
        return bool(has_ended or is_cancelled or self.is_gone(row["deleted_at"], day))

    def is_gone(self, deleted_at: datetime | None, day: date) -> bool:
        return deleted_at is not None and self.clock.local_day(deleted_at) <= day

    def in_force(self, row: Row, kind: str, day: date) -> list[Row]:
        """Of one kind; those of the parent where it has none of its own."""
        own = list(self.rows_in_force(identity(row), kind, day))
        return own or list(self.rows_in_force(identity(row, "parent_agreement_id"), kind, day))

    def rows_in_force(self, agreement: Identity | None, kind: str, day: date) -> Iterator[Row]:
        for row in self.coverage[agreement, kind]:
            has_ended = row["ends_on"] is not None and row["ends_on"] < day
            if not (starts_after(row, day) or has_ended or self.is_gone(row["deleted_at"], day)):
                yield row

    def is_missing_from_lists(self, row: Row, work: Work) -> bool:
        for kind, column in (("work_type", "work_type_id"), ("work_role", "work_role_id")):
            listed = {each["subject_id"] for each in self.in_force(row, kind, work.day)}
            if listed and not listed & {work.entry.row[column], None}:
                return True
        return False

    def is_excluded(self, row: Row, work: Work) -> bool:
        for kind, column in (
            ("work_type_exclusion", "work_type_id"),
            ("work_role_exclusion", "work_role_id"),
        ):
            subject = work.entry.row[column]
            excluded = {each["subject_id"] for each in self.in_force(row, kind, work.day)}
            if subject is not None and subject in excluded:
                return True
        return False


def names_of(work: Work) -> list[Identity | None]:
    """The agreement that the entry names, then the one that its ticket names."""
    return [identity(work.entry.row, "agreement_id"), identity(work.ticket.row, "agreement_id")]


def starts_after(row: Row, day: date) -> bool:
    return row["starts_on"] is not None and row["starts_on"] > day


def names_type(boards: Iterable[Row], type_id: int | None) -> bool:
    """Whether any row of the board is for all types, or for this one."""
    return any(row["type_id"] is None or row["type_id"] == type_id for row in boards)


def best(candidates: list[tuple[Row, Line]], work: Work) -> tuple[Row, Line]:
    """The furthest down the table; of several the one named by the entry, then by the ticket, then the oldest."""
    names = names_of(work)

    def rank(candidate: tuple[Row, Line]) -> tuple[int, int, int]:
        row, line = candidate
        place = names.index(identity(row)) if identity(row) in names else len(names)
        return -line, place, row["external_id"]

    return min(candidates, key=rank)
