from datetime import timedelta

import pytest

from connectors.models import RawAgreement
from kpis.compute import compute
from kpis.models import KpiBreakdown
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk
from tests.kpis.snapshots import byte_image, snapshot

NOW = at("2026-03-20 15:00")


def busy_desk(seed: int, cycle: str, units: str) -> Desk:
    """Every agreement has a limit, most of it used, that is carried over."""
    desk = Desk(seed, NOW, days=70)
    RawAgreement.objects.update(
        limit_units=units,
        limit_amount=2,
        limit_cycle=cycle,
        carries_over_unused=True,
        covers_time=True,
        starts_on="2025-02-28",
        ends_on=None,
        parent_agreement_id=None,
        is_cancelled=False,
    )
    desk.populate(tickets=50)
    return desk


@pytest.mark.parametrize(
    ("seed", "cycle", "units"),
    [
        (1, "CalendarWeek", "Hours"),
        (2, "CalendarMonth", "Amount"),
        (3, "CalendarYear", "Incidents"),
        (4, "Contract4Weeks", "Hours"),
        (5, "ContractQuarter", "Hours"),
    ],
)
def test_limits_after_changes_are_used_up_as_from_scratch(north, seed, cycle, units):
    with tenant("south"):
        factories.ticket("2026-03-02 14:00", company_id=1)
        compute(NOW)
        untouched = byte_image()
    desk = busy_desk(seed, cycle, units)
    compute(desk.now)
    for hours in (0, 30, 200):
        desk.now += timedelta(hours=hours)
        for act in (desk.work, desk.work, desk.unwork, desk.move, desk.remove):
            act()
        assert not compute(desk.now).is_full
    assert KpiBreakdown.objects.filter(segment="OVER_LIMIT").exists()
    incremental = snapshot()
    assert compute(desk.now, full=True).is_full
    assert incremental == snapshot()
    with tenant("south"):
        assert untouched == byte_image()
