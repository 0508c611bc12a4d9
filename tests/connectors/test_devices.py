"""One device list per company out of what several vendors see, the same however often it is made."""

from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from connectors import devices, mapping
from connectors.models import Device, DeviceSighting, JoinState, RawDevice
from connectors.same_device import Seen, machines
from connectors.simulators.world import World
from tenants.context import tenant
from tests import factories
from tests.connectors.conftest import NOW
from tests.connectors.security_rows import DEFENDER, EDR, fill, vendor


def seen(id_, source=1, company: int | None = 250, **fields) -> Seen:
    texts: dict[str, Any] = dict.fromkeys(
        ("customer", "hostname", "serial", "azure_id", "agent_uuid", "merged_into", "os_name", "kind"), ""
    )
    defaults = {"last_seen": NOW, "is_counted": True}
    return Seen(**texts | defaults | {"source": source, "id": id_, "company": company} | fields)


def ids(*records: Seen) -> set[frozenset[str]]:
    return {frozenset(each.id for each in group) for group in machines(records)}


def together(*ids_: str) -> set[frozenset[str]]:
    return {frozenset(ids_)}


def apart(*ids_: str) -> set[frozenset[str]]:
    return {frozenset({id_}) for id_ in ids_}


def test_the_same_serial_number_is_the_same_machine_even_at_another_company():
    assert ids(seen("a", serial="ABC 123"), seen("b", 2, 251, serial="abc 123")) == together("a", "b")


@pytest.mark.parametrize(
    "serial",
    [
        "0",
        "0000000",
        "To be filled by O.E.M.",
        "Default string",
        "System Serial Number",
        "N/A",
        "XXXXXXX",
        "",
    ],
)
def test_what_a_mainboard_says_without_a_serial_number_joins_nothing(serial):
    assert ids(seen("a", serial=serial), seen("b", 2, serial=serial)) == apart("a", "b")


def test_a_serial_number_copied_with_a_disk_joins_nothing():
    clones = [seen(f"clone-{company}", 1, company, serial="VMW-1") for company in (1, 2, 3)]
    assert ids(*clones) == apart("clone-1", "clone-2", "clone-3")
    twins = [seen("a", serial="VMW-2", hostname="WEB-1"), seen("b", serial="VMW-2", hostname="WEB-2")]
    assert ids(*twins) == apart("a", "b")


def test_a_reinstalled_agent_is_the_same_machine_under_its_new_name():
    old = seen("old", serial="ABC", hostname="PC-1", is_counted=False)
    assert ids(old, seen("new", serial="ABC", hostname="PC-9")) == together("old", "new")


def test_a_host_name_counts_by_its_first_part_and_within_one_company_only():
    records = seen("a", hostname="ACME-LT-07"), seen("b", 2, hostname="acme-lt-07.corp.example")
    assert ids(*records) == together("a", "b")
    assert ids(records[0], seen("c", 2, 251, hostname="ACME-LT-07")) == apart("a", "c")


def test_customers_that_nobody_mapped_share_no_machines_by_name():
    one, other = (
        seen(id_, source, None, customer="x", hostname="PC") for id_, source in (("a", 1), ("b", 2))
    )
    assert ids(one, other) == apart("a", "b")


def test_machines_of_different_serial_numbers_stay_apart_under_one_name():
    first, second = seen("a", serial="S1", hostname="MAC"), seen("b", serial="S2", hostname="MAC")
    assert ids(first, second) == apart("a", "b")
    nameless = [seen(id_, 2, hostname="mac") for id_ in ("x", "y")]
    assert ids(first, second, *nameless) == apart("a", "b", "x", "y")


def test_a_record_without_serial_number_is_the_machine_of_its_name_in_use():
    retired = seen("old", serial="S1", hostname="RECEPTION", is_counted=False)
    current = seen("new", serial="S2", hostname="RECEPTION")
    assert ids(retired, current, seen("x", 2, hostname="reception")) == together("new", "x") | apart("old")


def test_what_is_one_by_two_steps_is_one():
    by_serial = seen("a", serial="S1"), seen("b", 2, serial="S1", azure_id="E1")
    assert ids(*by_serial, seen("c", 3, azure_id="e1")) == together("a", "b", "c")
    assert ids(seen("a", azure_id="E1"), seen("b", 2, 251, azure_id="E1")) == apart("a", "b")


def test_a_machine_that_defender_merged_is_the_one_it_was_merged_into():
    assert ids(seen("a"), seen("b", merged_into="a", is_counted=False)) == together("a", "b")


