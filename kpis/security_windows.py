"""How long alerts of an asked window took: medians from the alerts themselves, by vendor, severity or company."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import connection
from django.utils import timezone
from psycopg import sql

from kpis.due import Due
from kpis.facts.handled_alerts import ACKNOWLEDGED_ALERTS, RESOLVED_ALERTS
from kpis.sources import with_sources
from tenants.models import TenantSettings

Cut = Literal["vendor", "severity", "company"]

MEDIANS = sql.SQL(
    """
SELECT
    {cut} AS key,
    GROUPING({cut}) = 1 AS is_total,
    PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY acknowledge_seconds)::numeric / 60,
    PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY resolve_seconds)::numeric / 60
FROM (
    SELECT {cut}, acknowledge_seconds, NULL AS resolve_seconds
    FROM acknowledged_alerts
    UNION ALL
    SELECT {cut}, NULL, resolve_seconds
    FROM resolved_alerts
) AS handled
GROUP BY GROUPING SETS (({cut}), ())
"""
)


@dataclass(frozen=True)
class HandlingMedians:
    """Of alerts acknowledged, and of alerts resolved, in the window; None where there were none."""

    acknowledge_minutes: float | None
    resolve_minutes: float | None


def handling_medians(
    since: date, until: date, by: Cut
) -> tuple[HandlingMedians, dict[int | str | None, HandlingMedians]]:
    """Of all alerts, and those by vendor, severity or company; alerts of unmapped customers are under None."""
    due = Due(((since, until),), TenantSettings.load().zone, timezone.now())
    select = MEDIANS.format(cut=sql.Identifier(by)).as_string()
    with connection.cursor() as cursor:
        cursor.execute(with_sources(select, due, (ACKNOWLEDGED_ALERTS, RESOLVED_ALERTS)), due.parameters)
        rows = cursor.fetchall()
    found = [(key, is_total, HandlingMedians(*map(_number, medians))) for key, is_total, *medians in rows]
    total = next(medians for _, is_total, medians in found if is_total)
    return total, {key: medians for key, is_total, medians in found if not is_total}


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
