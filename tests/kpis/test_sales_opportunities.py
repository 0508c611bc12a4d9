from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from connectors.models import Device
from kpis.compute import compute
from kpis.models import Finding, KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk
from tests.kpis.verdicts import agreement

NOW = at("2026-03-20 15:00")
KPI = "sales_opportunities"
DAY = timedelta(days=1)


def ask(times: int, day: str = "2026-03-02", **fields: Any) -> list[int]:
    defaults: dict[str, Any] = {"company_id": 12, "board_id": 3, "type_name": "Printer"}
    return [factories.ticket(f"{day} 15:00", **defaults | fields).external_id for _ in range(times)]


def columns(day: str) -> tuple[int | None, Decimal | None]:
    row = KpiDaily.objects.get(kpi_date=day)
    return row.sales_opportunities_open, row.sales_opportunity_value


def findings() -> dict[str, Finding]:
    return {one.identity: one for one in Finding.objects.filter(kpi=KPI)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_columns_are_what_adding_up_each_days_frame_by_hand_gives(north, seed):
    factories.settings(hourly_rate="77.70")
    desk = Desk(seed, NOW, days=70).populate(tickets=150)
    compute(desk.now)
    opened = KpiDaily.objects.exclude(sales_opportunities_open=0)
    assert opened.exists()
    for day in KpiDaily.objects.values_list("kpi_date", flat=True):
        assert columns(str(day)) == by_hand(day), day


def by_hand(day: date) -> tuple[int, Decimal]:
    tickets: dict[Any, Decimal] = defaultdict(Decimal)
    worth: dict[Any, Decimal] = defaultdict(Decimal)
    cells = KpiBreakdown.objects.filter(
        kpi__in=[KPI, "agreement_mismatch"], kpi_date__gt=day - 30 * DAY, kpi_date__lte=day
    )
    for cell in cells.exclude(company=None):
        recurring = ("recurring", cell.company, cell.board, cell.segment)
        outside = ("outside", cell.company, cell.board)
        match cell.metric:
            case "asked_tickets":
                tickets[recurring] += cell.numerator
            case "mismatch_tickets":
                tickets[outside] += cell.numerator
            case "subject_minutes":
                worth[recurring] += cell.numerator * Decimal("77.70")
            case "mismatch_value":
                worth[outside] += cell.numerator * 60
    held = [group for group, count in tickets.items() if count > 3]
    total = sum((worth[group] for group in held), Decimal(0)) / 60
    return len(held), total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_more_than_three_tickets_about_a_subject_on_a_board_within_thirty_days(north):
    agreement()
    ask(3, "2026-02-01")
    ask(1, "2026-03-03")  # the 31st day
    compute(NOW)
    assert columns("2026-03-03") == (0, 0)
    ask(1, "2026-03-02")
    factories.mark_dirty("2026-03-02")
    compute(NOW)
    assert [columns(day)[0] for day in ("2026-03-01", "2026-03-02", "2026-03-03")] == [0, 1, 0]


@pytest.mark.parametrize(
    "other", [{"company_id": 13}, {"board_id": 4}, {"type_name": "Mail"}, {"sub_type_name": "Toner"}]
)
def test_tickets_of_another_company_board_or_subject_are_another_matter(north, other):
    agreement()
    ask(3)
    ask(1, **other)
    compute(NOW)
    assert columns("2026-03-02") == (0, 0)


def test_tickets_without_a_type_form_one_group_per_board_and_those_without_a_company_none(north):
    agreement()
    ask(4, type_name="", sub_type_name="Toner")
    ask(9, company_id=None)
    compute(NOW)
    assert columns("2026-03-02") == (1, 0)
    (finding,) = findings().values()
    assert finding.identity == "recurring:12:3:"
    assert finding.title == "#12 opened 4 tickets without a type in 30 days"


def test_a_minute_is_sold_once_as_a_project_if_covered_else_as_an_agreement(north):
    agreement(ends_on="2026-03-02")
    ids = ask(4)
    for number in ids:
        ticket = factories.RawTicket.objects.get(external_id=number)
        factories.time_entry(ticket, "2026-03-02 16:00", 30)
        factories.time_entry(ticket, "2026-03-03 16:00", 15, hourly_rate=40)
    compute(NOW)
    assert columns("2026-03-02") == (1, 240)
    assert columns("2026-03-03") == (2, 240 + 40)


def test_what_recurs_and_what_is_outside_agreements_is_found(north):
    factories.company(12, "Northwood Dental")
    factories.board(3, "Help desk")
    agreement(ends_on="2026-03-02")
    ids = ask(6)
    for number in ids[:4]:
        ticket = factories.RawTicket.objects.get(external_id=number)
        factories.time_entry(ticket, "2026-03-02 16:00", 30)
        factories.time_entry(ticket, "2026-03-03 16:00", 15)
    with tenant("south"):
        ask(9)
        compute(NOW)
    compute(NOW)
    found = findings()
    assert set(found) == {"recurring:12:3:Printer", "outside:12:3"}
    recurring, outside = found["recurring:12:3:Printer"], found["outside:12:3"]
    assert recurring.title == "Northwood Dental opened 6 tickets about Printer in 30 days"
    assert (recurring.severity, recurring.minutes_at_stake, recurring.money_at_stake) == ("high", 120, 240)
    assert recurring.evidence["ticket_ids"] == ids
    assert outside.title == "4 tickets of Northwood Dental on Help desk were outside its agreement in 30 days"
    assert (outside.severity, outside.minutes_at_stake, outside.money_at_stake) == ("medium", 60, 120)
    assert outside.evidence["reasons"] == [{"reason": "EXPIRED", "name": "Agreement ended", "minutes": 60}]
    assert (outside.first_seen, outside.last_seen) == (date(2026, 3, 13), date(2026, 3, 20))


def test_without_any_agreement_only_recurring_problems_exist_worth_all_their_time(north):
    ids = ask(4)
    factories.time_entry(factories.RawTicket.objects.get(external_id=ids[0]), "2026-03-02 16:00", 30)
    compute(NOW)
    assert columns("2026-03-02") == (1, 60)


def test_decisions_on_findings_change_no_figure(north):
    agreement()
    ask(4)
    compute(NOW)
    Finding.objects.update(status="dismissed", status_reason="No budget")
    compute(NOW, full=True)
    assert columns("2026-03-02") == (1, 0)


@pytest.fixture
def vendors(north) -> tuple[int, int]:
    return (
        factories.connection("EDR", vendor="sentinelone").pk,
        factories.connection("Defender", vendor="defender").pk,
    )


def own(count: int, *sources: int, company: int | None = 12) -> None:
    for number in range(count):
        Device.objects.create(company_id=company, hostname=f"PC-{number}", seen_by=sorted(sources))


def buy(quantity: int, product: str = "Managed Endpoint Security", **fields: Any) -> None:
    factories.addition(5, product, quantity=quantity, unit_price=fields.pop("unit_price", 6), **fields)


@pytest.mark.parametrize(("missing", "severity"), [(1, "low"), (4, "medium"), (6, "high")])
def test_devices_that_only_defender_sees_are_a_gap_where_sentinelone_protects_others(
    vendors, missing, severity
):
    edr, defender = vendors
    factories.company(12, "Northwood Dental")
    ask(1)
    own(2, edr, defender)
    own(missing, defender)
    own(3, defender, company=13)  # not a client of the protection
    own(3, defender, company=None)
    compute(NOW)
    assert set(findings()) == {"gap:12:edr"}
    finding = findings()["gap:12:edr"]
    assert finding.title == f"{missing} devices of Northwood Dental are not protected by SentinelOne"
    assert (finding.severity, finding.weight, finding.money_at_stake) == (severity, missing, None)
    assert len(finding.evidence["device_ids"]) == missing
    assert columns("2026-03-20") == (0, 0)


@pytest.mark.parametrize(
    ("additions", "missing"),
    [
        ([{"quantity": 3}], 2),
        ([{"quantity": 3}, {"quantity": 1, "product": "Antivirus (par poste)"}], 1),
        ([{"quantity": 5}], None),
        ([{"quantity": 3, "product": "Office 365"}], None),
        ([{"quantity": 3}, {"quantity": 9, "cancelled_on": "2026-03-20"}], 2),
        ([{"quantity": 3}, {"quantity": 9, "starts_on": "2026-03-21"}], 2),
        ([{"quantity": 3}, {"quantity": 9, "deleted_at": NOW}], 2),
        ([], None),
    ],
)
def test_devices_beyond_what_the_agreements_additions_pay_for_are_a_gap(vendors, additions, missing):
    ask(1)
    agreement()
    own(4, *vendors)
    own(1, vendors[0])
    own(7)  # not in use
    for one in additions:
        buy(**one)
    compute(NOW)
    found = findings()
    assert set(found) == ({"gap:12:paid"} if missing else set())
    if missing:
        assert (found["gap:12:paid"].weight, found["gap:12:paid"].money_at_stake) == (missing, 6 * missing)


def test_additions_of_an_agreement_that_is_over_pay_for_nothing(vendors):
    ask(1)
    agreement(ends_on="2026-03-19")
    own(4, *vendors)
    buy(3)
    compute(NOW)
    assert findings() == {}


def test_the_msp_says_which_products_are_per_device(vendors):
    factories.settings(device_products=["Huntress"])
    ask(1)
    agreement()
    own(4, *vendors)
    buy(1)
    buy(3, "HUNTRESS MDR", unit_price=None)
    compute(NOW)
    assert (findings()["gap:12:paid"].weight, findings()["gap:12:paid"].money_at_stake) == (1, None)
