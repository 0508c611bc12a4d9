"""What the stored cells say of one client in a period and in the one before, fetched once for the whole page."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import Sum

from kpis.models import KpiBreakdown
from kpis.period import Period

Key = TypeVar("Key")
METRICS = {
    "agreement_mismatch": ("agreement_minutes", "mismatch_minutes", "mismatch_value", "unbilled_minutes"),
    "client_training": ("training_minutes", "training_share", "training_tickets"),
    "improvement_projects": ("topic_tickets", "topic_minutes"),
    "soc": (
        "alerts",
        "alert_minutes",
        "false_positives",
        "in_sla",
        "recurring_alerts",
        "resolve_minutes",
        "with_verdict",
    ),
    "tech_efficiency": ("csat", "fcr", "first_response_minutes"),
    "ticket_trends": ("closed_tickets", "new_tickets", "reopened_tickets"),
    "time_consumption": ("billable_minutes", "non_billable_minutes"),
}


@dataclass(frozen=True)
class Cell:
    metric: str
    day: date
    technician: int | None
    segment: str
    numerator: Decimal
    denominator: Decimal | None


class Figures:
    """Sums of the days of one period. A metric's slug is enough: none of those asked for has a namesake."""

    def __init__(self, cells: Iterable[Cell], period: Period) -> None:
        self.period = period
        self._cells: dict[str, list[Cell]] = {}
        for cell in cells:
            if period.since <= cell.day < period.until:
                self._cells.setdefault(cell.metric, []).append(cell)

    @property
    def has_any(self) -> bool:
        return bool(self._cells)

    def total(self, *metrics: str) -> float:
        return float(sum(cell.numerator for metric in metrics for cell in self._cells.get(metric, ())))

    def quotient(self, metric: str, factor: float = 1) -> float | None:
        over = sum(cell.denominator or 0 for cell in self._cells.get(metric, ()))
        return factor * self.total(metric) / float(over) if over else None

    def over(self, metric: str) -> float:
        """What a ratio is taken over."""
        return float(sum(cell.denominator or 0 for cell in self._cells.get(metric, ())))

    def by_day(self, metric: str, segment: str | None = None) -> dict[date, float]:
        return self._by(metric, lambda cell: cell.day, segment)

    def by_segment(self, *metrics: str) -> dict[str, float]:
        return _added(self._by(metric, lambda cell: cell.segment) for metric in metrics)

    def by_technician(self, *metrics: str) -> dict[int | None, float]:
        return _added(self._by(metric, lambda cell: cell.technician) for metric in metrics)

    def _by(self, metric: str, key: Callable[[Cell], Key], segment: str | None = None) -> dict[Key, float]:
        found: dict[Key, Decimal] = defaultdict(Decimal)
        for cell in self._cells.get(metric, ()):
            if segment is None or cell.segment == segment:
                found[key(cell)] += cell.numerator
        return {each: float(amount) for each, amount in found.items()}


@dataclass(frozen=True)
class Cells:
    """Of the period that a page speaks of, of the one it is compared with, and of all days from that on."""

    now: Figures
    before: Figures
    whole: Figures

    @property
    def are_empty(self) -> bool:
        return not self.whole.has_any

    @classmethod
    def of(cls, company: int, period: Period) -> "Cells":
        rows = KpiBreakdown.objects.filter(
            company=company,
            kpi_date__gte=period.before.since,
            kpi_date__lt=period.until,
            kpi__in=METRICS,
            metric__in=[metric for metrics in METRICS.values() for metric in metrics],
        ).order_by()
        sums = rows.values_list("metric", "kpi_date", "technician", "segment").annotate(
            Sum("numerator"), Sum("denominator")
        )
        cells = [Cell(*row) for row in sums]
        all_days = Period(period.before.since, period.until)
        return cls(*(Figures(cells, days) for days in (period, period.before, all_days)))


def _added(parts: Iterable[dict[Key, float]]) -> dict[Key, float]:
    found: dict[Key, float] = defaultdict(float)
    for part in parts:
        for key, amount in part.items():
            found[key] += amount
    return dict(found)
