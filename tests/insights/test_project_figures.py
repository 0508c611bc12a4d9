"""KPI 06 and 10 by day: which proposals stood, what finished projects save, and what a manager is told of both."""

from datetime import date

import pytest

from connectors.models import DirtyDay
from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.models import Finding, KpiBreakdown, KpiDaily
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.snapshots import snapshot
from tests.kpis.topics_at_desk import measurement, proposal, proposal_event, topic

NOW = at("2026-03-20 15:00")


@pytest.fixture(autouse=True)
def desk(north) -> None:
    """Days since January, here and there."""
    for name in ("south", "north"):
        with tenant(name):
            factories.ticket("2026-01-10 14:00", company_id=12)
    with tenant("south"):
        proposal_event(proposal(topic().pk).pk, "2026-01-12", minutes=9999)
        compute(NOW)


def proposed(day: str) -> tuple[int | None, int | None]:
    row = KpiDaily.objects.get(kpi_date=day)
    return row.projects_proposed, row.projected_savings_minutes


def test_a_day_has_what_stood_at_its_end_by_the_last_thing_that_happened():
    idea, other = proposal(topic().pk), proposal(topic().pk, company=12)
    proposal_event(idea.pk, "2026-03-02")
    proposal_event(other.pk, "2026-03-03", minutes=100)
    proposal_event(idea.pk, "2026-03-04", "snoozed", happened_at=at("2026-03-04 15:00"))
    proposal_event(idea.pk, "2026-03-04", minutes=700, happened_at=at("2026-03-04 16:00"))
    proposal_event(other.pk, "2026-03-05", "rejected")
    compute(NOW)
    days = [proposed(f"2026-03-0{day}") for day in range(1, 7)]
    assert days == [(None, None), (1, 600), (2, 700), (2, 800), (1, 700), (1, 700)]
    (behind,) = drilldown("improvement_projects", "projects_proposed", date(2026, 3, 4), company=12)
    assert (behind.id, behind.thing) == (other.pk, "proposal")
    cells = KpiBreakdown.objects.filter(kpi_date="2026-03-04", metric="projected_savings_minutes")
    assert {(cell.company, cell.segment, int(cell.numerator)) for cell in cells} == {
        (None, str(idea.topic_id), 700),
        (12, str(other.topic_id), 100),
    }


def test_what_happens_changes_its_day_and_those_after_it_and_no_other():
    idea = proposal(topic().pk)
    proposal_event(idea.pk, "2026-03-02")
    compute(NOW)
    proposal_event(idea.pk, "2026-03-18", "accepted")
    DirtyDay.objects.create(day="2026-03-18", reason=DirtyDay.Reason.PROJECT)
    assert not compute(NOW).is_full
    assert [proposed(f"2026-03-{day}") for day in (17, 18, 20)] == [(1, 600), (0, 0), (0, 0)]
    incremental = snapshot()
    compute(NOW, full=True)
    assert snapshot() == incremental


def test_only_what_can_be_told_from_chance_is_saved_or_lost():
    verdicts = {"improved": "300", "worsened": "-40.5", "no_detectable_effect": "77", "too_early": None}
    for verdict, minutes in verdicts.items():
        done = proposal(topic().pk, status="done")
        measurement(done.pk, "2026-03-10", verdict, saved_minutes_per_month=minutes)
    compute(NOW)
    days = KpiDaily.objects.filter(kpi_date__gte="2026-03-09").order_by("kpi_date")
    assert [row.realised_savings_minutes for row in days[:2]] == [None, 259.5]


def waiting(minutes: int, since: str, **fields) -> int:
    idea = proposal(topic("Password resets").pk, **fields)
    proposal_event(idea.pk, "2026-01-11", "snoozed", minutes=minutes)
    proposal_event(idea.pk, since, minutes=minutes)
    proposal_event(idea.pk, "2026-03-19", minutes=minutes)
    return idea.pk


def test_a_proposal_worth_a_morning_a_month_that_waits_for_a_month_is_found():
    asked = factories.ticket()
    told = {"tickets": [[asked.source_id, asked.external_id]]}
    late = waiting(300, "2026-02-18", evidence=told)
    waiting(300, "2026-02-19")
    waiting(239, "2026-01-12")
    much = waiting(1200, "2026-01-12")
    compute(NOW)
    found = {one.identity: one for one in Finding.objects.filter(kpi="improvement_projects")}
    assert {name: one.severity for name, one in found.items()} == {
        f"waiting:{late}": "medium",
        f"waiting:{much}": "high",
    }
    one = found[f"waiting:{late}"]
    assert one.title == (
        "“Let users reset their passwords” waits for a decision since Feb. 18, 2026; it would save 5.0 hours a month"
    )
    assert (one.subject, one.minutes_at_stake, one.money_at_stake) == ("Password resets", 300, 225)
    assert one.evidence["ticket_ids"] == [asked.external_id]


@pytest.mark.parametrize(
    ("verdict", "is_final", "severity"),
    [
        ("improved", True, None),
        ("no_detectable_effect", False, None),
        ("underpowered", True, None),
        ("no_detectable_effect", True, "medium"),
        ("worsened", False, "high"),
    ],
)
def test_a_project_without_effect_or_worse_is_found(verdict, is_final, severity):
    done = proposal(topic().pk, company=12, status="measured")
    measurement(done.pk, "2026-03-01", "worsened", saved_minutes_per_month=-10)
    measurement(done.pk, "2026-03-10", verdict, is_final=is_final, saved_minutes_per_month=-60)
    compute(NOW)
    found = Finding.objects.filter(kpi="project_impact")
    assert list(found.values_list("identity", "severity", "company")) == (
        [(f"disappointing:{done.pk}", severity, 12)] if severity else []
    )
