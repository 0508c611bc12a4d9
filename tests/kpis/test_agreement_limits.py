"""Limits by hours, money and incidents: which minutes of which entries are over, cycle by cycle."""

from decimal import Decimal
from typing import Any

import pytest

from tests import factories
from tests.kpis.verdicts import agreement, know_the_calendar, verdicts

COVERED, OVER = "COVERED", "OVER_LIMIT"


@pytest.fixture(autouse=True)
def _calendar(north) -> None:
    know_the_calendar()


def ticket() -> Any:
    return factories.ticket("2026-01-05 14:00", company_id=12, board_id=3)


def work(*days_and_minutes: tuple[str, float], on: Any = None, **fields: Any) -> list[int]:
    on = on or ticket()
    return [
        factories.time_entry(on, f"2026-{day} 15:00", minutes, **fields).external_id
        for day, minutes in days_and_minutes
    ]


def over(ids: list[int]) -> list[Decimal]:
    """Of each entry the minutes over the limit; the others have to be covered."""
    found = verdicts()
    for entry in ids:
        assert {verdict for verdict, _ in found[entry]} <= {COVERED, OVER}
    return [dict(found[entry]).get(OVER, Decimal(0)) for entry in ids]


def test_hours_are_used_up_minute_by_minute_and_begin_anew_with_the_month():
    agreement(limit_units="Hours", limit_amount=2, limit_cycle="CalendarMonth")
    ids = work(("01-30", 100), ("02-02", 100), ("02-03", 50), ("02-28", 10), ("03-01", 120), ("03-02", 0.5))
    assert over(ids) == [0, 0, 30, 10, 0, Decimal("0.5")]
    assert verdicts()[ids[2]] == [(COVERED, 20), (OVER, 30)]
    assert verdicts()[ids[3]] == [(OVER, 10)]


def test_a_window_in_the_middle_of_a_cycle_knows_what_was_used_before():
    agreement(limit_units="Hours", limit_amount=1, limit_cycle="CalendarMonth")
    _, last = work(("02-02", 50), ("02-20", 30))
    assert verdicts("2026-02-20", "2026-02-21") == {last: [(COVERED, 10), (OVER, 20)]}


def test_a_month_begins_at_local_midnight():
    agreement(limit_units="Hours", limit_amount=1, limit_cycle="CalendarMonth")
    on = ticket()
    ids = [
        factories.time_entry(on, moment, 60).external_id
        for moment in ("2026-03-01 04:59", "2026-03-01 05:00")
    ]
    assert over(ids) == [0, 0]


def test_entries_count_in_the_order_of_their_start_then_of_their_ids():
    agreement(limit_units="Hours", limit_amount=1)
    late, early = work(("02-10", 60), ("02-02", 60))
    assert over([late, early]) == [60, 0]
    first, second = work(("03-02", 60), ("03-02", 60))
    assert over([first, second]) == [0, 60]


def test_entries_without_minutes_use_nothing_and_are_never_over():
    agreement(limit_units="Hours", limit_amount=1)
    ids = work(("02-02", 60), ("02-03", 0), ("02-04", -30), ("02-05", 10))
    assert over(ids) == [0, 0, 0, 10]
    assert verdicts()[ids[1]] == [(COVERED, 0)]
    assert verdicts()[ids[2]] == [(COVERED, -30)]


@pytest.mark.parametrize(
    "unlimited",
    [
        {"is_unlimited": True},
        {"limit_amount": None},
        {"limit_amount": 0},
        {"limit_amount": -1},
        {"limit_units": "Dozens"},
        {"limit_units": ""},
    ],
)
def test_what_is_no_limit_limits_nothing(unlimited):
    agreement(**{"limit_units": "Hours", "limit_amount": Decimal("0.1")} | unlimited)
    assert over(work(("02-02", 600), ("02-03", 60))) == [0, 0]


def test_only_what_is_covered_uses_up_the_limit():
    agreement(limit_units="Hours", limit_amount=1)
    factories.coverage(5, "work_type_exclusion", 6)
    work(("02-02", 60), work_type_id=6)
    assert over(work(("02-03", 60))) == [0]


def test_of_money_the_entry_that_goes_beyond_is_still_covered_and_all_after_are_not():
    factories.settings(hourly_rate=100)
    agreement(limit_units="Amount", limit_amount=150)
    ids = work(("02-02", 60), ("02-03", 60), ("02-04", 60), ("03-02", 60))
    assert over(ids) == [0, 0, 60, 0]


