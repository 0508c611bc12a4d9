"""How fast one client's tickets were resolved and whether as promised, from the tickets of both periods at once."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from kpis.due import Due
from kpis.facts.finally_closed import FINALLY_CLOSED, LAST_CLOSURES
from kpis.facts.sla_judged import SLA_JUDGED
from kpis.period import Period
from kpis.sources import with_sources
from tenants.models import TenantSettings

CLOSED = """
SELECT
    kpi_date >= %(since)s AS is_now,
    COUNT(ttr_seconds),
    (PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY ttr_seconds) / 3600)::float,
    COUNT(met),
    COALESCE(SUM(met), 0)
FROM (
    SELECT kpi_date, ttr_seconds, NULL::int AS met
    FROM finally_closed
    WHERE timed = 1 AND company = %(company)s
    UNION ALL
    SELECT kpi_date, NULL, met
    FROM sla_judged
    WHERE company = %(company)s
) AS closed
GROUP BY is_now
"""


@dataclass(frozen=True)
class Resolved:
    """How many tickets were finally closed, within how many hours half of them, and what became of promises."""

    tickets: int = 0
    median_hours: float | None = None
    judged: int = 0  # of which is known whether they kept what was promised
    met: int = 0

    @property
    def missed(self) -> int:
        return self.judged - self.met

    @property
    def met_percent(self) -> float | None:
        return 100 * self.met / self.judged if self.judged else None


def resolved(company: int, period: Period) -> tuple[Resolved, Resolved]:
    """Now, and before."""
    due = Due(((period.before.since, period.until),), TenantSettings.load().zone, timezone.now())
    about = {"company": company, "since": period.since}
    with connection.cursor() as cursor:
        statement = with_sources(CLOSED, due, (LAST_CLOSURES, FINALLY_CLOSED, SLA_JUDGED))
        cursor.execute(statement, due.parameters | about)
        found = {is_now: Resolved(*parts) for is_now, *parts in cursor.fetchall()}
    return found.get(True, Resolved()), found.get(False, Resolved())
