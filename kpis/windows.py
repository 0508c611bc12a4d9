"""Figures of an asked window: sums and ratios from the stored cells, percentiles from the tickets themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone
from psycopg import sql

from kpis.due import Due, Window
from kpis.facts.finally_closed import FINALLY_CLOSED, LAST_CLOSURES
from kpis.facts.sla_judged import SLA_JUDGED
from kpis.models import KpiBreakdown
from kpis.sources import with_sources
from tenants.models import TenantSettings

Dimension = Literal["company", "technician", "board", "segment"]

PERCENTILES = """
SELECT
    technician,
    GROUPING(technician) = 1 AS is_team,
    (PERCENTILE_CONT(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY ttr_seconds))::numeric[]
FROM finally_closed
WHERE timed = 1
GROUP BY GROUPING SETS ((technician), ())
"""

# Asked windows may overlap; those without tickets have no row. Day by day, so that tickets are found by hash.
CLOSED_OF_EACH = """
WITH asked AS (
    SELECT number, since + step AS kpi_date
    FROM UNNEST(%(sinces)s::date[], %(untils)s::date[]) WITH ORDINALITY AS one (since, until, number)
    CROSS JOIN LATERAL GENERATE_SERIES(0, until - since - 1) AS step
)
SELECT
    number,
    'ttr' AS what,
    (PERCENTILE_CONT(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY ttr_seconds))::numeric[] AS numbers
FROM asked
JOIN finally_closed USING (kpi_date)
WHERE timed = 1
GROUP BY number
UNION ALL
SELECT number, 'sla', ARRAY[SUM(met), SUM(judged)]::numeric[]
FROM asked
JOIN sla_judged USING (kpi_date)
GROUP BY number
"""

TIME_BY = sql.SQL(
    """
SELECT
    {dimension} AS key,
    COALESCE(SUM(numerator) FILTER (WHERE kpi_date >= %(since)s AND metric = 'billable_minutes'), 0),
    COALESCE(SUM(numerator) FILTER (WHERE kpi_date >= %(since)s AND metric = 'non_billable_minutes'), 0),
    COALESCE(SUM(numerator) FILTER (WHERE kpi_date >= %(until)s::date - 7), 0),
    COALESCE(SUM(numerator) FILTER (WHERE kpi_date >= %(until)s::date - 14 AND kpi_date < %(until)s::date - 7), 0),
    COALESCE(SUM(numerator) FILTER (WHERE kpi_date >= %(until)s::date - 30), 0),
    COALESCE(SUM(numerator) FILTER (WHERE kpi_date >= %(until)s::date - 60 AND kpi_date < %(until)s::date - 30), 0)
FROM kpi_breakdown
WHERE kpi = 'time_consumption'
    AND metric IN ('billable_minutes', 'non_billable_minutes')
    AND kpi_date >= LEAST(%(since)s, %(until)s::date - 60)
    AND kpi_date < %(until)s
