"""A page for every KPI: what it answers, and a table whose numbers are those of the cells, however it is looked at."""

from dataclasses import replace
from datetime import timedelta
from html import escape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kpis.compute import compute
from kpis.definitions import time_consumption
from kpis.kpi_page import page
from kpis.kpi_page.columns import kind_of
from kpis.models import KpiBreakdown, KpiDaily, KpiRestatement
from kpis.registry import kpis
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import BOARD, COMPANY, MEMBER, OTHER_MEMBER
from tests.admin.kpi_cells import cell, rows

TRENDS, TIME, EFFICIENCY = "ticket_trends", "time_consumption", "tech_efficiency"


@pytest.fixture
def computed(sign_in):
    """A manager's client, once the figures are the engine's own."""
    for schema in ("north", "south"):
        with tenant(schema):
            compute()
    return sign_in("manager")


@pytest.fixture
def manager(sign_in):
    """A manager's client of a desk whose cells the test writes itself."""
    client = sign_in("manager")
    with tenant("north"):
        KpiBreakdown.objects.all().delete()
    return client


def test_every_kpi_answers_its_question_on_a_page_that_shows_its_own_tenant_alone(computed):
    for slug, kpi in kpis().items():
        text = computed.get(f"/admin/kpi/{slug}/").content.decode()
        assert escape(str(kpi.question)) in text
        assert escape(str(kpi.formula)) in text
        assert "south-marker" not in text


def test_all_kpis_are_on_one_page_with_what_they_answer(computed):
    text = computed.get("/admin/kpi/").content.decode()
    assert [f"/admin/kpi/{slug}/" in text for slug in kpis()] == [True] * len(kpis())
    assert "3 tickets came in" in text
    assert "closed: 1, open at the end: 2" in text


def test_the_main_figures_are_those_of_the_days(computed):
    figures = {one.slug: one.now for one in computed.get(f"/admin/kpi/{TRENDS}/").context["answer"].figures}
    with tenant("north"):
        days = list(KpiDaily.objects.filter(kpi_date__lt=timezone.localdate()).order_by("kpi_date"))
    assert figures["new_tickets"] == sum(day.new_tickets for day in days) > 0
    assert figures["backlog_open"] == days[-1].backlog_open > 0


def test_a_change_is_good_or_bad_as_the_figure_has_it(manager):
    for ago, tickets in ((1, 30), (31, 20)):
        cell("reopened", tickets, 100, ago=ago)
        cell("fcr", tickets, 100, ago=ago)
    figures = {one.slug: one for one in manager.get(f"/admin/kpi/{EFFICIENCY}/").context["answer"].figures}
    assert (figures["reopened"].change, figures["reopened"].tone) == ("+10.0 points vs. before", "bad")
    assert (figures["fcr"].change, figures["fcr"].tone) == ("+10.0 points vs. before", "good")


def test_a_ratio_of_several_days_is_formed_of_both_sums(manager):
    """The mean of the days' ratios would be 50 %."""
    cell("fcr", 1, 1, company=COMPANY)
    cell("fcr", 0, 3, ago=2, company=COMPANY)
    assert rows(manager, EFFICIENCY) == {"north-marker client": ["25 %"]}


def test_a_figure_of_a_single_day_is_the_one_that_the_day_has(computed):
    """Whether it is added up, a ratio or a level."""
    date, compared = timezone.localdate() - timedelta(days=2), set()
    with tenant("north"):
        day = KpiDaily.objects.get(kpi_date=date)
    for kpi in kpis().values():
        answer = computed.get(f"/admin/kpi/{kpi.slug}/?since={date}&until={date}").context["answer"]
        for column in kpi.columns:
            figure, said = (
                answer.figure(column.name) or answer.figure(column.metric),
                getattr(day, column.name),
            )
            if figure and said is not None and kind_of(kpi, column) != "day":
                compared.add(column.name)
                assert figure.now == pytest.approx(float(said), abs=0.01), column.name
    assert {"new_tickets", "backlog_open", "fcr_rate", "avg_ttr_minutes", "billable_minutes"} <= compared


