"""What the page of one technician tells: all to the technician, to others as much as the privacy mode lets them see."""

from collections.abc import Sequence
from typing import Any

from kpis import clients
from kpis.cards import number
from kpis.own_cells import OwnCells, own_cells
from kpis.period import Period
from kpis.profile import domains, groups, tickets
from kpis.profile.fair import TIERS, intervals
from kpis.profile.figures import figures, spent
from kpis.profile.subject import Subject
from kpis.profile.trend_line import trend_line
from kpis.strengths import Share, picture


def told(subject: Subject, period: Period) -> dict[str, Any]:
    asked = (period, period.before)
    now, before = own_cells(subject.member_id, [(one.since, one.until) for one in asked])
    own, earlier = spent(subject.member_id, asked, (now, before))
    shown: dict[str, Any] = {
        "own": own.figures,
        "figures": figures(own, earlier),
        **_picture(subject, period, now),
    }
    return shown | (_work(subject, period, now) if subject.is_named else {})


def _picture(subject: Subject, period: Period, own: OwnCells) -> dict[str, Any]:
    seen = picture(subject.member_id, period.since, period.until, own)
    weak = [share.domain for share in seen.weaknesses] if subject.is_named else []
    shares = seen.shares if subject.is_named else _of_many(seen.shares, period)
    lines = domains.domain_lines(shares, tickets.longest(subject.member_id, period, weak, subject.is_own))
    return {
        "comparison": seen.comparison,
        "intervals": intervals(seen.comparison) if seen.comparison else [],
        "tier": TIERS[seen.comparison.tier] if seen.comparison else None,
        "left_out": seen.left_out,
        "kept_back_domains": len(seen.shares) - len(shares),
        "domains": lines[: domains.SHOWN],
        "more_domains": lines[domains.SHOWN :],
        "strengths": domains.of(lines, seen.strengths),
        "weaknesses": domains.of(lines, seen.weaknesses),
        "trend": trend_line(seen.trend),
        "score_change": _signed(seen.trend.score_change),
    }


def _signed(change: float | None) -> str:
    if change is None or not round(change):
        return ""
    return f"{'+' if change > 0 else '−'}{number(abs(change))}"


def _of_many(shares: Sequence[Share], period: Period) -> list[Share]:
    """A kind of work that few do would tell who does it."""
    shown = groups.domains_of_many(groups.work_of(period))
    return [share for share in shares if share.domain in shown]


def _work(subject: Subject, period: Period, own: OwnCells) -> dict[str, Any]:
    bars = clients.bars(
        own.hours_by_client,
        lambda company: f"{subject.work}time/?{period.asked}&company={company}",
    )
    return {"clients": bars} | tickets.open_and_closed(subject.member_id, subject.is_own)
