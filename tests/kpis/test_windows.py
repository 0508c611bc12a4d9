from datetime import date
from decimal import Decimal

import pytest

from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.windows import closed_of_each, team_efficiency, technician_efficiency, time_by, ttr_percentiles
from tests import factories
from tests.factories import at

SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 8)


@pytest.fixture
def week(north) -> None:
    """Ada closes three tickets after 1, 2 and 9 hours, Bo one after 4; Ada works two days."""
    factories.member(1, daily_capacity_hours=8)
    factories.member(2, "Bo Lind")
    for hour, closed, owner in ((10, "11:00", 1), (10, "12:00", 1), (10, "19:00", 1), (10, "14:00", 2)):
        factories.ticket(f"2026-03-02 {hour}:00", f"2026-03-02 {closed}", owner_id=owner)
    factories.time_entry(None, "2026-03-02 15:00", 240, member=1, company_id=12)
    factories.time_entry(None, "2026-03-03 15:00", 240, member=1, company_id=13, billable_option="NoCharge")
    factories.time_entry(None, "2026-02-28 15:00", 120, member=1, company_id=12)
    compute(at("2026-03-20 12:00"))


def test_medians_are_taken_from_the_tickets_of_the_window(week):
    team, by_technician = ttr_percentiles(SINCE, UNTIL)
    assert team
    assert team.median_hours == pytest.approx(3)
    assert by_technician[1].median_hours == pytest.approx(2)
    assert by_technician[1].p90_hours == pytest.approx(7.6)


def test_a_technicians_ratios_come_from_their_sums(week):
    ada, bo = technician_efficiency(SINCE, UNTIL)
    assert (ada.handled, ada.worked_days, ada.tickets_per_worked_day) == (3, 2, 1.5)
    assert ada.avg_ttr_hours == pytest.approx(4)
    assert (ada.fcr_percent, ada.reopen_percent) == (100.0, 0.0)
    assert (ada.billable_percent, ada.utilisation_percent) == (50, 50)
    assert (bo.technician, bo.handled, bo.billable_percent, bo.tickets_per_worked_day) == (2, 1, None, None)
    assert technician_efficiency(SINCE, UNTIL, technician=2) == [bo]


def test_the_team_is_all_tickets_together(week):
    team = team_efficiency(SINCE, UNTIL)
    assert (team.technician, team.handled) == (None, 4)
    assert team.avg_ttr_hours == pytest.approx(4)


def test_time_by_a_dimension_has_shares_and_changes(week):
    first, second = time_by("company", SINCE, UNTIL)
    assert (first.billable_minutes, first.non_billable_minutes, first.share_percent) == (
        Decimal(240),
        Decimal(0),
        50.0,
    )
    assert (first.key, first.change_7d_percent, first.change_30d_percent) == (12, 100, None)
    assert (second.key, second.change_7d_percent) == (13, None)
    assert second.non_billable_minutes == 240


def test_a_window_without_data_has_nothing_rather_than_zeros(week):
    empty = team_efficiency(date(2025, 1, 1), date(2025, 2, 1))
    assert (empty.handled, empty.median_ttr_hours, empty.fcr_percent) == (0, None, None)
    assert time_by("board", date(2025, 1, 1), date(2025, 2, 1)) == []


def test_overlapping_windows_are_told_in_one_statement_as_each_alone(week):
    day, none, whole = closed_of_each(
        [(date(2026, 3, 2), date(2026, 3, 3)), (date(2026, 3, 3), date(2026, 3, 4)), (SINCE, UNTIL)]
    )
    assert (none.ttr, none.sla.denominator) == (None, 0)
    assert day == whole
    assert whole.ttr == ttr_percentiles(SINCE, UNTIL)[0]


def test_a_week_of_medians_is_no_mean_of_its_days(north):
    factories.member(1)
    for day, hours in ((2, (1, 1, 1)), (3, (10,))):
        for length in hours:
            factories.ticket(f"2026-03-0{day} 08:00", f"2026-03-0{day} {8 + length:02}:00", owner_id=1)
    (both,) = closed_of_each([(SINCE, UNTIL)])
    assert both.ttr
    assert both.ttr.median_hours == pytest.approx(1)


# What was promised and when it happened, of a ticket closed at noon; and whether the SLA was met, if it is known.
GOALS = [
    ({"resolve_goal_at": at("2026-03-02 13:00")}, True),
    ({"resolve_goal_at": at("2026-03-02 12:00")}, True),
    ({"resolve_goal_at": at("2026-03-02 11:00")}, False),
    ({"resolve_goal_at": at("2026-03-02 11:00"), "resolved_at": at("2026-03-02 10:30")}, True),
    ({"respond_goal_at": at("2026-03-02 11:00")}, False),
    ({"respond_goal_at": at("2026-03-02 11:00"), "responded_at": at("2026-03-02 10:30")}, True),
    ({"plan_goal_at": at("2026-03-02 11:00"), "resolve_goal_at": at("2026-03-02 13:00")}, False),
    ({"resolve_goal_at": at("2026-03-02 13:00"), "is_in_sla": False}, True),  # goals say more than a mark
    ({"is_in_sla": False}, False),
    ({"is_in_sla": True}, True),
    ({}, None),
]


@pytest.mark.parametrize(("promised", "is_met"), GOALS)
def test_the_sla_is_met_when_no_goal_was_missed(north, promised, is_met):
    factories.ticket("2026-03-02 10:00", "2026-03-02 12:00", **promised)
    (closed,) = closed_of_each([(SINCE, UNTIL)])
    assert (closed.sla.numerator, closed.sla.denominator) == (int(is_met or False), int(is_met is not None))


def test_tickets_that_missed_their_sla_are_those_that_have_a_breach(north):
    for promised, _ in GOALS:
        factories.ticket("2026-03-02 10:00", "2026-03-02 12:00", **promised)
    compute(at("2026-03-20 12:00"))
    judged = drilldown("tech_efficiency", "sla_met", SINCE, UNTIL)
    missed = {one.id for one in judged if not one.numerator}
    assert len(missed) == 4
    assert missed == {one.id for one in drilldown("tech_efficiency", "sla_breaches", SINCE, UNTIL)}
