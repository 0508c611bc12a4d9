"""What of days' figures changed after the days were over, in words, for the pages of a day and of a KPI."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kpis.base import Kpi
from kpis.calendar import local_day
from kpis.models import KpiDaily, KpiRestatement
from kpis.registry import kpis
from kpis.restatement import Reason
from tenants.models import TenantSettings

MOST_ROWS = 100
# The first of a change's reasons that is here leads.
LEADING = (
    Reason.DEFINITION,
    Reason.SETTINGS,
    Reason.REMAPPING,
    Reason.LOOKUP,
    Reason.MERGE,
    Reason.DELETION,
    Reason.REOPENING,
    Reason.DISPUTE,
    Reason.TOPIC,
    Reason.PROJECT,
    Reason.LINK,
    Reason.HISTORY,
    Reason.CHANGE,
    Reason.ARRIVAL,
    Reason.FOLLOWS,
)


@dataclass(frozen=True)
class Restated:
    """A column that came out differently; `was_final` when the time for late entries had passed."""

    day: date
    title: Any
    was: str
    now: str
    restated_at: datetime
    was_final: bool
    why: str


@dataclass(frozen=True)
class RestatedCells:
    """Figures of clients, boards and technicians that came out differently together, whatever the day's sums do."""

    count: int
    restated_at: datetime
    why: str


def restated(day: KpiDaily) -> list[Restated]:
    """What changed of one day, the latest first."""
    return _told(KpiRestatement.objects.filter(kpi_date=day.kpi_date))


def restated_in(kpi: Kpi, since: date, until: date) -> list[Restated]:
    """What changed of a KPI's columns on the days from `since` to before `until`, the latest first."""
    return _told(KpiRestatement.objects.filter(kpi=kpi.slug, kpi_date__gte=since, kpi_date__lt=until))


def restated_cells(day: KpiDaily) -> list[RestatedCells]:
    """What changed within one day's breakdown, the latest first."""
    cells = KpiRestatement.objects.filter(kpi_date=day.kpi_date, is_daily=False).order_by("-restated_at")
    grouped = cells.values_list("restated_at", "reasons").annotate(count=Count("pk"))[:MOST_ROWS]
    return [RestatedCells(count, moment, _words(reasons)) for moment, reasons, count in grouped]


def _told(restatements: QuerySet[KpiRestatement]) -> list[Restated]:
    settings = TenantSettings.load()
    rows = list(restatements.filter(is_daily=True)[:MOST_ROWS])
    titles = {column.name: column.title for kpi in kpis().values() for column in kpi.columns}
    causes = _causes(rows)
    late = timedelta(days=settings.late_entry_days)
    return [
        Restated(
            day=row.kpi_date,
            title=titles.get(row.metric, row.metric),
            was=_said(row.was_numerator),
            now=_said(row.now_numerator),
            restated_at=row.restated_at,
            was_final=local_day(row.restated_at, settings.zone) > row.kpi_date + late,
            why=_why(row, causes),
        )
        for row in rows
    ]


def _causes(rows: Iterable[KpiRestatement]) -> dict[datetime, list[date]]:
    """By moment: the days that changed by themselves then, so that others had to follow."""
    following = {row.restated_at for row in rows if Reason.FOLLOWS in row.reasons.split()}
    found: dict[datetime, list[date]] = defaultdict(list)
    if following:
        causes = KpiRestatement.objects.filter(restated_at__in=following).exclude(reasons=Reason.FOLLOWS)
        for moment, day in causes.order_by().values_list("restated_at", "kpi_date").distinct():
            found[moment].append(day)
    return found


def _why(row: KpiRestatement, causes: Mapping[datetime, list[date]]) -> str:
    words = _words(row.reasons)
    before = [day for day in causes.get(row.restated_at, ()) if day < row.kpi_date]
    if Reason.FOLLOWS not in row.reasons.split() or not before:
        return words
    first, last = date_format(min(before)), date_format(max(before))
    days = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    return f"{words} ({days})"


def _words(reasons: str) -> str:
    known = set(reasons.split())
    return ", ".join(str(reason.label) for reason in LEADING if reason in known)


def _said(value: Decimal | None) -> str:
    return "–" if value is None else f"{value.normalize():f}"
