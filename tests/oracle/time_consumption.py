"""Figure 04: where the hours go."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

from tests.oracle.desk import Desk
from tests.oracle.entries import Entry
from tests.oracle.figures import Breakdown, Daily, Key, Sums, rounded_minutes

KPI = "time_consumption"
BILLABLE = "billable_minutes"
NON_BILLABLE = "non_billable_minutes"
AUTOMATION = "automation_minutes"


def metric_of(entry: Entry) -> str:
    if entry.is_automation:
        return AUTOMATION
    return BILLABLE if entry.is_billable else NON_BILLABLE


def minutes_by_day(desk: Desk) -> dict[tuple[date, str], Fraction]:
    totals: dict[tuple[date, str], Fraction] = defaultdict(Fraction)
    for entry in desk.entries:
        totals[entry.day, metric_of(entry)] += entry.minutes
    return totals


def daily(desk: Desk, days: list[date]) -> Daily:
    totals = minutes_by_day(desk)
    return {
        day: {metric: rounded_minutes(totals[day, metric]) for metric in (BILLABLE, NON_BILLABLE)}
        for day in days
    }


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums = Sums()
    for entry in desk.entries:
        key = Key(
            kpi=KPI,
            metric=metric_of(entry),
            kpi_date=entry.day,
            company=entry.company_id,
            technician=entry.member_id,
            board=entry.board_id,
            segment=entry.segment,
        )
        sums.add(key, entry.minutes)
    return sums.rows(days)
