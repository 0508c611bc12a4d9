"""What people decided about proposals holds: nothing rejected comes back, nothing accepted is touched."""

from datetime import timedelta

import pytest

from insights import propose, workflow
from insights.models import Proposal, Topic
from insights.standing import Proposed
from kpis.calendar import day_of
from tests.insights import makers
from tests.insights.makers import NOW
from tests.insights.proposing import KIND, LATER, desk_problem, forget_tickets, only, say, standing


@pytest.mark.parametrize("status", ["accepted", "in_progress", "done", "measured", "rejected"])
def test_what_people_decided_is_left_as_it_is(north, status):
    topic = desk_problem()
    propose.propose(NOW)
    Proposal.objects.update(status=status)
    before = list(Proposal.objects.values())
    makers.tickets(topic, 30, days=10)
    assert propose.propose(LATER) == Proposed()
    forget_tickets(topic)
    assert propose.propose(LATER) == Proposed()
    assert list(Proposal.objects.values()) == before


def test_what_was_put_off_wakes_on_its_day(north):
    desk_problem(number=120)
    propose.propose(NOW)
    workflow.snooze(only(), None, NOW, day_of(NOW) + timedelta(days=3))
    assert propose.propose(NOW + timedelta(days=2)) == Proposed()
    assert only().status == "snoozed"
    done = propose.propose(NOW + timedelta(days=3))
    assert (done.woken, done.withdrawn, only().status) == (1, 0, "proposed")
    assert only().snoozed_until is None


def test_a_rejected_idea_does_not_come_back_when_its_topic_becomes_an_alias(north):
    topic = desk_problem()
    propose.propose(NOW)
    workflow.reject(only(), None, NOW, "Too small")
    larger = desk_problem("Locked accounts")
    Topic.objects.filter(pk=topic.pk).update(root=larger, status="merged")
    assert propose.propose(LATER) == Proposed()
    assert list(standing().values()) == ["rejected"]


def test_a_rejected_idea_does_not_come_back_under_another_name(north):
    topic = desk_problem()
    propose.propose(NOW)
    workflow.reject(only(), None, NOW, "Too small")
    Topic.objects.filter(pk=topic.pk).update(
        name_en="Something else", name_fr="Autre chose", named_by="person"
    )
    assert propose.propose(LATER) == Proposed()


def test_another_kind_of_project_is_still_possible_after_a_rejection(north, monkeypatch):
    topic = desk_problem()
    propose.propose(NOW)
    workflow.reject(only(), None, NOW, "Too small")
    say(monkeypatch, archetype="user_training")
    propose.propose(LATER)
    assert standing() == {
        ("desk", None, topic.pk, KIND): "rejected",
        ("desk", None, topic.pk, "user_training"): "proposed",
    }


def test_a_project_of_no_kind_is_the_same_idea_whatever_its_title(north, monkeypatch):
    desk_problem()
    say(monkeypatch, archetype="other", title="Find the cause")
    propose.propose(NOW)
    workflow.reject(only(), None, NOW, "No")
    say(monkeypatch, archetype="other", title="Another way to say it")
    assert propose.propose(LATER) == Proposed()
