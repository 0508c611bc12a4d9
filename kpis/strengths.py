"""A technician's own picture over a window: shares of work, strengths, trend, and what the comparison leaves out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from kpis.compared import DOMAIN_FRAME_DAYS, FRAME_DAYS
from kpis.comparison import Comparison, DomainWork, comparisons, works_by_domain
from kpis.fairness import LEAST_PEER_TICKETS, has_peers
from kpis.handled_work import Domain, Work, window
from kpis.models import KpiBreakdown
from kpis.teams import LEAST_TICKETS, answers_of_window, compare

TREND_DAYS = 90


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

    tickets: int  # finally closed, but with no time or mostly by others
    minutes: float  # not on tickets in scope
    reason: str


@dataclass(frozen=True)
class Trend:
    """Stored scores and ratios by day; the ratio over 90 days, and the one 90 days before."""

    scores: Sequence[tuple[date, float]]
    ratios: Sequence[tuple[date, float]]
    score_change: float | None  # against 30 days before
    ratio: float | None
    ratio_before: float | None


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


def picture(technician: int, since: date, until: date) -> Picture:
    """Of the days before `until`; whoever has no cells there has an empty one."""
    work = window(since, until)
    shares = _shares(technician, since, until, work)
    spent = sum(share.minutes for share in shares)
    concentration = sum((share.minutes / spent) ** 2 for share in shares) if spent else 0
    return Picture(
        technician=technician,
        comparison=_comparison(technician, since, until, work),
        shares=shares,
        domains_in_effect=1 / concentration if concentration else None,
        left_out=_left_out(technician, since, until, work, spent),
        trend=trend(technician, until),
    )


def trend(technician: int, until: date) -> Trend:
    rows = KpiBreakdown.objects.filter(
        kpi="tech_comparison",
        technician=technician,
        kpi_date__gte=until - timedelta(days=TREND_DAYS),
        kpi_date__lt=until,
    ).order_by("kpi_date")
    scores, ratios = (
        [
            (day, float(value))
            for day, value in rows.filter(metric=metric).values_list("kpi_date", "numerator")
        ]
        for metric in ("score", "handling_ratio")
    )
    last, frame = until - timedelta(days=1), timedelta(days=DOMAIN_FRAME_DAYS)
    known = dict(scores)
    now, before = known.get(last), known.get(last - timedelta(days=FRAME_DAYS))
    return Trend(
        scores=scores,
        ratios=ratios,
        score_change=now - before if now is not None and before is not None else None,
        ratio=_ratio(technician, until - frame, until),
        ratio_before=_ratio(technician, until - 2 * frame, until - frame),
    )


def _ratio(technician: int, since: date, until: date) -> float | None:
    found = _comparison(technician, since, until, window(since, until))
    return found.handling.ratio if found else None


def _comparison(technician: int, since: date, until: date, work: Work | None) -> Comparison | None:
    if work is None:
        return None
    team = compare(work, answers_of_window(since, until))
    return next((one for one in comparisons(work, team) if one.technician == technician), None)


def _shares(technician: int, since: date, until: date, work: Work | None) -> list[Share]:
    minutes = _by_domain(technician, since, until, "tech_profile", "domain_minutes", "numerator")
    tickets = _by_domain(technician, since, until, "tech_efficiency", "fcr", "denominator")
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


def _left_out(technician: int, since: date, until: date, work: Work | None, on_tickets: float) -> LeftOut:
    of_time = _sum(technician, since, until, "time_consumption", ("billable_minutes", "non_billable_minutes"))
    if work is None or technician not in work.technicians:
        return LeftOut(0, max(0.0, of_time - on_tickets), _few_tickets())
    row = work.technicians.index(technician)
    judged, closed = work.handled.n[row].sum(), work.handled.tickets[row].sum()
    return LeftOut(int(closed - judged), max(0.0, of_time - on_tickets), _why_not(work, row))


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


def _by_domain(
    technician: int, since: date, until: date, kpi: str, metric: str, column: str
) -> dict[Domain, float]:
    rows = _cells(technician, since, until, kpi).filter(metric=metric).values_list("board", "segment")
    return {
        (board, segment): float(total) for board, segment, total in rows.annotate(total=Sum(column)) if total
    }


def _sum(technician: int, since: date, until: date, kpi: str, metrics: Sequence[str]) -> float:
    rows = _cells(technician, since, until, kpi).filter(metric__in=metrics)
    return float(rows.aggregate(total=Sum("numerator"))["total"] or 0)


def _cells(technician: int, since: date, until: date, kpi: str) -> Any:
    about = {"kpi": kpi, "technician": technician, "kpi_date__gte": since, "kpi_date__lt": until}
    return KpiBreakdown.objects.filter(**about).order_by()
