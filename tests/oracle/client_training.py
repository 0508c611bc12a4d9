"""Figure 02: tickets that training would have spared."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from tests.oracle.desk import Desk
from tests.oracle.figures import Breakdown, Daily, Key, Sums
from tests.oracle.lexicon import NEGATIVE, Lexicon
from tests.oracle.tickets import Ticket

KPI = "client_training"
REPEAT = "repeat"
REPEAT_DAYS = 30
REPEATS = 3


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums = Sums()
    for ticket, need in classed(desk):
        day, row = desk.clock.local_day(ticket.opened_at), ticket.row
        cut = Key(KPI, "", day, row["company_id"], None, row["board_id"], need)
        if need:
            sums.add(cut._replace(metric="training_tickets"), 1)
            sums.add(cut._replace(metric="training_minutes"), ticket.human_minutes)
        sums.add(cut._replace(metric="training_share", segment=ticket.subject), int(need != ""), 1)
    return sums.rows(days)


def classed(desk: Desk) -> Iterator[tuple[Ticket, str]]:
    """Each ticket with the kind of need that it is, empty when none."""
    lexicon, repeats = Lexicon(desk.tables.phrases), repeated(desk)
    for ticket in desk.tickets:
        kind = lexicon.kind_of(ticket.row["summary"])
        if kind == NEGATIVE:
            yield ticket, ""
        else:
            yield ticket, kind or (REPEAT if id(ticket) in repeats else "")


def repeated(desk: Desk) -> set[int]:
    """From the third on that a contact opens about one subject within the days."""
    earlier: dict[object, list[date]] = defaultdict(list)
    repeats = set()
    for ticket in sorted(desk.tickets, key=lambda ticket: (ticket.opened_at, ticket.row["external_id"])):
        row = ticket.row
        asked = (row["source_id"], row["contact_id"], row["company_id"], ticket.subject)
        if None in asked or not ticket.subject:
            continue
        day = desk.clock.local_day(ticket.opened_at)
        earlier[asked].append(day)
        since = day - timedelta(days=REPEAT_DAYS - 1)
        if sum(past >= since for past in earlier[asked]) >= REPEATS:
            repeats.add(id(ticket))
    return repeats


def daily(desk: Desk, days: list[date]) -> Daily:
    needs = [desk.clock.local_day(ticket.opened_at) for ticket, need in classed(desk) if need]
    return {day: {"client_training_tickets": needs.count(day)} for day in days}
