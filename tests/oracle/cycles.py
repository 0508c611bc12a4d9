"""The cycle of an agreement's limit that a day lies in."""

from datetime import date, timedelta
from itertools import count

from tests.oracle.tables import Row

CONTRACT_WEEKS = {"Contract2Weeks": 2, "Contract4Weeks": 4}
CONTRACT_MONTHS = {"ContractQuarter": 3, "ContractYear": 12}
A_DAY = timedelta(days=1)


def cycle_start(agreement: Row, day: date) -> date:
    cycle, first = agreement["limit_cycle"], agreement["starts_on"]
    if cycle in CONTRACT_WEEKS and first:
        length = 7 * CONTRACT_WEEKS[cycle]
        return first + timedelta(days=(day - first).days // length * length)
    if cycle in CONTRACT_MONTHS and first:
        return contract_start(first, CONTRACT_MONTHS[cycle], day)
    return calendar_start(cycle, day)


def contract_start(first: date, months: int, day: date) -> date:
    start = first
    for number in count(1):
        following = months_after(first, number * months)
        if following > day:
            break
        start = following
    return start


def calendar_start(cycle: str, day: date) -> date:
    if cycle == "CalendarWeek":
        return day - timedelta(days=day.weekday())
    if cycle == "CalendarQuarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    if cycle == "CalendarYear":
        return date(day.year, 1, 1)
    return day.replace(day=1)


def months_after(first: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(first.month - 1 + months, 12)
    last = date(first.year + year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - A_DAY
    return last.replace(day=min(first.day, last.day))


def cycle_before(agreement: Row, start: date) -> date | None:
    """The start of the cycle before the one that starts then; none before the agreement's first."""
    first = agreement["starts_on"]
    return None if first and start <= first else cycle_start(agreement, start - A_DAY)
