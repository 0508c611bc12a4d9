"""What a client's tickets are about: the topics with most tickets, their hours, and how they went from week to week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from insights.client.cells import Cells
from insights.client.ways import Ways
from kpis.drawing import sparkline

SHOWN = 10
DAYS_A_POINT = 7


@dataclass(frozen=True)
class TopicLine:
    name: str
    tickets: float
    tickets_before: float
    hours: float
    trend: str  # the points of a small line over both periods, in tickets a week
    url: str
    hours_url: str
    about_url: str


def topics(cells: Cells, known: Mapping[str, str], ways: Ways) -> list[TopicLine]:
    """Of those with tickets or hours in the period, most tickets first."""
    now, before = cells.now.by_segment("topic_tickets"), cells.before.by_segment("topic_tickets")
    minutes = cells.now.by_segment("topic_minutes")
    keys = sorted({*now, *minutes}, key=lambda key: (-now.get(key, 0), -minutes.get(key, 0), key))
    return [
        TopicLine(
            name=known.get(key, f"#{key}"),
            tickets=now.get(key, 0),
            tickets_before=before.get(key, 0),
            hours=minutes.get(key, 0) / 60,
            trend=_trend(cells, key),
            url=ways.parts("improvement_projects", "topic_tickets", key),
            hours_url=ways.parts("improvement_projects", "topic_minutes", key),
            about_url=reverse("admin:insights_topic_change", args=[key]),
        )
        for key in keys[:SHOWN]
    ]


def _trend(cells: Cells, topic: str) -> str:
    """Whole weeks, counted back from the last day."""
    since, last_day = cells.before.period.since, cells.now.period.last_day
    weeks = [0.0] * max(1, (cells.now.period.until - since).days // DAYS_A_POINT)
    for figures in (cells.before, cells.now):
        for day, tickets in figures.by_day("topic_tickets", topic).items():
            place = len(weeks) - 1 - (last_day - day) // timedelta(days=DAYS_A_POINT)
            if place >= 0:
                weeks[place] += tickets
    return sparkline(weeks)