def test_money_is_counted_at_the_entrys_rate():
    factories.settings(hourly_rate=100)
    agreement(limit_units="Amount", limit_amount=150)
    assert over(work(("02-02", 60), ("02-03", 60), hourly_rate=150)) == [0, 60]


def test_incidents_are_the_first_tickets_of_a_cycle_with_all_their_work():
    agreement(limit_units="Incidents", limit_amount=2)
    one, two, three = ticket(), ticket(), ticket()
    early = work(("02-02", 30), on=one) + work(("02-03", 30), on=two) + work(("02-04", 30), on=three)
    late = work(("02-20", 30), on=one) + work(("02-21", 30), on=three) + work(("03-02", 30), on=three)
    assert over(early) == [0, 0, 30]
    assert over(late) == [0, 30, 0]


@pytest.mark.parametrize(
    ("cycle", "starts_on", "last_of_cycle", "first_of_next"),
    [
        ("CalendarWeek", "2026-01-01", "02-08", "02-09"),
        ("CalendarMonth", "2026-01-15", "02-28", "03-01"),
        ("CalendarQuarter", "2026-01-15", "03-31", "04-01"),
        ("", "2026-01-15", "02-28", "03-01"),
        ("Fortnightly", "2026-01-15", "02-28", "03-01"),
        ("Contract2Weeks", "2026-01-06", "02-16", "02-17"),
        ("Contract4Weeks", "2026-01-06", "03-02", "03-03"),
        ("ContractQuarter", "2026-01-31", "04-29", "04-30"),
        ("ContractQuarter", "2025-11-30", "02-27", "02-28"),
        ("ContractQuarter", "2025-08-31", "02-27", "02-28"),
        ("ContractYear", "2025-03-15", "03-14", "03-15"),
        ("Contract2Weeks", None, "02-28", "03-01"),
        ("ContractYear", None, "02-28", "03-01"),
    ],
)
def test_a_limit_begins_anew_with_its_cycle(cycle, starts_on, last_of_cycle, first_of_next):
    agreement(starts_on=starts_on, limit_units="Hours", limit_amount=1, limit_cycle=cycle)
    ids = work((last_of_cycle, 60), (last_of_cycle, 5), (first_of_next, 60), (first_of_next, 5))
    assert over(ids) == [0, 5, 0, 5]


def test_a_calendar_year_is_one_cycle():
    agreement(limit_units="Hours", limit_amount=1, limit_cycle="CalendarYear")
    assert over(work(("01-05", 60), ("06-20", 60))) == [0, 60]


def test_hours_left_over_are_carried_for_one_cycle():
    agreement(limit_units="Hours", limit_amount=1, carries_over_unused=True)
    ids = work(("01-05", 20), ("02-02", 110), ("04-02", 130))
    assert over(ids) == [0, 10, 10]  # 40 minutes from January; of February and March, only March's 60


def test_nothing_is_carried_into_the_first_cycle():
    agreement(starts_on="2026-02-10", limit_units="Hours", limit_amount=1, carries_over_unused=True)
    assert over(work(("02-11", 70), ("03-02", 70))) == [10, 10]
    agreement(6, company_id=13, starts_on=None, limit_units="Hours", limit_amount=1, carries_over_unused=True)
    assert over(work(("02-11", 130), on=factories.ticket("2026-01-05 14:00", company_id=13))) == [10]


def test_a_limited_work_type_or_role_limits_its_own_entries_and_the_larger_overrun_counts():
    agreement(limit_units="Hours", limit_amount=2)
    factories.coverage(5, "work_type", 6, hours_limit=1)
    factories.coverage(5, "work_role", 8, hours_limit=Decimal("0.5"))
    ids = work(("02-02", 50), work_type_id=6) + work(("02-03", 40), work_type_id=7)
    assert over(ids) == [0, 0]
    assert over(work(("02-04", 20), work_type_id=6)) == [10]
    assert over(work(("02-05", 40), work_role_id=8)) == [30]  # by the agreement; 10 by the role
    assert over(work(("03-05", 40), work_role_id=8)) == [10]


def test_a_limit_of_any_work_type_is_one_of_all_work_even_under_an_unlimited_agreement():
    agreement(is_unlimited=True, limit_units="Hours", limit_amount=1)
    factories.coverage(5, "work_type", None, hours_limit=1)
    assert over(work(("02-02", 50)) + work(("02-03", 50), work_type_id=6)) == [0, 40]


def test_work_over_one_agreements_limit_is_not_tried_on_another():
    agreement(5, limit_units="Hours", limit_amount=1)
    agreement(6)
    assert over(work(("02-02", 90))) == [30]
    assert over(work(("02-03", 90), agreement_id=6)) == [0]
