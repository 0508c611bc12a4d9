"""The managers' first page: what it shows of a period, of targets, and what can be done from it with one click."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.models import Connection
from kpis.home.panels import PANELS, Panel
from kpis.models import Finding, KpiBreakdown, KpiDaily, Target
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import COMPANY, MEMBER, finding
from tests.insights import makers
from tests.insights.projects import proposed

YESTERDAY = timedelta(days=1)


def page_of(client, query: str = "?days=7"):
    answer = client.get(f"/admin/{query}")
    assert answer.status_code == 200
    return answer


def text_of(client, query: str = "?days=7") -> str:
    return page_of(client, query).content.decode()


def card_of(client, label: str):
    return next(card for card in page_of(client).context["cards"] if card.label == label)


def test_at_most_ten_figures_and_each_leads_to_what_is_behind_it(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        KpiDaily.objects.update(security_alerts_critical=1, security_alerts_low=2)
    cards = page_of(client).context["cards"]
    assert len(cards) == 10
    assert [client.get(card.url).status_code for card in cards] == [200] * 10


def test_without_a_security_vendor_there_is_no_figure_of_alerts(sign_in):
    page = page_of(sign_in("manager"))
    assert [card.label for card in page.context["cards"]].count("Security alerts") == 0
    assert page.context["charts"]["alerts"] is None


def test_alerts_are_counted_in_all_severities_with_their_share_in_time(sign_in):
    client = sign_in("manager")
    yesterday = timezone.localdate() - YESTERDAY
    with tenant("north"):
        KpiDaily.objects.filter(kpi_date=yesterday).update(
            security_alerts_critical=1, security_alerts_low=2, security_alerts_informational=4
        )
        KpiBreakdown.objects.create(
            kpi="soc", metric="in_sla", kpi_date=yesterday, numerator=3, denominator=4
        )
    card = card_of(client, "Security alerts")
    assert (card.value, card.note) == ("7", "75 % resolved in time")


@pytest.mark.parametrize(
    ("value", "warn_at", "verdict", "word"),
    [
        (70, None, "good", "On target"),
        (75, None, "good", "On target"),
        (80, 75, "near", "Near the target"),
        (80, 76, "missed", "Target missed"),
        (80, None, "missed", "Target missed"),
    ],
)
def test_a_target_is_told_by_a_word_and_a_colour(sign_in, value, warn_at, verdict, word):
    """75 % of tickets were never reopened."""
    client = sign_in("manager")
    with tenant("north"):
        Target.objects.create(figure="fcr", value=value, warn_at=warn_at)
    card = card_of(client, "Solved the first time")
    assert (card.target.verdict, card.target.word, card.target.goal, card.tone) == (
        verdict,
        word,
        f"{value} %",
        "",
    )
    assert f'class="dm-verdict-{verdict}">{word} ({value} %)' in text_of(client)
    assert card_of(sign_in("manager", "south"), "Solved the first time").target is None


def test_less_is_better_for_the_backlog(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        Target.objects.create(figure="backlog", value=10, warn_at=11)
    assert card_of(client, "Backlog").target.verdict == "near"
    assert page_of(client).context["charts"]["backlog"].target_y is not None


def test_hours_are_judged_by_their_billable_share(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        Target.objects.create(figure="billable", value=70)
    card = card_of(client, "Hours worked")
    assert (card.note, card.target.verdict, card.target.goal) == ("67 % billable", "missed", "70 %")


def test_a_figure_that_was_not_measured_is_not_judged(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        Target.objects.create(figure="csat", value=4)
        KpiBreakdown.objects.filter(metric="csat").delete()
    card = card_of(client, "Client satisfaction")
    assert (card.value, card.target, card.line) == ("–", None, "")


def test_medians_and_the_sla_are_those_of_the_tickets_closed_in_the_period(sign_in):
    """One more ticket was closed after two hours, and of that no SLA is known."""
    client = sign_in("manager")
    with tenant("north"):
        opened = timezone.now() - timedelta(days=3)
        for hours, is_in_sla in ((1, True), (3, True), (8, False)):
            factories.ticket(opened, closed=opened + timedelta(hours=hours), is_in_sla=is_in_sla, board_id=1)
    sla = card_of(client, "SLA met")
    assert (sla.value, sla.note) == ("67 %", "1 ticket missed a goal")
    assert client.get(sla.url).context["cl"].result_count == 1
    assert card_of(client, "Median time to resolve").value == "2.5 h"
    assert card_of(sign_in("manager", "south"), "SLA met").value == "–"


def test_charts_have_a_point_for_each_day_and_of_long_periods_for_each_week(sign_in):
    client = sign_in("manager")
    month = page_of(client, "?days=30").context["charts"]["flow"]
    assert (len(month.days), month.is_weekly) == (30, False)
    until = timezone.localdate() - YESTERDAY
    long = page_of(client, f"?since={until - timedelta(days=139)}&until={until}").context["charts"]["flow"]
    assert (len(long.days), long.is_weekly) == (20, True)
    assert long.days[-1].said[0] == "15"


def test_unusual_days_are_marked_and_what_is_unusual_now_is_named(sign_in):
    client = sign_in("manager")
    yesterday = timezone.localdate() - YESTERDAY
    with tenant("north"):
        KpiDaily.objects.filter(kpi_date=yesterday).update(anomaly_detected=True, ticket_seasonal_score=5)
        finding("a week ago", last_seen=yesterday - timedelta(days=7))
        finding("decided", status="dismissed")
    page = page_of(client)
    assert [day.date for day in page.context["charts"]["scores"].days if day.is_marked] == [yesterday]
    assert [one.title for one in page.context["unusual"]] == ["north-marker finding"]


def test_findings_with_most_money_come_first_and_hours_are_worth_what_they_cost(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        factories.settings(hourly_rate=100)
        finding("900 in money", money_at_stake=900)
        finding("ten hours", minutes_at_stake=600)
        finding("one hour", minutes_at_stake=60)
    assert [one.title for one in page_of(client).context["findings"]] == [
        "ten hours",
        "900 in money",
        "one hour",
        "north-marker finding",
    ]


@pytest.mark.parametrize("status", ["acknowledged", "actioned"])
def test_one_click_decides_and_returns_to_the_same_days(sign_in, status):
    client = sign_in("manager")
    with tenant("north"):
        found = Finding.objects.get()
    back = re.search(r'name="next" value="([^"]+)"', text_of(client)).group(1)
    assert back == "/admin/?days=7"
    sent = {"status": status, "next": back}
    assert client.post(f"/admin/kpis/finding/{found.pk}/decide/", sent).headers["Location"] == back
    with tenant("north"):
        assert Finding.objects.get().status == status
    with tenant("south"):
        assert Finding.objects.get().status == "open"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_decision_leads_nowhere_outside(sign_in, away):
    client = sign_in("manager")
    with tenant("north"):
        pk = Finding.objects.get().pk
    sent = {"status": "acknowledged", "next": away}
    answer = client.post(f"/admin/kpis/finding/{pk}/decide/", sent)
    assert answer.headers["Location"] == f"/admin/kpis/finding/{pk}/change/"


def test_to_dismiss_leads_to_where_the_reason_is_asked(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        pk = Finding.objects.get().pk
    address = f"/admin/kpis/finding/{pk}/change/"
    assert f'href="{address}#reason"' in text_of(client)
    assert 'id="reason"' in client.get(address).content.decode()


def test_findings_about_technicians_are_left_out_where_they_see_only_themselves(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        finding("about somebody", technician=MEMBER, money_at_stake=10_000)
    assert "about somebody" in text_of(client)
    with tenant("north"):
        factories.settings(privacy_mode="own_only")
    assert "about somebody" not in text_of(client)


def test_the_best_projects_wait_for_a_decision_three_at_most(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        made = [proposed(makers.topic(f"topic {n}"), COMPANY, name=f"project {n}") for n in range(4)]
        for number, one in enumerate(made):
            type(one).objects.filter(pk=one.pk).update(net_value_p10=number)
    (panel,) = [panel for panel in page_of(client).context["panels"] if panel.title == "Projects to decide"]
    assert [row.proposal.name for row in panel.context["rows"]] == ["project 3", "project 2", "project 1"]
    assert f"/admin/insights/proposal/{made[3].pk}/confirm/" in text_of(client)
    assert "project 3" not in text_of(sign_in("manager", "south"))


def test_other_apps_add_panels_or_none(sign_in, monkeypatch):
    added = [
        lambda _request, period: Panel(f"{period.days} days", "kpis/home/steps.html", {}),
        lambda _request, _period: None,
    ]
    monkeypatch.setattr("kpis.home.panels.PANELS", added)
    assert [panel.title for panel in page_of(sign_in("manager")).context["panels"]] == ["7 days"]
    assert PANELS


def test_the_chosen_days_go_along_to_the_pages_of_kpis_and_clients(sign_in):
    text = text_of(sign_in("manager"))
    for address in ("/admin/kpi/ticket_trends/", "/admin/kpi/tech_efficiency/", f"/admin/clients/{COMPANY}/"):
        assert f'href="{address}?days=7"' in text


def test_nonsense_is_answered_on_the_page(sign_in):
    assert 'role="alert">The first day has to be before the last.' in text_of(
        sign_in("manager"), "?since=2026-03-02&until=2026-03-01"
    )


def test_days_without_figures_lead_to_those_that_have_some(sign_in):
    client = sign_in("manager")
    text = text_of(client, "?since=2020-01-01&until=2020-01-31")
    assert "There are no figures for these days" in text
    (address,) = re.findall(r'href="\?since=([0-9-]+)&amp;until=([0-9-]+)"', text)
    page = page_of(client, "?since={}&until={}".format(*address))
    assert page.context["cards"]
    assert page.context["period"].last_day == timezone.localdate() - YESTERDAY


@pytest.mark.parametrize(
    ("role", "synced", "connected", "told", "leads_to"),
    [
        ("owner", False, False, "Connect your ticket desk", "/admin/setup/"),
        ("manager", False, False, "Ask an owner to connect", ""),
        ("owner", False, True, "the first sync", "/admin/connectors/syncrun/"),
        ("owner", True, True, "The figures are computed after the sync", ""),
    ],
)
def test_before_there_are_figures_the_next_step_is_shown(sign_in, role, synced, connected, told, leads_to):
    client = sign_in(role)
    with tenant("north"):
        KpiDaily.objects.all().delete()
        Connection.objects.update(last_success_at=timezone.now() if synced else None)
        if not connected:
            Connection.objects.all().delete()
    steps = page_of(client).context["steps"]
    step = next(step for step in steps if not step.is_done)
    assert told in step.text
    assert step.url == leads_to


def test_a_period_before_the_first_day_of_figures_is_compared_with_nothing(sign_in):
    card = card_of(sign_in("manager"), "New tickets")
    assert card.change == "nothing to compare with"
