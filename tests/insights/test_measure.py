"""Finished projects are measured against what was frozen, every day until the day that was fixed."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from connectors.models import DirtyDay
from insights import workflow
from insights.measure import measure, measured
from insights.models import ProjectMeasurement, Proposal
from tenants.context import tenant
from tests import factories
from tests.insights import makers
from tests.insights.makers import NOW
from tests.insights.projects import CLIENTS, desk, finished, proposed, weekly

END = NOW + timedelta(days=14)


@pytest.fixture
def topic(north):
    topic = makers.topic()
    desk(topic)
    return topic


def later(weeks: float):
    return END + timedelta(days=1, weeks=weeks)


def afterwards(topic, treated: float, others: float = 10, weeks: int = 30) -> None:
    """How many tickets a week come once the project is done."""
    weekly(topic, {1: treated} | dict.fromkeys(CLIENTS[1:], others), now=later(weeks), weeks=weeks)


def judged(proposal: Proposal) -> ProjectMeasurement:
    measure(later(proposal.baseline.weeks_to_measure))
    return ProjectMeasurement.objects.get(is_final=True)


def test_a_project_that_worked_is_improved_by_what_it_took_away(topic):
    one = finished(proposed(topic))
    afterwards(topic, treated=4)
    result = judged(one)
    assert (result.verdict, Proposal.objects.get().status) == ("improved", "measured")
    assert result.ticket_reduction_low < 0.6 < result.ticket_reduction_high
    assert result.hour_reduction_low < 0.6 < result.hour_reduction_high
    saved_hours = one.baseline.hours_per_month * 0.6
    assert float(result.saved_minutes_per_month) / 60 == pytest.approx(saved_hours, rel=0.15)


def test_what_all_clients_have_is_no_effect(topic):
    one = finished(proposed(topic))
    afterwards(topic, treated=6, others=6)
    result = judged(one)
    assert result.verdict == "no_detectable_effect"
    assert abs(result.ticket_reduction) < 0.15


def test_a_project_that_made_it_worse_is_said_to_have(topic):
    one = finished(proposed(topic))
    afterwards(topic, treated=22)
    result = judged(one)
    assert result.verdict == "worsened"
    assert result.saved_minutes_per_month < 0
    assert result.roi_capacity < -1


def test_with_nothing_to_compare_with_nothing_is_credited_to_the_project(north):
    topic = makers.topic()
    weekly(topic, {1: 10})
    one = finished(proposed(topic))
    weekly(topic, {1: 3}, now=later(30), weeks=30)
    result = judged(one)
    assert (result.verdict, result.details["design"]) == ("underpowered", "none")
    assert result.ticket_reduction > 0.5


def test_other_topics_of_the_client_stand_in_for_other_clients(north):
    topic, others = makers.topic(), [makers.topic(name) for name in ("Printers", "VPN", "Wi-Fi")]
    for each in (topic, *others):
        weekly(each, {1: 10})
    one = finished(proposed(topic))
    weekly(topic, {1: 3}, now=later(30), weeks=30)
    for each in others:
        weekly(each, {1: 10}, now=later(30), weeks=30)
    result = judged(one)
    assert (result.verdict, result.details["design"]) == ("improved", "topics")
    assert len(result.details["controls"]) == 3


def test_until_the_day_that_was_fixed_it_is_too_early(topic):
    one = finished(proposed(topic))
    afterwards(topic, treated=1)
    measure(later(5))
    early = ProjectMeasurement.objects.get()
    assert (early.verdict, early.is_final, early.weeks_after) == ("too_early", False, 5)
    assert early.ticket_reduction > 0.7
    one.refresh_from_db()
    assert one.status == "done"


def test_before_the_first_week_is_over_there_is_no_number(topic):
    finished(proposed(topic))
    measure(later(0.3))
    early = ProjectMeasurement.objects.get()
    assert (early.verdict, early.weeks_after, early.ticket_reduction) == ("too_early", 0, None)


def test_once_more_on_the_same_day_nothing_is_added(topic):
    finished(proposed(topic))
    afterwards(topic, treated=4)
    first = measure(later(5))
    stored = ProjectMeasurement.objects.values().get()
    DirtyDay.objects.all().delete()
    again = measure(later(5) + timedelta(hours=2))
    assert ([one.is_new for one in first], [one.is_new for one in again]) == ([True], [False])
    assert ProjectMeasurement.objects.values().get() == stored
    assert not DirtyDay.objects.exists()


def test_what_comes_out_differently_on_the_same_day_replaces_it(topic):
    finished(proposed(topic))
    afterwards(topic, treated=4)
    measure(later(5))
    before = ProjectMeasurement.objects.get().ticket_reduction
    makers.tickets(topic, 20, now=later(4), days=20)
    DirtyDay.objects.all().delete()
    assert measure(later(5))[0].is_new
    assert ProjectMeasurement.objects.get().ticket_reduction < before
    assert DirtyDay.objects.get().day == date(2026, 7, 21)


def test_a_day_later_there_is_another_one_and_after_the_final_none(topic):
    one = finished(proposed(topic))
    afterwards(topic, treated=4)
    measure(later(5))
    measure(later(5) + timedelta(days=1))
    assert ProjectMeasurement.objects.count() == 2
    judged(one)
    assert measure(later(29)) == []
    assert ProjectMeasurement.objects.count() == 3
    event = one.events.last()
    assert (event.kind, event.before, event.after) == ("measured", "done", "measured")
    assert event.snapshot["measurement"]["verdict"] == "improved"


def test_a_final_one_that_comes_late_looks_no_further_than_the_day_that_was_fixed(topic):
    one = finished(proposed(topic))
    weeks = one.baseline.weeks_to_measure
    afterwards(topic, treated=4, weeks=weeks)
    makers.tickets(topic, 500, now=later(weeks + 4), days=27)  # what comes after it
    measure(later(weeks + 5))
    result = ProjectMeasurement.objects.get()
    assert (result.is_final, result.weeks_after, result.verdict) == (True, weeks, "improved")


def test_the_weeks_of_the_work_itself_count_neither_way(topic):
    one = finished(proposed(topic), days=42)
    end = NOW + timedelta(days=42)
    makers.tickets(topic, 400, now=end, days=41)  # while it was being done
    afterwards_until = end + timedelta(days=1, weeks=30)
    weekly(topic, dict.fromkeys(CLIENTS, 10), now=afterwards_until, weeks=30)
    measure(end + timedelta(days=1, weeks=one.baseline.weeks_to_measure))
    result = ProjectMeasurement.objects.get()
    assert result.verdict == "no_detectable_effect"
    assert abs(result.ticket_reduction) < 0.15


def test_a_spike_before_it_is_not_saved_by_a_project_that_did_nothing(north):
    topic = makers.topic()
    desk(topic, per_week=3)
    makers.tickets(topic, 20, days=21, company=1)  # the weeks that made somebody propose it
    one = finished(proposed(topic))
    afterwards(topic, treated=3, others=3)
    assert judged(one).verdict != "improved"


def test_a_control_that_gets_the_project_meanwhile_is_left_out(topic):
    finished(proposed(topic))
    other = proposed(topic, company=2)
    workflow.accept(other, None, END)
    workflow.start(other, None, END)
    afterwards(topic, treated=4)
    measure(later(5))
    details = ProjectMeasurement.objects.get(proposal__company=1).details
    assert (details["left_out"], [one["id"] for one in details["controls"]]) == ([2], [3, 4, 5])


def test_work_and_support_are_its_cost(topic):
    one = finished(proposed(topic))
    Proposal.objects.update(actual_hours=None, actual_cost=None)
    work = factories.ticket(NOW, record_type="ProjectTicket")
    factories.time_entry(work, NOW, minutes=600)
    factories.time_entry(work, later(2), minutes=60)
    workflow.plan(Proposal.objects.get(), None, END, project_ticket_id=work.external_id)
    afterwards(topic, treated=4)
    result = judged(one)
    spent = result.details["spent"]
    assert (spent["hours"], spent["cost"]) == (10.0, 450.0)
    assert 0 < spent["support_hours_per_month"] <= 1
    saved = float(result.saved_minutes_per_month) / 60 * 45
    assert result.roi_capacity == pytest.approx(
        ((saved - spent["running_cost_per_month"]) * 12 - 450) / 450, abs=0.01
    )
    assert result.roi_cash < result.roi_capacity


def test_what_is_not_stored_can_be_asked_for(topic):
    finished(proposed(topic))
    afterwards(topic, treated=4)
    [shown] = measured(later(5))
    assert shown.ticket_reduction > 0.4
    assert not ProjectMeasurement.objects.exists()


def test_the_past_can_be_replayed(topic):
    finished(proposed(topic))
    afterwards(topic, treated=4)
    measure(later(5))
    then = ProjectMeasurement.objects.values("ticket_reduction", "details").get()
    ProjectMeasurement.objects.all().delete()
    makers.tickets(topic, 50, now=later(9), days=20)
    measure(later(5))
    assert ProjectMeasurement.objects.values("ticket_reduction", "details").get() == then


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("measure_projects", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_has_a_line_for_each_project_and_one_for_all(topic):
    finished(proposed(topic), now=NOW - timedelta(days=400))
    with tenant("south"):
        makers.topic()
    assert "north: Project about Password resets: " in run("--dry-run")
    assert not ProjectMeasurement.objects.exists()
    text = run()
    assert "final" in text
    assert "2 tenants, 1 projects measured, 0 failed" in text
    assert "1 tenants, 0 projects measured" in run("--tenant", "south")
    assert ProjectMeasurement.objects.filter(is_final=True).count() == 1


def test_an_unknown_tenant_is_named(db):
    with pytest.raises(CommandError, match="nowhere"):
        run("--tenant", "nowhere")


def test_one_tenants_failure_does_not_stop_the_others(topic, monkeypatch):
    def fail(_now):
        if Proposal.objects.exists():
            raise RuntimeError
        return []

    proposed(topic)
    monkeypatch.setattr("insights.management.commands.measure_projects.measure", fail)
    with pytest.raises(CommandError, match="not measured for: north"):
        run()
