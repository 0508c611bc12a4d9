"""What the page of a topic tells: its tickets, its weeks, whose words it speaks, and what happened to it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from connectors.admin.lists import name_of
from connectors.models import RawCompany, RawTicket
from insights.models import Proposal, Topic
from insights.topics.review import resembled
from insights.topics.standing import weekly
from kpis.drawing import HEIGHT, WIDTH, Bar


@dataclass(frozen=True)
class Week:
    starts_on: date
    tickets: int
    bar: Bar


@dataclass(frozen=True)
class Weeks:
    """Bars in the drawing that kpis.drawing describes."""

    weeks: list[Week]
    top: int
    width: int

    @property
    def labels(self) -> list[date]:
        return [self.weeks[at].starts_on for at in (0, len(self.weeks) // 2, -1)]


def story(topic: Topic, now: datetime) -> dict[str, Any]:
    is_candidate = topic.status == Topic.Status.CANDIDATE
    return {
        "weeks": weeks(topic, now),
        "exemplars": exemplars(topic),
        "aliases": Topic.objects.filter(root=topic).exclude(pk=topic.pk),
        "parts": Topic.objects.filter(split_from=topic),
        "resembled": resembled(topic) if is_candidate else None,
        "others": Topic.objects.filter(status=Topic.Status.ACTIVE).exclude(pk=topic.pk).order_by("name_en"),
        "proposals": Proposal.objects.filter(topic=topic).exclude(status=Proposal.Status.WITHDRAWN),
        "events": topic.events.select_related("user").order_by("-happened_at", "-id"),
    }


def weeks(topic: Topic, now: datetime) -> Weeks:
    counted = weekly(topic, now)
    top = max(1, *(tickets for _, tickets in counted))
    slot = WIDTH // len(counted)
    drawn = [Week(day, tickets, _bar(at * slot, tickets, top)) for at, (day, tickets) in enumerate(counted)]
    return Weeks(drawn, top, slot * 4 // 5)


def _bar(x: int, tickets: int, top: int) -> Bar:
    height = tickets * HEIGHT // top
    return Bar(x, HEIGHT - height, height, is_marked=False)


def exemplars(topic: Topic) -> QuerySet[Any]:
    """The tickets at its centre when it was found, as far as they are still there."""
    at_centre = Q(pk__in=[])
    for source, ticket in topic.exemplars:
        at_centre |= Q(source=source, external_id=ticket)
    found = RawTicket.objects.filter(at_centre, deleted_at=None).order_by("-opened_at", "id")
    return found.annotate(company_name=name_of(RawCompany, "company_id"))
