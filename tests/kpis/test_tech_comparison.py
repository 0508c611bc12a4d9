import math
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connectors.models import RawMember
from kpis.comparison import compared, domain_works
from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.models import Finding, KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.teams_at_desk import CLOSED, MINUTES, handled, team

NOW = at("2026-03-12 17:00")
DAY = date(2026, 3, 12)
SINCE, UNTIL = DAY - timedelta(days=29), DAY + timedelta(days=1)


def cell(metric: str, technician: int, day: date = DAY) -> KpiBreakdown:
    about = {"kpi": "tech_comparison", "technician": technician, "kpi_date": day}
    return KpiBreakdown.objects.get(metric=metric, **about)


def value(metric: str, technician: int, day: date = DAY) -> float:
    return float(cell(metric, technician, day).numerator)


def test_who_takes_three_times_as_long_on_the_same_work_needs_attention(north):
    team(1, times=3)
    team(*range(2, 9))
    compute(NOW)
    assert value("handling_ratio", 1) > 1.5
    assert value("handling_low", 1) > 1
    assert [value("tier", number) for number in range(1, 9)] == [-1, *[0] * 7]
    assert value("score", 1) < 40 < value("score", 2)
    assert KpiDaily.objects.get(kpi_date=DAY).technicians_off_expected == 1
    minutes = cell("expected_minutes", 1)
    assert minutes.numerator == 3 * sum(MINUTES)
    assert minutes.denominator == pytest.approx(minutes.numerator / 3, rel=Decimal("0.001"))


def test_other_work_is_compared_with_others_work_of_its_kind(north):
    """Whose tickets take three times as long because such tickets do is as expected."""
    team(1, 2, 3, 4)
    for technician in (2, 3, 4):
        handled(technician, (3 * minutes for minutes in MINUTES), type_name="Server")
    factories.member(5)
    handled(5, (3 * minutes for minutes in MINUTES), type_name="Server")
    compute(NOW)
    assert value("tier", 5) == 0
    assert value("handling_ratio", 5) == pytest.approx(1, abs=0.15)


def test_with_fewer_than_ten_judged_tickets_or_one_colleague_nobody_is_compared(north):
    team(1, 2, 3, 5)
    factories.member(4)
    handled(4, MINUTES[:9])
    compute(NOW)
    assert set(KpiBreakdown.objects.filter(metric="score").values_list("technician", flat=True)) == {
        1,
        2,
        3,
        5,
    }
    with tenant("south"):
        team(1, 2)
        handled(2, MINUTES * 2)
        compute(NOW)
        assert not KpiBreakdown.objects.filter(metric="score").exists()
        assert KpiDaily.objects.get(kpi_date=DAY).technicians_off_expected is None


def test_whoever_did_less_than_half_of_the_work_is_not_judged_by_its_time(north):
    team(1, 2, 3)
    for ticket in handled(1, [20, 20, 20]):
        factories.time_entry(ticket, CLOSED, 21, member=2)
    compute(NOW)
    on_the_day = {"metric": "handling_minutes", "technician": 1, "kpi_date": CLOSED.date()}
    assert KpiBreakdown.objects.get(**on_the_day).denominator == len(MINUTES)
    assert KpiBreakdown.objects.get(**on_the_day | {"metric": "reopened_work"}).denominator == 15


def test_automation_and_unknown_members_never_appear(north):
    """Not as technicians, not in the time of tickets, not in the norms; also when that is said later."""
    team(1, 2, 3, 4, 9)
    for ticket in handled(1, MINUTES):
        factories.time_entry(ticket, CLOSED, 500, member=9)
    handled(99, MINUTES)
    RawMember.objects.filter(external_id=9).update(automation_override=True)
    compute(NOW, full=True)
    ours = KpiBreakdown.objects.filter(kpi__in=("tech_comparison", "tech_training", "tech_profile"))
    assert set(ours.values_list("technician", flat=True)) == {1, 2, 3, 4}
    assert {one.technician for one in compared(SINCE, UNTIL)} == {1, 2, 3, 4}
    assert {one.technician for one in domain_works(SINCE, UNTIL)} == {1, 2, 3, 4}
    assert value("expected_minutes", 1) == 2 * sum(MINUTES)


def test_tickets_that_come_back_need_attention_however_fast_they_were(north):
    team(1, times=0.3)
    team(*range(2, 9))
    for ticket in handled(1, [8, 10, 12] * 4):
        opened, half = ticket.opened_at, ticket.opened_at + timedelta(hours=2)
        factories.spells(ticket, (opened, half), (half + timedelta(hours=1), ticket.closed_at))
    compute(NOW)
    assert value("handling_high", 1) < 1
    assert value("reopen_low", 1) > 1
    assert value("tier", 1) == -1
    (finding,) = Finding.objects.filter(kpi="tech_comparison", technician=1)
    assert "come back" in finding.title


def test_satisfaction_is_pulled_towards_the_teams_while_answers_are_few(north):
    team(1, 2, 3, 4)
    factories.question(50, options=5)
    for technician, option in ((1, 0), (1, 0), (2, 4), (2, 4), (3, 4), (3, 4)):
        (ticket,) = handled(technician, [30])
        factories.survey(ticket, CLOSED, {50: option})
    compute(NOW)
    team_mean = (2 * 1 + 4 * 5) / 6
    assert value("csat_fair", 1) == pytest.approx((2 + 10 * team_mean) / 12, abs=1e-4)
    assert value("score", 1) < value("score", 2)


def test_a_month_later_the_frame_has_moved_on(north):
    team(1, times=3)
    team(*range(2, 9))
    compute(NOW + timedelta(days=40))
    days = KpiBreakdown.objects.filter(metric="tier").values_list("kpi_date", flat=True)
    assert max(days) == CLOSED.date() + timedelta(days=29)
    assert KpiDaily.objects.get(kpi_date=DAY + timedelta(days=40)).technicians_off_expected is None


def test_behind_a_ratio_are_the_frames_tickets_of_the_technician(north):
    team(1, times=3)
    team(*range(2, 9))
    compute(NOW)
    for metric in ("expected_minutes", "handling_ratio", "score"):
        behind = drilldown("tech_comparison", metric, DAY, technician=1, segment="")
        assert len(behind) == 12
        assert sum(one.numerator for one in behind) == cell("expected_minutes", 1).numerator
    assert len(drilldown("tech_comparison", "reopen_ratio", DAY, technician=2)) == 12
    assert len(drilldown("tech_comparison", "handling_low", DAY)) == 8 * 12
    assert drilldown("tech_comparison", "score", DAY + timedelta(days=40), technician=1) == []


def test_an_asked_window_gives_what_is_stored_of_the_same_frame(north):
    team(1, times=2)
    team(*range(2, 9))
    compute(NOW)
    for one in compared(SINCE, UNTIL):
        assert one.handling.ratio == pytest.approx(value("handling_ratio", one.technician), abs=1e-4)
        assert one.score == pytest.approx(value("score", one.technician), abs=1e-4)
        assert one.tier == value("tier", one.technician)
    assert compared(DAY, UNTIL) == []


def test_the_logarithm_is_of_the_tickets_whole_time_by_people(north):
    factories.member(1)
    (ticket,) = handled(1, [40])
    factories.time_entry(ticket, CLOSED, 20.5, member=98)
    factories.time_entry(ticket, CLOSED, 100, member=None)
    compute(NOW)
    assert value("handling_log", 1, day=CLOSED.date()) == pytest.approx(math.log(60.5), abs=5e-5)
