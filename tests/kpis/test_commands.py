import csv
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from kpis.compute import compute
from kpis.management.commands import compute_kpis
from kpis.models import KpiDaily
from kpis.tasks import compute_kpis_task
from tenants.context import current_schema, tenant
from tests import factories


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("compute_kpis", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def tickets_in_both(db) -> None:
    for schema in ("north", "south"):
        with tenant(schema):
            factories.ticket()


def days_in(schema: str) -> int:
    with tenant(schema):
        return KpiDaily.objects.count()


def test_every_tenant_is_computed_with_a_line_for_each(tickets_in_both):
    printed = run()
    assert "north: " in printed
    assert "2 tenants, 0 failed" in printed
    assert days_in("north")
    assert days_in("south")


def test_one_tenant_can_be_named(tickets_in_both):
    run("--tenant", "south")
    assert (days_in("north"), days_in("south") > 0) == (0, True)


def test_a_dry_run_writes_nothing(tickets_in_both):
    assert "days to compute" in run("--dry-run")
    assert days_in("north") == 0


def test_the_others_go_on_when_one_fails(tickets_in_both):
    def fail_in_north(**options):
        if current_schema() == "north":
            raise RuntimeError("disk full")
        return compute(**options)

    with patch.object(compute_kpis, "compute", fail_in_north), pytest.raises(CommandError, match="north"):
        run()
    assert days_in("south")


def test_days_are_printed_as_they_were_known(tickets_in_both):
    run()
    known_at = ("--as-known-at", "2026-03-05T12:00:00+00:00")
    lines = list(csv.DictReader(StringIO(run(*known_at, "--from", "2026-03-01", "--to", "2026-03-03"))))
    assert [(line["tenant"], line["kpi_date"], line["new_tickets"]) for line in lines] == [
        (schema, day, str(new))
        for schema in ("north", "south")
        for day, new in (("2026-03-02", 1), ("2026-03-03", 0))
    ]
    assert not list(csv.DictReader(StringIO(run("--tenant", "north", *known_at, "--to", "2026-02-01"))))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--until", "2026-03-01"],
        ["--tenant", "nowhere"],
        ["--from", "2026-03-01"],
        ["--as-known-at", "2026-03-01T12:00:00"],
        ["--as-known-at", "2026-03-01T12:00:00Z", "--tenant", "nowhere"],
    ],
)
def test_what_makes_no_sense_is_refused(db, arguments):
    with pytest.raises(CommandError):
        run(*arguments)


def test_a_window_is_taken_from_two_days(tickets_in_both):
    run("--tenant", "north")
    assert "north: 3 days in" in run("--tenant", "north", "--since", "2026-03-04", "--until", "2026-03-06")


def test_the_task_computes_the_tenant_it_is_given(tickets_in_both):
    compute_kpis_task(schema="south")
    assert (days_in("north"), days_in("south") > 0) == (0, True)
