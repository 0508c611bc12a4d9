from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kpis.compute import compute
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk
from tests.kpis.snapshots import byte_image, grades, snapshot

NOW = at("2026-03-20 15:00")
slowly = settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller seed is no simpler
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def something_in_south() -> None:
    with tenant("south"):
        factories.ticket("2026-03-02 14:00", company_id=1, board_id=1)
        factories.mark_dirty("2026-03-02")
        compute(NOW)
        factories.mark_dirty("2026-03-02")


@slowly
@given(seed=st.integers(0, 10**9), bursts=st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_after_any_changes_the_dirty_days_alone_give_the_same_cells_as_all_days(north, seed, bursts):
    with transaction.atomic():
        something_in_south()
        with tenant("south"):
            untouched = byte_image()
        desk = Desk(seed, NOW).populate(tickets=60)
        compute(desk.now)
        for steps in bursts:
            desk.now += timedelta(hours=desk.chance.choice([0, 1, 5, 30, 200]))
            desk.live(steps)
            report = compute(desk.now)
            assert not report.is_full
        incremental = snapshot(), grades()
        assert compute(desk.now, full=True).is_full
        assert incremental == (snapshot(), grades())
        with tenant("south"):
            assert untouched == byte_image()
        transaction.set_rollback(True)
