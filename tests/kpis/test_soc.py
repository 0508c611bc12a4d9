"""KPI 12: which alerts count, for whom and when, and which of them a manager should look at."""

from datetime import date, timedelta

import pytest

from connectors import dirty
from connectors.models import Device
from kpis.compute import compute
from kpis.drilldown import drilldown, metric_behind
from kpis.models import ComputeState, Finding, KpiBreakdown, KpiDaily
from kpis.registry import kpis
from kpis.security_windows import HandlingMedians, handling_medians
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk
from tests.kpis.snapshots import byte_image, snapshot

NOW = at("2026-03-20 15:00")
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def another_tenant(north) -> None:
    with tenant("south"):
        factories.customer("site-1", 99)
        for severity in ("critical", "low"):
            factories.alert(
                detected="2025-01-01 14:00", severity=severity, customer_id="site-1", host_name="LT"
            )


def cells(metric: str) -> dict[tuple, tuple]:
    rows = KpiBreakdown.objects.filter(kpi="soc", metric=metric)
    return {(row.kpi_date, row.company, row.segment): (row.numerator, row.denominator) for row in rows}


def counted(company: int | None = 12) -> int:
    return int(sum(part for (_, whose, _), (part, _) in cells("alerts").items() if whose == company))


def test_what_is_shown_twice_or_left_out_does_not_count():
    factories.customer("site-1", 12)
    left_out = factories.customer("site-2")
    factories.mapping(left_out, None)
    account = factories.customer("account", level="account")
    factories.mapping(account, None)
    factories.customer("site-3", parent_id="account")
    factories.customer("site-4", 12, parent_id="account")
    for site in ("site-1", "site-2", "site-3", "site-4"):
        factories.alert(customer_id=site)
    factories.alert(customer_id="site-1", kind="incident")
    factories.alert(customer_id="site-1", redirected_to="other")
    factories.alert(customer_id="site-1", deleted_at=NOW)
    compute(NOW)
    assert cells("alerts") == {(DAY, 12, "sentinelone:high:vendor"): (2, None)}


def test_an_alert_of_a_site_is_its_accounts_and_of_nobody_while_unmapped():
    factories.customer("account", 12, level="account")
    factories.customer("site-1", parent_id="account")
    factories.customer("site-2")
    for site in ("site-1", "site-2", "never heard of"):
        factories.alert(customer_id=site)
    compute(NOW)
    assert (counted(12), counted(None)) == (1, 2)
    assert KpiDaily.objects.get(kpi_date=DAY).security_alerts_high == 3


def test_until_the_first_alert_nothing_is_known_and_then_all_days_are():
    factories.ticket("2026-03-02 15:00")
    compute(NOW)
    assert KpiDaily.objects.get(kpi_date=DAY).security_alerts_high is None
    factories.alert(detected="2026-03-10 15:00", severity="low")
    factories.mark_dirty("2026-03-10")
    compute(NOW)
    assert KpiDaily.objects.get(kpi_date=DAY).security_alerts_high == 0
    incremental = snapshot()
    compute(NOW, full=True)
    assert incremental == snapshot()


def test_days_begin_with_the_earliest_alert_that_counts():
    factories.ticket("2026-03-02 15:00")
    factories.alert(detected="2026-02-20 03:00")  # still the 19th in Toronto
    factories.alert(detected="2026-01-01 15:00", kind="incident")
    compute(NOW)
    assert KpiDaily.objects.earliest("kpi_date").kpi_date == date(2026, 2, 19)


def test_durations_and_goals_are_of_alerts_resolved_on_the_day():
    factories.settings(alert_sla_hours={"critical": 1, "high": 2, "medium": 3, "low": 4, "informational": 5})
    resolved = {"status": "resolved", "resolved_at": at("2026-03-03 16:00")}
    factories.alert(detected="2026-03-03 14:00", severity="high", **resolved)
    factories.alert(detected="2026-03-03 12:00", severity="high", **resolved)
    factories.alert(detected="2026-03-03 15:00", severity="unknown", **resolved)
    factories.alert(detected="2026-03-03 17:00", severity="low", **resolved)
    factories.alert(detected="2026-03-03 14:00", severity="low", resolved_at=at("2026-03-03 16:00"))
    compute(NOW)
    day = KpiDaily.objects.get(kpi_date="2026-03-03")
    assert (day.security_mttr_minutes, day.security_sla_pct) == (140, 50)
    assert cells("in_sla") == {(date(2026, 3, 3), None, "sentinelone:high:vendor"): (1, 2)}
    assert sum(whole for _, whole in cells("with_verdict").values()) == 4
    assert cells("false_positives") == {}


