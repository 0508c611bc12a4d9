from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.models import Connection
from kpis import cards, totals
from kpis.models import KpiBreakdown, KpiDaily
from kpis.period import Period
from tenants.context import tenant
from tenants.models import TenantSettings
from tests.admin.conftest import COMPANY, add_figures, add_rows, finding
from tests.admin.projects import add_projects


def last_days(days: int) -> Period:
    today = timezone.localdate()
    return Period(today - timedelta(days=days), today)


def test_the_cards_say_what_the_days_add_up_to(sign_in):
    client = sign_in("manager")
    page = client.get("/admin/?days=7")
    period = page.context["period"]
    with tenant("north"):
        days = KpiDaily.objects.filter(kpi_date__range=period.range)
        sums = days.aggregate(
            new=Sum("new_tickets"), closed=Sum("closed_tickets"), worked=Sum("billable_minutes")
        )
        last = days.latest("kpi_date")
    shown = {card.label: card.value for card in page.context["cards"]}
    assert shown["New tickets"] == str(sums["new"])
    assert shown["Closed tickets"] == str(sums["closed"])
    assert shown["Backlog"] == str(last.backlog_open)
    assert shown["Hours worked"] == f"{(sums['worked'] * 3 / 2) / 60:.0f} h"
    assert shown["Solved the first time"] == "75 %"
    assert shown["Client satisfaction"] == "4.50 of 5"


def test_hours_by_client_add_up_to_the_breakdown(both):
    with tenant("north"):
        hours = totals.hours_by_client(last_days(7))
        minutes = KpiBreakdown.objects.filter(metric="billable_minutes").aggregate(total=Sum("numerator"))
    assert [row.company for row in hours] == [COMPANY]
    assert hours[0].total == float(minutes["total"]) / 60


@pytest.mark.parametrize(
    ("now", "before", "direction", "expected"),
    [
        (110, 100, cards.MORE_IS_BETTER, ("+10 % vs. before", "good")),
        (110, 100, cards.LESS_IS_BETTER, ("+10 % vs. before", "bad")),
        (90, 100, cards.LESS_IS_BETTER, ("−10 % vs. before", "good")),
        (110, 100, cards.NEITHER, ("+10 % vs. before", "")),
        (100.1, 100, cards.MORE_IS_BETTER, ("±0 % vs. before", "")),
        (5, 0, cards.MORE_IS_BETTER, ("nothing to compare with", "")),
        (None, 100, cards.MORE_IS_BETTER, ("nothing to compare with", "")),
    ],
)
def test_a_change_is_good_or_bad_by_its_direction(now, before, direction, expected):
    assert cards.relative(now, before, direction) == expected


@pytest.mark.parametrize(
    ("minutes", "words"), [(None, "–"), (0.4, "0 min"), (59.6, "60 min"), (90, "1.5 h"), (6000, "4.2 days")]
)
def test_durations_are_said_in_the_fitting_unit(minutes, words):
    assert cards.duration(minutes) == words


def test_the_first_page_takes_as_many_queries_however_many_rows_and_25_at_most(sign_in):
    client = sign_in("owner")
    with tenant("north"):
        add_projects("north-marker", (COMPANY, COMPANY + 1))
    few = queries(client, "/admin/")
    with tenant("north"):
        add_rows(Connection.objects.get(name="north-marker desk"), "north-marker", 27)
        KpiDaily.objects.all().delete()
        add_figures("north-marker again", days=27)
        for number in range(27):
            finding(f"north-marker {number}")
    assert queries(client, "/admin/") == few <= 25


def test_settings_are_looked_up_once_a_request_and_anew_in_the_next(sign_in):
    client = sign_in("manager")
    with CaptureQueriesContext(connection) as captured:
        client.get("/admin/")
    assert len([query for query in captured if "tenants_tenantsettings" in query["sql"]]) == 1
    with tenant("north"):
        TenantSettings.objects.update(currency="CHF")
        finding("worth much", money_at_stake=900)
    assert "CHF\N{NO-BREAK SPACE}900" in client.get("/admin/").content.decode()


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET "))])
