"""Figure 01: what tickets already ask for that could be sold."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.agreement_mismatch import MISMATCH_TICKETS, MISMATCH_VALUE, SUBJECT_MINUTES
from tests.oracle.desk import Desk
from tests.oracle.figures import MINUTE_PLACES, Breakdown, Daily, Key, Sums, rounded
from tests.oracle.frames import Cells, Metric, by_frame
from tests.oracle.topics import labels

KPI = "sales_opportunities"
ASKED_TICKETS = Metric(KPI, "asked_tickets")
FRAME_DAYS = 30
MORE_THAN = 3


class Group(NamedTuple):
    """Work outside the agreement has no subject."""

    company: int | None
    board: int | None
    subject: str = ""


class Opportunities(NamedTuple):
    groups: int
    value: Decimal


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums, tables = Sums(), desk.tables
    rule, model = (labels(tables, "sales_signal", source) for source in ("rule", "llm"))
    for ticket in desk.tickets:
        row, day = ticket.row, desk.clock.local_day(ticket.opened_at)
        if row["company_id"] is None:
            continue
        cut = Key(*ASKED_TICKETS, day, row["company_id"], None, row["board_id"], ticket.subject)
        if tables.labels_from != "llm" or ticket.topic is None or model.get(ticket.topic) != "none":
            sums.add(cut, 1)
        if ticket.topic in rule and ticket.topic in model:
            pair = f"{rule[ticket.topic]}:{model[ticket.topic]}"
            sums.add(cut._replace(metric="sales_labels", segment=pair), 1)
    return sums.rows(days)


def daily(desk: Desk, days: list[date], cells: Cells) -> Daily:
    rate = Fraction(desk.tables.hourly_rate)
    metrics = [ASKED_TICKETS, SUBJECT_MINUTES, MISMATCH_TICKETS, MISMATCH_VALUE]
    found = by_frame(cells, days, FRAME_DAYS, metrics, lambda held: opportunities(cells, held, rate))
    return {
        day: {
            "sales_opportunities_open": found[day].groups,
            "sales_opportunity_value": found[day].value,
        }
        for day in days
    }


def opportunities(cells: Cells, held: tuple[date, ...], hourly_rate: Fraction) -> Opportunities:
    recurring = many(totals(cells, ASKED_TICKETS, held, by_subject=True))
    outside = many(totals(cells, MISMATCH_TICKETS, held, by_subject=False))
    minutes = totals(cells, SUBJECT_MINUTES, held, by_subject=True)
    value = totals(cells, MISMATCH_VALUE, held, by_subject=False)
    worth = sum((minutes[group] / 60 * hourly_rate for group in recurring), Fraction(0))
    worth += sum((value[group] for group in outside), Fraction(0))
    return Opportunities(len(recurring) + len(outside), rounded(worth, MINUTE_PLACES))


def totals(
    cells: Cells, metric: Metric, held: tuple[date, ...], *, by_subject: bool
) -> dict[Group, Fraction]:
    sums: dict[Group, Fraction] = defaultdict(Fraction)
    for key, (numerator, _) in cells.of_days(metric, held):
        sums[Group(key.company, key.board, key.segment if by_subject else "")] += Fraction(numerator)
    return sums


def many(tickets: dict[Group, Fraction]) -> list[Group]:
    """Of clients; a ticket of nobody's is nothing to sell."""
    return [group for group, count in tickets.items() if count > MORE_THAN and group.company is not None]
