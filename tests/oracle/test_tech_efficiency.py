"""SLA breaches, surveys and the figures of technicians, by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.engine import compute
from tests.oracle.figures import Figures, Key
from tests.oracle.rows import at, entry, member, parts, question, survey, ticket
from tests.oracle.tables import Row, Tables

NOW = at("2026-03-10 12:00")
MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
KPI = "tech_efficiency"


def figures(*tickets: Row, **more: Any) -> Figures:
    return compute(Tables(tickets=list(tickets), **more), NOW)


def breaches(*moments: str | None, **columns: Any) -> dict[int, int]:
    """Days of March with breaches, of a ticket open from the 2nd to the 4th."""
    closed = ticket(1, "2026-03-02 09:00", "2026-03-04 09:00", **columns)
    daily = figures(closed).daily
    return {
        day.day: int(str(row["sla_breach_count"])) for day, row in daily.items() if row["sla_breach_count"]
    }


def test_a_goal_is_missed_when_the_stage_comes_after_it():
    goal = at("2026-03-03 09:00")
    assert breaches(respond_goal_at=goal, responded_at=at("2026-03-03 09:01")) == {3: 1}
    assert breaches(respond_goal_at=goal, responded_at=goal) == {}
    assert breaches(plan_goal_at=goal, planned_at=at("2026-03-05 09:00")) == {3: 1}


def test_a_stage_that_never_happened_is_judged_by_the_closure_or_by_now():
    assert breaches(resolve_goal_at=at("2026-03-04 08:59")) == {4: 1}
    assert breaches(resolve_goal_at=at("2026-03-04 09:00")) == {}
    still_open = ticket(1, "2026-03-02 09:00", resolve_goal_at=at("2026-03-09 09:00"))
    assert figures(still_open).daily[date(2026, 3, 9)]["sla_breach_count"] == 1
    still_open["resolve_goal_at"] = at("2026-03-10 12:01")
    assert figures(still_open).daily[date(2026, 3, 10)]["sla_breach_count"] == 0


def test_a_ticket_breaches_once_on_the_day_of_its_first_missed_goal():
    kept = {"respond_goal_at": at("2026-03-02 10:00"), "responded_at": at("2026-03-02 09:30")}
    goals = {"plan_goal_at": at("2026-03-03 09:00"), "resolve_goal_at": at("2026-03-02 17:00")}
    assert breaches(**kept, **goals) == {2: 1}


def test_without_goals_the_desk_is_believed_on_the_day_of_the_closure():
    assert breaches(is_in_sla=False) == {4: 1}
    assert breaches(is_in_sla=True) == {}
    assert breaches(is_in_sla=None) == {}
    assert breaches(is_in_sla=False, plan_goal_at=at("2026-03-09 09:00")) == {}


def test_answers_become_satisfactions_and_recommendations_by_their_options():
    found = figures(
        survey_questions=[question(1, 5), question(2, 11), question(3, 2)],
        surveys=[
            survey("2026-03-02 09:00", (1, 4), (2, 9), (3, 1)),
            survey("2026-03-02 10:00", (1, 0), (2, 10), (1, 5), (1, -1), (4, 3)),
            survey("2026-03-02 11:00", (1, 2), (2, 6)),
            survey("2026-03-02 12:00", (1, 3), (2, 7), deleted_at=NOW),
        ],
    )
    assert found.daily[MONDAY]["csat_avg"] == 3
    assert found.daily[MONDAY]["nps"] == Decimal("33.3333")
    assert found.daily[TUESDAY]["csat_avg"] is None
    assert found.breakdown[Key(KPI, "csat", MONDAY, company=71)] == parts(9, 3)
    assert found.breakdown[Key(KPI, "nps", MONDAY, company=71)] == parts(1, 3)


def test_a_survey_follows_its_ticket_and_leaves_with_it():
    opened = ("2026-03-02 08:00",)
    asked = {
        "survey_questions": [question(1, 5)],
        "surveys": [survey("2026-03-02 09:00", (1, 4), ticket_id=1)],
    }
    cut = Key(KPI, "csat", MONDAY, 70, 4, 50, "Printer")
    assert figures(ticket(1, *opened, owner_id=4), **asked).breakdown[cut] == parts(5, 1)
    gone = figures(ticket(1, *opened, deleted_at=NOW), **asked)
    assert gone.daily == {}
    assert figures(**asked).breakdown[Key(KPI, "csat", MONDAY, company=71)] == parts(5, 1)


def test_a_day_has_the_median_and_the_ninetieth_percentile_of_its_tickets():
    ends = ["09:10", "09:20", "09:30", "09:40"]
    found = figures(*(ticket(n, "2026-03-02 09:00", f"2026-03-02 {end}") for n, end in enumerate(ends)))
    day = found.daily[MONDAY]
    assert (day["avg_ttr_minutes"], day["median_ttr_minutes"], day["p90_ttr_minutes"]) == (25, 25, 37)
    cut = Key(KPI, "ttr_minutes", MONDAY, 70, None, 50, "Printer")
    assert found.breakdown[cut] == parts(100, 4)
    assert found.breakdown[cut._replace(metric="reopened")] == parts(0, 4)


def test_technicians_are_active_by_time_or_by_closing():
    found = figures(
        ticket(1, "2026-03-02 09:00", "2026-03-02 10:00", owner_id=4),
        ticket(2, "2026-03-02 09:00", "2026-03-02 10:00"),
        ticket(3, "2026-03-02 09:00", "2026-03-02 10:00", owner_id=5),
        time_entries=[entry("2026-03-02 11:00", member_id=4), entry("2026-03-03 11:00", member_id=6)],
    )
    assert found.daily[MONDAY]["active_technicians"] == 2
    assert found.daily[MONDAY]["tickets_per_technician"] == Decimal("1.5")
    assert found.daily[TUESDAY]["tickets_per_technician"] == 0
    assert found.daily[date(2026, 3, 4)]["tickets_per_technician"] is None


def test_utilisation_has_the_members_capacity_else_the_tenants_working_time():
    found = figures(
        members=[member(4, hours=6), member(5, hours=0), member(9, is_automation=True)],
        time_entries=[
            entry("2026-03-02 09:00", "120", 4),
            entry("2026-03-02 13:00", "60", 4, billable_option="NoCharge"),
            entry("2026-03-02 09:00", "120", 5),
            entry("2026-03-01 09:00", "30", 4),
            entry("2026-03-01 09:00", "30", 5),
            entry("2026-03-02 09:00", "120", 9),
        ],
    )
    alone = Key(KPI, "utilisation", MONDAY, technician=4)
    assert found.breakdown[alone] == parts(180, 360)
    assert found.breakdown[alone._replace(technician=5)] == parts(120, 540)
    assert alone._replace(technician=9) not in found.breakdown
    assert found.breakdown[alone._replace(kpi_date=date(2026, 3, 1))] == parts(30, 360)
    assert alone._replace(kpi_date=date(2026, 3, 1), technician=5) not in found.breakdown
    assert found.breakdown[alone._replace(metric="billable_ratio")] == parts(120, 180)
    assert found.breakdown[alone._replace(metric="worked_days")] == parts(1)
    assert found.daily[MONDAY]["billable_ratio"] == 80
