from datetime import date, timedelta

import pytest

from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.finding_story import evidence_shown
from kpis.home.todo import open_findings
from kpis.models import Finding, KpiBreakdown, KpiDaily
from kpis.strengths import picture
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.teams_at_desk import CLOSED, MINUTES, handled, team

NOW = at("2026-03-12 17:00")
DAY = date(2026, 3, 12)


@pytest.fixture
def struggling(north) -> None:
    """Technician 1 is as fast as anybody with printers, four times as slow with servers, and quick with mail."""
    factories.board(3, "Desk")
    team(*range(1, 9))
    for technician in range(2, 9):
        handled(technician, MINUTES, type_name="Server")
        handled(technician, MINUTES, type_name="Mail")
    handled(1, (4 * minutes for minutes in MINUTES), type_name="Server")
    handled(1, (minutes / 4 for minutes in MINUTES), type_name="Mail")
    compute(NOW)


def flags(metric: str = "handling_flag") -> set[tuple[int | None, int | None, str]]:
    cells = KpiBreakdown.objects.filter(kpi="tech_training", metric=metric, kpi_date=DAY)
    return set(cells.values_list("technician", "board", "segment"))


def test_a_domain_in_which_somebody_struggles_is_flagged_and_no_other(struggling):
    assert flags() == {(1, 3, "Server")}
    assert KpiDaily.objects.get(kpi_date=DAY).tech_training_flags == 1
    with tenant("south"):
        assert not KpiBreakdown.objects.exists()


def test_its_finding_names_the_domain_the_cost_and_the_slowest_tickets_but_nobody(struggling):
    (finding,) = Finding.objects.filter(kpi="tech_training")
    assert finding.identity == "training:1:3:Server"
    assert finding.title.startswith("Desk / Server: training would help, ")
    assert "Technician" not in finding.title
    assert (finding.technician, finding.board, finding.severity) == (1, 3, "high")
    assert finding.evidence["measures"]["handling"]["low"] > 1
    assert len(finding.evidence["ticket_ids"]) == len(MINUTES)
    minutes = {part.id: part.numerator for part in drilldown("tech_training", "handling_flag", DAY)}
    assert minutes[finding.evidence["ticket_ids"][0]] == 4 * max(MINUTES)


def test_what_is_behind_a_flag_are_the_tickets_of_the_pair(struggling):
    behind = drilldown("tech_training", "handling_flag", DAY, technician=1, board=3, segment="Server")
    assert [int(one.numerator) for one in behind] == [4 * minutes for minutes in MINUTES]
    assert drilldown("tech_training", "handling_flag", DAY, technician=1, board=3, segment="") == []


def test_findings_about_people_follow_the_privacy_mode(struggling):
    finding = Finding.objects.get(kpi="tech_training")
    assert evidence_shown(finding) == finding.evidence
    factories.settings(privacy_mode="pseudonymous")
    assert evidence_shown(finding).keys() == finding.evidence.keys() - {"ticket_ids"}
    compute(NOW + timedelta(hours=1), full=True)
    assert Finding.objects.get(kpi="tech_training").evidence["ticket_ids"] == []
    assert finding in open_findings()
    factories.settings(privacy_mode="own_only")
    assert finding not in open_findings()
    compute(NOW + timedelta(hours=2), full=True)
    assert Finding.objects.get(kpi="tech_training").status == Finding.Status.EXPIRED
    assert flags() == {(1, 3, "Server")}


def test_titles_speak_french_where_the_tenant_does(struggling):
    factories.settings(language="fr")
    compute(NOW, full=True)
    assert "formation" in Finding.objects.get(kpi="tech_training").title


