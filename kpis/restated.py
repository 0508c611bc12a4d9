"""What of a day's figures changed after the day was over, in words, for its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _

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

    title: Any
    was: str
    now: str
    restated_at: datetime
    was_final: bool
    why: str


def restated(day: KpiDaily) -> list[Restated]:
    """The latest first."""
    settings = TenantSettings.load()
    rows = list(KpiRestatement.objects.filter(kpi_date=day.kpi_date, is_daily=True)[:MOST_ROWS])
    titles = {column.name: column.title for kpi in kpis().values() for column in kpi.columns}
    causes = _causes(day.kpi_date, {row.restated_at for row in rows})
    final_from = day.kpi_date + timedelta(days=settings.late_entry_days)
    return [
        Restated(
            title=titles.get(row.metric, row.metric),
            was=_said(row.was_numerator),
            now=_said(row.now_numerator),
            restated_at=row.restated_at,
            was_final=local_day(row.restated_at, settings.zone) > final_from,
            why=_why(row.reasons, causes.get(row.restated_at)),
        )
        for row in rows
    ]


def _causes(day: date, moments: Iterable[datetime]) -> dict[datetime, tuple[date, date]]:
    """The days that changed by themselves when this one followed."""
    rows = KpiRestatement.objects.filter(restated_at__in=moments, kpi_date__lt=day).exclude(
        reasons=Reason.FOLLOWS
    )
    found = rows.order_by().values("restated_at").annotate(first=Min("kpi_date"), last=Max("kpi_date"))
    return {one["restated_at"]: (one["first"], one["last"]) for one in found}


def _why(reasons: str, cause: tuple[date, date] | None) -> str:
    known = set(reasons.split())
    words = ", ".join(str(reason.label) for reason in LEADING if reason in known)
    if Reason.FOLLOWS not in known or cause is None:
        return words
    first, last = map(date_format, cause)
    days = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    return f"{words} ({days})"


def _said(value: Decimal | None) -> str:
    return "–" if value is None else f"{value.normalize():f}"
