from datetime import timedelta

import pytest

from kpis.compute import compute
from kpis.models import KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk
from tests.kpis.snapshots import byte_image, snapshot
from tests.kpis.teams_at_desk import MINUTES, handled

NOW = at("2026-03-20 15:00")
DERIVED = {"handling_ratio", "expected_minutes", "reopen_high", "csat_fair", "score", "tier", "weakness"}


def busy_desk(seed: int) -> Desk:
    """Where technicians close enough to be compared on most days; the first of them is slow at one kind of work."""
    desk = Desk(seed, NOW, days=50).populate(tickets=10)
    for back in range(1, 50, 2):
        for technician in range(1, 5):
            work = {"board_id": desk.chance.choice([1, 2]), "type_name": desk.chance.choice(["", "Printer"])}
            is_slow = technician == 1 and work["board_id"] == 1
            minutes = [one * (4 if is_slow else 1) for one in desk.chance.sample(MINUTES, 2)]
            handled(technician, minutes, NOW - timedelta(days=back), **work)
    for _ in range(20):
        desk.pass_on()
        desk.reopen()
        desk.ask()
    return desk


@pytest.mark.parametrize("seed", [2])
def test_technicians_compared_after_changes_are_compared_as_from_scratch(north, seed):
    with tenant("south"):
        factories.ticket("2026-03-02 14:00", "2026-03-02 15:00", owner_id=1)
        compute(NOW)
        untouched = byte_image()
    desk = busy_desk(seed)
    compute(desk.now)
    assert set(KpiBreakdown.objects.values_list("metric", flat=True)) >= DERIVED
    for hours in (0, 30, 200):
        desk.now += timedelta(hours=hours)
        desk.live(6)
        assert not compute(desk.now).is_full
    incremental = snapshot()
    assert KpiDaily.objects.filter(technicians_off_expected__isnull=False).count() > 20
    assert KpiDaily.objects.filter(tech_training_flags__gt=0).exists()
    assert compute(desk.now, full=True).is_full
    assert incremental == snapshot()
    with tenant("south"):
        assert untouched == byte_image()
