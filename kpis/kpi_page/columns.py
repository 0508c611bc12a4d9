"""How a column of kpi_daily is told of several days: added up, formed from both parts, as of the last day, or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpis.base import Column, Kpi
from kpis.models import KpiDaily
from kpis.period import Period

Kind = Literal["sum", "mean", "level", "day"]


def kind_of(kpi: Kpi, column: Column) -> Kind:
    """A mean stands for all that is said of its metric, and "day" is what holds of single days only."""
    metric = kpi.metric(column.metric)
    if metric.roll_up == "none" or column in (*kpi.rolling_columns, *kpi.derived_columns):
        return "level"
    if metric.unit != column.unit or metric.roll_up == "recomputed":
        return "day"
    return "sum" if metric.roll_up == "sum" else "mean"


@dataclass(frozen=True)
class Days:
    """The days of a period that have figures, and those of the period before."""

    now: Sequence[KpiDaily]
    before: Sequence[KpiDaily]

    @classmethod
    def of(cls, period: Period) -> "Days":
        since = min(period.since, period.before.since)
        found = list(KpiDaily.objects.filter(kpi_date__range=(since, period.last_day)).order_by("kpi_date"))
        return cls(*([day for day in found if _is_in(part, day)] for part in (period, period.before)))

    @property
    def last(self) -> list[date]:
        """The last one of each, on which levels are read."""
        return [days[-1].kpi_date for days in (self.now, self.before) if days]


def _is_in(period: Period, day: KpiDaily) -> bool:
    return period.since <= day.kpi_date < period.until


def summed(days: Iterable[KpiDaily], column: str) -> float | None:
    """None where nothing was measured."""
    known = known_of(days, column)
    return sum(known) if known else None


def last(days: Iterable[KpiDaily], column: str) -> float | None:
    known = known_of(days, column)
    return known[-1] if known else None


def known_of(days: Iterable[KpiDaily], column: str) -> Sequence[float]:
    values = (getattr(day, column) for day in days)
    return [float(value) for value in values if value is not None]
