"""What becomes of SentinelOne's alerts: their times, and one severity from two lists of the same alerts."""

import json

import pytest

from connectors.models import RawAlertEvent, RawSecurityAlert

from .site import errors

VENDOR = "sentinelone"


@pytest.fixture
def world(sentinelone):
    return sentinelone.world("north")


def row_of(site, alert):
    return site.one(RawSecurityAlert, external_id=alert.reference)


def seconds(moment):
    return moment and moment.replace(microsecond=0)


def test_the_log_tells_when_a_threat_was_acknowledged_and_resolved(harness, site, world):
    site.sync()
    threats = [alert for alert in world.alerts if alert.reference in harness.present("north")["threats"]]
    assert {alert.state for alert in threats} == {"new", "in_progress", "resolved"}
    for alert in threats:
        row = row_of(site, alert)
        assert row.status == alert.state
        assert seconds(row.detected_at) == alert.detected_at
        assert seconds(row.acknowledged_at) == alert.acknowledged_at
        assert seconds(row.resolved_at) == alert.resolved_at
        assert not row.acknowledged_is_estimated
        assert not row.resolved_is_estimated


def test_a_threat_that_returns_is_open_again(harness, site, world):
    alert = world.raise_alert(kind="trojan")
    world.acknowledge_alert(alert.id)
    world.resolve_alert(alert.id)
    site.sync()
    assert row_of(site, alert).resolved_at
    harness.later(minutes=30)
    world.reopen_alert(alert.id)
    site.sync()
    row = row_of(site, alert)
    assert (row.status, row.resolved_at, row.reopen_count) == ("in_progress", None, 1)
    assert seconds(row.acknowledged_at) == alert.acknowledged_at


def test_without_the_log_times_are_estimated_and_it_corrects_them(harness, site, world, sentinelone):
    sentinelone.set_scope("north", denied=["activities"])
    alert = world.raise_alert(kind="trojan")
    site.sync()
    harness.later(minutes=5)
    world.acknowledge_alert(alert.id)
    world.resolve_alert(alert.id)
    site.sync()
    row = row_of(site, alert)
    assert (row.acknowledged_is_estimated, row.resolved_is_estimated) == (True, True)
    assert seconds(row.resolved_at) == alert.resolved_at
    sentinelone.set_scope("north")
    site.sync()
    row = row_of(site, alert)
    assert (row.acknowledged_is_estimated, row.resolved_is_estimated) == (False, False)
    assert not site.all(RawAlertEvent, alert_id=alert.reference, provenance="seen")


def test_a_rules_alert_that_changes_is_noticed_for_a_month(harness, site, world, sentinelone):
    alert = world.raise_alert(kind="log-cleared")
    site.sync()
    harness.later(days=20)
    world.resolve_alert(alert.id)
    site.sync()
    row = site.one(RawSecurityAlert, external_id=f"star-{alert.reference}")
    assert (row.status, row.resolved_is_estimated, row.severity_source) == ("resolved", True, "vendor")
    assert seconds(row.resolved_at) == alert.resolved_at


# --- unified alerts -------------------------------------------------------------------------------


def severities(site, kind="threat"):
    rows = site.all(RawSecurityAlert, kind=kind)
    return {row.incident_id or row.external_id: (row.severity, row.severity_source) for row in rows}


def test_a_threat_takes_the_severity_of_its_unified_alert(harness, site, world):
    site.sync()
    told = severities(site)
    assert len(told) > 10
    for alert in world.alerts:
        if alert.reference in told:
            assert told[alert.reference] == (alert.severity, "vendor")
    assert not site.all(RawSecurityAlert, kind="unified", redirected_to="")


@pytest.mark.parametrize("unified_alerts", ["no", "errors"])
def test_a_console_without_unified_alerts_is_no_trouble(harness, site, sentinelone, unified_alerts):
    sentinelone.change("north", unified_alerts=unified_alerts)
    assert errors(site) == {}
    assert site.refreshed().status == "ok"
    assert {source for _, source in severities(site).values()} == {"derived"}
    assert not site.all(RawSecurityAlert, kind="unified")


def test_severities_follow_once_the_console_has_unified_alerts(harness, site, sentinelone, world):
    sentinelone.change("north", unified_alerts="no")
    site.sync()
    sentinelone.change("north", unified_alerts="yes")
    site.forget_dirty_days()
    site.sync()
    assert {source for _, source in severities(site).values()} == {"vendor"}
    assert {
        alert.detected_at.astimezone().date() for alert in world.alerts if alert.seen_by == "edr"
    } & site.dirty_days()


def test_a_severity_that_was_changed_is_taken_again(harness, site, sentinelone):
    site.sync()

    def raise_all(request, response):
        if request.path.endswith("/graphql"):
            reply = json.loads(response.body)
            for edge in reply["data"]["alerts"]["edges"]:
                edge["node"]["severity"] = "CRITICAL"
            response.body = json.dumps(reply).encode()

    sentinelone.before_response(raise_all)
    site.sync()
    assert set(severities(site).values()) == {("critical", "vendor")}
    before = site.tables()
    assert sum(run.rows_changed for run in site.replay()) == 0
    assert site.tables() == before


def test_what_only_the_unified_list_has_is_an_alert_of_its_own(harness, site, sentinelone):
    def another_product(request, response):
        if request.path.endswith("/graphql"):
            reply = json.loads(response.body)
            node = reply["data"]["alerts"]["edges"][0]["node"]
            node["detectionSource"] = {"product": "Mail Gateway", "vendor": "Another"}
            response.body = json.dumps(reply).encode()

    sentinelone.before_response(another_product)
    site.sync()
    (own,) = site.all(RawSecurityAlert, kind="unified", redirected_to="")
    assert (own.product, own.severity_source) == ("Mail Gateway", "vendor")
    assert own.customer_id in harness.present("north")["sites"]


def test_a_console_that_knows_fewer_fields_tells_the_rest(harness, site, sentinelone):
    sentinelone.change("north", lacking=["assets", "result"])
    assert errors(site) == {}
    rows = site.all(RawSecurityAlert, kind="unified")
    assert {(row.host_name, row.is_mitigated) for row in rows} == {("", None)}
    assert all(row.category and row.customer_id for row in rows)


def test_unified_alerts_that_fail_after_they_worked_are_told_of(harness, site, sentinelone):
    site.sync()
    sentinelone.change("north", unified_alerts="errors")
    said = errors(site)
    assert set(said) == {"unified_alerts"}
    assert (
        "could not list unified alerts (Unified alerts are not available for this scope.)"
        in said["unified_alerts"]
    )
