"""A verdict for each minute worked: covered by an agreement, outside of all, or not to be judged."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.agreements import Agreements, Line, Work, best
from tests.oracle.desk import Desk
from tests.oracle.entries import Entry
from tests.oracle.limits import grouped, minutes_over
from tests.oracle.people import identity
from tests.oracle.tables import Row
from tests.oracle.tickets import Ticket

COVERED, OVER_LIMIT, NO_AGREEMENT = "COVERED", "OVER_LIMIT", "NO_AGREEMENT"
OTHER_TIME, NO_TICKET, EXEMPT = "OTHER_TIME", "NO_TICKET", "EXEMPT"
NOT_JUDGED = (OTHER_TIME, NO_TICKET, EXEMPT)
MISMATCH = (
    NO_AGREEMENT,
    "EXPIRED",
    "BOARD_NOT_COVERED",
    "TYPE_NOT_COVERED",
    "WORK_TYPE_EXCLUDED",
    OVER_LIMIT,
)


@dataclass(frozen=True)
class Part:
    """The minutes of an entry that have one verdict."""

    entry: Entry
    ticket: Ticket | None
    verdict: str
    minutes: Fraction

    @property
    def is_mismatch(self) -> bool:
        return self.verdict in MISMATCH


@dataclass(frozen=True)
class Judged:
    work: Work
    verdict: str
    agreement: Row


def parts_of(desk: Desk) -> list[Part]:
    """Of all time of people and of nobody; an entry that passes a limit on the way has two parts."""
    in_scope = {identity(ticket.row): ticket for ticket in desk.tickets}
    parts, judged = [], []
    agreements = Agreements(desk.tables, desk.clock)
    for entry in (entry for entry in desk.entries if not entry.is_automation):
        ticket = in_scope.get(entry.ticket)
        reason = reason_not_to_judge(entry, ticket, desk)
        if reason or ticket is None:
            parts.append(Part(entry, ticket, reason, entry.minutes))
        else:
            judged.append(verdict_on(Work(entry, ticket), agreements))
    return [*parts, *split_at_limits(judged, agreements, desk)]


def reason_not_to_judge(entry: Entry, ticket: Ticket | None, desk: Desk) -> str:
    if entry.row["charge_to_type"] != "ServiceTicket":
        return OTHER_TIME
    if ticket is None:
        return NO_TICKET
    return EXEMPT if entry.company_id in desk.tables.companies_without_agreement else ""


def verdict_on(work: Work, agreements: Agreements) -> Judged:
    candidates = [(row, agreements.line(row, work)) for row in agreements.candidates(work)]
    if not candidates:
        return Judged(work, NO_AGREEMENT, {})
    row, line = best(candidates, work)
    return Judged(work, COVERED if line is Line.COVERS else line.name, row)


def split_at_limits(judged: list[Judged], agreements: Agreements, desk: Desk) -> Iterator[Part]:
    over: dict[Entry, Fraction] = {}
    covered = [each for each in judged if each.verdict == COVERED]
    for of_one in grouped(covered, lambda each: identity(each.agreement)).values():
        works = [each.work for each in of_one]
        over |= minutes_over(of_one[0].agreement, works, agreements, desk.tables.hourly_rate)
    for each in judged:
        yield from split(each, over.get(each.work.entry, Fraction(0)))


def split(judged: Judged, over: Fraction) -> Iterator[Part]:
    """No part is empty but that of an entry without minutes."""
    entry, ticket = judged.work.entry, judged.work.ticket
    if over:
        yield Part(entry, ticket, OVER_LIMIT, over)
    if over != entry.minutes or not over:
        yield Part(entry, ticket, judged.verdict, entry.minutes - over)