GROUP BY {dimension}
ORDER BY {dimension}
"""
)


@dataclass(frozen=True)
class Parts:
    """Of a ratio."""

    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)

    def quotient(self, factor: float = 1) -> float | None:
        return factor * float(self.numerator) / float(self.denominator) if self.denominator else None


@dataclass(frozen=True)
class Percentiles:
    """Wall-clock time to resolve, in hours, of tickets finally closed in the window."""

    median_hours: float
    p90_hours: float


@dataclass(frozen=True)
class Closed:
    """Of tickets finally closed in a window: how long they took, and those that met their SLA over those judged."""

    ttr: Percentiles | None
    sla: Parts


@dataclass(frozen=True)
class Efficiency:
    """Of one technician, or of all tickets where `technician` is None. What was not measured is None."""

    technician: int | None
    handled: int
    worked_days: int
    avg_ttr_hours: float | None
    median_ttr_hours: float | None
    p90_ttr_hours: float | None
    business_ttr_hours: float | None
    fcr_percent: float | None
    one_touch_percent: float | None
    reopen_percent: float | None
    first_response_minutes: float | None
    tickets_per_worked_day: float | None
    billable_percent: float | None
    utilisation_percent: float | None
    csat: float | None


@dataclass(frozen=True)
class TimeShare:
    """Time worked for one company, by one technician, …; the changes end with the window, whatever its length."""

    key: int | str | None
    billable_minutes: Decimal
    non_billable_minutes: Decimal
    share_percent: float | None
    change_7d_percent: float | None
    change_30d_percent: float | None


def ttr_percentiles(since: date, until: date) -> tuple[Percentiles | None, dict[int | None, Percentiles]]:
    """The team's, and those by technician; tickets without one are under None."""
    due = Due(((since, until),), TenantSettings.load().zone, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(with_sources(PERCENTILES, due, (LAST_CLOSURES, FINALLY_CLOSED)), due.parameters)
        rows = cursor.fetchall()
    found = [
        (key, is_team, Percentiles(*(float(part / 3600) for part in parts)))
        for key, is_team, parts in rows
        if parts
    ]
    team = next((percentiles for _, is_team, percentiles in found if is_team), None)
    return team, {key: percentiles for key, is_team, percentiles in found if not is_team}


def closed_of_each(asked: Sequence[Window]) -> list[Closed]:
    """The team's, of windows that may overlap, in one statement."""
    sinces, untils = [since for since, _ in asked], [until for _, until in asked]
    due = Due(((min(sinces), max(untils)),), TenantSettings.load().zone, timezone.now())
    parameters = due.parameters | {"sinces": sinces, "untils": untils}
    facts = (LAST_CLOSURES, FINALLY_CLOSED, SLA_JUDGED)
    with connection.cursor() as cursor:
        cursor.execute(with_sources(CLOSED_OF_EACH, due, facts), parameters)
        found = {(number, what): numbers for number, what, numbers in cursor.fetchall()}
    return [
        _closed(found.get((number, "ttr")), found.get((number, "sla"))) for number in range(1, len(asked) + 1)
    ]


def _closed(ttr_seconds: Sequence[Decimal] | None, sla: Sequence[Decimal] | None) -> Closed:
    return Closed(
        ttr=Percentiles(*(float(part / 3600) for part in ttr_seconds)) if ttr_seconds else None,
        sla=Parts(*sla) if sla else Parts(),
    )


def team_efficiency(since: date, until: date) -> Efficiency:
    team, _ = ttr_percentiles(since, until)
    cells = _cells(since, until, by=None)
    return efficiency(None, cells.get(None, {}), team)


def technician_efficiency(since: date, until: date, technician: int | None = None) -> list[Efficiency]:
    """In the order of their ids; only one where `technician` names one."""
    _, percentiles = ttr_percentiles(since, until)
    about = Q(technician=technician) if technician is not None else Q(technician__isnull=False)
    cells = _cells(since, until, "technician", about)
    return [efficiency(key, parts, percentiles.get(key)) for key, parts in sorted(cells.items())]


def time_by(dimension: Dimension, since: date, until: date) -> list[TimeShare]:
    """Where the hours went, most of them first."""
    with connection.cursor() as cursor:
        cursor.execute(TIME_BY.format(dimension=sql.Identifier(dimension)), {"since": since, "until": until})
        rows = cursor.fetchall()
    total = sum(billable + other for _, billable, other, *_ in rows)
    shares = [
        TimeShare(
            key=key,
            billable_minutes=billable,
            non_billable_minutes=other,
            share_percent=_percent(billable + other, total),
            change_7d_percent=_percent(last_7 - before_7, before_7),
            change_30d_percent=_percent(last_30 - before_30, before_30),
        )
        for key, billable, other, last_7, before_7, last_30, before_30 in rows
    ]
    return sorted(shares, key=lambda share: -(share.billable_minutes + share.non_billable_minutes))


def _cells(since: date, until: date, by: str | None, about: Q | None = None) -> dict[Any, dict[str, Parts]]:
    rows = KpiBreakdown.objects.filter(
        about or Q(), kpi="tech_efficiency", kpi_date__gte=since, kpi_date__lt=until
    ).order_by()
    sums = rows.values(*filter(None, [by]), "metric").annotate(
        top=Sum("numerator"), bottom=Sum("denominator")
    )
    found: dict[Any, dict[str, Parts]] = {}
    for row in sums:
        parts = Parts(row["top"], row["bottom"] or Decimal(0))
        found.setdefault(row[by] if by else None, {})[row["metric"]] = parts
    return found


def efficiency(
    technician: int | None, cells: Mapping[str, Parts], percentiles: Percentiles | None
) -> Efficiency:
    def part(metric: str) -> Parts:
        return cells.get(metric, Parts())

    handled, worked_days = int(part("fcr").denominator), int(part("worked_days").numerator)
    return Efficiency(
        technician=technician,
        handled=handled,
        worked_days=worked_days,
        avg_ttr_hours=part("ttr_minutes").quotient(1 / 60),
        median_ttr_hours=percentiles.median_hours if percentiles else None,
        p90_ttr_hours=percentiles.p90_hours if percentiles else None,
        business_ttr_hours=part("business_ttr_minutes").quotient(1 / 60),
        fcr_percent=part("fcr").quotient(100),
        one_touch_percent=part("one_touch").quotient(100),
        reopen_percent=part("reopened").quotient(100),
        first_response_minutes=part("first_response_minutes").quotient(),
        tickets_per_worked_day=handled / worked_days if worked_days else None,
        billable_percent=part("billable_ratio").quotient(100),
        utilisation_percent=part("utilisation").quotient(100),
        csat=part("csat").quotient(),
    )


def _percent(part: Decimal, whole: Decimal | int) -> float | None:
    return float(100 * part / whole) if whole else None
