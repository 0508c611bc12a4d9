from datetime import date, timedelta
from decimal import Decimal

import pytest

from kpis.compute import compute
from kpis.evidence import Driver, Evidence, Key
from kpis.models import Finding
from tests import factories
from tests.factories import at

NOW = at("2026-03-12 23:00")
Status = Finding.Status


@pytest.fixture
def flood(north) -> None:
    """Four tickets every day for ten weeks, and thirty on Tuesday, 10 March."""
    factories.company(12, "Northwood Dental")
    for number in range(70):
        for _ in range(3 + number % 3):
            factories.ticket(at("2026-01-02 15:00") + timedelta(days=number), company_id=12, board_id=3)
    for _ in range(26):
        factories.ticket("2026-03-10 16:00", company_id=12, board_id=3, type_name="Printer")
    compute(NOW)


def test_an_unusual_day_of_a_company_is_found_with_what_drove_it(flood):
    finding = Finding.objects.get(kpi="ticket_trends", company=12)
    assert finding.title == (
        "Northwood Dental opened 30 tickets on 10 March, about 4 are usual, mostly Printer"
    )
    assert (finding.severity, finding.status, finding.last_seen) == ("high", Status.OPEN, date(2026, 3, 10))
    assert finding.weight == round(10 * Decimal(finding.evidence["scores"]["2026-03-10"]), 2)
    assert finding.subject == "Printer"
    (kind,) = [driver for driver in finding.evidence["drivers"]["segment"] if driver["key"] == "Printer"]
    assert (kind["tickets"], kind["usual"]) == (26, 0)
    assert len(finding.evidence["ticket_ids"]) == 30
    assert Finding.objects.get(kpi="ticket_trends", board=3).title.startswith(
        "Board 3: 30 tickets were opened on 10 March"
    )
    assert Finding.objects.filter(identity="tenant::2026-03-10", title__startswith="All clients").exists()


def test_it_is_over_when_the_days_after_were_as_usual(flood):
    compute(NOW + timedelta(days=1))
    finding = Finding.objects.get(kpi="ticket_trends", company=12)
    assert (finding.status, finding.last_seen) == (Status.EXPIRED, date(2026, 3, 10))
    assert finding.evidence["over_on"] == "2026-03-13"


def test_the_same_finding_goes_on_while_days_stay_unusual(flood):
    for _ in range(30):
        factories.ticket("2026-03-12 16:00", company_id=12, board_id=3)
    factories.mark_dirty("2026-03-12")
    compute(NOW + timedelta(hours=6))
    finding = Finding.objects.get(kpi="ticket_trends", company=12)
    assert (finding.first_seen, finding.last_seen) == (date(2026, 3, 10), date(2026, 3, 12))
    assert "from 10 March to 12 March" in finding.title
    for hour in range(12):
        factories.ticket(at("2026-03-13 15:00") + timedelta(days=hour // 4), company_id=12, board_id=3)
    compute(NOW + timedelta(days=3))
    finding.refresh_from_db()
    assert "from 10 March until 12 March" in finding.title
    assert (finding.status, finding.evidence["over_on"]) == (Status.EXPIRED, "2026-03-15")


def test_titles_speak_the_tenants_language(flood):
    factories.settings(language="fr")
    compute(NOW, full=True)
    assert "10 mars" in Finding.objects.get(kpi="ticket_trends", company=12).title


def test_many_tickets_and_few_are_two_findings(flood):
    compute(NOW + timedelta(days=2))  # when nobody asked for anything
    identities = Finding.objects.filter(kpi="ticket_trends", company=12).values_list("identity", flat=True)
    assert set(identities) == {"company:12:2026-03-10", "company:12:2026-03-13"}


def driver(key: Key, tickets: int, usual: float) -> Driver:
    return Driver(key, f"name of {key}", tickets, usual)


@pytest.mark.parametrize(
    ("segment", "company", "expected"),
    [
        ([driver("Printer", 20, 2)], [driver(1, 30, 4)], "Printer"),
        ([driver("Printer", 8, 2)], [driver(1, 30, 4)], 1),  # a quarter of the excess is not most of it
        ([driver("", 30, 4)], [driver(1, 30, 4)], 1),  # no type is no name for what drives it
        ([driver("Printer", 15, 3)], [driver(None, 30, 4)], None),
        ([], [], None),
    ],
)
def test_the_title_names_what_makes_up_half_of_the_excess(segment, company, expected):
    evidence = Evidence(30, 4, {"company": company, "segment": segment}, [])
    main = evidence.main_driver
    assert (main.key if main else None) == expected


def test_where_tickets_are_few_what_is_missed_most_drives_it(north):
    for number in range(70):
        day = at("2026-01-01 15:00") + timedelta(days=number)
        for _ in range(12 + number % 3):
            factories.ticket(day, company_id=12, board_id=3, type_name="Printer")
        for board in range(4, 11):
            factories.ticket(day, company_id=board, board_id=board)
    for board in range(4, 11):
        factories.ticket("2026-03-12 15:00", company_id=board, board_id=board)
    compute(at("2026-03-13 23:00"))
    finding = Finding.objects.get(identity__startswith="tenant::")
    assert "mostly Printer" in finding.title
    (kind,) = finding.evidence["drivers"]["segment"]
    assert (kind["key"], kind["tickets"]) == ("Printer", 0)
    assert finding.evidence["drivers"]["company"][0]["key"] == 12


def test_drivers_are_the_five_with_most_excess_and_ties_go_by_name(north):
    for number in range(70):
        for company in range(1, 8):
            factories.ticket(at("2026-01-01 15:00") + timedelta(days=number), company_id=company)
    for company in range(1, 8):
        for _ in range(4 if company == 7 else 3):
            factories.ticket("2026-03-11 15:00", company_id=company)
    compute(NOW)
    finding = Finding.objects.get(identity__startswith="tenant::")
    assert [one["key"] for one in finding.evidence["drivers"]["company"]] == [7, 1, 2, 3, 4]
