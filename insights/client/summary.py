"""A client's period in three sentences, made from its figures: the tickets, the work, and what changed most.

What changed most is judged by how far it is from what chance alone does, so that 1 ticket instead of 2 is no news.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log, sqrt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.client.backlog import Backlog
from insights.client.cells import Cells
from insights.client.hours import ALL
from insights.client.speed import Resolved
from kpis.cards import duration, duration_of_hours, number, percent

NEWS = 2.0  # standard deviations


@dataclass(frozen=True)
class Change:
    """A figure then and now in words, and by how many standard deviations it moved."""

    figure: str
    now: str
    before: str
    deviations: float


def summary(
    cells: Cells, speed: tuple[Resolved, Resolved], open_: Backlog, topics: Mapping[str, str]
) -> list[str]:
    return [
        _of_tickets(cells, open_),
        _of_work(cells, topics),
        _of_change(list(_changes(cells, speed, topics))),
    ]


def _of_tickets(cells: Cells, open_: Backlog) -> str:
    new, before = int(cells.now.total("new_tickets")), int(cells.before.total("new_tickets"))
    words = {
        "new": number(new),
        "before": number(before),
        "closed": number(cells.now.total("closed_tickets")),
        "open": number(open_.tickets),
    }
    told = ngettext(
        "%(new)s ticket was opened (%(before)s before) and %(closed)s closed; %(open)s remained open.",
        "%(new)s tickets were opened (%(before)s before) and %(closed)s closed; %(open)s remained open.",
        new,
    )
    return told % words


def _of_work(cells: Cells, topics: Mapping[str, str]) -> str:
    minutes, charged = cells.now.total(*ALL), cells.now.total("billable_minutes")
    if not minutes:
        return _("No time was entered.")
    words = {
        "hours": number(minutes / 60, 1),
        "before": number(cells.before.total(*ALL) / 60, 1),
        "share": percent(100 * charged / minutes),
    }
    told = _("We worked %(hours)s hours (%(before)s before), of which %(share)s billable") % words
    by_topic = cells.now.by_segment("topic_minutes")
    if not by_topic:
        return told + "."
    most = max(by_topic, key=lambda topic: (by_topic[topic], topic))
    about = {"topic": topics.get(most, f"#{most}"), "hours": number(by_topic[most] / 60, 1)}
    return told + _("; the biggest topic was “%(topic)s” (%(hours)s hours).") % about


def _of_change(changes: list[Change]) -> str:
    most = max(changes, key=lambda change: change.deviations, default=None)
    if most is None or most.deviations < NEWS:
        return _("Beyond that, nothing changed more than it does by chance.")
    words = {"figure": most.figure, "now": most.now, "before": most.before}
    return _("What changed most: %(figure)s, %(now)s instead of %(before)s.") % words


def _changes(cells: Cells, speed: tuple[Resolved, Resolved], topics: Mapping[str, str]) -> Iterator[Change]:
    yield from _counts(cells)
    yield _counted(_("tickets that missed a goal"), speed[0].missed, speed[1].missed)
    yield from _topics(cells, topics)
    yield from _durations(cells, speed)


def _counts(cells: Cells) -> Iterator[Change]:
    for figure, metric in (
        (_("new tickets"), "new_tickets"),
        (_("tickets that ask for training"), "training_tickets"),
        (_("security alerts"), "alerts"),
    ):
        yield _counted(figure, cells.now.total(metric), cells.before.total(metric))


def _topics(cells: Cells, topics: Mapping[str, str]) -> Iterator[Change]:
    now, before = cells.now.by_segment("topic_tickets"), cells.before.by_segment("topic_tickets")
    for topic in {*now, *before}:
        figure = _("tickets about “%s”") % topics.get(topic, f"#{topic}")
        yield _counted(figure, now.get(topic, 0), before.get(topic, 0))


def _counted(figure: str, now: float, before: float) -> Change:
    """Counts of rare things scatter by the root of their sum."""
    deviations = abs(now - before) / sqrt(now + before) if now + before else 0.0
    return Change(figure, number(now), number(before), deviations)


def _durations(cells: Cells, speed: tuple[Resolved, Resolved]) -> Iterator[Change]:
    now, before = speed
    hours, tickets = (now.median_hours, before.median_hours), (now.tickets, before.tickets)
    said = duration_of_hours(hours[0]), duration_of_hours(hours[1])
    yield Change(_("median time to resolve"), *said, _stretched(hours, tickets))
    metric = "first_response_minutes"
    minutes = cells.now.quotient(metric), cells.before.quotient(metric)
    answered = cells.now.over(metric), cells.before.over(metric)
    yield Change(
        _("first response"), duration(minutes[0]), duration(minutes[1]), _stretched(minutes, answered)
    )


def _stretched(values: tuple[float | None, float | None], tickets: tuple[float, float]) -> float:
    """Times of tickets scatter about e-fold, so a ratio of theirs by that over the root of how many there are."""
    now, before = values
    if not now or not before or not all(tickets):
        return 0.0
    return abs(log(now / before)) / sqrt(1 / tickets[0] + 1 / tickets[1])
