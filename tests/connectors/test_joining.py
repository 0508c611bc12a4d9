"""When what security vendors tell is joined with the desk, and how thoroughly."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors import joining, mapping
from connectors.models import Device, JoinState, RawDevice, RawVendorCustomer, SyncRun
from tenants.context import tenant
from tests import factories
from tests.connectors.security_rows import EDR, vendor

Mode = SyncRun.Mode


def run(mode=Mode.INCREMENTAL, **counted) -> SyncRun:
    return SyncRun(connection=vendor(EDR), stream="agents", mode=mode, started_at=timezone.now(), **counted)


@pytest.fixture
def asked(north, monkeypatch) -> list[bool]:
    """How thoroughly it was asked for, each time."""
    JoinState.objects.create(id=1, reached_at=timezone.now())
    times: list[bool] = []
    monkeypatch.setattr(joining, "refresh", lambda *, everything=False: times.append(everything))
    return times


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([], []),
        ([{}], []),
        ([{"rows_seen": 9}], []),
        ([{"rows_new": 1}], [False]),
        ([{"rows_changed": 1}, {}], [False]),
        ([{"rows_deleted": 1}], [False]),
        ([{"mode": Mode.BACKFILL, "rows_new": 1}], [True]),
        ([{"mode": Mode.BACKFILL}], []),
        ([{"mode": Mode.SWEEP}], [True]),
    ],
)
def test_a_sync_joins_what_it_brought_and_everything_at_first_and_at_night(asked, runs, expected):
    joining.after_sync([run(**each) for each in runs])
    assert asked == expected


def test_a_quiet_sync_joins_what_a_person_has_decided_meanwhile(asked):
    joining.after_sync([run()])
    mapping.ask_again()
    joining.after_sync([run()])
    assert asked == [False]


def test_without_a_security_vendor_nothing_is_asked_or_remembered(north):
    factories.ticket()
    with CaptureQueriesContext(connection) as queries:
        joining.refresh()
    assert len(queries) == 1
    assert not JoinState.objects.exists()


def test_one_joining_of_a_tenant_waits_for_the_other(north):
    RawVendorCustomer.objects.create(source=vendor(EDR), row_hash=b"", external_id="site", level="site")
    joining.refresh()
    with CaptureQueriesContext(connection) as queries:
        joining.refresh()
    assert any("FOR UPDATE" in query["sql"] and "joinstate" in query["sql"] for query in queries)


def test_devices_and_alerts_follow_a_decision(north):
    factories.company(250, "Northwood Dental")
    edr = vendor(EDR)
    site = RawVendorCustomer.objects.create(
        source=edr, row_hash=b"", external_id="site", level="site", name="NWD"
    )
    RawDevice.objects.create(source=edr, row_hash=b"", external_id="a", customer_id="site", hostname="PC-1")
    joining.refresh()
    assert Device.objects.get().company_id is None
    mapping.decide([site], 250, "ada")
    joining.join(schema="north")
    assert Device.objects.get().company_id == 250
    with tenant("south"):
        assert not Device.objects.exists()
        assert not JoinState.objects.exists()
