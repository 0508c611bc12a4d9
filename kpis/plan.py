"""Which days a compute has to write: what the log of dirty days says, and what time has made stale."""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max, Min

from connectors.models import DirtyDay
from kpis.base import Run
from kpis.calendar import HISTORY_DAYS, days_between, local_day
from kpis.due import Due, Window, stretches
from kpis.models import KpiDaily
from kpis.sources import with_sources
from tenants.models import TenantSettings

FIRST_MOMENT = """
SELECT LEAST(
    (SELECT opened_at FROM ticket ORDER BY opened_at LIMIT 1),
    (
        SELECT closed_at
        FROM ticket
        WHERE is_closed
            AND NOT EXISTS (
                SELECT FROM raw_ticket_spells AS spell
                WHERE spell.source_id = ticket.source_id AND spell.ticket_id = ticket.id
            )
        ORDER BY closed_at
        LIMIT 1
    ),
    (
        SELECT spell.started_at
        FROM raw_ticket_spells AS spell
        JOIN ticket ON ticket.source_id = spell.source_id AND ticket.id = spell.ticket_id
        WHERE spell.number > 1
        ORDER BY spell.started_at
        LIMIT 1
    ),
    (
        SELECT spell.ended_at
        FROM raw_ticket_spells AS spell
        JOIN ticket ON ticket.source_id = spell.source_id AND ticket.id = spell.ticket_id
        WHERE spell.ended_at IS NOT NULL
        ORDER BY spell.ended_at
        LIMIT 1
    ),
    (SELECT started_at FROM raw_time_entries WHERE deleted_at IS NULL ORDER BY started_at LIMIT 1),
    (
        SELECT survey.answered_at
        FROM raw_surveys AS survey
        LEFT JOIN raw_tickets AS known
            ON known.source_id = survey.source_id AND known.external_id = survey.ticket_id
        LEFT JOIN ticket ON ticket.row_id = known.id
        WHERE survey.deleted_at IS NULL AND (known.id IS NULL OR ticket.row_id IS NOT NULL)
        ORDER BY survey.answered_at
        LIMIT 1
    ),
    (SELECT detected_at FROM alert ORDER BY detected_at LIMIT 1)
)
"""


@dataclass(frozen=True)
class Stale:
    """What asks for a recompute: some days, or all of them, and why."""

    reasons: Mapping[date, frozenset[str]]
    everything: bool
    general_reasons: frozenset[str] = frozenset()

    @property
    def days(self) -> Set[date]:
        return self.reasons.keys()

    def with_all(self, *reasons: str) -> "Stale":
        return replace(self, everything=True, general_reasons=self.general_reasons.union(reasons))


def look_at_log(*, consume: bool) -> Stale:
    """The marks there are now. Those appended after this statement stay for the next compute."""
    if not consume:
        marks = list(DirtyDay.objects.values_list("day", "reason"))
    else:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM connectors_dirtyday RETURNING day, reason")
            marks = cursor.fetchall()
    reasons: dict[date | None, set[str]] = defaultdict(set)
    for day, reason in marks:
        reasons[day].add(reason)
    general = reasons.pop(None, None)
    by_day = {day: frozenset(of_day) for day, of_day in reasons.items() if day}
    return Stale(by_day, general is not None, frozenset(general or ()))


def plan(now: datetime, settings: TenantSettings, stale: Stale, window: Window | None = None) -> Run | None:
    """None when there is nothing to count."""
    today = local_day(now, settings.zone)
    first_day = _first_day(today, settings)
    if first_day is None:
        return None
    tomorrow = today + timedelta(days=1)
    written = KpiDaily.objects.aggregate(first=Min("kpi_date"), last=Max("kpi_date"))
    # What happened before the days that have figures moves the backlog and the series they begin with.
    is_cut = first_day == today - timedelta(days=HISTORY_DAYS)
    reaches_back = is_cut and any(day < first_day for day in stale.days)
    is_full = stale.everything or reaches_back or written["last"] is None or written["last"] > today
    unscored_since = first_day if is_full else max(first_day, written["last"])
    days = set(days_between(unscored_since, tomorrow))
    if not is_full:
        days |= {day for day in stale.days if first_day <= day <= today}
        days |= set(days_between(first_day, written["first"]))
        days |= {day for day in days_between(*window) if first_day <= day <= today} if window else set()
    return Run(
        due=Due(tuple(stretches(days)), settings.zone, now),
        today=today,
        first_day=first_day,
        previous_first_day=None if is_full else written["first"],
        unscored_since=unscored_since,
        days=tuple(sorted(days)),
        is_full=is_full,
    )


def _first_day(today: date, settings: TenantSettings) -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(with_sources(FIRST_MOMENT))
        (moment,) = cursor.fetchone()
    if moment is None or local_day(moment, settings.zone) > today:
        return None
    return max(local_day(moment, settings.zone), today - timedelta(days=HISTORY_DAYS))
