"""The rows behind a number are as many as the number says, whichever page it is on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kpis.behind import Behind, behind
from kpis.compute import compute
from kpis.models import KpiDaily
from tenants.context import tenant

COLUMNS = ["new_tickets", "closed_tickets", "reopened_tickets", "backlog_open", "backlog_over_30d"]


@pytest.fixture
def computed(sign_in):
    """A manager's client, once the figures are the engine's own."""
    with tenant("north"):
        compute()
    return sign_in("manager")


def rows_behind(client, address: str) -> list:
    response = client.get(address)
    assert response.status_code == 200
    return list(response.context["cl"].queryset)


def test_every_number_of_a_day_leads_to_as_many_tickets(computed):
    for column in COLUMNS:
        with tenant("north"):
            days = list(KpiDaily.objects.filter(**{f"{column}__gt": 0})[:4])
        for day in days:
            assert len(rows_behind(computed, behind(column, day.kpi_date))) == getattr(day, column)


def test_the_hours_of_a_day_lead_to_time_entries_that_add_up(computed):
    with tenant("north"):
        day = KpiDaily.objects.filter(billable_minutes__gt=0).latest("kpi_date")
    entries = rows_behind(computed, behind("minutes", day.kpi_date))
    assert sum(entry.minutes for entry in entries) == day.billable_minutes + day.non_billable_minutes


def test_the_cards_lead_to_as_many_tickets_as_they_say(computed):
    cards = {card.label: card for card in computed.get("/admin/?days=30").context["cards"]}
    for label in ("New tickets", "Closed tickets", "Backlog"):
        assert len(rows_behind(computed, cards[label].url)) == int(cards[label].value)


def test_a_list_says_which_figure_it_is_behind(computed):
    yesterday = timezone.localdate() - timedelta(days=1)
    assert "Behind the figure" in computed.get(behind("new_tickets", yesterday)).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "new_tickets",
        "new_tickets.2026-01-01",
        "salaries.2026-01-01.2026-01-02",
        "new_tickets.2026-01-02.2026-01-02",
        "new_tickets.2020-01-01.2026-01-01",
    ],
)
def test_what_is_no_figure_of_some_days_is_ignored(text):
    assert Behind.read(text) is None
