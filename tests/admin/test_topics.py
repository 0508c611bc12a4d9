"""The pages on which managers look after topics: how they stand, and what a decision changes before it is taken."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from insights.models import TicketTopic, Topic
from insights.topics.assignment import assign
from insights.topics.bootstrap import bootstrap
from tenants.context import tenant
from tests.insights import makers
from tests.insights.corpus import Writer
from tests.insights.desk_of_topics import receive

TOPICS = "/admin/insights/topic/"


@pytest.fixture
def manager(sign_in):
    return sign_in("manager")


@pytest.fixture
def topics(both) -> dict[str, int]:
    """Two topics and a candidate in north, one in south."""
    now = timezone.now()
    with tenant("south"):
        makers.tickets(makers.topic("south-topic"), 3, now=now, days=20)
    with tenant("north"):
        reset = makers.topic("Password reset", name_fr="Mots de passe", terms=["#password", "reset"])
        made = makers.tickets(reset, 10, now=now, days=20, summary="<b>Reset</b> my password")
        reset.exemplars = [[one.source_id, one.external_id] for one in made[:3]]
        reset.save()
        toner = makers.topic("Toner")
        makers.tickets(toner, 4, now=now, days=20)
        makers.tickets(toner, 4, now=now, days=20, is_core=False)
        candidate = makers.topic("Badge", status="candidate")
        badges = makers.tickets(candidate, 9, now=now, days=20, is_core=False)
        TicketTopic.objects.filter(ticket_id__in=[b.external_id for b in badges]).update(similarity=0.8)
        return {topic.name_en: topic.id for topic in Topic.objects.all()}


def text_of(client, path: str, **query) -> str:
    answer = client.get(f"{TOPICS}{path}", query)
    assert answer.status_code == 200
    return answer.content.decode()


def status_of(topic: int) -> str:
    with tenant("north"):
        return Topic.objects.get(pk=topic).status


def test_topics_are_listed_by_their_tickets_with_hours_and_how_many_are_clearly_their_own(manager, topics):
    with CaptureQueriesContext(connection) as queries:
        answer = manager.get(TOPICS)
    rows = answer.context["cl"].result_list
    assert [(row.name_en, row.tickets, row.minutes, row.shown) for row in rows] == [
        ("Password reset", 10, 300, 10),
        ("Badge", 9, 270, 9),
        ("Toner", 4, 120, 8),
    ]
    text = answer.content.decode()
    assert "50 %" in text
    assert "south-topic" not in text
    assert len(queries) <= 25


def test_the_page_of_a_topic_tells_its_tickets_weeks_words_and_history(manager, topics):
    with CaptureQueriesContext(connection) as queries:
        text = text_of(manager, f"{topics['Password reset']}/change/")
    assert "&lt;b&gt;Reset&lt;/b&gt; my password" in text
    assert "<b>Reset" not in text
    assert text.count('class="dm-bar-new"') == 26
    assert "password, reset" in text
    assert len(queries) <= 25


def test_the_effect_is_shown_first_and_looking_at_it_changes_nothing(manager, topics):
    reset, toner = topics["Password reset"], topics["Toner"]
    for deed, query in (("merge", {"into": toner}), ("retire", {})):
        text = text_of(manager, f"{reset}/decide/{deed}/", **query)
        assert "10 tickets move." in text
        assert "5.0 hours booked on them move with them." in text
        assert "The figures of 10 days are computed again." in text
    assert "9 tickets move." in text_of(manager, f"{topics['Badge']}/decide/accept/")
    assert {status_of(reset), status_of(toner)} == {"active"}


def test_what_was_confirmed_is_done(manager, topics):
    reset, toner, badge = (topics[name] for name in ("Password reset", "Toner", "Badge"))
    manager.post(f"{TOPICS}{badge}/decide/accept/")
    assert status_of(badge) == "active"
    manager.post(f"{TOPICS}{badge}/decide/retire/")
    assert status_of(badge) == "retired"
    manager.post(f"{TOPICS}{badge}/decide/restore/")
    assert status_of(badge) == "active"
    manager.post(f"{TOPICS}{reset}/decide/merge/", {"into": toner})
    assert status_of(reset) == "merged"
    manager.post(f"{TOPICS}{toner}/decide/rename/", {"name_en": "Ink", "name_fr": "Encre"})
    text = text_of(manager, f"{toner}/change/")
    assert "Ink" in text
    assert "Merged into it:" in text
    assert "manager" in text


def test_a_decision_that_cannot_be_taken_is_answered_with_a_sentence(manager, topics):
    reset, toner = topics["Password reset"], topics["Toner"]
    with tenant("north"):
        makers.proposal(Topic.objects.get(pk=reset), status="in_progress", name="Self-service")
    page = text_of(manager, f"{reset}/decide/merge/", into=toner)
    assert "The project “Self-service” is being measured on this topic." in page
    assert "<button" not in page.split('class="dm-decision"')[1].split("</form>")[0]
    answer = manager.post(f"{TOPICS}{reset}/decide/merge/", {"into": toner}, follow=True)
    assert "is being measured on this topic" in answer.content.decode()
    answer = manager.post(f"{TOPICS}{toner}/decide/merge/", {"into": "99999999"}, follow=True)
    assert "Choose an active topic" in answer.content.decode()
    assert status_of(reset) == "active"


def test_a_part_is_chosen_looked_at_and_split_off(sign_in, both):
    now = timezone.now()
    with tenant("north"):
        receive(
            Writer(2, ["wifi", "vpn", "disk_alert", "backup_alert"]).tickets(
                300, now - timedelta(days=85), 84
            )
        )
        bootstrap(now)
        assign(now)
        before = Topic.objects.count()
        ids = list(Topic.objects.values_list("id", flat=True))
    manager = sign_in("manager")
    pages = [manager.get(f"{TOPICS}{topic}/decide/split/") for topic in ids]
    with_parts = next(page for page in pages if page.context["parts"])
    topic, part = with_parts.context["topic"], with_parts.context["parts"][0]
    assert "tickets move." in text_of(manager, f"{topic.pk}/decide/split/", part=part.key)
    manager.post(f"{TOPICS}{topic.pk}/decide/split/", {"part": part.key})
    with tenant("north"):
        assert Topic.objects.count() == before + 1
        assert Topic.objects.get(split_from=topic).status == "active"


def test_only_owners_and_managers_see_and_decide(sign_in, topics):
    path = f"{TOPICS}{topics['Toner']}/decide/retire/"
    assert sign_in("technician").get(TOPICS).status_code == 403
    assert sign_in("technician").post(path).status_code == 403
    assert sign_in("manager", "south").get(path).status_code == 404
    assert status_of(topics["Toner"]) == "active"
    sign_in("owner").post(path)
    assert status_of(topics["Toner"]) == "retired"


def test_the_pages_speak_french(manager, topics):
    manager.cookies["django_language"] = "fr"
    assert "Mots de passe" in text_of(manager, "")
    assert "10 tickets changent de sujet." in text_of(manager, f"{topics['Password reset']}/decide/retire/")
