"""The headline figures: each with its change, its line, its target and how far it can be trusted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis import cards
from kpis.behind import behind
from kpis.cards import LESS_IS_BETTER, MORE_IS_BETTER, NEITHER, Card, Tone
from kpis.drawing import Number, sparkline
from kpis.home.read import Desk, Figures
from kpis.models import Target
from kpis.quality.trusted import Trust
from kpis.targets import Judged, verdict

Goal = Target.Figure
TRENDS, TIME, EFFICIENCY, SOC = "ticket_trends", "time_consumption", "tech_efficiency", "soc"


@dataclass(frozen=True)
class Headline:
    """How a figure is read, said, compared and explained."""

    title: str
    value: Callable[[Figures], Number]
    said: Callable[[Number], str]
    change: Callable[[Number, Number], tuple[str, Tone]]
    kpi: str
    behind: str
    note: Callable[[Figures], str] = lambda _figures: ""
    goal: str = ""
    judged: Callable[[Figures], Number] | None = (
        None  # what the goal is about, where it is not the value itself
    )
    goal_said: Callable[[Number], str] | None = None


def headlines() -> list[Headline]:
    return [*_work(), *_speed(), *_quality()]


def _work() -> list[Headline]:
    return [
        Headline(
            _("New tickets"),
            lambda of: of.total("new_tickets"),
            cards.count,
            _relative(NEITHER),
            TRENDS,
            "new_tickets",
        ),
        Headline(
            _("Closed tickets"),
            lambda of: of.total("closed_tickets"),
            cards.count,
            _relative(MORE_IS_BETTER),
            TRENDS,
            "closed_tickets",
        ),
        Headline(
            _("Backlog"),
            lambda of: of.backlog,
            cards.count,
            _relative(LESS_IS_BETTER),
            TRENDS,
            "backlog_open",
            note=_old,
            goal=Goal.BACKLOG,
        ),
        Headline(
            _("Hours worked"),
            lambda of: of.hours,
            cards.whole_hours,
            _relative(NEITHER),
            TIME,
            "minutes",
            note=lambda of: _("%s billable") % cards.percent(of.billable_percent) if of.hours else "",
            goal=Goal.BILLABLE,
            judged=lambda of: of.billable_percent,
            goal_said=cards.percent,
        ),
    ]


def _speed() -> list[Headline]:
    return [
        Headline(
            _("Median time to resolve"),
            lambda of: of.median_ttr_hours,
            cards.duration_of_hours,
            _relative(LESS_IS_BETTER),
            EFFICIENCY,
            "resolved_tickets",
            note=lambda _of: _("half of the tickets took less"),
            goal=Goal.MEDIAN_TTR,
        ),
        Headline(
            _("First response"),
            lambda of: of.first_response_minutes,
            cards.duration,
            _relative(LESS_IS_BETTER),
            EFFICIENCY,
            "first_responses",
            note=lambda _of: _("on average"),
            goal=Goal.FIRST_RESPONSE,
        ),
    ]


def _quality() -> list[Headline]:
    return [
        Headline(
            _("Solved the first time"),
            lambda of: of.fcr_percent,
            cards.percent,
            cards.points,
            EFFICIENCY,
            "resolved_tickets",
            note=lambda _of: _("never reopened"),
            goal=Goal.FCR,
        ),
        Headline(
            _("SLA met"),
            lambda of: of.sla_percent,
            cards.percent,
            cards.points,
            EFFICIENCY,
            "sla_missed",
            note=_missed,
            goal=Goal.SLA_MET,
        ),
        Headline(
            _("Client satisfaction"),
            lambda of: of.csat,
            cards.of_five,
            cards.difference,
            EFFICIENCY,
            "satisfaction",
            goal=Goal.CSAT,
        ),
        Headline(
            _("Security alerts"),
            lambda of: of.alerts,
            cards.count,
            _relative(NEITHER),
            SOC,
            "alerts",
            note=_in_time,
            goal=Goal.ALERTS_IN_SLA,
            judged=lambda of: of.alerts_in_sla_percent,
            goal_said=cards.percent,
        ),
    ]


def _old(of: Figures) -> str:
    return (
        _("%s older than 30 days") % cards.count(of.last.backlog_over_30d) if of.last and of.backlog else ""
    )


def _missed(of: Figures) -> str:
    missed = int(of.closed.sla.denominator - of.closed.sla.numerator)
    said = ngettext("%s ticket missed a goal", "%s tickets missed a goal", missed)
    return said % cards.count(missed) if missed else ""


def _in_time(of: Figures) -> str:
    percent = of.alerts_in_sla_percent
    return "" if percent is None else _("%s resolved in time") % cards.percent(percent)


def _relative(direction: int) -> Callable[[Number, Number], tuple[str, Tone]]:
    return lambda now, before: cards.relative(now, before, direction)


def headline_cards(desk: Desk, trusts: Mapping[str, Trust], targets: Mapping[str, Target]) -> list[Card]:
    """Without security alerts where no vendor tells of any."""
    doubts = {kpi: trust for kpi, trust in trusts.items() if trust.is_doubtful}
    wanted = [one for one in headlines() if one.kpi != SOC or one.value(desk.now) is not None]
    return [_card(one, desk, doubts.get(one.kpi), targets.get(one.goal)) for one in wanted]


def _card(one: Headline, desk: Desk, trust: Trust | None, target: Target | None) -> Card:
    now, period = one.value(desk.now), desk.now.period
    judged = _judged(one, desk.now, target)
    change, tone = one.change(now, one.value(desk.before))
    return Card(
        label=one.title,
        value=one.said(now),
        change=change,
        tone="" if judged else tone,
        note=one.note(desk.now),
        url=behind(
            one.behind, period.last_day if one.behind == "backlog_open" else period.since, period.until
        ),
        kpi=one.kpi,
        line=sparkline([one.value(step) for step in desk.steps]),
        trust=trust,
        target=judged,
    )


def _judged(one: Headline, now: Figures, target: Target | None) -> Judged | None:
    value = (one.judged or one.value)(now)
    if target is None or value is None:
        return None
    return Judged(verdict(target, value), (one.goal_said or one.said)(float(target.value)))
