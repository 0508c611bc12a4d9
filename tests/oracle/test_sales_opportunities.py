"""Groups of tickets that ask for something, and what it would bring."""

from datetime import date
from typing import Any

from tests.oracle.engine import compute
from tests.oracle.figures import Figures, Key
from tests.oracle.rows import agreement, at, entry, parts, ticket
from tests.oracle.tables import Row, Tables

NOW = at("2026-04-20 12:00")
FIRST, FOURTH, LAST = date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 31)
ASKED = [ticket(number, f"2026-03-0{number} 09:00", sub_type_name="Jam") for number in (2, 3, 4, 5)]


def figures(tickets: list[Row], **more: Any) -> Figures:
    return compute(Tables(tickets=tickets, **more), NOW)


def open_days(found: Figures) -> list[date]:
    return [day for day, row in found.daily.items() if row["sales_opportunities_open"]]


def test_a_group_is_open_from_its_fourth_ticket_until_the_first_has_left_the_frame():
    days = open_days(figures(ASKED))
    assert (days[0], days[-1], len(days)) == (FOURTH, LAST, 27)
    assert open_days(figures(ASKED[:3])) == []


def test_a_group_is_of_one_company_board_and_subject():
    *others, last = ASKED
    for column, value in (("company_id", 71), ("board_id", 51), ("type_name", "Mail"), ("sub_type_name", "")):
        assert open_days(figures([*others, last | {column: value}])) == []
    assert open_days(figures([row | {"board_id": None, "type_name": ""} for row in ASKED])) != []
    assert open_days(figures([row | {"company_id": None} for row in ASKED])) == []
    cut = Key("sales_opportunities", "asked_tickets", FIRST, 70, None, 50, "Printer / Jam")
    assert figures(ASKED).breakdown[cut] == parts(1)


def test_a_recurring_problem_is_worth_its_covered_minutes():
    entries = [entry(f"2026-03-{day} 09:00", "30", ticket_id=2) for day in ("02", "03", "06")]
    entries.append(entry("2026-03-03 09:00", "999", ticket_id=99))
    for known in ([], [agreement(3)]):
        found = figures(ASKED, time_entries=entries, agreements=known)
        assert found.daily[FOURTH]["sales_opportunity_value"] == 120
        assert found.daily[date(2026, 3, 6)]["sales_opportunity_value"] == 180
        assert found.daily[date(2026, 4, 1)]["sales_opportunity_value"] == 0


def test_work_outside_the_agreement_is_worth_its_value_and_is_counted_once():
    entries = [entry(f"2026-03-0{day} 09:00", "30", ticket_id=2) for day in (2, 3, 4, 5)]
    found = figures(ASKED, time_entries=entries, agreements=[agreement(3, company_id=71)])
    assert found.daily[FOURTH]["sales_opportunities_open"] == 2
    assert found.daily[FOURTH]["sales_opportunity_value"] == 240
    assert found.daily[date(2026, 3, 4)]["sales_opportunity_value"] == 0
    nobodys = [row | {"company_id": None} for row in ASKED]
    found = figures(nobodys, time_entries=entries, agreements=[agreement(3, company_id=71)])
    assert open_days(found) == []
