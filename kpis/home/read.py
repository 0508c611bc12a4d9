"""The desk's figures of a period, of the one before and of each step between, from a handful of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from kpis import windows
from kpis.facts.detected_alerts import SEVERITIES
from kpis.models import KpiBreakdown, KpiDaily
from kpis.period import Period
from kpis.windows import Closed, Parts

RATIOS = ("fcr", "csat", "first_response_minutes", "in_sla")
OWNERS = ("tech_efficiency", "soc")
RatioDays = Mapping[tuple[date, str], Parts]


@dataclass(frozen=True)
class Figures:
    """Of a stretch of days. What was not measured is None."""

    period: Period
    days: Sequence[KpiDaily]
    ratios: RatioDays
    closed: Closed

    def total(self, *columns: str) -> float | None:
        """None where no day has any of them."""
        values = [
            value for day in self.days for column in columns if (value := getattr(day, column)) is not None
        ]
        return float(sum(values)) if values else None

    def ratio(self, metric: str) -> Parts:
        found = [parts for (day, name), parts in self.ratios.items() if name == metric]
        return Parts(
            sum((parts.numerator for parts in found), Decimal(0)),
            sum((parts.denominator for parts in found), Decimal(0)),
        )

    @property
    def last(self) -> KpiDaily | None:
        return self.days[-1] if self.days else None

    @property
    def backlog(self) -> float | None:
        return self.last.backlog_open if self.last else None

    @property
    def hours(self) -> float | None:
        minutes = self.total("billable_minutes", "non_billable_minutes")
        return None if minutes is None else minutes / 60

    @property
    def billable_percent(self) -> float | None:
        minutes, billable = (
            self.total("billable_minutes", "non_billable_minutes"),
            self.total("billable_minutes"),
        )
        return 100 * billable / minutes if minutes and billable is not None else None

    @property
    def median_ttr_hours(self) -> float | None:
        return self.closed.ttr.median_hours if self.closed.ttr else None

    @property
    def first_response_minutes(self) -> float | None:
        return self.ratio("first_response_minutes").quotient()

    @property
    def fcr_percent(self) -> float | None:
        return self.ratio("fcr").quotient(100)

    @property
    def sla_percent(self) -> float | None:
        return self.closed.sla.quotient(100)

    @property
    def csat(self) -> float | None:
        return self.ratio("csat").quotient()

    @property
    def alerts(self) -> float | None:
        return self.total(*(f"security_alerts_{severity}" for severity in SEVERITIES))

    @property
    def alerts_in_sla_percent(self) -> float | None:
        return self.ratio("in_sla").quotient(100)


@dataclass(frozen=True)
class Desk:
    now: Figures
    before: Figures
    steps: list[Figures]


def desk(period: Period) -> Desk:
    before = period.before
    asked = [period, before, *period.steps]
    spans = [(one.since, one.until) for one in asked]
    days = _days(before.since, period.until)
    ratios = _ratios(before.since, period.until)
    made = [
        _figures(one, days, ratios, closed)
        for one, closed in zip(asked, windows.closed_of_each(spans), strict=True)
    ]
    return Desk(made[0], made[1], made[2:])


def _figures(period: Period, days: Sequence[KpiDaily], ratios: RatioDays, closed: Closed) -> Figures:
    return Figures(
        period=period,
        days=[day for day in days if period.since <= day.kpi_date < period.until],
        ratios={key: parts for key, parts in ratios.items() if period.since <= key[0] < period.until},
        closed=closed,
    )


def _days(since: date, until: date) -> list[KpiDaily]:
    return list(KpiDaily.objects.filter(kpi_date__gte=since, kpi_date__lt=until).order_by("kpi_date"))


def _ratios(since: date, until: date) -> RatioDays:
    cells = KpiBreakdown.objects.filter(
        kpi__in=OWNERS, metric__in=RATIOS, kpi_date__gte=since, kpi_date__lt=until
    )
    sums = cells.order_by().values_list("kpi_date", "metric").annotate(Sum("numerator"), Sum("denominator"))
    return {(day, metric): Parts(top, bottom or Decimal(0)) for day, metric, top, bottom in sums}
