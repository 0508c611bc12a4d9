"""What a project is compared with: other clients with the same topic; failing these, other topics of its clients."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from insights.lookback import Before
from insights.models import ProjectBaseline, Proposal, Topic
from insights.weekly import Series, caps_of, series_of

Design = ProjectBaseline.Design
Controls = tuple[ProjectBaseline.Design, list[dict[str, Any]]]
FEWEST_CLIENTS = 3
FEWEST_TICKETS = 4  # in the weeks before, below which a control tells nothing
MOST_CLIENTS, MOST_TOPICS = 40, 12
WAITING = (Proposal.Status.PROPOSED, Proposal.Status.SNOOZED)
CHANGED = (
    Proposal.Status.ACCEPTED,
    Proposal.Status.IN_PROGRESS,
    Proposal.Status.DONE,
    Proposal.Status.MEASURED,
)


def controls_of(before: Before, treated: Sequence[int], now: datetime) -> Controls:
    taken = {*treated, *already_changed(before.topic)}
    others = [
        (company, series)
        for company, series in before.clients.items()
        if company not in taken and series.total >= FEWEST_TICKETS
    ]
    if len(others) >= FEWEST_CLIENTS:
        return Design.CLIENTS, _stored(_biggest(others, MOST_CLIENTS), before.cap_hours)
    topics = _other_topics(before, treated, now)
    return (Design.TOPICS, topics) if topics else (Design.NONE, [])


def _other_topics(before: Before, treated: Sequence[int], now: datetime) -> list[dict[str, Any]]:
    others = set(
        Topic.objects.filter(status=Topic.Status.ACTIVE)
        .exclude(pk=before.topic)
        .exclude(proposals__status__in=CHANGED)
        .values_list("pk", flat=True)
    )
    caps = caps_of(others, before.weeks, now)
    found: dict[int, Series] = {}
    for (topic, _company), series in series_of(others, before.weeks, now, caps, treated).items():
        found.setdefault(topic, Series.empty(before.weeks.number)).add(series)
    enough = [(topic, series) for topic, series in found.items() if series.total >= FEWEST_TICKETS]
    return [
        stored | {"cap_hours": round(caps.get(stored["id"], 0.0), 4)}
        for stored in _stored(_biggest(enough, MOST_TOPICS), 0.0)
    ]


def already_changed(topic: int) -> set[int]:
    """Clients where another project works on the same topic: they show no longer what happens without one."""
    frozen = ProjectBaseline.objects.filter(proposal__topic__root=topic, proposal__status__in=CHANGED)
    return {company for one in frozen for company in one.treated.get("companies", [])}


def proposed_for(proposal: Proposal, before: Before) -> set[int]:
    """Clients that get it unless they are chosen: not those with a project or a proposal of their own."""
    if proposal.company is not None:
        return {proposal.company}
    own = Proposal.objects.filter(
        topic__root=before.topic, company__isnull=False, rolled_into=None, status__in=WAITING
    )
    return set(before.clients) - set(own.values_list("company", flat=True)) - already_changed(before.topic)


def _biggest(series: Iterable[tuple[int, Series]], most: int) -> list[tuple[int, Series]]:
    return sorted(sorted(series, key=lambda one: (-one[1].total, one[0]))[:most])


def _stored(series: Iterable[tuple[int, Series]], cap_hours: float) -> list[dict[str, Any]]:
    return [
        {"id": key, "tickets": one.tickets, "hours": one.hours, "cap_hours": cap_hours} for key, one in series
    ]