def test_passing_on_counts_for_whoever_had_the_ticket_first(north):
    team(*range(1, 9))
    for ticket in handled(2, MINUTES):
        factories.time_entry(ticket, CLOSED - timedelta(hours=9), 5, member=1)
        factories.event(ticket, "team", "Desk", "Field", CLOSED - timedelta(hours=8))
    for ticket in handled(3, MINUTES):
        factories.event(ticket, "owner", "1", "2", CLOSED)  # a hand-over
        factories.event(ticket, "team", "", "Desk", CLOSED)  # the first team
        factories.event(ticket, "board", "1", "3", CLOSED - timedelta(hours=6))  # before anybody worked on it
    compute(NOW)
    escalated = KpiBreakdown.objects.filter(metric="escalated", kpi_date=CLOSED.date())
    assert dict(escalated.values_list("technician", "numerator")) == {1: 12, **dict.fromkeys(range(2, 9), 0)}
    assert flags("escalation_flag") == {(1, 3, "Printer")}
    assert (
        len(drilldown("tech_training", "escalation_flag", DAY, technician=1, board=3, segment="Printer"))
        == 24
    )


def test_with_few_tickets_nothing_is_said(north):
    team(*range(1, 6))
    factories.member(9)
    handled(9, [500, 500, 500, 500], type_name="Server")
    compute(NOW)
    assert flags() == set()
    assert KpiDaily.objects.get(kpi_date=DAY).tech_training_flags == 0
    with tenant("south"):
        factories.member(1)
        handled(1, MINUTES)
        compute(NOW)
        assert KpiDaily.objects.get(kpi_date=DAY).tech_training_flags is None


def test_strengths_and_weaknesses_are_stored_and_shown_on_the_own_page(struggling):
    cells = KpiBreakdown.objects.filter(kpi="tech_profile", kpi_date=DAY, metric__in=("strength", "weakness"))
    assert {(one.technician, one.metric, one.segment) for one in cells} == {
        (1, "strength", "Mail"),
        (1, "weakness", "Server"),
    }
    shown = picture(1, DAY - timedelta(days=89), DAY + timedelta(days=1))
    assert [share.domain for share in shown.strengths] == [(3, "Mail")]
    assert [share.domain for share in shown.weaknesses] == [(3, "Server")]
    total = 5.25 * sum(MINUTES)
    assert [(share.domain[1], share.time_percent) for share in shown.shares] == [
        ("Server", pytest.approx(100 * 4 * sum(MINUTES) / total, abs=0.01)),
        ("Printer", pytest.approx(100 * sum(MINUTES) / total, abs=0.01)),
        ("Mail", pytest.approx(100 * 0.25 * sum(MINUTES) / total, abs=0.01)),
    ]
    assert sum(share.ticket_percent or 0 for share in shown.shares) == pytest.approx(100)
    assert 1 < (shown.domains_in_effect or 0) < 3
    assert shown.comparison
    last_day, stored = shown.trend.days[-1]
    assert (last_day, stored["score"]) == (DAY, pytest.approx(shown.comparison.score, abs=20))
    assert stored["handling_low"] < stored["handling_ratio"] < stored["handling_high"]
    assert shown.left_out.reason == ""


def test_the_own_page_says_what_is_left_out_and_why(north):
    team(1, 2, 3)
    factories.member(4)
    handled(4, MINUTES[:3])
    (ticket,) = handled(4, [5])
    factories.time_entry(ticket, CLOSED, 100, member=1)
    factories.time_entry(None, CLOSED, 60, member=4)
    compute(NOW)
    shown = picture(4, DAY - timedelta(days=89), DAY + timedelta(days=1))
    assert shown.comparison is None
    assert (shown.left_out.judged, shown.left_out.tickets, shown.left_out.minutes) == (3, 1, 60)
    assert shown.left_out.reason == "Too few tickets: a comparison needs 10."
    nobody = picture(77, DAY, DAY + timedelta(days=1))
    assert (nobody.shares, nobody.domains_in_effect, nobody.trend.score_change) == ([], None, None)


def test_the_trend_sets_the_score_against_a_month_before(north):
    for back in range(0, 60, 6):
        for technician in (2, 3, 4):
            handled(technician, MINUTES[::2], CLOSED - timedelta(days=back))
        handled(1, (m * (1 if back > 30 else 3) for m in MINUTES[::2]), CLOSED - timedelta(days=back))
    for technician in (1, 2, 3, 4):
        factories.member(technician)
    compute(NOW)
    shown = picture(1, DAY - timedelta(days=29), DAY + timedelta(days=1))
    assert shown.comparison
    assert (shown.trend.score_change or 0) < -5
