"""Who says what a topic is about: the language model while one is connected, the playbook otherwise."""

import json
from datetime import timedelta

import pytest

from insights import propose
from insights.describing import ASK_AGAIN_AFTER, Describer, describe
from insights.models import ConnectedModel, LlmCall, PrivateWord, Proposal, Topic, TopicLabel
from tests import factories
from tests.insights import makers
from tests.insights.asked import model_at
from tests.insights.llm_server import LlmServer
from tests.insights.makers import NOW
from tests.insights.plausible_model import reply_to
from tests.insights.proposing import desk_problem, only

SOON, LATE = NOW + timedelta(days=7), NOW + ASK_AGAIN_AFTER + timedelta(days=1)


@pytest.fixture
def server():
    with LlmServer(write=reply_to) as running:
        yield running


@pytest.fixture
def topic(north, server) -> Topic:
    model_at(server.base_url)
    return desk_problem("printer", summary="Cannot print on the printer upstairs")


def labels(topic: Topic, source: str) -> dict[str, str]:
    return dict(TopicLabel.objects.filter(topic=topic, source=source).values_list("kind", "value"))


def test_the_model_describes_and_names_a_topic_and_the_rules_labels_stand_beside(topic, server):
    said = describe(topic, NOW)
    assert (said.source, said.archetype) == ("llm", "printing_standard")
    topic.refresh_from_db()
    assert (topic.name_en, topic.name_fr, topic.named_by) == (said.label_en, said.label_fr, "llm")
    by_model, by_rule = labels(topic, "llm"), labels(topic, "rule")
    assert by_model.keys() == by_rule.keys()
    assert by_model["archetype"] == by_rule["archetype"] == "printing_standard"
    assert TopicLabel.objects.filter(topic=topic, source="llm").first().call_id == said.call


def test_a_topic_is_asked_about_once_in_four_weeks_however_its_tickets_change(topic, server):
    first = describe(topic, NOW)
    asked = len(server.requests)
    makers.tickets(topic, 30, days=5, now=SOON, summary="Printer jams", company=1)
    again = describe(topic, SOON)
    assert len(server.requests) == asked
    assert (again.title, again.problem, again.call) == (first.title, first.problem, first.call)
    describe(topic, LATE)
    assert TopicLabel.objects.get(topic=topic, source="llm", kind="archetype").labelled_at == LATE


def test_what_the_model_said_stays_when_it_is_of_no_help_later(topic, server):
    first = describe(topic, NOW)
    server.write = lambda _: "no"
    later = describe(topic, LATE)
    assert (later.source, later.title) == ("llm", first.title)


def test_what_has_become_private_since_is_not_shown_again(topic, server):
    said = describe(topic, NOW)
    word = max(said.problem.split(), key=len).strip(".,")
    PrivateWord.objects.create(kind="word", text=word)
    assert describe(topic, SOON).source == "heuristic"


def test_a_model_that_says_nothing_usable_leaves_the_topic_to_the_playbook(topic, server):
    server.write = lambda _: "no"
    said = describe(topic, NOW)
    assert (said.source, said.archetype) == ("heuristic", "printing_standard")
    assert labels(topic, "llm") == {}


def test_a_rehearsal_asks_nobody(topic, server):
    assert Describer(NOW, may_ask=False).describe(topic).source == "heuristic"
    assert server.requests == []


def test_without_a_connected_model_the_playbook_speaks(topic, server):
    describe(topic, NOW)
    ConnectedModel.objects.update(is_enabled=False)
    assert describe(topic, SOON).source == "heuristic"


def test_numbers_are_the_same_to_the_byte_with_and_without_the_model(topic, server):
    propose.propose(NOW)
    by_model = only()
    Proposal.objects.all().delete()
    ConnectedModel.objects.all().delete()
    propose.propose(NOW)
    by_rule = only()
    assert (by_model.source, by_rule.source) == ("llm", "heuristic")
    assert json.dumps(by_model.forecast) == json.dumps(by_rule.forecast)
    assert by_model.net_value_p10 == by_rule.net_value_p10
    assert by_model.saved_minutes_per_month == by_rule.saved_minutes_per_month
    assert by_model.evidence["cited"] != []


def test_the_tickets_that_a_model_cited_stay_with_the_proposal(topic, server):
    propose.propose(NOW)
    cited = only().evidence["cited"]
    assert cited
    propose.propose(SOON)
    assert only().evidence["cited"] == cited
    assert LlmCall.objects.count() == 1


def test_another_language_of_the_msp_is_asked_for_anew(topic, server):
    describe(topic, NOW)
    asked = len(server.requests)
    factories.settings(language="fr")
    describe(topic, SOON)
    assert len(server.requests) > asked