def test_technicians_come_in_the_order_of_their_names(manager):
    for member, tickets in ((MEMBER, 1), (OTHER_MEMBER, 9)):
        cell("fcr", tickets, 10, technician=member)
    assert list(rows(manager, EFFICIENCY, "?by=technician")) == ["north-marker Ada", "north-marker Ben"]


def test_promoters_less_detractors_are_told_in_points_of_a_hundred(manager):
    cell("nps", 1, 4, company=COMPANY)
    assert rows(manager, EFFICIENCY) == {"north-marker client": ["25"]}


def test_a_level_is_the_last_days_and_not_a_sum(manager):
    for ago in (1, 2):
        cell("projects_proposed", 2 + ago, ago=ago, kpi="improvement_projects", company=COMPANY)
    assert rows(manager, "improvement_projects") == {"north-marker client": ["3"]}


def test_scores_that_do_not_add_up_are_told_from_the_lowest_to_the_highest(manager):
    for segment, flag in (("Mail", 1.6), ("VPN", 2.25)):
        cell("handling_flag", flag, kpi="tech_training", technician=MEMBER, board=BOARD, segment=segment)
    assert rows(manager, "tech_training", "?by=technician") == {"north-marker Ada": ["× 1.60 – × 2.25"]}
    assert rows(manager, "tech_training", "?by=segment") == {"Mail": ["× 1.60"], "VPN": ["× 2.25"]}


def test_what_only_a_recompute_can_tell_of_several_days_is_left_to_its_things(manager):
    for metric in ("mismatch_tickets", "mismatch_minutes"):
        cell(metric, 5, kpi="agreement_mismatch", company=COMPANY, segment="EXPIRED")
    answer = manager.get("/admin/kpi/agreement_mismatch/")
    assert [metric.slug for metric in answer.context["table"].cut.metrics] == ["mismatch_minutes"]
    assert "/admin/kpi/agreement_mismatch/mismatch_tickets/behind/" in answer.content.decode()
    assert list(rows(manager, "agreement_mismatch", "?by=segment")) == ["Agreement ended"]


def test_segments_of_different_sorts_have_tabs_of_their_own(manager):
    cell("alerts", 4, kpi="soc", segment="sentinelone:high:derived")
    cell("alerts_by_category", 4, kpi="soc", segment="Ransomware")
    tabs = {tab.word: str(tab.title) for tab in manager.get("/admin/kpi/soc/").context["tabs"]}
    assert tabs == {"segment": "Source and severity", "segment-2": "Type of alert"}
    assert list(rows(manager, "soc", "?by=segment")) == ["sentinelone · High"]
    assert list(rows(manager, "soc", "?by=segment-2")) == ["Ransomware"]


def test_a_table_can_be_sorted_either_way_by_each_column(manager):
    with tenant("north"):
        for number, name in ((7, "Alpha"), (8, "Beta"), (9, "Gamma")):
            factories.company(number, name)
    for number, minutes in ((7, 60), (8, 180), (9, 120)):
        cell("billable_minutes", minutes, kpi=TIME, company=number)
    assert list(rows(manager, TIME)) == ["Beta", "Gamma", "Alpha"]
    assert list(rows(manager, TIME, "?sort=billable_minutes")) == ["Alpha", "Gamma", "Beta"]
    assert list(rows(manager, TIME, "?sort=-name")) == ["Gamma", "Beta", "Alpha"]
    text = manager.get(f"/admin/kpi/{TIME}/?sort=-name").content.decode()
    assert text.count("aria-sort=") == 1
    assert 'aria-sort="descending"' in text


def test_filters_leave_what_they_say_and_the_sum_follows(manager):
    for company, member, minutes in (
        (COMPANY, MEMBER, 120),
        (COMPANY, OTHER_MEMBER, 240),
        (None, MEMBER, 600),
    ):
        cell("billable_minutes", minutes, kpi=TIME, company=company, technician=member)
    assert rows(manager, TIME) == {"No client": ["10.0 h"], "north-marker client": ["6.0 h"]}
    of_ada = f"?technician={MEMBER}"
    assert rows(manager, TIME, of_ada) == {"No client": ["10.0 h"], "north-marker client": ["2.0 h"]}
    assert manager.get(f"/admin/kpi/{TIME}/{of_ada}").context["table"].totals == ["12.0 h"]
    assert rows(manager, TIME, "?by=technician&company=none") == {"north-marker Ada": ["10.0 h"]}


