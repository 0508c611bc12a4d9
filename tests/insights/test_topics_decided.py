"""Decisions about topics restate exactly the tickets that they move, and are refused while a project is measured."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from connectors.models import DirtyDay
from insights.models import ProjectBaseline, Proposal, TicketTopic, Topic, TopicEvent, TopicRegistry
from insights.topics import curation
from insights.topics.assignment import assign
from insights.topics.bootstrap import bootstrap
from insights.topics.effects import Effect, direct_tickets
from insights.topics.parts import effect_of_split, part_of, parts_of, split
from kpis.compute import compute
from tenants.context import tenant
from tests.insights import makers
from tests.insights.corpus import Writer
from tests.insights.desk_of_topics import decided, everything_decided, receive
from tests.insights.makers import NOW
from tests.kpis.snapshots import snapshot

Status = Topic.Status


@pytest.fixture
def user(north) -> User:
    return User.objects.create_user("mona")


@pytest.fixture
def reset(north) -> Topic:
    """Twelve tickets of half an hour on twelve days, beside a topic that nothing is done to, and another tenant's."""
    with tenant("south"):
        makers.tickets(makers.topic("Elsewhere"), 5, days=40)
    makers.tickets(makers.topic("Toner"), 6, days=60)
    topic = makers.topic("Password reset")
    makers.tickets(topic, 12, days=24)
    return topic


def counted(topic: Topic) -> int:
    return TicketTopic.objects.filter(topic__root=topic, is_core=True).count()


def marked_days() -> set[object]:
    return set(DirtyDay.objects.filter(reason=DirtyDay.Reason.TOPIC).values_list("day", flat=True))


def days_of(topic: Topic) -> set[object]:
    from connectors.models import RawTicket
    from tenants.models import TenantSettings

    ids = TicketTopic.objects.filter(topic=topic).values("ticket_id")
    zone = TenantSettings.load().zone
    opened = list(RawTicket.objects.filter(external_id__in=ids).values_list("opened_at", flat=True))
    moments = [*opened, *(moment + timedelta(minutes=30) for moment in opened)]
    return {moment.astimezone(zone).date() for moment in moments}


def assert_incremental_equals_full() -> None:
    compute(NOW)
    incremental = snapshot()
    assert compute(NOW, full=True).is_full
    assert snapshot() == incremental


def test_what_a_decision_moves_is_known_before_it_is_taken(reset):
    toner = Topic.objects.get(name_en="Toner")
    expected = Effect(days=12, tickets=12, minutes=360.0, proposals=(), refusal="")
    assert curation.effect_of_merge(reset, toner) == expected
    assert curation.effect_of_retire(reset) == expected
    assert curation.effect_of_merge(reset, toner).hours == 6


def test_a_merged_topic_is_an_alias_and_only_its_days_are_restated(reset, user):
    compute(NOW)
    toner = Topic.objects.get(name_en="Toner")
    curation.merge(reset, toner, user, NOW)
    reset.refresh_from_db()
    assert (reset.status, reset.root) == (Status.MERGED, toner)
    assert counted(toner) == 18
    assert marked_days() == days_of(reset)
    assert_incremental_equals_full()
    told = TopicEvent.objects.get(topic=reset)
    assert (told.kind, told.username, told.before, told.after) == (
        "merged",
        "mona",
        "Password reset",
        "Toner",
    )


def test_aliases_stay_flat_when_their_topic_is_merged_itself(reset, user):
    toner, third = Topic.objects.get(name_en="Toner"), makers.topic("Printing")
    curation.merge(reset, toner, user, NOW)
    curation.merge(toner, third, user, NOW)
    assert set(Topic.objects.values_list("root", flat=True)) == {third.id}
    with pytest.raises(ValidationError, match="only into another one that is active"):
        curation.merge(third, toner, user, NOW)


def test_a_retired_topic_counts_no_more_and_when_restored_as_before(reset, user):
    before = everything_decided()
    compute(NOW)
    curation.retire(reset, user, NOW)
    assert counted(reset) == 0
    assert marked_days() == days_of(reset)
    assert_incremental_equals_full()
    reset.refresh_from_db()
    assert curation.effect_of_restore(reset).tickets == 12
    curation.restore(reset, user, NOW)
    assert everything_decided() == before
    assert marked_days() == days_of(reset)
    assert_incremental_equals_full()


def test_a_merge_is_taken_back_by_restoring_the_alias(reset, user):
    toner = Topic.objects.get(name_en="Toner")
    curation.merge(reset, toner, user, NOW)
    reset.refresh_from_db()
    curation.restore(reset, user, NOW)
    assert (counted(reset), counted(toner)) == (12, 6)
    assert_incremental_equals_full()


def test_a_candidates_tickets_count_from_its_acceptance_on(reset, user):
    candidate = makers.topic("Badge", status=Status.CANDIDATE)
    makers.tickets(candidate, 9, days=18, is_core=False)
    TicketTopic.objects.filter(topic=candidate).update(similarity=0.8)
    compute(NOW)
    assert curation.effect_of_accept(candidate).tickets == 9
    curation.accept(candidate, user, NOW)
    assert counted(candidate) == 9
    assert marked_days() == days_of(candidate)
    assert_incremental_equals_full()
    with pytest.raises(ValidationError, match="look at it again"):
        curation.accept(candidate, user, NOW)


