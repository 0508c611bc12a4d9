"""Grades each KPI's days by what the checks counted over the seven days up to each, and keeps kpi_trust so.

What only holds of the present (kpis.quality.standing) is not stored: it is judged when a grade is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql
from psycopg.types.json import Jsonb

from kpis.base import Run
from kpis.frames import days_to_derive
from kpis.models import KpiTrust
from kpis.quality.checks import COUNTED, Check, Reason, judged, worst_first
from kpis.quality.definition import TRUST
from kpis.registry import kpis

Grade = KpiTrust.Grade
FRAME_DAYS = 7
Sums = Mapping[tuple[str, date], tuple[Decimal, Decimal]]

# A KPI has figures on days on which one of its columns is known; one without columns, on all of them.
PRESENT = sql.SQL(
    """
CREATE TEMPORARY TABLE present AS
SELECT figure.kpi, kpi_daily.kpi_date
FROM kpi_daily
CROSS JOIN LATERAL (VALUES {figures}) AS figure (kpi, is_known)
WHERE figure.is_known
"""
)

FORGET = """
DELETE FROM kpi_trust
WHERE NOT EXISTS (
    SELECT FROM present WHERE present.kpi = kpi_trust.kpi AND present.kpi_date = kpi_trust.kpi_date
)
"""

UNGRADED = """
SELECT DISTINCT kpi_date
FROM present
LEFT JOIN kpi_trust USING (kpi, kpi_date)
WHERE kpi_trust.id IS NULL
"""

SUMS = """
SELECT metric, kpi_date, SUM(numerator), SUM(denominator)
FROM UNNEST(%(days)s::date[]) AS wanted (kpi_date)
JOIN kpi_breakdown USING (kpi_date)
WHERE kpi = %(kpi)s
GROUP BY metric, kpi_date
"""

WRITE = """
INSERT INTO kpi_trust (kpi, kpi_date, grade, reasons)
SELECT kpi, kpi_date, grade, reasons
FROM UNNEST(%(kpis)s::text[], %(days)s::date[], %(grades)s::text[], %(reasons)s::jsonb[])
    AS graded (kpi, kpi_date, grade, reasons)
JOIN present USING (kpi, kpi_date)
ON CONFLICT (kpi_date, kpi) DO UPDATE
SET grade = EXCLUDED.grade, reasons = EXCLUDED.reasons
WHERE (kpi_trust.grade, kpi_trust.reasons) IS DISTINCT FROM (EXCLUDED.grade, EXCLUDED.reasons)
"""


def grade_of(reasons: Iterable[Reason]) -> Grade:
    found = list(reasons)
    if any(reason.is_bad for reason in found):
        return Grade.LOW
    return Grade.MEDIUM if found else Grade.HIGH


def lowered_by(number: str) -> list[Check]:
    """The counted checks that lower the KPI of this number."""
    return [check for check in COUNTED if number in check.lowers]


def refresh_grades(cursor: CursorWrapper, run: Run) -> None:
    """Once all figures are written."""
    cursor.execute(PRESENT.format(figures=_figures()))
    cursor.execute(FORGET)
    cursor.execute(UNGRADED)
    days = {day for (day,) in cursor.fetchall()}
    if run.has_news(TRUST):
        days |= set(days_to_derive(run, TRUST, FRAME_DAYS))
    if days:
        cursor.execute(WRITE, _graded(sorted(days), _sums(cursor, days)))
    cursor.execute("DROP TABLE present")


def _figures() -> sql.Composed:
    def figure(slug: str, columns: list[str]) -> sql.Composed:
        values = sql.SQL(", ").join(sql.Identifier("kpi_daily", column) for column in columns)
        is_known = sql.SQL("NUM_NONNULLS({}) > 0").format(values) if columns else sql.SQL("TRUE")
        return sql.SQL("({}, {})").format(slug, is_known)

    return sql.SQL(", ").join(
        figure(slug, [column.name for column in kpi.columns]) for slug, kpi in kpis().items()
    )


def _sums(cursor: CursorWrapper, days: Iterable[date]) -> Sums:
    """By check and day, of all days of the frames that end on these."""
    of_frames = {day - timedelta(days=back) for day in days for back in range(FRAME_DAYS)}
    cursor.execute(SUMS, {"kpi": TRUST.slug, "days": sorted(of_frames)})
    return {(check, day): (wrong, of) for check, day, wrong, of in cursor.fetchall()}


def _graded(days: list[date], sums: Sums) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = defaultdict(list)
    checks = {slug: lowered_by(kpi.number) for slug, kpi in kpis().items()}
    for day in days:
        reasons = {check.slug: _judged_on(day, check, sums) for check in COUNTED}
        for slug, lowering in checks.items():
            found = worst_first(reason for check in lowering if (reason := reasons[check.slug]))
            rows["kpis"].append(slug)
            rows["days"].append(day)
            rows["grades"].append(grade_of(found))
            rows["reasons"].append(Jsonb([reason.plain() for reason in found]))
    return rows


def _judged_on(day: date, check: Check, sums: Sums) -> Reason | None:
    frame = [sums.get((check.slug, day - timedelta(days=back))) for back in range(FRAME_DAYS)]
    looked_at = [parts for parts in frame if parts]
    wrong, of = (sum(part, Decimal(0)) for part in zip(*looked_at, strict=True)) if looked_at else (0, 0)
    return judged(check, Decimal(wrong), Decimal(of))
