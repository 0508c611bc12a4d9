from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.models import Connection
from kpis import cards, charts, totals
from kpis.models import KpiBreakdown, KpiDaily
from kpis.period import Period
from tenants import tokens
from tenants.context import tenant
from tenants.models import TenantSettings
from tests.admin.conftest import COMPANY, MEMBER, add_figures, add_rows, finding


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


def test_a_technicians_figures_are_the_own_ones(both):
    with tenant("north"):
        own = totals.of_technician(last_days(7), MEMBER)
        assert totals.of_technician(last_days(7), 987) is None
    assert own is not None
    assert (own.technician, own.handled, own.fcr_percent) == (MEMBER, 20, 75)


@pytest.mark.parametrize("asked", ["7", "30", "90"])
def test_the_period_is_chosen(sign_in, asked):
    assert sign_in("manager").get(f"/admin/?days={asked}").context["period"].days == int(asked)


@pytest.mark.parametrize("asked", ["", "0", "-7", "8", "all", "٧"])
def test_an_odd_period_is_the_usual_one(sign_in, asked):
    assert sign_in("manager").get("/admin/", {"days": asked}).context["period"].days == 30


def test_a_period_ends_before_today_and_is_compared_with_as_many_days():
    period = last_days(30)
    assert period.before.until == period.since
    assert period.before.days == period.days == 30


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


def test_bars_reach_the_top_on_the_busiest_day_only(both):
    with tenant("north"):
        flow = charts.flow(list(KpiDaily.objects.order_by("kpi_date")))
    assert flow is not None
    assert [day.new.height for day in flow.days] == [1000, 800, 600, 400, 200]
    assert charts.flow([]) is None


# How many queries each page takes, whatever the number of rows. Fewer is welcome: then lower the number.
PAGES = {
    "/admin/": 33,
    "/admin/data-quality/": 33,
    "/admin/connectors/rawticket/": 15,
    "/admin/connectors/rawtimeentry/": 13,
    "/admin/connectors/rawsurvey/": 12,
    "/admin/connectors/syncrun/": 13,
    "/admin/connectors/skippedrecord/": 13,
    "/admin/kpis/kpidaily/": 11,
    "/admin/kpis/kpibreakdown/": 17,
    "/admin/kpis/finding/": 15,
    "/admin/tenants/apitoken/": 11,
    "/technicians/11/": 20,
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_takes_no_more_queries_than_agreed_however_many_rows(sign_in, address):
    client = sign_in("owner")
    client.get(address)
    few = queries(client, address)
    with tenant("north"):
        add_rows(Connection.objects.get(vendor="connectwise"), "north-marker", 27)
        KpiDaily.objects.all().delete()
        add_figures("north-marker again", days=27)
        for number in range(27):
            finding(f"north-marker {number}")
            tokens.issue(User.objects.get(username="manager"), f"token {number}")
    assert queries(client, address) == few
    assert few <= PAGES[address]


def test_settings_are_looked_up_once_a_request_and_anew_in_the_next(sign_in):
    client = sign_in("manager")
    with CaptureQueriesContext(connection) as captured:
        client.get("/admin/")
    assert len([query for query in captured if "tenants_tenantsettings" in query["sql"]]) == 1
    with tenant("north"):
        TenantSettings.objects.update(privacy_mode="own_only")
    assert client.get("/admin/").context["privacy"] == "own_only"


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