def test_alerts_on_a_machine_recur_whoever_sees_them_and_however_it_is_written():
    defender = factories.connection("Defender", vendor="defender")
    factories.customer("site-1", 12)
    factories.customer("site-1", 12, source=defender)
    factories.customer("unmapped")
    factories.alert("same", "2026-03-01 14:00", customer_id="site-1", host_name="LT-07")
    factories.alert(
        "same", "2026-03-01 14:00", customer_id="site-1", host_name="lt-07.example.com", source=defender
    )
    factories.alert("third", "2026-03-02 14:00", customer_id="site-1", host_name="lt-07")
    factories.alert(detected="2026-03-02 15:00", customer_id="unmapped", host_name="LT-07")
    factories.alert(detected="2026-04-05 15:00", customer_id="site-1", host_name="LT-07")
    compute(at("2026-04-10 15:00"))
    assert cells("recurring_alerts") == {(DAY, 12, "sentinelone:high:vendor"): (1, None)}
    behind = drilldown("soc", "recurring_alerts", DAY, company=12)
    assert [one.id for one in behind] == [f"{factories.edr().pk}:third"]


def test_two_connections_alerts_of_one_id_are_two_things():
    defender = factories.connection("Defender", vendor="defender")
    for source in (factories.edr(), defender):
        factories.alert("same", source=source)
    compute(NOW)
    behind = drilldown("soc", "alerts", DAY)
    assert [one.id for one in behind] == sorted(f"{each.pk}:same" for each in (factories.edr(), defender))
    assert {one.thing for one in behind} == {"alert"}


def test_behind_the_alerts_of_a_severity_are_those_alone():
    for severity in ("critical", "low", "unknown"):
        factories.alert(severity, severity=severity)
    compute(NOW)
    metric = metric_behind(kpis()["soc"], "security_alerts_low")
    assert [one.id for one in drilldown("soc", metric.slug, DAY)] == [f"{factories.edr().pk}:low"]


def test_a_tickets_minutes_count_once_and_only_when_a_link_is_sure_enough():
    factories.member(1)
    ticket, guessed = factories.ticket(company_id=12), factories.ticket(company_id=12)
    for number in range(3):
        factories.alert(f"{number}")
        factories.alert_link(ticket, f"{number}", confidence=0.5)
    factories.alert("guess")
    factories.alert_link(guessed, "guess", confidence=0.4)
    second_view = factories.ticket(company_id=12)
    factories.alert("view", redirected_to="0")
    factories.alert_link(second_view, "view")
    for worked_on in (ticket, guessed, second_view):
        factories.time_entry(worked_on, minutes=20, member=1)
    compute(NOW)
    assert cells("alert_minutes") == {(DAY, 12, ""): (20, None)}
    assert cells("with_ticket") == {(DAY, None, "sentinelone:high:vendor"): (3, 4)}


def test_an_alert_that_was_resolved_and_opened_again_is_counted_on_that_day():
    alert = factories.alert()
    factories.alert_event(alert, occurred="2026-03-05 14:00")
    factories.alert_event(alert, old="new", occurred="2026-03-06 14:00")
    factories.alert_event(alert, occurred="2026-03-07 14:00", deleted_at=NOW)
    compute(NOW)
    assert list(cells("reopened_alerts")) == [(date(2026, 3, 5), None, "sentinelone:high:vendor")]


@pytest.mark.parametrize("seed", [1, 3])
def test_mappings_and_phrases_that_change_give_the_same_cells_as_from_scratch(seed):
    with tenant("south"):
        compute(NOW)
        untouched = byte_image()
    desk = Desk(seed, NOW).populate(tickets=45)
    compute(desk.now)
    for change in (desk.watch.remap, desk.watch.say, desk.watch.remap, desk.watch.say):
        desk.now += timedelta(hours=desk.chance.choice([0, 30]))
        desk.live(6)
        change()
        assert compute(desk.now).is_full
    desk.live(6)
    assert not compute(desk.now).is_full
    incremental = snapshot()
    compute(desk.now, full=True)
    assert incremental == snapshot()
    with tenant("south"):
        assert untouched == byte_image()


