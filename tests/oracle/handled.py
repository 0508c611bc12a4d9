"""What technicians did with tickets that are finally closed: the counted cells of figures 09, 03 and 08."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from tests.oracle.desk import Desk
from tests.oracle.entries import Entry
from tests.oracle.figures import RATE_PLACES, Breakdown, Key, Sums, rounded
from tests.oracle.people import Identity
from tests.oracle.tickets import Ticket

KPI = "tech_comparison"
HAND_OVERS = ("team", "board")


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    minutes, logs = Sums(), Sums()
    for ticket, day in finally_closed(desk):
        if ticket.technician_id is not None and desk.people.is_known_technician(technician(ticket)):
            cut = cut_of(ticket, day, ticket.technician_id)
            minutes.add(cut._replace(metric="reopened_work"), int(ticket.was_reopened), 1)
            add_handling(minutes, logs, cut, ticket)
        add_first_hands(minutes, ticket, day, desk)
    return {**minutes.rows(days), **logs.rows(days, RATE_PLACES)}


def finally_closed(desk: Desk) -> Iterator[tuple[Ticket, date]]:
    for ticket in desk.tickets:
        if ticket.last_closure:
            yield ticket, desk.clock.local_day(ticket.last_closure)


def technician(ticket: Ticket) -> Identity | None:
    who = ticket.technician_id
    return None if who is None else (ticket.row["source_id"], who)


def cut_of(ticket: Ticket, day: date, technician_id: int) -> Key:
    priority = ticket.row["priority_id"]
    segment = f"{'' if priority is None else priority}:{ticket.row['type_name']}"
    return Key(KPI, "", day, None, technician_id, ticket.row["board_id"], segment)


def add_handling(minutes: Sums, logs: Sums, cut: Key, ticket: Ticket) -> None:
    """Only of tickets that are mostly the technician's own work."""
    handling = ticket.human_minutes
    own = [entry.minutes for entry in ticket.human_entries if entry.member_id == cut.technician]
    if handling > 0 and 2 * sum(own, Fraction(0)) >= handling:
        x = logarithm(handling)
        minutes.add(cut._replace(metric="handling_minutes"), handling, 1)
        logs.add(cut._replace(metric="handling_log"), Fraction(x), 1)
        logs.add(cut._replace(metric="handling_log_squares"), Fraction(rounded(x * x, RATE_PLACES)))


def logarithm(minutes: Fraction) -> Decimal:
    at_least_one = max(minutes, Fraction(1))
    with localcontext(prec=50, rounding=ROUND_HALF_UP):
        exact = Decimal(at_least_one.numerator) / Decimal(at_least_one.denominator)
        return rounded(exact.ln(), RATE_PLACES)


def add_first_hands(sums: Sums, ticket: Ticket, day: date, desk: Desk) -> None:
    """Passing a ticket on counts for whoever had it first."""
    first = min(ticket.human_entries, key=lambda entry: entry.in_order, default=None)
    if first is None:
        return
    who = ticket.technician_id if ticket.is_decided else first.member_id
    if who is not None and desk.people.is_known_technician((ticket.row["source_id"], who)):
        key = cut_of(ticket, day, who)._replace(metric="escalated")
        sums.add(key, int(was_passed_on(ticket, first)), 1)


def was_passed_on(ticket: Ticket, first: Entry) -> bool:
    return any(
        event["kind"] in HAND_OVERS
        and event["old_value"]
        and event["old_value"] != event["new_value"]
        and event["occurred_at"] > first.started_at
        for event in ticket.events
    )


def domain_minutes(desk: Desk, days: list[date]) -> Breakdown:
    """Of figure 08: time on tickets by domain."""
    sums = Sums()
    for ticket in desk.tickets:
        for entry in ticket.human_entries:
            if desk.people.is_known_technician(entry.member):
                board, type_name = ticket.row["board_id"], ticket.row["type_name"]
                key = Key(
                    "tech_profile", "domain_minutes", entry.day, None, entry.member_id, board, type_name
                )
                sums.add(key, entry.minutes)
    return sums.rows(days)
