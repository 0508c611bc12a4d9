"""A technician's own picture over a window: shares of work, strengths, trend, and what the comparison leaves out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kpis.compared import FRAME_DAYS
from kpis.comparison import Comparison, DomainWork, comparisons, works_by_domain
from kpis.fairness import LEAST_PEER_TICKETS, has_peers
from kpis.handled_work import Domain, Work, window
from kpis.models import KpiBreakdown
from kpis.own_cells import OwnCells, own_cells
from kpis.teams import LEAST_TICKETS, answers_of_window, compare

TREND_DAYS = 90
OF_TREND = (
    "score",
    "csat_fair",
    *(f"{measure}_{end}" for measure in ("handling", "reopen") for end in ("ratio", "low", "high")),
)


@dataclass(frozen=True)
class Share:
    """One domain's part of a technician's time and tickets, in percent; how it compares where that can be said."""

    domain: Domain
    minutes: float
    time_percent: float | None
    tickets: int
    ticket_percent: float | None
    work: DomainWork | None


@dataclass(frozen=True)
class LeftOut:
    """What the comparison does not speak of, and why there is none if so."""

    judged: int  # finally closed tickets that it does speak of
    tickets: int  # finally closed, but with no time or mostly by others
    minutes: float  # not on tickets in scope
    reason: str

    @property
    def hours(self) -> float:
        return self.minutes / 60


@dataclass(frozen=True)
class Trend:
    """What was stored for each of the last days, by metric; each looks back 30 days."""

    days: Sequence[tuple[date, dict[str, float]]]

    @property
    def score_change(self) -> float | None:
        """Of the last day, against 30 days before."""
        known = {day: metrics["score"] for day, metrics in self.days if "score" in metrics}
        last = self.days[-1][0] if self.days else date.max
        now, before = known.get(last), known.get(last - timedelta(days=FRAME_DAYS))
        return now - before if now is not None and before is not None else None


@dataclass(frozen=True)
class Picture:
    technician: int
    comparison: Comparison | None
    shares: Sequence[Share]  # most time first
    domains_in_effect: float | None  # 1: all time in one domain
    left_out: LeftOut
    trend: Trend

    @property
    def strengths(self) -> list[Share]:
        return [share for share in self.shares if share.work and share.work.is_strength]

    @property
    def weaknesses(self) -> list[Share]:
        return [share for share in self.shares if share.work and share.work.is_weakness]


def picture(technician: int, since: date, until: date, own: OwnCells | None = None) -> Picture:
    """Of the days before `until`; whoever has no cells there has an empty one. `own` where they are known."""
    work, own = window(since, until), own or own_cells(technician, [(since, until)])[0]
    shares = _shares(technician, own, work)
    spent = sum(share.minutes for share in shares)
    concentration = sum((share.minutes / spent) ** 2 for share in shares) if spent else 0
    return Picture(
        technician=technician,
        comparison=_comparison(technician, since, until, work),
        shares=shares,
        domains_in_effect=1 / concentration if concentration else None,
        left_out=_left_out(technician, own, work),
        trend=trend(technician, until),
    )


def trend(technician: int, until: date) -> Trend:
    """Every one of the last days before `until`, also those without a score."""
    since = until - timedelta(days=TREND_DAYS)
    rows = KpiBreakdown.objects.filter(
        kpi="tech_comparison",
        metric__in=OF_TREND,
        technician=technician,
        kpi_date__gte=since,
        kpi_date__lt=until,
    ).order_by()
    by_day: dict[date, dict[str, float]] = {since + timedelta(days=step): {} for step in range(TREND_DAYS)}
    for day, metric, value in rows.values_list("kpi_date", "metric", "numerator"):
        by_day[day][metric] = float(value)
    return Trend(list(by_day.items()))


def _comparison(technician: int, since: date, until: date, work: Work | None) -> Comparison | None:
    if work is None:
        return None
    team = compare(work, answers_of_window(since, until))
    return next((one for one in comparisons(work, team) if one.technician == technician), None)


def _shares(technician: int, own: OwnCells, work: Work | None) -> list[Share]:
    minutes, tickets = own.minutes_by_domain, own.tickets_by_domain
    works = {one.domain: one for one in works_by_domain(work) if one.technician == technician} if work else {}
    spent, closed = sum(minutes.values()), sum(tickets.values())
    shares = [
        Share(
            domain=domain,
            minutes=minutes.get(domain, 0.0),
            time_percent=100 * minutes.get(domain, 0.0) / spent if spent else None,
            tickets=int(tickets.get(domain, 0)),
            ticket_percent=100 * tickets.get(domain, 0.0) / closed if closed else None,
            work=works.get(domain),
        )
        for domain in minutes.keys() | tickets.keys()
    ]
    return sorted(shares, key=lambda share: (-share.minutes, -share.tickets, repr(share.domain)))


def _left_out(technician: int, own: OwnCells, work: Work | None) -> LeftOut:
    minutes = max(0.0, own.minutes - sum(own.minutes_by_domain.values()))
    if work is None or technician not in work.technicians:
        return LeftOut(0, 0, minutes, _few_tickets())
    row = work.technicians.index(technician)
    judged, closed = work.handled.n[row].sum(), work.handled.tickets[row].sum()
    return LeftOut(int(judged), int(closed - judged), minutes, _why_not(work, row))


def _why_not(work: Work, row: int) -> str:
    if work.handled.n[row].sum() < LEAST_TICKETS:
        return _few_tickets()
    if not has_peers(work.handled.n)[row]:
        return _(
            "Too few tickets of colleagues to compare with: %(count)s of at least two of them are needed."
        ) % {"count": LEAST_PEER_TICKETS}
    return ""


def _few_tickets() -> str:
    return _("Too few tickets: a comparison needs %(count)s.") % {"count": LEAST_TICKETS}
