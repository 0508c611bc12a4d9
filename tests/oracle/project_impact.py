"""Figure 10: what finished projects save, as last measured, beside what had been promised."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.desk import Desk
from tests.oracle.figures import RATE_PLACES, Breakdown, Daily, Key, Sums, rounded
from tests.oracle.tables import Row, Tables
from tests.oracle.topics import root_of

KPI = "project_impact"
COUNTED = ("improved", "worsened")


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums, tables = Sums(), desk.tables
    for day in days:
        for proposal, measured in last_measurements(tables, day):
            cut = Key(KPI, "", day, proposal["company"])
            by_topic = cut._replace(segment=root_of(tables, proposal))
            by_verdict = cut._replace(segment=measured["verdict"])
            sums.add(by_topic._replace(metric="realised_savings_minutes"), Fraction(saved(measured)))
            sums.add(
                by_topic._replace(metric="promised_savings_minutes"), promised(tables, proposal, measured)
            )
            sums.add(by_verdict._replace(metric="measured_projects"), 1)
            for metric in ("ticket_reduction", "hour_reduction"):
                if measured[metric] is not None:
                    reduction = Fraction(rounded(Decimal(repr(measured[metric])), RATE_PLACES))
                    sums.add(by_verdict._replace(metric=metric), reduction, 1)
    return sums.rows(days, RATE_PLACES)


def last_measurements(tables: Tables, day: date) -> list[tuple[Row, Row]]:
    found = []
    for proposal in tables.proposals:
        known = [
            row
            for row in tables.measurements
            if row["proposal_id"] == proposal["id"] and row["measured_on"] <= day
        ]
        if known:
            found.append((proposal, max(known, key=lambda row: row["measured_on"])))
    return found


def saved(measured: Row) -> Decimal:
    """Nothing, unless it can be told from chance."""
    is_counted = measured["verdict"] in COUNTED and measured["saved_minutes_per_month"] is not None
    return Decimal(measured["saved_minutes_per_month"]) if is_counted else Decimal(0)


def promised(tables: Tables, proposal: Row, measured: Row) -> Fraction:
    """When it was last accepted by then; what the proposal says where nobody has seen that."""
    accepted = [
        event
        for event in tables.proposal_events
        if event["proposal_id"] == proposal["id"]
        and (event["kind"], event["after"]) == ("moved", "accepted")
        and event["happened_on"] <= measured["measured_on"]
    ]
    said = max(
        accepted,
        key=lambda event: (event["happened_on"], event["happened_at"], event["id"]),
        default=proposal,
    )
    return Fraction(said["saved_minutes_per_month"])


def daily(desk: Desk, days: list[date]) -> Daily:
    return {day: {"realised_savings_minutes": realised(desk.tables, day)} for day in days}


def realised(tables: Tables, day: date) -> Decimal | None:
    found = last_measurements(tables, day)
    return sum((saved(measured) for _, measured in found), Decimal(0)) if found else None
