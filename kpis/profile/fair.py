"""A fair comparison in words and as intervals to draw: always with how sure it is, and never as a rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kpis.cards import number, percent
from kpis.comparison import Comparison, Measure
from kpis.fairness import QUANTILE
from kpis.teams import BORROWED_ANSWERS

WIDTH = 1000  # of the drawing, with the team's work in its middle
REACH_OF_RATIOS, REACH_OF_POINTS = 1.0, 1.0  # how far from the team's work the scale goes
WORST, BEST = 1, 5


@dataclass(frozen=True)
class Interval:
    """One measure, where it lies on a scale, and the same in words."""

    title: Any
    said: str
    between: str
    rests_on: str
    low: int
    middle: int
    high: int

    @property
    def width(self) -> int:
        return max(1, self.high - self.low)


@dataclass(frozen=True)
class Tier:
    """In words that shame nobody; `own` is said to the technician, `others` to managers."""

    title: Any
    own: Any
    others: Any


TIERS = {
    1: Tier(
        gettext_lazy("Ahead on equal work"),
        gettext_lazy(
            "On the same work you credibly needed less time than colleagues, and what you closed stayed closed."
        ),
        gettext_lazy(
            "On the same work, credibly less time than colleagues, and what was closed stayed closed."
        ),
    ),
    0: Tier(
        gettext_lazy("As expected"),
        gettext_lazy(
            "On the same work, nothing sets you apart from colleagues that is more than chance could bring."
        ),
        gettext_lazy("On the same work, no difference from colleagues that is more than chance could bring."),
    ),
    -1: Tier(
        gettext_lazy("Worth a conversation"),
        gettext_lazy(
            "On the same work, some of yours took longer or came back more often than with colleagues. That may "
            "have good reasons that no number knows; a conversation is the way to find them."
        ),
        gettext_lazy(
            "On the same work, some took longer or came back more often than with colleagues. That may have good "
            "reasons that no number knows: ask before you conclude."
        ),
    ),
}


def intervals(one: Comparison) -> Sequence[Interval]:
    """Handling time and reopening; satisfaction where clients answered."""
    return [
        _of_ratio(_("Time for the same work"), one.handling),
        _of_ratio(_("Tickets that came back"), one.reopening),
        *([_of_satisfaction(one)] if one.answers and one.satisfaction is not None else []),
    ]


def more_or_less(ratio: float) -> str:
    change = round(100 * (ratio - 1))
    if not change:
        return _("the same")
    return (_("%s more") if change > 0 else _("%s less")) % percent(abs(change))


def between(measure: Measure) -> str:
    ends = {"low": more_or_less(measure.low), "high": more_or_less(measure.high)}
    return _("between %(low)s and %(high)s") % ends


def tickets_said(count: int) -> str:
    return ngettext("%(count)s ticket", "%(count)s tickets", count) % {"count": number(count)}


def liking(one: Comparison) -> Measure | None:
    """Mean satisfaction with its 90 % interval, at its widest: answers between 1 and 5 can't scatter more."""
    mean, answers = one.satisfaction, one.answers
    if mean is None:
        return None
    half = QUANTILE * sqrt((mean - WORST) * (BEST - mean) / (answers + BORROWED_ANSWERS))
    return Measure(mean, max(WORST, mean - half), min(BEST, mean + half), answers)


def _of_ratio(title: str, measure: Measure) -> Interval:
    low, middle, high = (
        _place(value - 1, REACH_OF_RATIOS) for value in (measure.low, measure.ratio, measure.high)
    )
    said = more_or_less(measure.ratio)
    return Interval(title, said, between(measure), tickets_said(measure.tickets), low, middle, high)


def _of_satisfaction(one: Comparison) -> Interval:
    liked, team = liking(one), one.team_satisfaction or 0
    assert liked is not None
    places = [_place(value - team, REACH_OF_POINTS) for value in (liked.low, liked.ratio, liked.high)]
    ends = {"low": number(liked.low, 1), "high": number(liked.high, 1), "team": number(team, 1)}
    return Interval(
        _("Client satisfaction"),
        _("%s of 5") % number(liked.ratio, 1),
        _("between %(low)s and %(high)s; the team has %(team)s") % ends,
        ngettext("%(count)s answer", "%(count)s answers", one.answers) % {"count": number(one.answers)},
        *places,
    )


def _place(difference: float, reach: float) -> int:
    """Whoever is beyond the scale stands at its end; the words say how far."""
    return round(WIDTH / 2 * (1 + max(-1.0, min(1.0, difference / reach))))
