"""The board's columns: the steps of a project's way, the most certain value first, with careful totals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from insights import proposal_numbers as numbers
from insights.board.cards import Card, Dealer, worth_of
from insights.models import ProjectMeasurement, Proposal
from kpis.cards import count

Status = Proposal.Status
STEPS = (
    Status.PROPOSED,
    Status.SNOOZED,
    Status.ACCEPTED,
    Status.IN_PROGRESS,
    Status.DONE,
    Status.MEASURED,
)
MOST_CARDS = 40  # of a column; the others are in the list


@dataclass(frozen=True)
class Column:
    status: Proposal.Status
    cards: list[Card]
    count: int
    totals: list[str]

    @property
    def left_out(self) -> int:
        return self.count - len(self.cards)


def columns(proposals: Sequence[Proposal], dealer: Dealer) -> list[Column]:
    """`proposals` come with the most valuable first."""
    return [_column(step, [one for one in proposals if one.status == step], dealer) for step in STEPS]


def _column(step: Proposal.Status, own: Sequence[Proposal], dealer: Dealer) -> Column:
    totals = _brought(own, dealer) if step == Status.MEASURED else _expected(own)
    return Column(step, [dealer.card(one) for one in own[:MOST_CARDS]], len(own), totals if own else [])


def _expected(own: Iterable[Proposal]) -> list[str]:
    """The sum of what each brings at least is not what all bring at least: that is said with it."""
    listed = list(own)
    least = sum(found.p10 or 0.0 for found in worth_of(listed))
    saved = sum(float(one.saved_minutes_per_month) for one in listed) / 60
    return [
        _("At least %s, nine times out of ten, each by itself") % numbers.money(least),
        _("About %s a month") % numbers.hours(saved, 0),
    ]


def _brought(own: Iterable[Proposal], dealer: Dealer) -> list[str]:
    """Only what is more than chance counts as brought."""
    improved: list[Any] = [
        last
        for one in own
        if (last := dealer.measurements.get(one.pk))
        and last.verdict == ProjectMeasurement.Verdict.IMPROVED
        and last.saved_minutes_per_month is not None
    ]
    saved = sum(float(last.saved_minutes_per_month) for last in improved) / 60
    return [
        _("%s improved") % count(len(improved)),
        _("About %s a month saved by these") % numbers.hours(saved, 0),
    ]
