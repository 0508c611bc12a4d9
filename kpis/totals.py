"""What a period's stored days and cells add up to, for the team and for one technician."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, Sum

from kpis import windows
from kpis.models import KpiBreakdown, KpiDaily
from kpis.period import Period
from kpis.windows import Efficiency

BILLABLE, OTHER = "billable_minutes", "non_billable_minutes"


@dataclass(frozen=True)
class Team:
    """The desk as a whole. What was not measured is None."""

    new: int | None
    closed: int | None
    backlog: int | None
    backlog_over_30d: int | None
    hours: float | None
    billable_percent: float | None
    efficiency: Efficiency


@dataclass(frozen=True)
class ClientHours:
    """Time worked for one client, or for none."""

    company: int | None
    billable: float
    total: float


def of_team(period: Period) -> Team:
    days = KpiDaily.objects.filter(kpi_date__range=period.range)
    sums = days.aggregate(
        **{column: Sum(column) for column in ("new_tickets", "closed_tickets", BILLABLE, OTHER)}
    )
    last = days.order_by("-kpi_date").first()
    minutes = sums[BILLABLE] + sums[OTHER] if last else None
    return Team(
        new=sums["new_tickets"],
        closed=sums["closed_tickets"],
        backlog=last.backlog_open if last else None,
        backlog_over_30d=last.backlog_over_30d if last else None,
        hours=None if minutes is None else float(minutes) / 60,
        billable_percent=float(100 * sums[BILLABLE] / minutes) if minutes else None,
        efficiency=windows.team_efficiency(period.since, period.until),
    )


def of_technician(period: Period, member_id: int) -> Efficiency | None:
    return next(iter(windows.technician_efficiency(period.since, period.until, member_id)), None)


def hours_by_client(period: Period, only: int | None = None) -> list[ClientHours]:
    """Most hours first; of one technician where `only` names one."""
    cells = KpiBreakdown.objects.filter(
        Q() if only is None else Q(technician=only),
        kpi="time_consumption",
        kpi_date__range=period.range,
        metric__in=[BILLABLE, OTHER],
    )
    hours: dict[int | None, dict[str, float]] = defaultdict(dict)
    for row in cells.order_by().values("company", "metric").annotate(minutes=Sum("numerator")):
        hours[row["company"]][row["metric"]] = float(row["minutes"]) / 60
    rows = [
        ClientHours(company, parts.get(BILLABLE, 0), sum(parts.values())) for company, parts in hours.items()
    ]
    return sorted(rows, key=lambda row: -row.total)
