"""What people may do with improvement projects, and that each step is told."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from connectors.models import DirtyDay
from insights import workflow
from insights.models import ProjectBaseline, Proposal, ProposalEvent
from tenants.context import tenant
from tenants.roles import Role, assign
from tests import factories
from tests.insights import makers
from tests.insights.committed import committed
from tests.insights.makers import NOW
from tests.insights.projects import accepted, desk, manager, proposed, stage

TODAY = date(2026, 6, 1)
STATUSES = [str(status) for status in Proposal.Status]
STEPS = {
    "accept": lambda one, user: workflow.accept(one, user, NOW),
    "start": lambda one, user: workflow.start(one, user, NOW),
    "finish": lambda one, user: workflow.finish(one, user, NOW, TODAY),
    "reject": lambda one, user: workflow.reject(one, user, NOW, "not worth it"),
    "snooze": lambda one, user: workflow.snooze(one, user, NOW, TODAY + timedelta(days=9)),
    "reopen": lambda one, user: workflow.reopen(one, user, NOW),
}
# Step → from where it may be taken, and where it leads.
ALLOWED = {
    "accept": ({"proposed", "snoozed"}, "accepted"),
    "start": ({"accepted"}, "in_progress"),
    "finish": ({"in_progress", "done"}, "done"),
    "reject": ({"proposed", "snoozed", "accepted", "in_progress"}, "rejected"),
    "snooze": ({"proposed", "snoozed"}, "snoozed"),
    "reopen": ({"rejected", "snoozed"}, "proposed"),
}


@pytest.fixture
def topic(north):
    topic = makers.topic()
    desk(topic, per_week=1)
    return topic


@pytest.fixture
def user(north):
    return manager()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", STATUSES)
def test_every_step_is_taken_from_where_it_may_and_nowhere_else(topic, user, status, step):
    one = stage(topic, status, user)
    events = one.events.count()
    may_start, leads_to = ALLOWED[step]
    if status in may_start:
        STEPS[step](one, user)
        event = one.events.last()
        assert (one.status, event.before, event.after) == (leads_to, status, leads_to)
        assert event.snapshot["forecast"] == one.forecast
        assert (event.happened_on, event.username) == (TODAY, "morgan")
    else:
        with pytest.raises(ValidationError) as refused:
            STEPS[step](one, user)
        assert " ".join(refused.value.messages).endswith(".")
        assert (Proposal.objects.get().status, one.events.count()) == (status, events)


def test_a_step_marks_the_local_day_and_a_refused_one_does_not(topic, user):
    one = proposed(topic)
    DirtyDay.objects.all().delete()
    with pytest.raises(ValidationError):
        workflow.start(one, user, NOW)
    assert not DirtyDay.objects.exists()
    workflow.reject(one, user, factories.at("2026-06-02 02:00"), "no")  # still June 1 in Toronto
    assert list(DirtyDay.objects.values_list("day", "reason")) == [(TODAY, "project")]


def test_a_part_of_a_project_for_several_clients_is_not_accepted_alone(topic, user):
    whole = makers.proposal(topic, forecast={})
    part = proposed(topic, rolled_into=whole)
    with pytest.raises(ValidationError, match="part of a project for several clients"):
        workflow.accept(part, user, NOW)


def test_acceptance_keeps_the_plan_and_says_what_was_frozen(topic, user):
    one = proposed(topic)
    workflow.accept(
        one, user, NOW, owner=user, planned_start=TODAY, planned_end=TODAY, planned_cost=Decimal(900)
    )
    assert (one.owner, one.planned_end, one.planned_cost) == (user, TODAY, Decimal(900))
    told = one.events.last().snapshot["baseline"]
    assert (told["until"], told["treated"]["companies"]) == ("2026-06-01", [1])
    assert told["weeks_to_measure"] == ProjectBaseline.objects.get().weeks_to_measure


@pytest.mark.parametrize(
    ("planned", "sentence"),
    [
        ({"planned_start": TODAY, "planned_end": TODAY - timedelta(days=1)}, "before the planned start"),
        ({"planned_cost": Decimal(-1)}, "cannot be negative"),
        ({"actual_hours": Decimal(-1)}, "cannot be negative"),
        ({"project_ticket_id": 999_999_999}, "no ticket 999999999"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_a_sentence(topic, user, planned, sentence):
    one = proposed(topic)
    with pytest.raises(ValidationError, match=sentence):
        workflow.plan(one, user, NOW, **planned)
    assert one.events.count() == 1


def test_nobody_owns_a_project_who_may_not_see_it(topic, user):
    ada = manager("ada")
    assign(ada, Role.TECHNICIAN)
    with pytest.raises(ValidationError, match="who may see projects"):
        workflow.plan(proposed(topic), user, NOW, owner=ada)


def test_a_plan_is_told_with_what_it_changed_and_only_then(topic, user):
    one = proposed(topic)
    workflow.plan(one, user, NOW, owner=user, planned_cost=Decimal(12))
    workflow.plan(one, user, NOW, owner=user, planned_cost=Decimal("12.00"))
    told = [event for event in one.events.all() if event.kind == "planned"]
    assert [event.snapshot["changed"] for event in told] == [
        {"owner": ["", "morgan"], "planned_cost": ["", "12.00"]}
    ]
    assert told[0].after == "proposed"


def test_a_project_cannot_have_started_before_its_acceptance(topic, user):
    one = accepted(proposed(topic), user)
    with pytest.raises(ValidationError, match="cannot start before it was accepted"):
        workflow.start(one, user, NOW, TODAY - timedelta(days=1))


@pytest.mark.parametrize(("ahead", "sentence"), [(1, "not in the future"), (-1, "before it started")])
def test_an_end_lies_between_the_start_and_today(topic, user, ahead, sentence):
    one = stage(topic, "in_progress", user)
    with pytest.raises(ValidationError, match=sentence):
        workflow.finish(one, user, NOW, TODAY + timedelta(days=ahead))


def test_the_end_fixes_the_measuring_day_and_may_be_corrected(topic, user):
    one = stage(topic, "in_progress", user)
    later = NOW + timedelta(days=20)
    workflow.finish(one, user, later, TODAY + timedelta(days=20), actual_cost=Decimal(500))
    weeks = timedelta(weeks=one.baseline.weeks_to_measure)
    assert ProjectBaseline.objects.get().measure_on == TODAY + timedelta(days=21) + weeks
    workflow.finish(one, user, later, TODAY + timedelta(days=10))
    assert ProjectBaseline.objects.get().measure_on == TODAY + timedelta(days=11) + weeks
    assert one.actual_cost == Decimal(500)


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_rejected_without_a_reason(topic, user, reason):
    with pytest.raises(ValidationError, match="Say why"):
        workflow.reject(proposed(topic), user, NOW, reason)


def test_a_rejection_keeps_reason_and_note_until_somebody_reopens_it(topic, user):
    one = proposed(topic)
    workflow.reject(one, user, NOW, "too dear", "ask again in a year")
    assert one.status_reason == "too dear: ask again in a year"
    workflow.reopen(one, user, NOW, "a year has gone")
    assert (one.status_reason, one.events.last().text) == ("", "a year has gone")


@pytest.mark.parametrize("until", [None, TODAY, TODAY - timedelta(days=1)])
def test_nothing_is_put_off_until_the_past(topic, user, until):
    with pytest.raises(ValidationError, match="a day to come"):
        workflow.snooze(proposed(topic), user, NOW, until)


def test_a_comment_changes_nothing_but_is_told(topic, user):
    one = proposed(topic)
    workflow.comment(one, user, NOW, " Ask <b>them</b> first ")
    event = one.events.last()
    assert (event.kind, event.text, event.after) == ("commented", "Ask <b>them</b> first", "proposed")
    with pytest.raises(ValidationError, match="Write something"):
        workflow.comment(one, user, NOW, "  ")


def test_whoever_decides_on_what_they_no_longer_see_is_told_so(topic, user):
    seen = proposed(topic)
    workflow.accept(Proposal.objects.get(), manager("ada"), NOW)
    with pytest.raises(ValidationError, match=r"Meanwhile ada has moved .* it is accepted"):
        workflow.reject(seen, user, NOW, "no")
    assert Proposal.objects.get().status == "accepted"


def test_a_step_counts_as_seen_once_and_measuring_needs_nobody_to_have_seen_it(topic, user):
    one = stage(topic, "done", user)
    seen = Proposal.objects.get()
    workflow.plan(one, user, NOW, actual_cost=Decimal(700))
    assert one.version == seen.version + 1
    with pytest.raises(ValidationError, match="Meanwhile morgan has changed the plan"):
        workflow.finish(seen, user, NOW, TODAY)
    workflow.mark_measured(seen, NOW, {})
    assert Proposal.objects.get().status == "measured"


def test_accepting_anew_freezes_anew_and_the_earlier_one_stays_told(topic, user):
    one = accepted(proposed(topic), user)
    workflow.reject(one, user, NOW, "no time")
    workflow.reopen(one, user, NOW)
    later = NOW + timedelta(days=60)
    workflow.accept(one, user, later)
    assert ProjectBaseline.objects.get().until == date(2026, 7, 31)
    told = ProposalEvent.objects.filter(after="accepted").values_list("snapshot__baseline__until", flat=True)
    assert list(told) == ["2026-06-01", "2026-07-31"]


def test_the_other_tenant_notices_nothing(topic, user):
    accepted(proposed(topic), user)
    with tenant("south"):
        assert not Proposal.objects.exists()
        assert not DirtyDay.objects.exists()


def test_of_two_who_accept_at_once_one_does_and_the_other_gets_a_sentence(db):
    committed(two_accept_at_once)


def two_accept_at_once() -> None:
    topic = makers.topic()
    desk(topic, per_week=1)
    proposed(topic)
    outcomes = at_once([manager("ada"), manager("ben")])
    assert "accepted" in outcomes
    assert any("has moved" in outcome for outcome in outcomes)
    assert ProposalEvent.objects.filter(after="accepted").count() == 1
    assert ProjectBaseline.objects.count() == 1


def at_once(users) -> list[str]:
    """What becomes of an acceptance by each of them, all having seen the same."""
    together, outcomes = threading.Barrier(len(users)), []

    def decide(user) -> None:
        try:
            with tenant("north"):
                outcomes.append(outcome_of(Proposal.objects.get(), user, together))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def outcome_of(seen, user, together) -> str:
    together.wait(timeout=30)
    try:
        workflow.accept(seen, user, NOW)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return "accepted"
