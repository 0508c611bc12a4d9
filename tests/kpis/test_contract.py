"""What every KPI has to hold, those that are plugged in included."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from sqlfluff.core import FluffConfig, Linter

from kpis.base import DIMENSIONS, Kpi
from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.due import Due
from kpis.models import KpiBreakdown
from kpis.registry import facts, in_order, kpis
from kpis.sources import with_sources
from tenants.context import tenant
from tenants.models import TenantSettings
from tests import factories
from tests.factories import at
from tests.kpis.desk import Desk
from tests.kpis.snapshots import byte_image, snapshot

NOW = at("2026-03-20 15:00")
SINCE, MIDDLE, UNTIL = date(2026, 3, 1), date(2026, 3, 9), date(2026, 3, 21)
EVERY_KPI = pytest.mark.parametrize("kpi", kpis().values(), ids=list(kpis()))
STATEMENTS = {
    **{fact.name: fact.sql for fact in facts()},
    **{f"{kpi.slug} daily": kpi.daily_sql for kpi in kpis().values() if kpi.daily_sql},
    **{f"{kpi.slug} by hand": kpi.plain_sql for kpi in kpis().values() if kpi.plain_sql},
}
# Keywords and functions in capitals, aliases said and used, no = NULL, no SELECT *, no CTE that nobody reads.
LINTER = Linter(
    config=FluffConfig(
        {
            "core": {
                "dialect": "postgres",
                "templater": "placeholder",
                "rules": "CP01,CP02,CP03,CP04,AL01,AL02,AL04,AL05,AM01,AM04,CV05,ST03",
            },
            "templater": {"placeholder": {"param_style": "pyformat"}},
            "rules": {
                "capitalisation.keywords": {"capitalisation_policy": "upper"},
                "capitalisation.functions": {"extended_capitalisation_policy": "upper"},
                "capitalisation.literals": {"capitalisation_policy": "upper"},
            },
        }
    )
)


@pytest.fixture
def busy(north) -> None:
    with tenant("south"):
        Desk(seed=8, now=NOW, days=12).populate(tickets=20)
        compute(NOW)
    desk = Desk(seed=7, now=NOW, days=12).populate(tickets=80)
    desk.live(steps=100)
    compute(NOW)


@EVERY_KPI
def test_it_says_what_it_is(kpi: Kpi):
    said = (kpi.number, kpi.slug, kpi.name, kpi.question, kpi.formula, kpi.owner)
    assert all(str(each).strip() for each in said)
    assert str(kpi.question).endswith("?")
    assert kpi.version >= 1
    for metric in kpi.metrics:
        assert metric.slug.isidentifier()
        assert str(metric.name)
        assert str(metric.meaning), f"{metric.slug} does not say what it counts"
    for column in kpi.columns:
        assert str(column.title)
        assert str(column.meaning)
    assert kpi.example.breakdown or kpi.example.daily, "a worked example shows at least one cell"


@pytest.mark.parametrize("name", STATEMENTS)
def test_its_sql_has_the_house_style(name: str):
    violations = LINTER.lint_string(STATEMENTS[name].strip() + "\n").get_violations()
    assert [f"line {each.line_no}: {each.rule_code()} {each.desc()}" for each in violations] == []


@pytest.mark.parametrize("size", ["empty", "one row", "many rows"])
def test_its_selects_only_read(north, size: str):
    if size == "one row":
        factories.ticket("2026-03-02 14:00")
    elif size == "many rows":
        Desk(seed=1, now=NOW, days=30).populate(tickets=100)
    due = Due(((SINCE, UNTIL),), TenantSettings.load().zone, NOW)
    for fact in facts():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(
                with_sources(fact.sql, due, in_order(fact.reads)), due.parameters | {"since": SINCE}
            )
            assert size != "empty" or cursor.fetchall() == [], f"{fact.name} finds something in nothing"
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("DELETE FROM kpi_daily")
            transaction.set_rollback(True)


def test_two_windows_side_by_side_are_their_sum(busy):
    for kpi in kpis().values():
        for metric in kpi.metrics:
            if metric.roll_up in ("sum", "ratio"):
                whole, left, right = (
                    total(kpi, metric.slug, *window)
                    for window in ((SINCE, UNTIL), (SINCE, MIDDLE), (MIDDLE, UNTIL))
                )
                parts = (one + other for one, other in zip(left, right, strict=True))
                apart = [abs(one - other) for one, other in zip(whole, parts, strict=True)]
                assert max(apart) < Decimal("0.0001"), metric.slug


def total(kpi: Kpi, metric: str, since: date, until: date) -> tuple[Decimal, Decimal]:
    behind = drilldown(kpi.slug, metric, since, until)
    return sum((one.numerator for one in behind), Decimal(0)), sum(
        (one.denominator or Decimal(0) for one in behind), Decimal(0)
    )


def test_twice_is_once(busy):
    before = byte_image()
    compute(NOW)
    assert byte_image() == before
    compute(NOW, full=True)
    assert byte_image()[1] == before[1]


def test_another_tenants_figures_stay_as_they_are(busy):
    with tenant("south"):
        before = byte_image()
    factories.ticket("2026-03-02 14:00", company_id=1)
    factories.mark_dirty("2026-03-02")
    compute(NOW + timedelta(minutes=5), full=True)
    with tenant("south"):
        assert byte_image() == before


def test_no_data_is_null_and_never_a_number(north):
    """A lone ticket: everything that was not measured is empty."""
    factories.ticket("2026-03-18 14:00", company_id=1, board_id=1)
    compute(NOW)
    daily, cells = snapshot()
    day = next(row for row in daily if row["kpi_date"] == date(2026, 3, 18))
    measured = {name for name, value in day.items() if value is not None}
    means = {"avg_ttr_minutes", "median_ttr_minutes", "fcr_rate", "csat_avg", "nps", "billable_ratio"}
    means |= {"security_mttr_minutes", "security_sla_pct", "ticket_zscore", "avg_first_response_minutes"}
    assert measured & means == set()
    assert all(denominator != 0 for *_, denominator in cells)


def test_a_median_is_kept_nowhere_that_could_be_averaged():
    """kpi_breakdown holds what adds up, and counts of distinct things; a percentile is taken from the things."""
    for kpi in kpis().values():
        for metric in kpi.metrics:
            assert metric.roll_up != "recomputed" or metric.unit == "tickets"
            assert "median" not in metric.slug
            assert not metric.slug.startswith("p90")


def test_every_cell_belongs_to_a_metric_that_says_what_it_is(busy):
    known = {(kpi.slug, metric.slug) for kpi in kpis().values() for metric in kpi.metrics}
    found = defaultdict(int)
    for kpi, metric, *_ in KpiBreakdown.objects.values_list("kpi", "metric", *DIMENSIONS):
        found[kpi, metric] += 1
    assert {kpi for kpi, _ in found} <= {kpi for kpi, _ in known} | {"trust"}
    assert {each for each in found if each[0] != "trust"} <= known
