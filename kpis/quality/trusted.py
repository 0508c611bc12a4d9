"""Grades as they are shown: of stored days, and of any stretch of days, with what holds of the present."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kpis.models import KpiBreakdown
from kpis.quality.checks import CHECKS, Reason, judged, worst_first
from kpis.quality.definition import TRUST
from kpis.quality.grades import Grade, grade_of, lowered_by
from kpis.quality.standing import Standing
from kpis.registry import kpis


@dataclass(frozen=True)
class Trust:
    grade: Grade
    reasons: tuple[Reason, ...]

    @property
    def is_doubtful(self) -> bool:
        return self.grade != Grade.HIGH

    @property
    def words(self) -> list[str]:
        return [in_words(reason) for reason in self.reasons]


def in_words(reason: Reason) -> str:
    return _("%(what)s: %(wrong)s of %(of)s (%(percent)s %%)") % {
        "what": reason.check.name,
        "wrong": number_format(round(reason.wrong), 0, force_grouping=True),
        "of": number_format(round(reason.of), 0, force_grouping=True),
        "percent": number_format(round(reason.percent, 1), 1),
    }


def of_window(since: date, until: date, standing: Standing | None = None) -> dict[str, Trust]:
    """Each KPI's, judged by all that was looked at on the days from `since` to before `until`."""
    cells = KpiBreakdown.objects.filter(kpi=TRUST.slug, kpi_date__gte=since, kpi_date__lt=until)
    sums = cells.order_by().values_list("metric").annotate(wrong=Sum("numerator"), of=Sum("denominator"))
    found = {check: judged(CHECKS[check], wrong, of) for check, wrong, of in sums if check in CHECKS}
    standing, last_day = standing or Standing.look(), until - timedelta(days=1)
    return {
        slug: _trust(
            [
                *(reason for check in lowered_by(kpi.number) if (reason := found.get(check.slug))),
                *standing.against_now(kpi.number, last_day),
            ]
        )
        for slug, kpi in kpis().items()
    }


def with_present(rows: Iterable[dict[str, Any]]) -> None:
    """Adds to rows with kpi, kpi_date, grade and reasons what holds of the present."""
    standing = Standing.look()
    numbers = {slug: kpi.number for slug, kpi in kpis().items()}
    for row in rows:
        found = standing.against(numbers.get(row["kpi"], ""), row["kpi_date"])
        if found:
            trust = _trust([*found, *map(stored, row["reasons"])])
            row |= {"grade": str(trust.grade), "reasons": [reason.plain() for reason in trust.reasons]}


def stored(plain: dict[str, Any]) -> Reason:
    """A stored reason again."""
    check, wrong, of = CHECKS[plain["check"]], Decimal(str(plain["wrong"])), Decimal(str(plain["of"]))
    return Reason(check, wrong, of, is_bad=100 * wrong >= check.bad * of)


def _trust(reasons: Iterable[Reason]) -> Trust:
    found = worst_first(reasons)
    return Trust(grade_of(found), tuple(found))
