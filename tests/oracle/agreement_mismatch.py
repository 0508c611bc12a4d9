"""Figure 05: what is worked on that no agreement covers."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.desk import Desk
from tests.oracle.figures import Breakdown, Daily, Key, Sums
from tests.oracle.frames import Cells, Metric
from tests.oracle.limits import rate_of
from tests.oracle.people import Identity, identity
from tests.oracle.tickets import Ticket
from tests.oracle.verdicts import COVERED, EXEMPT, MISMATCH, NOT_JUDGED, Part, parts_of

KPI = "agreement_mismatch"
SUBJECT_MINUTES = Metric(KPI, "subject_minutes")
MISMATCH_TICKETS = Metric(KPI, "mismatch_tickets")
MISMATCH_MINUTES = Metric(KPI, "mismatch_minutes")
MISMATCH_VALUE = Metric(KPI, "mismatch_value")


def knows_agreements(desk: Desk) -> bool:
    return bool(desk.tables.agreements)


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    parts = parts_of(desk)
    sums = Sums()
    add_subjects(sums, parts, is_covered_by_all=not knows_agreements(desk))
    if knows_agreements(desk):
        for part in parts:
            add_minutes(sums, part, desk)
        add_tickets(sums, parts)
    return sums.rows(days)


def add_minutes(sums: Sums, part: Part, desk: Desk) -> None:
    entry = part.entry
    cut = Key(KPI, "", entry.day, entry.company_id, entry.member_id, entry.board_id, part.verdict)
    sums.add(cut._replace(metric="agreement_minutes"), part.minutes)
    if not part.is_mismatch:
        return
    sums.add(cut._replace(metric="mismatch_minutes"), part.minutes)
    value = part.minutes / 60 * rate_of(entry, desk.tables.hourly_rate)
    sums.add(cut._replace(metric="mismatch_value"), value)
    if not entry.is_billable:
        sums.add(cut._replace(metric="unbilled_minutes"), part.minutes)


def add_subjects(sums: Sums, parts: list[Part], *, is_covered_by_all: bool) -> None:
    for part in parts:
        is_judged = part.verdict not in NOT_JUDGED
        if part.ticket and (part.verdict in (COVERED, EXEMPT) or (is_covered_by_all and is_judged)):
            key = cut_of(part.ticket, "subject_minutes", part.entry.day, part.ticket.subject)
            sums.add(key, part.minutes)


def add_tickets(sums: Sums, parts: list[Part]) -> None:
    for day, ticket, verdicts in by_ticket(parts):
        if sum(verdicts.values()) > 0:
            most = max(verdicts.values())
            reason = next(verdict for verdict in MISMATCH if verdicts.get(verdict) == most)
            sums.add(cut_of(ticket, "mismatch_tickets", day, reason), 1)


def by_ticket(parts: list[Part]) -> Iterator[tuple[date, Ticket, dict[str, Fraction]]]:
    """The minutes of mismatch on each ticket and day, by verdict."""
    minutes: dict[tuple[date, Identity | None], dict[str, Fraction]] = {}
    tickets = {}
    for part in parts:
        if part.ticket and part.is_mismatch:
            name = identity(part.ticket.row)
            tickets[name] = part.ticket
            verdicts = minutes.setdefault((part.entry.day, name), defaultdict(Fraction))
            verdicts[part.verdict] += part.minutes
    for (day, name), verdicts in minutes.items():
        yield day, tickets[name], verdicts


def cut_of(ticket: Ticket, metric: str, day: date, segment: str) -> Key:
    row = ticket.row
    return Key(KPI, metric, day, row["company_id"], None, row["board_id"], segment)


def daily(desk: Desk, days: list[date], cells: Cells) -> Daily:
    return {
        day: {
            "mismatch_tickets": total(desk, cells, MISMATCH_TICKETS, day),
            "mismatch_minutes": total(desk, cells, MISMATCH_MINUTES, day),
            "mismatch_value": total(desk, cells, MISMATCH_VALUE, day),
        }
        for day in days
    }


def total(desk: Desk, cells: Cells, metric: Metric, day: date) -> Decimal | None:
    """NULL while nothing is known of agreements."""
    if not knows_agreements(desk):
        return None
    return sum((numerator for _, (numerator, _) in cells.of_day(metric, day)), Decimal(0))