def test_fifty_rows_are_a_page_and_the_sum_is_of_all(manager):
    for number in range(60):
        cell("billable_minutes", 60, kpi=TIME, company=1000 + number)
    second = manager.get(f"/admin/kpi/{TIME}/?page=2").context["table"]
    assert (second.pages, len(second.shown), second.totals) == (2, 10, ["60.0 h"])


def test_a_page_asks_the_database_as_often_for_many_rows_as_for_few(manager):
    asked = []
    for numbers in (range(1000, 1002), range(1002, 1060)):
        for number in numbers:
            cell("billable_minutes", 60, kpi=TIME, company=number, technician=MEMBER)
        with CaptureQueriesContext(connection) as queries:
            manager.get(f"/admin/kpi/{TIME}/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_long_period_is_drawn_by_weeks_with_ratios_formed_anew(manager):
    cell("fcr", 1, 1)
    cell("fcr", 0, 3, ago=2)
    with tenant("north"):
        KpiDaily.objects.update(fcr_rate=50)
    since = timezone.localdate() - timedelta(days=100)
    trend = manager.get(f"/admin/kpi/{EFFICIENCY}/?since={since}").context["trend"]
    said = {
        str(one.title): chart.days[-1].said[place]
        for _, chart in trend.charts
        for place, one in enumerate(chart.series)
    }
    assert trend.is_weekly
    assert said["Never reopened"] == "25 %"
    assert "Median time to resolve" not in said


def test_unusual_days_are_marked(computed):
    day = timezone.localdate() - timedelta(days=2)
    with tenant("north"):
        KpiDaily.objects.filter(kpi_date=day).update(anomaly_detected=True)
    (_label, chart), *_others = computed.get(f"/admin/kpi/{TRENDS}/").context["trend"].charts
    assert [one.date for one in chart.days if one.is_marked] == [day]


def test_what_was_restated_is_told_of_the_days_and_the_kpi_that_are_looked_at(manager):
    today = timezone.localdate()
    with tenant("north"):
        for kpi, metric, ago in (
            (TRENDS, "new_tickets", 2),
            (TRENDS, "closed_tickets", 50),
            (TIME, "billable_minutes", 2),
        ):
            KpiRestatement.objects.create(
                kpi=kpi,
                metric=metric,
                is_daily=True,
                kpi_date=today - timedelta(days=ago),
                was_numerator=1,
                now_numerator=2,
                reasons="arrival",
                restated_at=timezone.now(),
            )
    told = manager.get(f"/admin/kpi/{TRENDS}/").context["restated"]
    assert [(one.day, str(one.title), one.was, one.now) for one in told] == [
        (today - timedelta(days=2), "New tickets", "1", "2")
    ]


def test_a_kpi_of_another_package_has_its_page_like_any_other(manager, monkeypatch):
    fact = replace(time_consumption.KPI.facts[0], name="other_time")
    other = replace(
        time_consumption.KPI, slug="other", number="50", daily_columns=(), daily_sql="", facts=(fact,)
    )
    monkeypatch.setattr(page, "kpis", lambda: {**kpis(), "other": other})
    cell("billable_minutes", 120, kpi="other", company=COMPANY)
    cell("billable_minutes", 60, ago=31, kpi="other", company=COMPANY)
    assert rows(manager, "other") == {"north-marker client": ["2.0 h"]}
    assert "Billable time: 2.0 h (+100 % vs. before)" in manager.get("/admin/kpi/other/").context["sentence"]


def test_a_desk_without_figures_is_told_what_to_do(manager):
    with tenant("north"):
        KpiDaily.objects.all().delete()
    text = manager.get(f"/admin/kpi/{TIME}/").content.decode()
    assert "Nothing was counted on these days." in text
    assert "What to fix at the source" in text


def test_the_pages_speak_french(manager):
    text = manager.get(f"/admin/kpi/{TIME}/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert "La réponse" in text
