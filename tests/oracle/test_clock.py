"""The business clock, over clock changes, holidays and breaks."""

from datetime import date

import pytest

from tests.oracle.clock import Clock
from tests.oracle.rows import at
from tests.oracle.tables import office_hours

TORONTO, PARIS = "America/Toronto", "Europe/Paris"
ALL_DAY = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def business_hours(clock: Clock, start: str, end: str) -> float:
    zone = str(clock.zone)
    return float(clock.business_minutes(at(start, zone), at(end, zone)) / 60)


def test_only_the_overlap_with_working_hours_counts():
    clock = Clock(TORONTO, office_hours(), [])
    assert business_hours(clock, "2026-03-02 06:00", "2026-03-02 07:59") == 0
    assert business_hours(clock, "2026-03-02 16:00", "2026-03-03 09:30") == 1 + 1.5
    assert business_hours(clock, "2026-03-02 10:00", "2026-03-02 10:00:36") == 0.01


def test_a_weekend_stands_still():
    clock = Clock(PARIS, office_hours(), [])
    assert business_hours(clock, "2026-03-06 16:00", "2026-03-09 09:00") == 2


def test_nothing_passes_between_a_moment_and_one_before_it():
    clock = Clock(PARIS, office_hours(), [])
    assert business_hours(clock, "2026-03-03 10:00", "2026-03-03 09:00") == 0
    assert business_hours(clock, "2026-03-04 10:00", "2026-03-03 09:00") == 0


def test_a_holiday_stands_still_and_is_of_the_class_of_days_off():
    clock = Clock(PARIS, office_hours(), [date(2026, 5, 1)])
    assert business_hours(clock, "2026-04-30 16:00", "2026-05-04 09:00") == 2
    assert clock.day_class(date(2026, 5, 1)) == "off"
    assert clock.day_class(date(2026, 5, 2)) == "off"
    assert clock.day_class(date(2026, 5, 4)) == "mon"
    assert clock.working_minutes(date(2026, 5, 1)) == 0


def test_the_break_between_two_spans_is_not_worked():
    clock = Clock(PARIS, {"mon": [["08:00", "12:00"], ["13:30", "17:00"]]}, [])
    assert clock.working_minutes(date(2026, 3, 2)) == 450
    assert business_hours(clock, "2026-03-02 11:00", "2026-03-02 14:00") == 1.5
    assert business_hours(clock, "2026-03-02 12:10", "2026-03-02 13:20") == 0


@pytest.mark.parametrize(
    ("zone", "shorter", "longer"),
    [
        (TORONTO, date(2026, 3, 8), date(2026, 11, 1)),
        (PARIS, date(2026, 3, 29), date(2026, 10, 25)),
    ],
)
def test_the_day_of_a_clock_change_is_an_hour_shorter_or_longer(zone, shorter, longer):
    clock = Clock(zone, ALL_DAY, [])
    assert clock.working_minutes(shorter) == 23 * 60
    assert clock.working_minutes(longer) == 25 * 60
    assert clock.working_minutes(date(2026, 6, 1)) == 24 * 60


def test_working_hours_keep_to_the_wall_clock_over_a_clock_change():
    clock = Clock(TORONTO, office_hours(), [])
    # Toronto leaves UTC-5 for UTC-4 on Sunday 8 March.
    assert clock.business_minutes(at("2026-03-06 21:00"), at("2026-03-09 13:00")) == 60 + 60


def test_a_span_over_the_lost_hour_is_an_hour_short():
    clock = Clock(PARIS, {"sun": [["01:00", "05:00"]]}, [])
    assert clock.working_minutes(date(2026, 3, 29)) == 180
    assert clock.working_minutes(date(2026, 10, 25)) == 300


def test_the_local_day_is_that_of_the_tenant():
    assert Clock(TORONTO, {}, []).local_day(at("2026-03-03 04:59")) == date(2026, 3, 2)
    assert Clock(TORONTO, {}, []).local_day(at("2026-03-03 05:00")) == date(2026, 3, 3)
    assert Clock(PARIS, {}, []).local_day(at("2026-03-02 23:00")) == date(2026, 3, 3)


def test_a_weekday_left_out_is_off():
    assert Clock(PARIS, {"mon": []}, []).day_class(date(2026, 3, 2)) == "off"
    assert Clock(PARIS, {}, []).day_class(date(2026, 3, 3)) == "off"
