"""The headline figures as a manager reads them: a value, how it changed, and whether that is good."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kpis.behind import behind
from kpis.period import Period
from kpis.quality.trusted import Trust
from kpis.totals import Team

Tone = Literal["good", "bad", ""]
MORE_IS_BETTER, LESS_IS_BETTER, NEITHER = 1, -1, 0
HOURS_FROM_MINUTES = 90
DAYS_FROM_HOURS = 72
TRENDS, TIME, EFFICIENCY = "ticket_trends", "time_consumption", "tech_efficiency"


@dataclass(frozen=True)
class Card:
    label: str
    value: str
    change: str
    tone: Tone
    note: str = ""
    url: str = ""
    kpi: str = ""  # whose figure it is
    trust: Trust | None = None  # where there is reason to doubt it


def cards(now: Team, before: Team, period: Period, trusts: Mapping[str, Trust]) -> list[Card]:
    """With a mark where a figure is to be read with care."""
    doubts = {kpi: trust for kpi, trust in trusts.items() if trust.is_doubtful}
    return [replace(card, trust=doubts.get(card.kpi)) for card in _cards(now, before, period)]


def _cards(now: Team, before: Team, period: Period) -> list[Card]:
    new, old = now.efficiency, before.efficiency
    window = (period.since, period.until)
    return [
        Card(
            _("New tickets"),
            count(now.new),
            *relative(now.new, before.new, NEITHER),
            url=behind("new_tickets", *window),
            kpi=TRENDS,
        ),
        Card(
            _("Closed tickets"),
            count(now.closed),
            *relative(now.closed, before.closed, MORE_IS_BETTER),
            url=behind("closed_tickets", *window),
            kpi=TRENDS,
        ),
        Card(
            _("Backlog"),
            count(now.backlog),
            *relative(now.backlog, before.backlog, LESS_IS_BETTER),
            note=_("%s older than 30 days") % count(now.backlog_over_30d) if now.backlog else "",
            url=behind("backlog_open", period.last_day),
            kpi=TRENDS,
        ),
        Card(
            _("Hours worked"),
            "–" if now.hours is None else _("%s h") % number(now.hours),
            *relative(now.hours, before.hours, NEITHER),
            note=_("%s billable") % percent(now.billable_percent) if now.hours else "",
            url=behind("minutes", *window),
            kpi=TIME,
        ),
        Card(
            _("Median time to resolve"),
            duration_of_hours(new.median_ttr_hours),
            *relative(new.median_ttr_hours, old.median_ttr_hours, LESS_IS_BETTER),
            note=_("half of the tickets took less"),
            url=behind("resolved_tickets", *window),
            kpi=EFFICIENCY,
        ),
        Card(
            _("First response"),
            duration(new.first_response_minutes),
            *relative(new.first_response_minutes, old.first_response_minutes, LESS_IS_BETTER),
            note=_("on average"),
            url=behind("first_responses", *window),
            kpi=EFFICIENCY,
        ),
        Card(
            _("Solved the first time"),
            percent(new.fcr_percent),
            *points(new.fcr_percent, old.fcr_percent),
            note=_("never reopened"),
            url=behind("resolved_tickets", *window),
            kpi=EFFICIENCY,
        ),
        Card(
            _("Client satisfaction"),
            _("%s of 5") % number(new.csat, 2) if new.csat is not None else "–",
            *difference(new.csat, old.csat),
            url=behind("satisfaction", *window),
            kpi=EFFICIENCY,
        ),
    ]


def number(value: float | Decimal, decimals: int = 0) -> str:
    """Rounded here, because Django's own formatting cuts off."""
    return str(number_format(Decimal(f"{value:.{decimals}f}"), decimals, force_grouping=True))


def count(value: int | None) -> str:
    return "–" if value is None else number(value)


def percent(value: float | Decimal | None) -> str:
    return "–" if value is None else _("%s %%") % number(value)


def duration(minutes: float | Decimal | None) -> str:
    """In the unit that a person would say it in."""
    if minutes is None:
        return "–"
    if minutes < HOURS_FROM_MINUTES:
        return _("%s min") % number(minutes)
    if minutes < DAYS_FROM_HOURS * 60:
        return _("%s h") % number(minutes / 60, 1)
    return _("%s days") % number(minutes / 60 / 24, 1)


def duration_of_hours(hours: float | None) -> str:
    return duration(None if hours is None else hours * 60)


def relative(now: float | None, before: float | None, direction: int) -> tuple[str, Tone]:
    if now is None or not before:
        return _("nothing to compare with"), ""
    change = 100 * (now - before) / before
    return _("%s %% vs. before") % _signed(change, 0), _tone(round(change), direction)


def points(now: float | None, before: float | None) -> tuple[str, Tone]:
    if now is None or before is None:
        return _("nothing to compare with"), ""
    change = now - before
    return (
        _("%s points vs. before") % _signed(change, 1),
        _tone(round(change, 1), MORE_IS_BETTER),
    )


def difference(now: float | None, before: float | None) -> tuple[str, Tone]:
    if now is None or before is None:
        return _("nothing to compare with"), ""
    change = now - before
    return _("%s vs. before") % _signed(change, 2), _tone(round(change, 2), MORE_IS_BETTER)


def _signed(value: float, decimals: int) -> str:
    shown = number(abs(value), decimals)
    if not round(value, decimals):
        return f"±{shown}"
    return f"+{shown}" if value > 0 else f"−{shown}"


def _tone(change: float, direction: int) -> Tone:
    if not change or not direction:
        return ""
    return "good" if change * direction > 0 else "bad"