@given(st.randoms(use_true_random=False), st.integers(2, 30))
def test_the_order_of_records_does_not_matter(chance: Random, count: int):
    records = [
        seen(
            str(number),
            chance.randint(1, 2),
            chance.choice((None, 1, 2)),
            serial=chance.choice(("", "S1", "S2", "S3")),
            hostname=chance.choice(("", "PC", "SRV")),
            azure_id=chance.choice(("", "E1", "E2")),
            is_counted=chance.random() < 0.8,
        )
        for number in range(count)
    ]
    shuffled = chance.sample(records, count)
    assert machines(records) == machines(shuffled)


# --- in the database ---------------------------------------------------------------------------------


@pytest.fixture
def state(north) -> JoinState:
    return JoinState.objects.create(id=1)


def record(id_, source, **fields) -> RawDevice:
    return RawDevice.objects.create(
        source=source, row_hash=b"", external_id=id_, customer_id="site", **fields
    )


def change(row: RawDevice, **fields) -> None:
    """As a sync does it: with the moment."""
    from django.db.models.functions import Now

    RawDevice.objects.filter(id=row.id).update(**fields, synced_at=Now())


def made() -> list[tuple[int, str, list[int]]]:
    return [(each.id, each.hostname, each.seen_by) for each in Device.objects.order_by("id")]


def test_a_device_tells_who_sees_it_and_when_it_was_last_seen(state):
    edr, defender = vendor(EDR), vendor(DEFENDER)
    early, late = factories.at("2026-03-01"), factories.at("2026-03-02")
    record("a", edr, hostname="PC-1", serial="S1", os_name="Windows 11 Pro", last_seen_at=early)
    record("b", defender, serial="S1", hostname="pc-1.corp", last_seen_at=late)
    devices.refresh(state)
    device = Device.objects.get()
    assert (device.hostname, device.serial, device.os_name) == ("PC-1", "S1", "Windows 11 Pro")
    assert (device.last_seen_at, device.seen_by) == (late, [edr.id, defender.id])


def test_a_retired_record_still_leads_to_its_device_but_nobody_sees_that(state):
    record("a", vendor(EDR), hostname="PC-1", is_excluded=True)
    devices.refresh(state)
    assert Device.objects.get().seen_by == []
    assert DeviceSighting.objects.get().raw_id == "a"


def test_devices_keep_their_ids_when_records_come_change_and_go(state):
    edr, defender = vendor(EDR), vendor(DEFENDER)
    agent, machine = record("a", edr, serial="S1"), record("b", defender, serial="S2")
    devices.refresh(state)
    first, second = (each.id for each in Device.objects.order_by("id"))
    change(machine, serial="S1")
    devices.refresh(state)
    assert made() == [(first, "", [edr.id, defender.id])]
    change(machine, serial="S2")
    devices.refresh(state)
    assert [id_ for id_, _, _ in made()] == [first, second + 1]
    assert DeviceSighting.objects.get(raw_id="a").device_id == first
    agent.delete()
    RawDevice.objects.filter(id=machine.id).update(serial="S3")
    devices.refresh(state)
    assert made() == [(second + 1, "", [defender.id])]


def test_nothing_is_done_while_no_record_has_changed(state):
    record("a", vendor(EDR), serial="S1")
    devices.refresh(state)
    with CaptureQueriesContext(connection) as asked:
        devices.refresh(state)
    assert len(asked) == 1
    before = made()
    devices.refresh(state, everything=True)
    assert made() == before


def test_a_companys_devices_that_one_vendor_does_not_see_are_told(state):
    edr, defender = vendor(EDR), vendor(DEFENDER)
    for id_, company, seen_by in (
        ("both", 250, [edr.id, defender.id]),
        ("unprotected", 250, [defender.id]),
        ("retired", 250, []),
        ("without that product", 251, [defender.id]),
        ("unmapped", None, [defender.id]),
    ):
        Device.objects.create(hostname=id_, company_id=company, seen_by=seen_by)
    assert devices.watchers() == {250: {edr.id, defender.id}, 251: {defender.id}}
    assert [each.hostname for each in devices.unwatched_by(edr.id)] == ["unprotected"]
    assert not devices.unwatched_by(defender.id)


def test_the_devices_of_a_world_are_found_again_in_each_tenant(db):
    for schema, seed in (("north", 1), ("south", 2)):
        world = World.small(seed=seed, now=NOW)
        with tenant(schema):
            fill(world)
            mapping.refresh()
            devices.refresh(JoinState.objects.create(id=1))
            owners = {
                each.raw_id: each.device.company_id
                for each in DeviceSighting.objects.select_related("device")
            }
            counted = Device.objects.exclude(seen_by=[]).count()
        watched = [each for each in world.devices if each.has_edr or (each.has_mde and not each.merged_into)]
        assert counted == sum(each.retired_at is None for each in watched)
        truth = world.truth.devices
        assert {raw_id: truth[int(raw_id.partition("-")[2])] for raw_id in owners} == owners
