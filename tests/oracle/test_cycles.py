"""The cycles of limits, over month ends and leap years."""

from datetime import date

import pytest

from tests.oracle.cycles import cycle_before, cycle_start
from tests.oracle.rows import agreement


@pytest.mark.parametrize(
    ("cycle", "starts_on", "day", "start"),
    [
        ("CalendarWeek", None, date(2026, 3, 8), date(2026, 3, 2)),
        ("CalendarWeek", None, date(2026, 3, 9), date(2026, 3, 9)),
        ("CalendarMonth", None, date(2026, 3, 31), date(2026, 3, 1)),
        ("CalendarQuarter", None, date(2026, 6, 30), date(2026, 4, 1)),
        ("CalendarQuarter", None, date(2026, 12, 31), date(2026, 10, 1)),
        ("CalendarYear", date(2025, 5, 5), date(2026, 6, 30), date(2026, 1, 1)),
        ("Contract2Weeks", date(2026, 1, 1), date(2026, 1, 14), date(2026, 1, 1)),
        ("Contract2Weeks", date(2026, 1, 1), date(2026, 1, 15), date(2026, 1, 15)),
        ("Contract4Weeks", date(2026, 1, 1), date(2026, 3, 1), date(2026, 2, 26)),
        ("ContractQuarter", date(2025, 11, 30), date(2026, 2, 27), date(2025, 11, 30)),
        ("ContractQuarter", date(2025, 11, 30), date(2026, 2, 28), date(2026, 2, 28)),
        ("ContractQuarter", date(2025, 11, 30), date(2026, 5, 29), date(2026, 2, 28)),
        ("ContractQuarter", date(2025, 11, 30), date(2026, 5, 30), date(2026, 5, 30)),
        ("ContractYear", date(2024, 2, 29), date(2025, 2, 28), date(2025, 2, 28)),
        ("ContractYear", date(2024, 2, 29), date(2028, 2, 28), date(2027, 2, 28)),
        ("ContractYear", date(2024, 2, 29), date(2028, 2, 29), date(2028, 2, 29)),
        ("ContractYear", date(2024, 12, 15), date(2026, 1, 1), date(2025, 12, 15)),
        ("ContractYear", None, date(2026, 3, 5), date(2026, 3, 1)),
        ("Whenever", date(2026, 1, 20), date(2026, 3, 5), date(2026, 3, 1)),
    ],
)
def test_a_cycle_starts(cycle, starts_on, day, start):
    assert cycle_start(agreement(1, limit_cycle=cycle, starts_on=starts_on), day) == start


@pytest.mark.parametrize(
    ("cycle", "starts_on", "start", "before"),
    [
        ("CalendarMonth", date(2026, 1, 31), date(2026, 2, 1), date(2026, 1, 1)),
        ("CalendarMonth", date(2026, 1, 31), date(2026, 1, 1), None),
        ("CalendarMonth", date(2026, 1, 1), date(2026, 1, 1), None),
        ("CalendarMonth", None, date(2026, 1, 1), date(2025, 12, 1)),
        ("ContractQuarter", date(2025, 11, 30), date(2026, 2, 28), date(2025, 11, 30)),
        ("ContractQuarter", date(2025, 11, 30), date(2025, 11, 30), None),
    ],
)
def test_no_cycle_comes_before_the_agreements_first(cycle, starts_on, start, before):
    assert cycle_before(agreement(1, limit_cycle=cycle, starts_on=starts_on), start) == before
