"""What becomes of Microsoft's alerts, incidents and machines from sync to sync."""

from datetime import timedelta

from connectors.models import RawDevice, RawSecurityAlert
from connectors.simulators.defender.portal import Portal

VENDOR = "defender"


def alert_of(site, alert):
    return site.one(RawSecurityAlert, external_id=alert.reference)


def test_an_alert_is_followed_from_new_to_resolved_and_reopened(harness, site, customer):
    world = harness.simulator.world("north")
    alert = world.raise_alert(company=customer.company.id, seen_by="mde", with_ticket=False)
    site.sync()
    row = alert_of(site, alert)
    assert (row.status, row.acknowledged_at, row.resolved_at) == ("new", None, None)
    assert row.customer_id == customer.id
    harness.later(minutes=7)
    world.acknowledge_alert(alert.id)
    site.sync()
    row = alert_of(site, alert)
    assert (row.status, row.acknowledged_is_estimated) == ("in_progress", True)
    assert abs(row.acknowledged_at - world.now) < timedelta(seconds=1)
    harness.later(minutes=30)
    world.resolve_alert(alert.id, "false_positive")
    site.sync()
    row = alert_of(site, alert)
    assert (row.status, row.verdict, row.resolved_is_estimated) == ("resolved", "false_positive", False)
    assert abs(row.resolved_at - world.now) < timedelta(seconds=1)
    harness.later(minutes=5)
    world.reopen_alert(alert.id)
    site.sync()
    row = alert_of(site, alert)
    assert (row.status, row.resolved_at, row.reopen_count) == ("in_progress", None, 1)


def test_alerts_name_the_incident_that_took_theirs_over(harness, site, customer):
    world = harness.simulator.world("north")
    first, second = (
        world.raise_alert(company=customer.company.id, seen_by="mde", with_ticket=False) for _ in range(2)
    )
    site.sync()
    old, new = (f"{customer.id}/{alert.incident_id}" for alert in (first, second))
    assert alert_of(site, first).incident_id == old
    harness.later(minutes=5)
    harness.simulator.redirect_incident("north", first.incident_id, second.incident_id)
    site.sync()
    assert {alert_of(site, alert).incident_id for alert in (first, second)} == {new}
    redirected = site.one(RawSecurityAlert, external_id=old, kind="incident")
    assert (redirected.redirected_to, redirected.vendor_status) == (new, "redirected")
    assert site.one(RawSecurityAlert, external_id=new, kind="incident").redirected_to == ""


def test_alerts_name_devices_that_are_there(harness, site):
    site.sync()
    devices = {each.external_id: each.hostname for each in site.all(RawDevice)}
    named = [each for each in site.all(RawSecurityAlert, kind="alert") if each.device_key]
    assert named
    assert all(devices[each.device_key] == each.host_name for each in named)


def test_words_that_came_later_are_kept_as_they_are(harness, site, customer):
    new = {
        "severity": "apocalyptic",
        "status": "pondered",
        "classification": "maybeBad",
        "serviceSource": "clippy",
    }
    harness.respoil(
        "alerts", lambda _tenant, records: [record | new | {"productName": None} for record in records]
    )
    assert {run.status for run in site.sync()} == {"ok"}
    row = site.all(RawSecurityAlert, kind="alert")[0]
    assert (row.severity, row.vendor_severity, row.vendor_status) == ("unknown", "apocalyptic", "pondered")
    assert (row.verdict, row.product) == ("maybe_bad", "clippy")


def test_texts_that_no_column_holds_stop_nothing(harness, site):
    odd = {"title": "a\0b" + "long " * 4000, "assignedTo": "x\0", "brandNew": {"deep": ["\0"]}}
    harness.respoil("alerts", lambda _tenant, records: [record | odd for record in records])
    assert {(run.status, run.rows_skipped) for run in site.sync()} == {("ok", 0)}
    assert site.all(RawSecurityAlert, kind="alert")[0].title.startswith("ablong")


def test_machines_that_are_counted_elsewhere_are_marked(harness, site, customer):
    simulator, portal = harness.simulator, Portal(harness.simulator.msp("north"), customer)
    kept, twin, excluded = portal.devices()[:3]
    simulator.world("north").merge_devices(kept.id, twin.id)
    simulator.exclude_machine("north", excluded.id)
    site.sync()
    marked = {each.external_id: each for each in site.all(RawDevice) if each.is_excluded}
    assert {portal.machine_id(twin), portal.machine_id(excluded)} <= set(marked)
    assert marked[portal.machine_id(twin)].merged_into == portal.machine_id(kept)
    assert portal.machine_id(kept) not in marked


def test_every_customer_has_its_own_position(harness, site):
    site.sync()
    tenants = {each.id for each in harness.customers("north")}
    assert {state.customer for state in site.states("alerts")} == tenants
    assert {state.customer for state in site.states("machines")} == tenants
