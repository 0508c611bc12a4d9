from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kpis.compute import compute
from kpis.definitions.agreement_mismatch import KPI
from kpis.drilldown import drilldown
from kpis.models import Finding, KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk
from tests.kpis.snapshots import byte_image
from tests.kpis.verdicts import agreement

NOW = at("2026-03-20 15:00")
KEY = ("kpi_date", "company", "technician", "board")


def sums(kpi: str, *metrics: str) -> Counter:
    found: Counter = Counter()
    cells = KpiBreakdown.objects.filter(kpi=kpi, metric__in=metrics)
    for *key, minutes in cells.values_list(*KEY, "numerator"):
        found[tuple(key)] += minutes
    return found


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**9), exempt=st.booleans(), complete=st.booleans())
def test_every_minute_of_time_consumption_has_a_verdict_and_no_other_minute_has(
    north, seed, exempt, complete
):
    with transaction.atomic():
        with tenant("south"):
            factories.ticket("2026-03-02 14:00", company_id=1, board_id=1)
            compute(NOW)
            untouched = byte_image()
        factories.settings(
            companies_without_agreement=[2] if exempt else [], agreement_lists_are_complete=complete
        )
        Desk(seed, NOW).populate(tickets=40)
        compute(NOW)
        worked = sums("time_consumption", "billable_minutes", "non_billable_minutes")
        assert worked == sums("agreement_mismatch", "agreement_minutes")
        days_agree_with_cells()
        with tenant("south"):
            assert untouched == byte_image()
        transaction.set_rollback(True)


def days_agree_with_cells() -> None:
    for column in KPI.columns:
        by_day: dict[date, Decimal] = defaultdict(Decimal)
        cells = KpiBreakdown.objects.filter(kpi=KPI.slug, metric=column.metric)
        for day, numerator in cells.values_list("kpi_date", "numerator"):
            by_day[day] += numerator
        days = dict(KpiDaily.objects.values_list("kpi_date", column.name))
        assert days == {day: by_day[day] for day in days}


@pytest.fixture
def expired(north) -> list[int]:
    """Three tickets worked on after the agreement of company 12 had ended, one of them on two days."""
    factories.company(12, "Northwood Dental")
    agreement(5, ends_on="2026-02-28")
    tickets = [factories.ticket("2026-03-02 14:00", company_id=12, board_id=3) for _ in range(3)]
    for ticket in tickets:
        factories.time_entry(ticket, "2026-03-02 15:00", 40, hourly_rate=90)
    factories.time_entry(tickets[0], "2026-03-03 15:00", 10, hourly_rate=90, billable_option="NoCharge")
    return [ticket.external_id for ticket in tickets]


def test_a_drill_down_names_entries_for_minutes_and_tickets_for_tickets(expired):
    compute(NOW)
    minutes = drilldown(
        "agreement_mismatch", "mismatch_minutes", date(2026, 3, 2), company=12, segment="EXPIRED"
    )
    assert [(part.thing, part.numerator) for part in minutes] == [("time entry", 40)] * 3
    value = drilldown("agreement_mismatch", "mismatch_value", date(2026, 3, 2), date(2026, 3, 4))
    assert sum(part.numerator for part in value) == Decimal(195)
    tickets = drilldown("agreement_mismatch", "mismatch_tickets", date(2026, 3, 2), date(2026, 3, 4))
    assert [part.id for part in tickets] == expired  # each once, over the two days


def test_a_ticket_counts_once_a_day_under_the_reason_with_most_minutes(north):
    agreement(5)
    factories.coverage(5, "work_type_exclusion", 6)
    agreement(6, ends_on="2026-02-28", company_id=13)
    ticket = factories.ticket("2026-03-02 14:00", company_id=12, board_id=3)
    factories.time_entry(ticket, minutes=10, work_type_id=6)
    factories.time_entry(ticket, minutes=6, company_id=13)
    factories.time_entry(ticket, minutes=5, company_id=13)
    tied = factories.ticket("2026-03-02 14:00", company_id=12, board_id=4)
    factories.time_entry(tied, minutes=5, work_type_id=6)
    factories.time_entry(tied, minutes=5, company_id=13)
    compute(NOW)
    cells = KpiBreakdown.objects.filter(metric="mismatch_tickets").order_by("board")
    assert list(cells.values_list("board", "company", "segment", "numerator")) == [
        (3, 12, "EXPIRED", 1),
        (4, 12, "EXPIRED", 1),
    ]
    assert KpiDaily.objects.get(kpi_date="2026-03-02").mismatch_tickets == 2


def test_work_after_an_agreements_end_is_found(expired):
    compute(NOW)
    finding = Finding.objects.get(kpi="agreement_mismatch")
    assert finding.identity == "expired:12"
    assert (
        finding.title
        == "Work for Northwood Dental goes on after its agreement ended on Feb. 28, 2026: 3 tickets"
    )
    assert (finding.severity, finding.company) == ("medium", 12)
    assert (finding.minutes_at_stake, finding.money_at_stake) == (130, 195)
    assert finding.evidence["ticket_ids"] == expired
    assert finding.evidence["reasons"] == [{"reason": "EXPIRED", "name": "Agreement ended", "minutes": 130}]
    assert finding.evidence["agreements"] == [
        {"id": 5, "name": "Managed", "starts_on": "2026-01-01", "ended_on": "2026-02-28"}
    ]
    assert len(finding.evidence["entry_ids"]) == 4


@pytest.mark.parametrize(("more_tickets", "minutes"), [(3, 1), (1, 170)])
def test_it_is_severe_from_six_tickets_or_five_hours(expired, more_tickets, minutes):
    for _ in range(more_tickets):
        factories.time_entry(factories.ticket(company_id=12, board_id=3), minutes=minutes)
    compute(NOW)
    assert Finding.objects.get(kpi="agreement_mismatch").severity == "high"


def test_it_is_over_a_week_after_it_held_no_more(expired):
    compute(at("2026-04-08 15:00"))
    finding = Finding.objects.get(kpi="agreement_mismatch")
    assert (finding.status, finding.last_seen) == ("open", date(2026, 4, 1))
    compute(at("2026-04-09 15:00"))
    assert Finding.objects.get(kpi="agreement_mismatch").status == "expired"


@pytest.mark.parametrize(
    ("limit", "minutes", "severity"),
    [(4, 299, "medium"), (4, 300, "high"), (1, 74, "medium"), (1, 75, "high")],
)
def test_an_overused_agreement_is_found_and_severe_from_a_quarter_of_its_limit_on(
    north, limit, minutes, severity
):
    factories.company(12, "Northwood Dental")
    agreement(5, name="Desk hours", limit_units="Hours", limit_amount=limit)
    factories.time_entry(factories.ticket(company_id=12, board_id=3), minutes=minutes)
    compute(NOW)
    (finding,) = Finding.objects.filter(kpi="agreement_mismatch")
    hours = (minutes - 60 * limit) / 60
    assert (finding.identity, finding.severity) == ("over:5", severity)
    assert finding.title == f"Northwood Dental is {hours:.1f} hours over Desk hours in 30 days"


def test_titles_are_french_where_the_tenant_is(expired):
    factories.settings(language="fr")
    compute(NOW)
    assert "28 février 2026" in Finding.objects.get(kpi="agreement_mismatch").title


def test_decisions_on_findings_change_no_figure(expired):
    compute(NOW, full=True)
    before = KpiDaily.objects.values_list("kpi_date", "mismatch_minutes", "mismatch_value")
    kept = list(before)
    Finding.objects.update(status="dismissed", status_reason="We know")
    compute(NOW, full=True)
    assert list(before.all()) == kept
