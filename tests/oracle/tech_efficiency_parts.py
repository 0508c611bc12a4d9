"""Figure 07, the breakdown: by company, technician, board and type, and by technician alone."""

from datetime import date, datetime
from fractions import Fraction

from tests.oracle.desk import Desk
from tests.oracle.entries import Entry
from tests.oracle.figures import Breakdown, Key, Number, Sums
from tests.oracle.sla import breach_day
from tests.oracle.surveys import Survey
from tests.oracle.tickets import Ticket

KPI = "tech_efficiency"


def breakdown(desk: Desk, days: list[date]) -> Breakdown:
    sums = Sums()
    for ticket in desk.tickets:
        add_closure(sums, ticket, desk)
        add_response(sums, ticket, desk)
        add_breach(sums, ticket, desk)
    for survey in desk.surveys:
        add_survey(sums, survey)
    return {**sums.rows(days), **technicians_alone(desk, days)}


def cut(metric: str, day: date, ticket: Ticket) -> Key:
    return Key(
        kpi=KPI,
        metric=metric,
        kpi_date=day,
        company=ticket.row["company_id"],
        technician=ticket.technician_id,
        board=ticket.row["board_id"],
        segment=ticket.row["type_name"],
    )


def add_closure(sums: Sums, ticket: Ticket, desk: Desk) -> None:
    if ticket.last_closure is None:
        return
    day = desk.clock.local_day(ticket.last_closure)
    add_duration(sums, cut("ttr_minutes", day, ticket), ticket.ttr_minutes)
    add_duration(sums, cut("business_ttr_minutes", day, ticket), ticket.business_ttr_minutes(desk.clock))
    sums.add(cut("fcr", day, ticket), int(not ticket.was_reopened), 1)
    sums.add(cut("one_touch", day, ticket), int(ticket.is_one_touch), 1)
    sums.add(cut("reopened", day, ticket), int(ticket.was_reopened), 1)


def add_response(sums: Sums, ticket: Ticket, desk: Desk) -> None:
    answered: datetime | None = ticket.first_response_at
    if answered is not None:
        key = cut("first_response_minutes", desk.clock.local_day(answered), ticket)
        add_duration(sums, key, ticket.first_response_minutes)


def add_breach(sums: Sums, ticket: Ticket, desk: Desk) -> None:
    day = breach_day(ticket, desk.clock, desk.now)
    if day is not None:
        sums.add(cut("sla_breaches", day, ticket), 1)


def add_duration(sums: Sums, key: Key, minutes: Fraction | None) -> None:
    if minutes is not None:
        sums.add(key, minutes, 1)


def add_survey(sums: Sums, survey: Survey) -> None:
    parts: list[tuple[str, Number, int]] = [
        ("csat", sum(survey.satisfactions), len(survey.satisfactions)),
        ("nps", survey.promoters_less_detractors, len(survey.recommendations)),
    ]
    for metric, numerator, answers in parts:
        if survey.ticket:
            key = cut(metric, survey.day, survey.ticket)
        else:
            key = Key(KPI, metric, survey.day, company=survey.company_id)
        sums.add(key, numerator, answers)


def technicians_alone(desk: Desk, days: list[date]) -> Breakdown:
    sums = Sums()
    for (day, member_id), entries in entries_by_technician(desk).items():
        worked = sum((entry.minutes for entry in entries), Fraction(0))
        billable = sum((entry.minutes for entry in entries if entry.is_billable), Fraction(0))
        sums.add(Key(KPI, "worked_days", day, technician=member_id), 1)
        sums.add(Key(KPI, "billable_ratio", day, technician=member_id), billable, worked)
        sums.add(Key(KPI, "utilisation", day, technician=member_id), worked, capacity(desk, entries[0]))
    return sums.rows(days)


def entries_by_technician(desk: Desk) -> dict[tuple[date, int], list[Entry]]:
    by_technician: dict[tuple[date, int], list[Entry]] = {}
    for entry in desk.entries:
        if entry.is_human and entry.member_id is not None:
            by_technician.setdefault((entry.day, entry.member_id), []).append(entry)
    return by_technician


def capacity(desk: Desk, entry: Entry) -> Fraction:
    """The member's own where it is known, else the tenant's working time of the day."""
    own = desk.people.capacity_minutes(entry.member)
    return own if own > 0 else desk.clock.working_minutes(entry.day)