def test_a_machine_with_three_alerts_in_30_days_is_found():
    factories.company(12, "Northwood Dental")
    factories.customer("site-1", 12)
    factories.member(1)
    device = Device.objects.create(company_id=12, hostname="LT-07.northwood.example")
    ticket = factories.ticket("2026-03-16 14:00", company_id=12)
    factories.time_entry(ticket, "2026-03-16 15:00", minutes=60, member=1)
    for number in range(3):
        factories.alert(
            f"a{number}",
            NOW - timedelta(days=number),
            customer_id="site-1",
            host_name="LT-07",
            severity="low",
            status="resolved",
        )
    factories.alert_link(ticket, "a1")
    compute(NOW)
    found = Finding.objects.get(kpi="soc")
    assert (found.identity, found.severity) == ("host:12:lt-07", "medium")
    assert found.title == "lt-07 of Northwood Dental had 3 alerts in 30 days"
    assert found.evidence["device_ids"] == [device.pk]
    assert found.evidence["alert_ids"] == ["a0", "a1", "a2"]
    assert found.evidence["links"] == {"a1": [ticket.external_id, "vendor"]}


def test_a_severe_alert_open_beyond_its_goal_is_found_when_the_moment_comes(monkeypatch):
    factories.customer("site-1", 12)
    alert = factories.alert(
        detected=NOW - timedelta(hours=7), severity="high", customer_id="site-1", host_name=""
    )
    clock(monkeypatch, NOW)
    compute(NOW)
    assert not Finding.objects.filter(kpi="soc").exists()
    assert ComputeState.objects.get().holds_until == NOW + timedelta(hours=1)
    later = NOW + timedelta(hours=2)
    clock(monkeypatch, later)
    compute(later)
    found = Finding.objects.get(kpi="soc")
    assert (found.identity, found.severity) == ("overdue:12:high", "medium")
    assert found.title == "1 alert of #12 (high) is open beyond its goal, for 9 hours"
    assert found.evidence["alert_ids"] == [alert.external_id]


def clock(monkeypatch, moment) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def test_a_ticket_that_no_alert_leads_to_any_more_is_restated():
    """A link of an alert that the vendor deleted goes, and with it the minutes of its ticket."""
    from connectors import alert_links
    from connectors.models import AlertTicketLink, JoinState

    factories.member(1)
    alert = factories.alert("gone")
    ticket = factories.ticket("2026-03-02 15:00")
    factories.time_entry(ticket, "2026-03-09 15:00", minutes=20, member=1)
    factories.alert_link(ticket, "gone")
    factories.alert("other")
    compute(NOW)
    assert cells("alert_minutes")
    dirty.mark_rows(type(alert), alert.source_id, ["gone"], dirty.Reason.DELETION)
    alert.deleted_at = NOW
    alert.save()
    alert_links.refresh(JoinState.objects.create(id=1))
    assert not AlertTicketLink.objects.exists()
    assert not compute(NOW).is_full
    assert cells("alert_minutes") == {}


def test_medians_of_a_window_are_those_of_its_alerts_by_vendor_severity_and_company():
    defender = factories.connection("Defender", vendor="defender")
    factories.customer("site-1", 12)
    for minutes, source in ((10, factories.edr()), (30, factories.edr()), (500, defender)):
        factories.alert(
            source=source,
            customer_id="site-1",
            severity="high" if minutes > 10 else "low",
            status="resolved",
            acknowledged_at=at("2026-03-02 14:00") + timedelta(minutes=minutes),
            resolved_at=at("2026-03-03 14:00") + timedelta(minutes=minutes),
        )
    window = date(2026, 3, 2), date(2026, 3, 3)
    total, by_vendor = handling_medians(*window, by="vendor")
    assert (total.acknowledge_minutes, total.resolve_minutes) == (30, None)
    assert {vendor: one.acknowledge_minutes for vendor, one in by_vendor.items()} == {
        "sentinelone": 20,
        "defender": 500,
    }
    _, by_severity = handling_medians(DAY, date(2026, 3, 4), by="severity")
    assert by_severity["high"] == HandlingMedians(265, 24 * 60 + 265)
    _, by_company = handling_medians(DAY, date(2026, 3, 4), by="company")
    assert set(by_company) == {12, None}
    empty, none_at_all = handling_medians(date(2026, 1, 1), date(2026, 1, 2), by="company")
    assert (empty, none_at_all) == (HandlingMedians(None, None), {})
