"""What PostgreSQL knows of the figures' tables when it plans the statements that fill them."""

from django.db import connection

from kpis.compute import compute
from kpis.models import KpiDaily
from tests import factories
from tests.factories import at

NOW = at("2026-03-20 15:00")


def test_figures_that_come_back_after_all_were_gone_are_planned_for_as_many_as_they_are(north):
    factories.ticket("2012-03-02 14:00")
    compute(NOW)
    with connection.cursor() as cursor:
        for table in ("kpi_daily", "kpi_breakdown"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("ANALYZE kpi_daily, kpi_breakdown")
        compute(NOW, full=True)
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'kpi_daily'::regclass")
        assert cursor.fetchone()[0] > KpiDaily.objects.count() / 2
