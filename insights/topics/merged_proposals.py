"""Proposals follow their topic into the one it is merged with; an idea that was rejected for either stays rejected."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from connectors.models import DirtyDay
from insights.models import Proposal, ProposalEvent, Topic
from insights.workflow import tell
from kpis.calendar import day_of, days_between

Status = Proposal.Status
# Of the same idea for both topics, the one that got further stands for both.
STANDING: dict[str, int] = {
    Status.WITHDRAWN: 0,
    Status.PROPOSED: 1,
    Status.SNOOZED: 2,
    Status.MEASURED: 3,
    Status.REJECTED: 4,
}
UNDECIDED = (Status.PROPOSED, Status.SNOOZED, Status.WITHDRAWN)


def hand_over(topic: Topic, into: Topic, user: User | None, now: datetime) -> None:
    """None of them is being measured: the merge would have been refused."""
    for moving in Proposal.objects.select_for_update().filter(topic=topic):
        of_same_idea = {"scope": moving.scope, "company": moving.company, "archetype": moving.archetype}
        standing = Proposal.objects.select_for_update().filter(topic=into, **of_same_idea).first()
        if standing is None:
            Proposal.objects.filter(pk=moving.pk).update(topic=into)
        elif STANDING.get(moving.status, 0) > STANDING.get(standing.status, 0):
            _exchange(moving, standing)
            _withdraw(standing, moving, user, now)
        else:
            _withdraw(moving, standing, user, now)


def mark_days(proposals: QuerySet[Proposal], now: datetime) -> None:
    """Each day shows what stood then by topic: when a topic counts with another one, those days do too."""
    since = proposals.aggregate(first=Min("events__happened_on"))["first"]
    if since is not None:
        today = day_of(now)
        days = days_between(since, today + timedelta(days=1))
        DirtyDay.objects.bulk_create(DirtyDay(day=day, reason=DirtyDay.Reason.PROJECT) for day in days)


def _exchange(one: Proposal, other: Proposal) -> None:
    """By way of a topic that none has: the constraint looks at each row as it is written."""
    topics = one.topic_id, other.topic_id
    Proposal.objects.filter(pk=other.pk).update(archetype=f"{other.archetype}*"[:40])
    Proposal.objects.filter(pk=one.pk).update(topic=topics[1])
    Proposal.objects.filter(pk=other.pk).update(topic=topics[0], archetype=other.archetype)
    one.topic_id, other.topic_id = topics[1], topics[0]


def _withdraw(proposal: Proposal, standing: Proposal, user: User | None, now: datetime) -> None:
    """It stays with the alias, for its history; what was measured stays measured."""
    if proposal.status not in UNDECIDED:
        return
    before, proposal.status = proposal.status, Status.WITHDRAWN
    proposal.version += 1
    proposal.status_reason = _("Its topic was merged: “%s” stands for it.") % standing.name
    proposal.save(update_fields=["status", "status_reason", "version"])
    tell(proposal, ProposalEvent.Kind.MOVED, user, now, before=before, text=proposal.status_reason)
