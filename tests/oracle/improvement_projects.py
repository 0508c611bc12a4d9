"""Figure 06: the work that each topic makes, and the proposals that wait for a decision."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.desk import Desk
from tests.oracle.figures import Breakdown, Daily, Key, Sums
from tests.oracle.people import identity
from tests.oracle.tables import Row, Tables
from tests.oracle.topics import core_topics, root_of

KPI = "improvement_projects"


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums = Sums()
    count_tickets(desk, sums)
    count_minutes(desk, sums)
    for day in days:
        for proposal, event in standing(desk.tables, day):
            minutes = Fraction(event["saved_minutes_per_month"])
            cut = Key(KPI, "", day, proposal["company"])
            by_topic = cut._replace(segment=root_of(desk.tables, proposal))
            by_kind = cut._replace(segment=proposal["archetype"])
            sums.add(by_topic._replace(metric="projects_proposed"), 1)
            sums.add(by_topic._replace(metric="projected_savings_minutes"), minutes)
            sums.add(by_kind._replace(metric="proposed_by_kind"), 1)
            sums.add(by_kind._replace(metric="projected_by_kind"), minutes)
    return sums.rows(days)


def count_tickets(desk: Desk, sums: Sums) -> None:
    for ticket in desk.tickets:
        row, day = ticket.row, desk.clock.local_day(ticket.opened_at)
        if ticket.topic is not None:
            key = Key(KPI, "topic_tickets", day, row["company_id"], None, row["board_id"], str(ticket.topic))
            sums.add(key, 1)


def count_minutes(desk: Desk, sums: Sums) -> None:
    """Of people, and of nobody in particular."""
    tickets, topics = {identity(one.row): one for one in desk.tickets}, core_topics(desk.tables)
    for entry in desk.entries:
        ticket = tickets.get(entry.ticket)
        if ticket and entry.ticket in topics and not entry.is_automation:
            row, topic = ticket.row, str(topics[entry.ticket])
            key = Key(KPI, "topic_minutes", entry.day, row["company_id"], None, row["board_id"], topic)
            sums.add(key, entry.minutes)


def standing(tables: Tables, day: date) -> list[tuple[Row, Row]]:
    """The proposals whose last event by the day's end leaves them proposed, with that event."""
    found = []
    for proposal in tables.proposals:
        last = last_event(tables, proposal, day)
        if last and last["after"] == "proposed":
            found.append((proposal, last))
    return found


def last_event(tables: Tables, proposal: Row, day: date) -> Row | None:
    happened = [
        event
        for event in tables.proposal_events
        if event["proposal_id"] == proposal["id"] and event["happened_on"] <= day
    ]
    return max(
        happened, key=lambda event: (event["happened_on"], event["happened_at"], event["id"]), default=None
    )


def daily(desk: Desk, days: list[date]) -> Daily:
    begun = min((event["happened_on"] for event in desk.tables.proposal_events), default=None)
    return {day: columns(desk.tables, day, is_known=begun is not None and day >= begun) for day in days}


def columns(tables: Tables, day: date, *, is_known: bool) -> dict[str, object]:
    if not is_known:
        return {"projects_proposed": None, "projected_savings_minutes": None}
    found = standing(tables, day)
    minutes = sum((event["saved_minutes_per_month"] for _, event in found), Decimal(0))
    return {"projects_proposed": len(found), "projected_savings_minutes": minutes}
