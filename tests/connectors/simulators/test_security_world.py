"""The security side of the simulated MSP: devices, alerts, their tickets, and what was planted among them."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.simulators.world import World
from connectors.simulators.world.alert_kinds import ALERT_KINDS
from connectors.simulators.world.control import apply_edits

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def year() -> World:
    return World.build(seed=3, now=NOW, months=12, tickets_per_day=15)


def facts(world: World) -> list[object]:
    alerts = [
        (alert.reference, alert.state, alert.verdict, alert.ticket and alert.ticket.id, alert.updated_at)
        for alert in world.alerts
    ]
    devices = [
        (each.hostname, each.serial, each.mac, each.last_seen, each.company.id) for each in world.devices
    ]
    return [alerts, devices, [(line.at, line.what, line.subject.id) for line in world.journal]]


def test_the_same_seed_makes_the_same_devices_and_alerts() -> None:
    assert facts(World.small(5, NOW)) == facts(World.small(5, NOW))
    assert facts(World.small(5, NOW)) != facts(World.small(6, NOW))


@given(cuts=st.lists(st.integers(0, 14 * 1440), max_size=6))
@settings(max_examples=10, deadline=None)
def test_it_does_not_matter_in_how_many_steps_alerts_live_on(cuts: list[int]) -> None:
    straight, stepwise = World.small(5, NOW), World.small(5, NOW)
    straight.advance(timedelta(days=14))
    for minutes in sorted(cuts):
        stepwise.advance_to(NOW + timedelta(minutes=minutes))
    stepwise.advance_to(NOW + timedelta(days=14))
    assert facts(straight) == facts(stepwise)


def test_two_worlds_share_no_reference() -> None:
    first, second = ({alert.reference for alert in World.small(seed, NOW).alerts} for seed in (5, 6))
    assert first
    assert not first & second


def test_small_worlds_have_a_handful_of_devices() -> None:
    world = World.small(1, NOW)
    assert all(0 < len(world.fleets[company.id]) <= 12 for company in world.clients.companies)
    assert 4 <= len(world.alerts) <= 20


def test_an_empty_world_has_devices_and_no_alert_ever() -> None:
    world = World.empty(1, NOW)
    world.advance(timedelta(days=60))
    assert len(world.devices) >= 4
    assert len(world.alerts) == 0


def test_devices_are_protected_by_one_product_or_both_or_none(year: World) -> None:
    shares = Counter((device.has_edr, device.has_mde) for device in year.devices)
    assert all(shares[case] for case in ((True, True), (True, False), (False, True), (False, False)))
    unprotected = [fleet for fleet in year.fleets.values() if not any(device.has_edr for device in fleet[:5])]
    assert 1 <= len(unprotected) < len(year.fleets) / 2


def test_alerts_arrive_about_once_in_sixty_device_weeks(year: World) -> None:
    weeks = len(year.devices) * 52 / 60
    assert 0.6 * weeks < len(year.alerts) < 1.6 * weeks
    assert {alert.seen_by for alert in year.alerts} == {"edr", "mde", "office"}
    assert {alert.kind for alert in year.alerts} >= {kind.key for kind in ALERT_KINDS if kind.weight >= 5}


def test_a_burst_hits_several_devices_of_one_company_within_an_hour(year: World) -> None:
    bursts = Counter(alert.incident_id for alert in year.alerts if alert.seen_by == "mde")
    number = next(number for number, alerts in bursts.items() if alerts >= 3)
    hit = [alert for alert in year.alerts if alert.incident_id == number]
    assert len({alert.company for alert in hit}) == 1
    assert hit[-1].detected_at - hit[0].detected_at < timedelta(hours=1)


def test_most_alerts_have_a_ticket_and_tickets_tell_which_in_several_ways(year: World) -> None:
    with_ticket = [alert for alert in year.alerts if alert.ticket]
    assert 0.6 < len(with_ticket) / len(year.alerts) < 0.8
    told = Counter[str]()
    for alert in with_ticket:
        assert alert.ticket
        assert alert.ticket.opened_at - alert.detected_at < timedelta(hours=2)
        texts = " ".join([alert.ticket.summary, *(note.text for note in alert.ticket.notes)])
        told["reference"] += alert.ticket.external_reference == alert.reference
        told["note"] += alert.reference in texts
        told["host"] += alert.device is not None and alert.device.hostname in texts
        told["nothing"] += alert.ticket.summary == "SOC alert: please investigate"
        told["shared"] += alert.ticket.opened_at < alert.detected_at
    assert all(told[way] for way in ("reference", "note", "host", "nothing"))


def test_the_order_of_times_holds(year: World) -> None:
    for alert in year.alerts:
        assert alert.occurred_at <= alert.detected_at <= (alert.acknowledged_at or NOW)
        assert alert.detected_at <= (alert.contained_at or NOW)
        assert (alert.state == "resolved") == (alert.resolved_at is not None)
        assert alert.is_mitigated == (alert.contained_at is not None)
        assert [change.at for change in alert.history] == sorted(change.at for change in alert.history)
    assert [line.at for line in year.journal] == sorted(line.at for line in year.journal)


def test_severe_alerts_are_acknowledged_sooner(year: World) -> None:
    def median(severity: str) -> timedelta:
        delays = [
            alert.acknowledged_at - alert.detected_at
            for alert in year.alerts
            if alert.severity == severity and alert.acknowledged_at
        ]
        return sorted(delays)[len(delays) // 2]

    assert median("high") < median("medium") < median("low")


def test_some_alerts_are_wrong_some_return_and_some_are_forgotten(year: World) -> None:
    assert {alert.verdict for alert in year.alerts} >= {
        "true_positive",
        "false_positive",
        "suspicious",
        "benign",
    }
    states = [(change.before, change.after) for alert in year.alerts for change in alert.history]
    assert ("resolved", "in_progress") in states
    assert any(alert.state == "new" and alert.detected_at < NOW - timedelta(days=30) for alert in year.alerts)


def test_devices_come_go_move_and_are_merged(year: World) -> None:
    begin = min(device.first_seen for device in year.devices)
    assert any(device.first_seen > begin for device in year.devices)
    assert any(device.retired_at for device in year.devices)
    assert any(device.merged_into for device in year.devices)
    assert any(line.what == "moved" for line in year.journal)
    silent = [each for each in year.devices if each.is_in_use and each.last_seen < NOW - timedelta(days=7)]
    assert 0 < len(silent) < len(year.devices) / 10


def test_an_alert_stays_with_the_company_it_was_detected_at() -> None:
    world = World.empty(1, NOW)
    alert = world.raise_alert(with_ticket=False)
    assert alert.device
    other = next(each for each in world.clients.companies if each is not alert.company)
    world.move_device(alert.device.id, other.id)
    assert alert.device.company is other
    assert world.truth.alerts == {alert.id: alert.company.id}
    assert world.truth.devices[alert.device.id] == other.id


def test_an_alert_is_acknowledged_contained_resolved_and_reopened_with_a_trace() -> None:
    world = World.empty(1, NOW)
    alert = world.raise_alert(kind="ransomware")
    for minutes, step in enumerate(("acknowledge", "contain", "resolve"), 1):
        world.advance_to(NOW + timedelta(minutes=minutes))
        getattr(world, f"{step}_alert")(alert.id)
    moments = (alert.acknowledged_at, alert.contained_at, alert.resolved_at)
    assert moments == tuple(NOW + timedelta(minutes=minutes) for minutes in (1, 2, 3))
    world.reopen_alert(alert.id)
    assert (alert.state, alert.resolved_at) == ("in_progress", None)
    states = [change.after for change in alert.history if change.what == "state"]
    assert states == ["in_progress", "resolved", "in_progress"]
    assert world.truth.alert_tickets == {alert.id: alert.ticket.id if alert.ticket else None}


def test_changes_within_one_second_are_told_apart_by_their_revision() -> None:
    world = World.empty(1, NOW)
    first, second = world.raise_alert(), world.raise_alert()
    world.acknowledge_alert(first.id)
    assert first.updated_at == second.updated_at
    assert world.alerts.revision(first.id) > world.alerts.revision(second.id)


def test_a_new_row_is_told_to_those_who_watch() -> None:
    world, seen = World.empty(1, NOW), list[int]()
    world.alerts.watch(seen.append)
    assert seen == [world.raise_alert(with_ticket=False).id]


def test_edits_can_be_asked_for_by_name() -> None:
    world = World.empty(1, NOW)
    company = world.clients.companies.ids[1]
    apply_edits(
        world,
        [
            {"edit": "add_device", "company_id": company},
            {"edit": "raise_alert", "company": company, "kind": "trojan"},
            {"edit": "random security", "seed": 4, "count": 5},
            {"edit": "random", "seed": 4, "count": 2},
        ],
    )
    assert world.truth.alerts
    with pytest.raises(ValueError, match="no edit named"):
        apply_edits(world, [{"edit": "next_incident"}])


@given(seed=st.integers(0, 2**32), count=st.integers(1, 60))
@settings(max_examples=20, deadline=None)
def test_any_run_of_random_security_edits_leaves_the_tables_consistent(seed: int, count: int) -> None:
    world, rng = World.small(2, NOW, tickets=8), random.Random(seed)
    for _ in range(count):
        world.apply_random_security_edit(rng)
        world.advance(timedelta(minutes=rng.randrange(300)))
    for device in world.devices:
        unresolved = [
            alert
            for alert in world.alerts
            if alert.device is device and alert.seen_by == "edr" and alert.state != "resolved"
        ]
        assert world.open_alerts(device) == len(unresolved)
        assert device in world.fleets[device.company.id]
    assert sum(map(len, world.fleets.values())) == len(world.devices)
