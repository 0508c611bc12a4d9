"""Proposals from tickets: what is new, what is renewed, what goes, and what never comes back."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from connectors.models import DirtyDay, RawTicket
from insights import propose
from insights.models import Proposal, ProposalEvent, Topic, TopicLabel
from insights.roi import Forecast
from insights.standing import Proposed
from insights.tasks import propose_projects
from kpis.calendar import day_of
from tenants.context import tenant
from tests import factories
from tests.insights import makers
from tests.insights.makers import NOW
from tests.insights.proposing import (
    KIND,
    LATER,
    desk_problem,
    desk_with_others,
    forget_tickets,
    of_topic,
    only,
    say,
    standing,
)


def test_a_recurring_problem_is_proposed_with_words_numbers_and_evidence(north):
    topic = desk_problem()
    assert propose.propose(NOW) == Proposed(new=1)
    made = only()
    assert (made.scope, made.company, made.topic, made.archetype) == ("desk", None, topic, KIND)
    assert (made.status, made.source, made.confidence) == ("proposed", "heuristic", "medium")
    assert (
        made.trigger == "16 tickets in 30 days on 16 days, from 16 people"
        or "tickets in 30 days" in made.trigger
    )
    assert made.problem
    assert made.recommendation
    assert 1 <= len(made.steps) <= 6
    assert set(map(tuple, made.evidence["tickets"])) <= {
        (factories.connection().pk, id_) for id_ in of_topic(topic)
    }
    forecast = Forecast.from_json(made.forecast)
    assert forecast.hours_per_month == pytest.approx(60 * 0.5 / 16 * 30.4 / 7, abs=0.01)
    assert float(made.saved_minutes_per_month) == forecast.saved_minutes_per_month > 0
    assert float(made.net_value_p10) == forecast.net_value_p10
    event = made.events.get()
    assert (event.kind, event.after, event.happened_on) == ("proposed", "proposed", day_of(NOW))
    assert event.snapshot == {"evidence": made.evidence, "forecast": made.forecast}
    assert list(DirtyDay.objects.values_list("day", "reason")) == [(day_of(NOW), "project")]


def test_a_second_run_changes_nothing_and_marks_nothing(north):
    desk_problem()
    propose.propose(NOW)
    before = list(Proposal.objects.values())
    DirtyDay.objects.all().delete()
    assert propose.propose(NOW + timedelta(minutes=5)) == Proposed()
    assert list(Proposal.objects.values()) == before
    assert ProposalEvent.objects.count() == 1
    assert not DirtyDay.objects.exists()


def test_the_same_tickets_lead_to_the_same_proposals_in_every_tenant(north):
    desk_problem(summary="VPN drops every hour")
    propose.propose(NOW)
    here = only()
    with tenant("south"):
        assert not Proposal.objects.exists()
        factories.settings(time_zone="America/Toronto", language="en", currency="CAD")
        desk_problem(summary="VPN drops every hour")
        propose.propose(NOW)
        there = only()
    assert (there.forecast, there.net_value_p10, there.trigger) == (
        here.forecast,
        here.net_value_p10,
        here.trigger,
    )


def test_new_evidence_renews_a_proposal(north):
    topic = desk_problem()
    propose.propose(NOW)
    makers.tickets(topic, 12, days=10, now=LATER)
    assert propose.propose(LATER) == Proposed(refreshed=1)
    made = only()
    assert made.refreshed_at == LATER
    assert made.first_proposed_at == NOW
    assert [event.kind for event in made.events.all()] == ["proposed", "refreshed"]


def test_what_tickets_no_longer_support_is_withdrawn_and_may_come_back(north):
    topic = desk_problem()
    propose.propose(NOW)
    forget_tickets(topic)
    assert propose.propose(LATER) == Proposed(withdrawn=1)
    assert only().status == "withdrawn"
    RawTicket.objects.update(deleted_at=None)
    assert propose.propose(LATER) == Proposed(new=1)
    assert only().status == "proposed"
    assert [(event.before, event.after) for event in only().events.all()] == [
        ("", "proposed"),
        ("proposed", "withdrawn"),
        ("withdrawn", "proposed"),
    ]


def test_a_topic_without_a_kind_of_project_is_not_proposed(north, monkeypatch):
    desk_problem(summary="Birthday cake in the kitchen")
    assert propose.propose(NOW) == Proposed()
    say(monkeypatch, is_coherent=False)
    assert propose.propose(NOW) == Proposed()


def test_the_numbers_are_byte_identical_with_and_without_a_model(north, monkeypatch):
    desk_problem()
    propose.propose(NOW)
    by_rule = only()
    Proposal.objects.all().delete()
    say(monkeypatch, archetype=KIND, title="Words of a model", evidence=(), problem="Its own words.")
    propose.propose(NOW)
    by_model = only()
    assert (by_rule.source, by_model.source) == ("heuristic", "llm")
    assert by_rule.problem != by_model.problem
    numbers = ("forecast", "evidence", "saved_minutes_per_month", "net_value_p10", "beneficiary", "trigger")
    cited = ("tickets", "cited", "counter")
    for name in numbers:
        one, other = getattr(by_rule, name), getattr(by_model, name)
        if name == "evidence":
            one, other = ({k: v for k, v in its.items() if k not in cited} for its in (one, other))
        assert repr(one) == repr(other)


def test_a_client_that_stands_out_has_its_own_proposal_and_counts_only_there(north):
    topic = desk_with_others(clients=8, each=16)
    makers.tickets(topic, 60, company=3)
    propose.propose(NOW)
    assert set(standing()) == {("desk", None, topic.pk, KIND), ("client", 3, topic.pk, KIND)}
    tickets = {row.scope: row.evidence["all_tickets"] for row in Proposal.objects.all()}
    assert tickets == {"desk": sum(range(16, 24)) - 18, "client": 78}


def test_three_clients_with_the_same_idea_roll_up_into_one_and_may_part_again(north):
    topic = desk_with_others(clients=14, each=2)
    for company in (3, 4):
        makers.tickets(topic, 60, company=company)
    propose.propose(NOW)
    assert standing()["client", 3, topic.pk, KIND] == "proposed"
    last = makers.tickets(topic, 60, company=5)
    assert propose.propose(NOW).rolled_up == 3
    [desk] = Proposal.objects.filter(status="proposed")
    assert (desk.scope, desk.evidence["all_tickets"]) == ("desk", sum(range(2, 16)) + 180)
    assert sorted(part.company for part in desk.parts.all()) == [3, 4, 5]
    assert {part.status for part in desk.parts.all()} == {"withdrawn"}
    RawTicket.objects.filter(pk__in=[ticket.pk for ticket in last]).update(deleted_at=NOW)
    propose.propose(LATER)
    assert standing()["client", 3, topic.pk, KIND] == "proposed"
    assert not Proposal.objects.filter(status="proposed").exclude(rolled_into=None).exists()


def test_one_sender_of_45_tickets_is_no_project(north):
    topic = makers.topic()
    makers.tickets(topic, 45, requesters=1, days=25)
    assert propose.propose(NOW) == Proposed()
    assert not Proposal.objects.exists()


def test_proposals_are_ranked_by_what_is_nearly_sure_to_be_gained(north):
    desk_problem("Small", minutes=10)
    desk_problem("Large", minutes=300)
    propose.propose(NOW)
    first, second = Proposal.objects.all()
    assert first.net_value_p10 > second.net_value_p10
    assert first.forecast["hours_per_month"] > second.forecast["hours_per_month"]


def test_words_are_in_the_language_of_the_msp_and_amounts_in_its_costs(south):
    factories.settings(language="fr", loaded_hourly_cost=60, cashable_share=0.5)
    desk_problem(summary="Imprimante hors ligne")
    propose.propose(NOW)
    made = only()
    assert made.archetype == "printing_standard"
    assert made.trigger.endswith("personnes")
    assert made.name.startswith("Moins de modèles")
    inputs = Forecast.from_json(made.forecast).inputs
    assert (inputs.hourly_cost, inputs.cashable_share) == (60, 0.5)


def test_topics_known_by_their_words_get_a_name_and_labels_from_the_playbook(north):
    topic, second = desk_problem("pwd reset"), desk_problem("locked account")
    Topic.objects.filter(pk=second.pk).update(named_by="person")
    third = desk_problem("forgot")
    propose.propose(NOW)
    names = {one.pk: (one.name_en, one.named_by) for one in Topic.objects.all()}
    assert names[topic.pk] == ("Passwords and second factors", "playbook")
    assert names[second.pk] == ("locked account", "person")
    assert names[third.pk] == ("Passwords and second factors: forgot", "playbook")
    labels = TopicLabel.objects.filter(topic=topic).values_list("kind", "source", "value", "share")
    assert set(labels) == {
        ("training_need", "rule", "no", 0.0),
        ("root_cause", "rule", "missing_self_service", None),
        ("sales_signal", "rule", "none", None),
        ("category", "rule", "identity", None),
        ("archetype", "rule", KIND, 1.0),
    }
    assert [event.kind for event in topic.events.all()] == ["renamed"]


def test_topics_still_to_be_reviewed_or_retired_are_not_proposed(north):
    topic = desk_problem()
    for status in ("candidate", "retired"):
        Topic.objects.filter(pk=topic.pk).update(status=status)
        assert propose.propose(NOW) == Proposed()


def test_the_command_tells_each_tenant_and_a_rehearsal_keeps_nothing(north, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    desk_problem()
    said = StringIO()
    call_command("propose_projects", dry_run=True, stdout=said)
    assert "north: 1 new, 0 refreshed" in said.getvalue()
    assert "south: 0 new" in said.getvalue()
    with tenant("north"):
        assert not Proposal.objects.exists()
        assert not TopicLabel.objects.exists()
    call_command("propose_projects", tenant="north", stdout=said)
    with tenant("north"):
        assert only().status == "proposed"
    with tenant("south"):
        assert not Proposal.objects.exists()


def test_one_tenants_failure_does_not_stop_the_others(north, monkeypatch):
    proposing = iter([RuntimeError("no"), Proposed(new=2)])

    def fails_first(_now):
        if isinstance(outcome := next(proposing), Exception):
            raise outcome
        return outcome

    monkeypatch.setattr("insights.management.commands.propose_projects.propose", fails_first)
    said = StringIO()
    with pytest.raises(CommandError, match="Nothing was proposed for"):
        call_command("propose_projects", stdout=said)
    assert "failed; the log says why" in said.getvalue()
    assert "2 new" in said.getvalue()


def test_an_unknown_tenant_is_named(db):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("propose_projects", tenant="nowhere")


def test_the_task_proposes_within_its_tenant(north, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    desk_problem()
    propose_projects(schema="north")
    with tenant("north"):
        assert only().status == "proposed"
    with tenant("south"):
        assert not Proposal.objects.exists()
