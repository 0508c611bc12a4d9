"""The sentences that tell what differs, and reading a tenant's tables."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.models import Connection, CustomerMapping, RawAgreementCoverage, RawTicket
from kpis.models import KpiBreakdown, KpiDaily, TrainingPhrase
from tenants.context import tenant
from tenants.models import TenantSettings
from tests.oracle.compare import DuplicateRow, differences, read_figures
from tests.oracle.engine import compute
from tests.oracle.figures import Figures, Key
from tests.oracle.rows import at, ticket
from tests.oracle.tables import Tables, read_tables

MONDAY = date(2026, 3, 2)
CUT = Key("tech_efficiency", "csat", MONDAY, company=7, segment="Printer")


def of_day(**columns: object) -> Figures:
    return Figures(daily={MONDAY: columns})


def of_row(numerator: str, denominator: str | None = None, key: Key = CUT) -> Figures:
    return Figures(breakdown={key: (Decimal(numerator), Decimal(denominator) if denominator else None)})


def compared(expected: Figures, found: Figures) -> list[str]:
    return differences(expected, found.daily, found.breakdown)


def test_equal_figures_have_no_differences():
    assert compared(of_day(nps=None, new_tickets=3), of_day(nps=None, new_tickets=3, other=1)) == []
    assert compared(of_row("5", "1"), of_row("5.0000", "1.0000")) == []


def test_each_cell_that_differs_is_named():
    expected, found = of_day(backlog_open=13, nps=None), of_day(backlog_open=12, nps=Decimal(0))
    assert compared(expected, found) == [
        "2026-03-02 backlog_open: 12, expected 13",
        "2026-03-02 nps: 0, expected NULL",
    ]
    assert compared(of_day(nps=1), of_day()) == ["2026-03-02 nps: NULL, expected 1"]


def test_missing_and_surplus_rows_are_named():
    assert compared(of_day(nps=1), Figures()) == ["2026-03-02: no row, expected one"]
    assert compared(Figures(), of_day(nps=1)) == ["2026-03-02: a row, expected none"]
    name = "2026-03-02 tech_efficiency.csat, company 7, 'Printer'"
    assert compared(of_row("5", "1"), Figures()) == [f"{name}: no row, expected 5 / 1"]
    assert compared(Figures(), of_row("5")) == [f"{name}: 5, expected no row"]
    assert compared(of_row("5", "1"), of_row("5")) == [f"{name}: 5, expected 5 / 1"]


def test_only_scores_may_differ_a_little():
    near, far = Decimal("1.0002"), Decimal("1.0003")
    assert compared(of_day(ticket_zscore=Decimal(1)), of_day(ticket_zscore=near)) == []
    assert compared(of_day(ticket_zscore=Decimal(1)), of_day(ticket_zscore=far)) != []
    assert compared(of_day(ticket_zscore=None), of_day(ticket_zscore=near)) != []
    assert compared(of_day(nps=Decimal(1)), of_day(nps=near)) != []
    score = CUT._replace(kpi="ticket_trends", metric="seasonal_score")
    assert compared(of_row("1", key=score), of_row("1.0002", key=score)) == []


def test_a_tenants_tables_and_figures_are_read(north):
    desk = Connection.objects.create(name="Desk", vendor="connectwise")
    opened = datetime(2026, 3, 2, 9, tzinfo=UTC)
    RawTicket.objects.create(
        source=desk,
        external_id=1,
        row_hash=b"",
        record_type="ServiceTicket",
        is_closed=False,
        opened_at=opened,
        last_updated_at=opened,
    )
    tables = read_tables()
    assert tables.time_zone == "America/Toronto"
    expected = compute(tables, at("2026-03-02 20:00"), kpis=["ticket_trends"])
    assert expected.daily[MONDAY]["new_tickets"] == 1
    KpiDaily.objects.create(
        kpi_date=MONDAY, new_tickets=1, backlog_open=1, computed_at=opened, definition_version="1"
    )
    cut = {"kpi": "ticket_trends", "metric": "new_tickets", "kpi_date": MONDAY, "numerator": 1}
    KpiBreakdown.objects.create(**cut)
    found = read_figures()
    assert differences(expected, found.daily, found.breakdown) == []
    KpiBreakdown.objects.create(**cut)
    with pytest.raises(DuplicateRow):
        read_figures()


def test_only_what_is_asked_is_compared():
    other = CUT._replace(metric="nps")
    expected = Figures(breakdown={CUT: (Decimal(5), None), other: (Decimal(7), None)})
    name = "2026-03-02 tech_efficiency"
    assert compared(expected, Figures()) == [
        f"{name}.csat, company 7, 'Printer': no row, expected 5",
        f"{name}.nps, company 7, 'Printer': no row, expected 7",
    ]
    for asked, differing in ((["soc"], 0), (["tech_efficiency.nps"], 1), (["soc", "tech_efficiency"], 2)):
        assert len(differences(expected, {}, {}, asked)) == differing


def test_only_the_kpis_that_are_asked_for_are_answered():
    desk = Tables(tickets=[ticket(1, "2026-03-02 09:00")])
    figures = compute(desk, at("2026-03-02 20:00"), kpis=["client_training"])
    assert figures.daily == {MONDAY: {"client_training_tickets": 0}}
    assert {key.kpi for key in figures.breakdown} == {"client_training"}
    assert {key.kpi for key in compute(desk, at("2026-03-02 20:00")).breakdown} > {"client_training", "trust"}


def test_the_tables_and_settings_of_agreements_alerts_and_phrases_are_read(north):
    watch = Connection.objects.create(name="Watch", vendor="sentinelone")
    row = {"source": watch, "row_hash": b""}
    RawAgreementCoverage.objects.create(external_id=1, kind="work_type", agreement_id=3, **row)
    CustomerMapping.objects.create(source=watch, customer_id="site", company_id=70, method="person")
    TrainingPhrase.objects.create(kind="how_to", phrase="print*")
    TenantSettings.objects.update(companies_without_agreement=[7], hourly_rate="99.50")
    tables = read_tables()
    assert [found["kind"] for found in tables.coverage] == ["work_type"]
    assert [found["company_id"] for found in tables.mappings] == [70]
    assert [found["phrase"] for found in tables.phrases] == ["print*"]
    assert tables.connections[0]["vendor"] == "sentinelone"
    assert (tables.companies_without_agreement, tables.hourly_rate) == ([7], Decimal("99.5"))
    with tenant("south"):
        assert (read_tables().coverage, read_tables().companies_without_agreement) == ([], [])
