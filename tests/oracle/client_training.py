"""Figure 02: tickets that training would have spared."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from tests.oracle.desk import Desk
from tests.oracle.figures import Breakdown, Daily, Key, Sums
from tests.oracle.lexicon import NEGATIVE, Lexicon
from tests.oracle.tickets import Ticket
from tests.oracle.topics import labels

KPI = "client_training"
REPEAT = "repeat"
BY_MODEL = "model"
REPEAT_DAYS = 30
REPEATS = 3


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums, said = Sums(), labels(desk.tables, "training_need", "llm")
    for ticket, rule, need in classed(desk):
        day, row = desk.clock.local_day(ticket.opened_at), ticket.row
        cut = Key(KPI, "", day, row["company_id"], None, row["board_id"], need)
        if ticket.topic in said:
            pair = f"{'yes' if rule else 'no'}:{said[ticket.topic]}"
            sums.add(cut._replace(metric="training_labels", segment=pair), 1)
        if need:
            sums.add(cut._replace(metric="training_tickets"), 1)
            sums.add(cut._replace(metric="training_minutes"), ticket.human_minutes)
        sums.add(cut._replace(metric="training_share", segment=ticket.subject), int(need != ""), 1)
    return sums.rows(days)


def classed(desk: Desk) -> Iterator[tuple[Ticket, str, str]]:
    """Each ticket with the kind of need that it is by the rule, and as it counts; empty when none."""
    said = labels(desk.tables, "training_need", "llm") if desk.tables.labels_from == "llm" else {}
    for ticket, rule in by_rule(desk):
        if ticket.topic not in said:
            yield ticket, rule, rule
        else:
            yield ticket, rule, (rule or BY_MODEL) if said[ticket.topic] == "yes" else ""


def by_rule(desk: Desk) -> Iterator[tuple[Ticket, str]]:
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
    needs = [desk.clock.local_day(ticket.opened_at) for ticket, _, need in classed(desk) if need]
    return {day: {"client_training_tickets": needs.count(day)} for day in days}
