"""What a period's stored cells add up to, by client."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from kpis.models import KpiBreakdown
from kpis.period import Period

BILLABLE, OTHER = "billable_minutes", "non_billable_minutes"


@dataclass(frozen=True)
class ClientHours:
    """Time worked for one client, or for none."""

    company: int | None
    billable: float
    total: float


def hours_by_client(period: Period) -> list[ClientHours]:
    """Most hours first."""
    cells = KpiBreakdown.objects.filter(
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
