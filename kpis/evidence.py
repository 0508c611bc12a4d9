"""What stands behind an unusual stretch of days: how many tickets are usual, what drove it, and which they are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from connectors.models import RawBoard, RawCompany
from kpis import names
from kpis.drilldown import ANYTHING, drilldown
from kpis.models import CalendarDay, KpiBreakdown, KpiDaily

KPI, METRIC = "ticket_trends", "new_tickets"
COMPARED_DAYS = 84
MAX_TICKETS = 200
MAX_DRIVERS = 5
MAIN_SHARE = 0.5
LEADING = ("topic", "segment", "company", "board")
# By what tickets are told apart: whose cells, and which column of them.
TOLD_BY = {"topic": ("improvement_projects", "topic_tickets", "segment")}

Kind = Literal["tenant", "company", "board"]
Key = int | str | None


@dataclass(frozen=True)
class Driver:
    """A topic, type, company or board with more tickets than is usual for it; or fewer, where they were few in all."""

    key: Key
    name: str
    tickets: int
    usual: float

    @property
    def excess(self) -> float:
        return self.tickets - self.usual


@dataclass(frozen=True)
class Evidence:
    tickets: int
    usual: float
    drivers: dict[str, list[Driver]]
    ticket_ids: list[int]

    @property
    def main_driver(self) -> Driver | None:
        """What makes up at least half of the excess, by the finest dimension that has such a thing with a name."""
        total = self.tickets - self.usual
        firsts = (self.drivers[dimension][:1] for dimension in LEADING if dimension in self.drivers)
        named = (driver for found in firsts for driver in found if driver.key not in (None, ""))
        return next((driver for driver in named if total and driver.excess / total >= MAIN_SHARE), None)


def gather(kind: Kind, key: int | None, days: list[date]) -> Evidence:
    about = Q() if key is None else Q(**{kind: key})
    comparable = {day: _comparable_days(day) for day in days}
    tickets, usual = _counted(about, None, comparable).get(None, (0, 0.0))
    dimensions = [dimension for dimension in ("company", "board", "segment", "topic") if dimension != kind]
    sign = -1 if tickets < usual else 1
    return Evidence(
        tickets=tickets,
        usual=usual,
        drivers={dimension: _drivers(about, dimension, comparable, sign) for dimension in dimensions},
        ticket_ids=_ticket_ids(kind, key, days),
    )


def name_of(kind: str, key: Key) -> str:
    if kind == "tenant":
        return _("All clients")
    if kind == "segment":
        return str(key) or _("No type")
    if kind == "topic":
        return names.topics([int(key or 0)]).get(int(key or 0), f"#{key}")
    if key is None:
        return _("No client") if kind == "company" else _("No board")
    model, fallback = (RawCompany, _("Company %s")) if kind == "company" else (RawBoard, _("Board %s"))
    name = model.objects.filter(external_id=key).order_by("source_id").values_list("name", flat=True).first()
    return name or fallback % key


def _comparable_days(day: date) -> list[date]:
    """The days before it of its weekday, or those without working hours if it has none."""
    since = max(day - timedelta(days=COMPARED_DAYS), KpiDaily.objects.earliest("kpi_date").kpi_date)
    calendar = CalendarDay.objects.filter(day__gte=since, day__lte=day)
    is_working = dict(calendar.values_list("day", "is_working"))
    kind = day.weekday() if is_working[day] else None
    return [
        other
        for other, works in is_working.items()
        if other < day and (other.weekday() if works else None) == kind
    ]


def _drivers(about: Q, dimension: str, comparable: dict[date, list[date]], sign: int) -> list[Driver]:
    """Most excess first, or with a sign of -1 what is missed most."""
    counted = _counted(about, dimension, comparable)
    excess = {key: sign * (tickets - usual) for key, (tickets, usual) in counted.items()}
    keys = sorted((key for key in excess if excess[key] > 0), key=lambda key: (-excess[key], str(key)))
    return [Driver(key, name_of(dimension, key), *counted[key]) for key in keys[:MAX_DRIVERS]]


def _counted(
    about: Q, dimension: str | None, comparable: dict[date, list[date]]
) -> dict[Key, tuple[int, float]]:
    """Tickets on the days, and the sum of the medians of the days to compare with, by a dimension or in all."""
    days = {*comparable, *(day for others in comparable.values() for day in others)}
    kpi, metric, column = TOLD_BY.get(dimension or "", (KPI, METRIC, dimension))
    rows = KpiBreakdown.objects.filter(about, kpi=kpi, metric=metric, kpi_date__in=days).order_by()
    cells = rows.values_list(*filter(None, [column]), "kpi_date").annotate(tickets=Sum("numerator"))
    counts: dict[Key, Counter[date]] = {}
    for *key, day, tickets in cells:
        counts.setdefault(key[0] if key else None, Counter())[day] = int(tickets)
    return {
        key: (
            sum(by_day[day] for day in comparable),
            sum(_median(by_day[other] for other in others) for others in comparable.values()),
        )
        for key, by_day in counts.items()
    }


def _median(counts: Iterable[int]) -> float:
    known = list(counts)
    return float(median(known)) if known else 0.0


def _ticket_ids(kind: Kind, key: int | None, days: list[date]) -> list[int]:
    company = key if kind == "company" else ANYTHING
    board = key if kind == "board" else ANYTHING
    behind = (
        int(one.id) for day in days for one in drilldown(KPI, METRIC, day, company=company, board=board)
    )
    return list(behind)[:MAX_TICKETS]
