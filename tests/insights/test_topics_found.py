"""Topics are found in tickets of two languages, and every ticket gets its topic, again and again the same."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest
from django.db import transaction

from connectors.models import DirtyDay, RawTicket, RawTicketNote
from insights.models import TicketTopic, Topic
from insights.topics.assignment import Assigned, assign
from insights.topics.bootstrap import bootstrap
from insights.topics.clustering import coherence
from insights.topics.vectors import Prototype, Vocabulary, counted
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.insights.corpus import NONE, Said, Writer
from tests.insights.corpus_words import ALERTS, PROBLEMS
from tests.insights.desk_of_topics import decided, everything_decided, receive, reword

NOW = at("2026-06-01 09:00")
FEW = ["toner", "vpn", "mfa", "password", "wifi", "onboarding", "disk_alert", "excel_howto"]
IN_SOUTH = 220


@dataclass(frozen=True)
class Desk:
    """Ninety days to learn from, and some weeks before them."""

    said: list[Said]
    learned_from: int
    earlier: int

    @classmethod
    def open(cls, learned_from: int, earlier: int, problems: Sequence[str]) -> "Desk":
        writer = Writer(1, problems)
        said = writer.tickets(earlier, NOW - timedelta(days=135), 44.9)
        said += writer.tickets(learned_from, NOW - timedelta(days=89.9), 89.8)
        receive(said)
        return cls(said, learned_from, earlier)


@pytest.fixture
def south_desk(db) -> None:
    with tenant("south"):
        receive(Writer(9, ["toner", "vpn", "mfa"]).tickets(IN_SOUTH, NOW - timedelta(days=80), 80))


@pytest.fixture
def north_desk(south_desk, north) -> Desk:
    return Desk.open(450, 60, FEW)


def share_found(truth: np.ndarray, topics: np.ndarray) -> float:
    """Of the problems, those for which one topic has most tickets and few others (F1 of 0.7)."""
    names = sorted(set(truth.tolist()) - {NONE})
    return sum(best_f1(truth == name, topics) >= 0.7 for name in names) / len(names)


def best_f1(own: np.ndarray, topics: np.ndarray) -> float:
    found = (topics == topic for topic in set(topics.tolist()) - {0})
    return max((2 * (own & same).sum() / (own.sum() + same.sum()) for same in found), default=0.0)


def test_problems_are_found_in_both_languages_at_once_and_noise_stays_out(south_desk, north):
    from sklearn.metrics import adjusted_rand_score  # type: ignore[import-untyped]

    desk = Desk.open(2_400, 900, [*PROBLEMS, *ALERTS])
    assert bootstrap(NOW) is not None
    assert assign(NOW) == Assigned(3_300, 0)
    rows = decided()
    truth = np.array([said.about for said in desk.said])
    topics = np.array([rows[10_001 + n][0] or 0 for n in range(len(truth))])
    is_core = np.array([rows[10_001 + n][1] for n in range(len(truth))])
    topics[~is_core] = 0
    unseen, real = np.arange(len(truth)) < desk.earlier, truth != NONE
    ari = adjusted_rand_score(truth[unseen & real & is_core], topics[unseen & real & is_core])
    found = share_found(truth[unseen], topics[unseen])
    noise = is_core[unseen & ~real].mean()
    shared = share_of_problems_whose_languages_meet(desk.said, topics)
    figures = f"ARI {ari:.2f}, found {found:.0%}, noise counted {noise:.1%}, core {is_core[real].mean():.0%}"
    sys.stdout.write(f"{figures}, English and French together {shared:.0%}\n")
    assert ari >= 0.75
    assert found >= 0.7
    assert noise <= 0.05
    assert is_core[real].mean() >= 0.7
    assert shared >= 0.75


def share_of_problems_whose_languages_meet(desk: list[Said], topics: np.ndarray) -> float:
    met = []
    for about in sorted({said.about for said in desk if not said.is_alert} - {NONE}):
        usual = [
            most_common(
                [
                    t
                    for said, t in zip(desk, topics, strict=True)
                    if (said.about, said.language) == (about, it)
                ]
            )
            for it in ("en", "fr")
        ]
        met.append(usual[0] == usual[1] != 0)
    return sum(met) / len(met)


def most_common(topics: list[int]) -> int:
    kept = [topic for topic in topics if topic]
    return max(set(kept), key=kept.count) if kept else 0


def test_the_same_tickets_at_the_same_moment_make_the_same_registry_to_the_byte(north_desk):
    with transaction.atomic():
        first = registry_learned()
        transaction.set_rollback(True)
    assert registry_learned() == first


def registry_learned() -> list[object]:
    registry = bootstrap(NOW)
    assert registry is not None
    topics = Topic.objects.values_list(
        "name_en", "name_fr", "terms", "prototype", "core_similarity", "soft_similarity", "exemplars"
    )
    assert len(topics) >= 8
    return [bytes(registry.vocabulary), [(*row[:3], bytes(row[3]), *row[4:]) for row in topics]]


def test_topics_are_learned_once_and_not_from_a_handful_of_tickets(north_desk):
    learned = bootstrap(NOW)
    assert bootstrap(NOW + timedelta(days=300)) == learned
    assert learned is not None
    assert learned.ticket_count == north_desk.learned_from
    with tenant("south"):
        RawTicket.objects.filter(pk__in=RawTicket.objects.values("pk")[150:]).delete()
        assert bootstrap(NOW) is None
        assert assign(NOW) == Assigned(0, 0)
        assert not TicketTopic.objects.exists()


def test_assigning_again_changes_nothing_and_one_tenant_does_not_see_the_other(north_desk):
    with tenant("south"):
        bootstrap(NOW)
        assign(NOW)
        in_south = everything_decided()
    bootstrap(NOW)
    assign(NOW)
    first = everything_decided()
    DirtyDay.objects.all().delete()
    assert assign(NOW) == Assigned(0, 0)
    assert not DirtyDay.objects.exists()
    TicketTopic.objects.all().delete()
    assign(NOW - timedelta(days=100))
    assign(NOW)
    assert everything_decided() == first
    with tenant("south"):
        assert everything_decided() == in_south
        assert len(in_south) == IN_SOUTH


def test_only_a_reworded_ticket_is_decided_anew_and_its_days_are_marked(north_desk):
    bootstrap(NOW)
    assign(NOW)
    before = decided()
    number = next(
        n for n, said in enumerate(north_desk.said) if said.about == "vpn" and before[10_001 + n][1]
    )
    toner = before[10_001 + next(n for n, said in enumerate(north_desk.said) if said.about == "toner")][0]
    ticket = RawTicket.objects.get(external_id=10_001 + number)
    DirtyDay.objects.all().delete()
    reword(ticket, "Toner is empty, please order toner cartridges", NOW)
    assert assign(NOW) == Assigned(1, 1)
    after = decided()
    assert after.pop(ticket.external_id) == (toner, True)
    assert after.items() <= before.items()
    local = ticket.opened_at.astimezone(factories.settings().zone).date()
    assert set(DirtyDay.objects.values_list("day", "reason")) == {(local, DirtyDay.Reason.TOPIC)}


def test_a_ticket_without_words_is_about_nothing(north_desk):
    bootstrap(NOW)
    factories.ticket(NOW - timedelta(hours=3), external_id=99, summary="")
    factories.ticket(NOW - timedelta(hours=2), external_id=98, summary="--- ??? \u200b")
    assign(NOW)
    rows = TicketTopic.objects.filter(ticket_id__in=[98, 99])
    assert list(rows.values_list("topic", "similarity", "is_core")) == [(None, 0.0, False)] * 2


def test_a_mail_that_arrives_after_its_ticket_counts(north_desk):
    bootstrap(NOW)
    ticket = factories.ticket(NOW - timedelta(hours=3), summary="Help please")
    assign(NOW)
    assert decided()[ticket.external_id] == (None, False)
    RawTicketNote.objects.create(
        source=ticket.source,
        external_id=77,
        row_hash=b"",
        ticket_id=ticket.external_id,
        is_internal=False,
        written_at=ticket.opened_at + timedelta(minutes=5),
        text="The vpn does not connect from home",
    )
    assign(NOW)
    topic, _ = decided()[ticket.external_id]
    assert "vpn" in Topic.objects.get(pk=topic).name_en.lower()


def test_names_are_words_of_the_tickets_in_each_language(north_desk):
    bootstrap(NOW)
    assign(NOW)
    rows = decided()
    numbers = [10_001 + n for n, said in enumerate(north_desk.said) if said.about == "toner"]
    topic = Topic.objects.get(pk=most_common([rows[number][0] or 0 for number in numbers]))
    assert "toner" in topic.name_en.lower()
    assert "toner" in topic.name_fr.lower()
    assert topic.named_by == "terms"
    assert topic.terms
    assert len(topic.exemplars) >= 8


def test_vectors_and_prototypes_come_back_from_their_bytes_as_they_were():
    counts = counted([["red", "door"], ["red", "roof"], []])
    vocabulary = Vocabulary.learned(counts)
    again = Vocabulary.unpacked(vocabulary.packed())
    assert (again.weights == vocabulary.weights).all()
    assert vocabulary.packed() == again.packed()
    unseen = again.vectors([["never", "seen"]])
    assert unseen.data.max() == pytest.approx(unseen.data.min())
    prototype = Prototype.of(vocabulary.weighted(counts)[:2])
    back = Prototype.unpacked(prototype.packed())
    assert (back.columns == prototype.columns).all()
    assert (back.weights == prototype.weights).all()


def test_a_handful_of_texts_that_have_nothing_in_common_is_no_group():
    vocabulary = Vocabulary.learned(counted([[word] for word in "abcdefgh"]))
    assert coherence(vocabulary.vectors([[word] for word in "abcdefgh"])) == pytest.approx(0)
    assert coherence(vocabulary.vectors([["a"]] * 8)) == pytest.approx(1)
