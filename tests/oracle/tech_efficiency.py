"""Figure 07, the day's totals: speed and quality of the work on tickets."""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction

from tests.oracle.desk import Desk
from tests.oracle.figures import Daily, mean, percent, percentile, ratio, rounded_minutes, rounded_rate
from tests.oracle.sla import breach_day
from tests.oracle.surveys import Survey
from tests.oracle.tickets import Ticket
from tests.oracle.time_consumption import BILLABLE, NON_BILLABLE, minutes_by_day

Columns = dict[str, object]
MEDIAN = Fraction(1, 2)
NINETIETH = Fraction(9, 10)


def daily(desk: Desk, days: list[date]) -> Daily:
    closed, responded, surveys = finally_closed(desk), first_responded(desk), surveyed(desk)
    breaches = Counter(breach_day(ticket, desk.clock, desk.now) for ticket in desk.tickets)
    team, ratios = active_technicians(desk), billable_ratios(desk, days)
    return {
        day: {
            **speed(closed[day], desk),
            **quality(closed[day]),
            **response(responded[day]),
            **satisfaction(surveys[day]),
            "sla_breach_count": breaches[day],
            "active_technicians": len(team[day]),
            "tickets_per_technician": rounded_rate(ratio(len(closed[day]), len(team[day]))),
            "billable_ratio": rounded_rate(ratios[day]),
        }
        for day in days
    }


def finally_closed(desk: Desk) -> dict[date, list[Ticket]]:
    by_day: dict[date, list[Ticket]] = defaultdict(list)
    for ticket in desk.tickets:
        if ticket.last_closure:
            by_day[desk.clock.local_day(ticket.last_closure)].append(ticket)
    return by_day


def first_responded(desk: Desk) -> dict[date, list[Ticket]]:
    by_day: dict[date, list[Ticket]] = defaultdict(list)
    for ticket in desk.tickets:
        if ticket.first_response_at:
            by_day[desk.clock.local_day(ticket.first_response_at)].append(ticket)
    return by_day


def surveyed(desk: Desk) -> dict[date, list[Survey]]:
    by_day: dict[date, list[Survey]] = defaultdict(list)
    for survey in desk.surveys:
        by_day[survey.day].append(survey)
    return by_day


def active_technicians(desk: Desk) -> dict[date, set[int]]:
    """People who logged time, or whose ticket was finally closed."""
    team: dict[date, set[int]] = defaultdict(set)
    for entry in desk.entries:
        if entry.is_human and entry.member_id is not None:
            team[entry.day].add(entry.member_id)
    for day, tickets in finally_closed(desk).items():
        recorded = (ticket.recorded_technician_id for ticket in tickets)
        team[day] |= {technician for technician in recorded if technician is not None}
    return team


def billable_ratios(desk: Desk, days: list[date]) -> dict[date, Fraction | None]:
    totals = minutes_by_day(desk)
    return {
        day: percent(totals[day, BILLABLE], totals[day, BILLABLE] + totals[day, NON_BILLABLE]) for day in days
    }


def speed(tickets: list[Ticket], desk: Desk) -> Columns:
    ttr = present([ticket.ttr_minutes for ticket in tickets])
    business = present([ticket.business_ttr_minutes(desk.clock) for ticket in tickets])
    return {
        "avg_ttr_minutes": rounded_minutes(mean(ttr)),
        "median_ttr_minutes": rounded_minutes(percentile(ttr, MEDIAN)),
        "p90_ttr_minutes": rounded_minutes(percentile(ttr, NINETIETH)),
        "business_ttr_minutes": rounded_minutes(mean(business)),
    }


def quality(tickets: list[Ticket]) -> Columns:
    never_reopened = sum(not ticket.was_reopened for ticket in tickets)
    one_touch = sum(ticket.is_one_touch for ticket in tickets)
    return {
        "fcr_rate": rounded_rate(percent(never_reopened, len(tickets))),
        "one_touch_rate": rounded_rate(percent(one_touch, len(tickets))),
    }


def response(tickets: list[Ticket]) -> Columns:
    waits = present([ticket.first_response_minutes for ticket in tickets])
    return {"avg_first_response_minutes": rounded_minutes(mean(waits))}


def satisfaction(surveys: list[Survey]) -> Columns:
    satisfactions = [answer for survey in surveys for answer in survey.satisfactions]
    recommendations = sum(len(survey.recommendations) for survey in surveys)
    balance = sum(survey.promoters_less_detractors for survey in surveys)
    return {
        "csat_avg": rounded_rate(ratio(sum(satisfactions), len(satisfactions))),
        "nps": rounded_rate(percent(balance, recommendations)),
    }


def present(values: list[Fraction | None]) -> list[Fraction]:
    return [value for value in values if value is not None]