def test_a_candidate_can_be_merged_at_once_and_what_is_only_shown_never_counts(reset, user):
    candidate = makers.topic("Reset passwords", status=Status.CANDIDATE)
    own = makers.tickets(candidate, 5, days=10, is_core=False)
    makers.tickets(candidate, 4, days=10, is_core=False)
    TicketTopic.objects.filter(ticket_id__in=[each.external_id for each in own]).update(similarity=0.8)
    curation.merge(candidate, reset, user, NOW)
    assert counted(reset) == 17


@pytest.mark.parametrize("status", ["accepted", "in_progress", "done"])
def test_nothing_that_a_project_is_measured_on_is_changed(reset, user, status):
    makers.proposal(reset, status=status, name="Self-service for passwords")
    toner = Topic.objects.get(name_en="Toner")
    named = "“Self-service for passwords” is being measured"
    for deed in (
        lambda: curation.merge(reset, toner, user, NOW),
        lambda: curation.merge(toner, reset, user, NOW),
        lambda: curation.retire(reset, user, NOW),
    ):
        with pytest.raises(ValidationError, match=named):
            deed()
    assert named in curation.effect_of_merge(toner, reset).refusal
    assert set(Topic.objects.values_list("status", flat=True)) == {Status.ACTIVE}


def test_a_topic_that_a_project_is_compared_with_is_left_alone_too(reset, user):
    toner = Topic.objects.get(name_en="Toner")
    project = makers.proposal(reset, status="in_progress", name="Self-service")
    ProjectBaseline.objects.create(
        proposal=project,
        frozen_at=NOW,
        registry_version=1,
        since=NOW.date(),
        until=NOW.date(),
        design="topics",
        controls=[{"id": toner.id, "tickets": [], "hours": []}],
        tickets_per_week=1,
        hours_per_month=1,
        weeks_to_measure=8,
    )
    with pytest.raises(ValidationError, match="Self-service"):
        curation.merge(toner, makers.topic("Printing"), user, NOW)


def test_proposals_follow_their_topic_and_a_rejected_idea_stays_rejected(reset, user):
    toner = Topic.objects.get(name_en="Toner")
    before = NOW - timedelta(days=15)
    moved = makers.proposal(reset, archetype="user_training", now=before)
    rejected = makers.proposal(reset, status="rejected", now=before)
    standing = makers.proposal(toner, now=before)
    compute(NOW)
    curation.merge(reset, toner, user, NOW)
    for one in (moved, rejected, standing):
        one.refresh_from_db()
    assert (moved.topic, rejected.topic) == (toner, toner)
    assert (rejected.status, standing.status, standing.topic) == ("rejected", "withdrawn", reset)
    assert rejected.name in standing.status_reason
    assert Proposal.objects.filter(topic=toner, archetype=rejected.archetype).get() == rejected
    assert standing.events.filter(kind="moved", before="proposed", after="withdrawn").count() == 1
    assert_incremental_equals_full()
    reset.refresh_from_db()
    curation.restore(reset, user, NOW)
    assert_incremental_equals_full()


def test_a_name_given_by_a_person_is_kept_with_who_gave_it(reset, user):
    curation.rename(reset, " Resets ", "Réinitialisations", user, NOW)
    reset.refresh_from_db()
    assert (reset.name_en, reset.name_fr, reset.named_by) == ("Resets", "Réinitialisations", "person")
    assert TopicEvent.objects.get(topic=reset).after == "Resets / Réinitialisations"
    assert not DirtyDay.objects.filter(reason=DirtyDay.Reason.TOPIC).exists()
    with pytest.raises(ValidationError, match="both languages"):
        curation.rename(reset, "x" * 61, "y", user, NOW)


def test_a_part_is_split_off_with_its_tickets_of_the_past_and_takes_those_to_come(north, user):
    with tenant("south"):
        receive(Writer(4, ["vpn", "toner"]).tickets(220, NOW - timedelta(days=80), 80))
        bootstrap(NOW)
        assign(NOW)
        in_south = everything_decided()
    writer = Writer(2, ["wifi", "vpn", "disk_alert", "backup_alert", "excel_howto"])
    receive(writer.tickets(400, NOW - timedelta(days=85), 84))
    bootstrap(NOW)
    assign(NOW)
    whole = max(Topic.objects.all(), key=lambda topic: len(parts_of(topic, NOW)))
    compute(NOW)
    part = parts_of(whole, NOW)[0]
    expected = effect_of_split(whole, part_of(whole, part.key, NOW), NOW)
    had = set(direct_tickets(whole))
    before = decided()
    made = split(whole, part, user, NOW)
    after = decided()
    moved = {ticket for ticket, row in after.items() if row != before[ticket]}
    assert expected.tickets == len(moved) >= 5
    assert all(before[ticket][0] == whole.id and after[ticket] == (made.id, True) for ticket in moved)
    assert {ticket for _, ticket in had} > moved
    assert_incremental_equals_full()
    assert TopicRegistry.objects.count() == 2
    TicketTopic.objects.all().delete()
    assign(NOW)
    assert decided() == after
    with pytest.raises(ValidationError, match="choose the part again"):
        part_of(whole, "0" * 16, NOW)
    with tenant("south"):
        assert everything_decided() == in_south
