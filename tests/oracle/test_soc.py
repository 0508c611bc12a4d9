"""Alerts that count, whose they are, and what became of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.engine import compute
from tests.oracle.figures import Figures, Key
from tests.oracle.rows import (
    WATCH,
    alert,
    alert_event,
    alert_link,
    at,
    customer,
    entry,
    mapping,
    member,
    parts,
    ticket,
    vendor,
)
from tests.oracle.tables import Row, Tables

NOW = at("2026-04-20 12:00")
DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)
NINE = "2026-03-02 09:00"
HIGH = Key("soc", "alerts", DAY, segment="sentinelone:high:vendor")


def figures(*alerts: Row, **more: Any) -> Figures:
    connections = [vendor(WATCH), vendor(3, "defender")]
    return compute(Tables(alerts=list(alerts), connections=connections, **more), NOW)


def resolved(name: str, moment: str, **columns: Any) -> Row:
    return alert(name, NINE, status="resolved", resolved_at=at(moment), **columns)


@pytest.mark.parametrize("columns", [{"deleted_at": NOW}, {"kind": "incident"}, {"redirected_to": "another"}])
def test_second_views_incidents_and_deleted_alerts_dont_count(columns):
    assert figures(alert("a", NINE, **columns)).daily == {}
    assert figures(alert("a", NINE)).breakdown[HIGH] == parts(1)


def test_an_alert_is_the_company_of_its_site_else_of_its_account_else_nobodys():
    known = {"customers": [customer("site", "account"), customer("account")]}
    of_site = alert("a", NINE, customer_id="site")
    for mappings, company in (
        ([], None),
        ([mapping("account", 71)], 71),
        ([mapping("account", 71), mapping("site", 70)], 70),
        ([mapping("account", None), mapping("site", 70)], 70),
    ):
        found = figures(of_site, mappings=mappings, **known)
        assert found.breakdown[HIGH._replace(company=company)] == parts(1)
    for mappings in ([mapping("account", None)], [mapping("account", 71), mapping("site", None)]):
        assert figures(of_site, mappings=mappings, **known).daily == {}


def test_days_exist_from_the_first_alert_on_and_have_counts_where_any_alert_counts():
    found = figures(alert("a", NINE), alert("b", NINE, severity="unknown"))
    assert min(found.daily) == DAY
    assert (found.daily[DAY]["security_alerts_high"], found.daily[DAY]["security_alerts_low"]) == (1, 0)
    assert found.daily[NEXT]["security_alerts_high"] == 0
    without = figures(alert("a", NINE, deleted_at=NOW), tickets=[ticket(1, NINE)])
    assert without.daily[DAY]["security_alerts_high"] is None


def test_a_severitys_goal_is_met_to_the_second():
    late = "2026-03-02 17:00:01"
    found = figures(resolved("a", "2026-03-02 17:00"), resolved("b", late))
    assert found.breakdown[HIGH._replace(metric="in_sla")] == parts(1, 2)
    assert found.daily[DAY]["security_sla_pct"] == 50
    assert found.breakdown[HIGH._replace(metric="resolve_minutes")] == parts("960.02", 2)
    assert found.daily[DAY]["security_mttr_minutes"] == Decimal("480.01")
    half = figures(resolved("a", late), alert_sla_hours={"high": 8.5})
    assert half.daily[DAY]["security_sla_pct"] == 100
    unknown = figures(resolved("a", late, severity="unknown"))
    assert unknown.daily[DAY]["security_sla_pct"] is None


def test_what_is_resolved_no_longer_or_before_it_was_detected_has_no_duration():
    open_again = resolved("a", "2026-03-02 10:00") | {"status": "in_progress"}
    assert figures(open_again).daily[DAY]["security_mttr_minutes"] is None
    found = figures(resolved("a", "2026-03-02 08:00"), resolved("b", "2031-03-02 09:00"))
    assert found.daily[DAY]["security_mttr_minutes"] is None
    assert found.breakdown[HIGH._replace(metric="with_verdict")] == parts(0, 1)


def test_verdicts_and_estimates_are_of_resolved_alerts():
    found = figures(
        resolved("a", NINE, verdict="false_positive", resolved_is_estimated=True),
        resolved("b", NINE, verdict="informational_expected_activity"),
        resolved("c", NINE),
        alert("d", NINE, verdict="false_positive", acknowledged_at=at("2026-03-03 09:00")),
        alert_events=[
            alert_event("d", "2026-03-03 10:00", "resolved", "new"),
            alert_event("d", "2026-03-03 11:00", "new", "in_progress"),
        ],
    )
    assert found.breakdown[HIGH._replace(metric="with_verdict")] == parts(2, 3)
    assert found.breakdown[HIGH._replace(metric="false_positives")] == parts(1, 2)
    assert found.breakdown[HIGH._replace(metric="estimated_moments")] == parts(1, 3)
    assert found.breakdown[HIGH._replace(metric="acknowledge_minutes", kpi_date=NEXT)] == parts(1440, 1)
    assert found.breakdown[HIGH._replace(metric="reopened_alerts", kpi_date=NEXT)] == parts(1)


def test_minutes_on_linked_tickets_count_once_and_guesses_dont():
    found = figures(
        alert("a", NINE),
        alert("b", NINE),
        alert("c", NINE),
        alert_links=[alert_link("a", 5), alert_link("b", 5, "0.5"), alert_link("c", 6, "0.4")],
        tickets=[ticket(5, NINE), ticket(6, NINE)],
        members=[member(9, is_automation=True)],
        time_entries=[
            entry("2026-03-03 09:00", "30", ticket_id=5),
            entry("2026-03-03 09:00", "50", ticket_id=5, member_id=9),
            entry("2026-03-03 09:00", "60", ticket_id=6),
        ],
    )
    minutes = {key: row for key, row in found.breakdown.items() if key.metric == "alert_minutes"}
    assert minutes == {Key("soc", "alert_minutes", NEXT, 70, 1, 50): parts(30)}
    assert found.breakdown[HIGH._replace(metric="with_ticket")] == parts(2, 3)


def recurring(*alerts: Row, **more: Any) -> list[date]:
    return [key.kpi_date for key in figures(*alerts, **more).breakdown if key.metric == "recurring_alerts"]


def test_the_third_alert_of_a_machine_within_thirty_days_recurs():
    seen = [alert(day, f"2026-03-{day} 09:00", host_name="PC-1.corp.example") for day in ("01", "02", "30")]
    assert recurring(*seen) == [date(2026, 3, 30)]
    assert recurring(*seen[:2], alert("31", "2026-03-31 09:00", host_name="pc-1")) == []
    assert recurring(*seen[:2], alert("30", "2026-03-30 09:00", host_name="pc-1")) == [date(2026, 3, 30)]
    assert recurring(*(row | {"host_name": ""} for row in seen)) == []


def test_a_machine_is_the_same_for_two_vendors_once_both_know_its_company():
    seen = [alert(day, f"2026-03-{day} 09:00", host_name="pc", customer_id="s") for day in ("01", "02")]
    other = alert("03", "2026-03-03 09:00", host_name="pc", customer_id="s", source_id=3)
    customers = [customer("s"), customer("s") | {"source_id": 3}]
    mapped = [mapping("s", 70), mapping("s", 70) | {"source_id": 3}]
    assert recurring(*seen, other, customers=customers, mappings=mapped) == [NEXT]
    assert recurring(*seen, other, customers=customers) == []
