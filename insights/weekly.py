"""Tickets and booked hours of topics at clients, week by week: what projects are measured by.

Only core tickets count. The hours of a ticket are cut off at its topic's cap, so that one wrong entry moves little.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from kpis.calendar import day_start
from tenants.models import TenantSettings

WEEK = timedelta(days=7)
CAP_QUANTILE = 0.97
Cell = tuple[int, int | None]  # topic, client

TICKETS = """
WITH about AS (
    SELECT
        ticket.source_id,
        ticket.external_id,
        ticket.company_id,
        topic.root_id AS topic,
        ((ticket.opened_at AT TIME ZONE %(zone)s)::date - %(since)s) / 7 AS week
    FROM ticket_topics AS mine
    JOIN topics AS topic ON topic.id = mine.topic_id
    JOIN raw_tickets AS ticket ON ticket.source_id = mine.source_id AND ticket.external_id = mine.ticket_id
    WHERE mine.is_core
        AND topic.root_id = ANY(%(topics)s)
        AND (%(companies)s::bigint[] IS NULL OR ticket.company_id = ANY(%(companies)s))
        AND ticket.record_type = 'ServiceTicket'
        AND ticket.deleted_at IS NULL
        AND ticket.merged_into IS NULL
        AND ticket.opened_at >= %(from)s
        AND ticket.opened_at < %(to)s
),
worked AS (
    SELECT
        about.*,
        booked.hours
    FROM about
    LEFT JOIN LATERAL (
        SELECT SUM(entry.minutes) / 60.0 AS hours
        FROM raw_time_entries AS entry
        LEFT JOIN raw_members AS member
            ON member.source_id = entry.source_id AND member.external_id = entry.member_id
        WHERE entry.ticket_id = about.external_id
            AND entry.source_id = about.source_id
            AND entry.deleted_at IS NULL
            AND entry.started_at < %(now)s
            AND NOT COALESCE(member.is_automation, FALSE)
    ) AS booked ON TRUE
)
"""

CAPS = """
SELECT
    topic,
    PERCENTILE_CONT(%(quantile)s) WITHIN GROUP (ORDER BY hours)
FROM worked
WHERE hours IS NOT NULL
GROUP BY topic
"""

BY_WEEK = """
SELECT
    worked.topic,
    worked.company_id,
    worked.week,
    COUNT(*),
    COALESCE(SUM(LEAST(worked.hours, cap.hours)), 0)::float,
    COUNT(*) FILTER (WHERE worked.hours IS NULL)
FROM worked
LEFT JOIN UNNEST(%(capped)s::bigint[], %(caps)s::float[]) AS cap (topic, hours) ON cap.topic = worked.topic
GROUP BY worked.topic, worked.company_id, worked.week
ORDER BY worked.topic, worked.company_id, worked.week
"""

BOOKED_ON = """
SELECT COALESCE(SUM(entry.minutes), 0)::float / 60
FROM raw_time_entries AS entry
WHERE entry.ticket_id = %(ticket)s
    AND entry.deleted_at IS NULL
    AND entry.started_at >= %(from)s
    AND entry.started_at < %(to)s
"""


@dataclass(frozen=True)
class Weeks:
    """Whole weeks from a local day on."""

    since: date
    number: int

    @classmethod
    def before(cls, until: date, number: int) -> "Weeks":
        return cls(until - number * WEEK, number)

    @property
    def until(self) -> date:
        """The first day no longer in it."""
        return self.since + self.number * WEEK

    @property
    def starts(self) -> list[date]:
        return [self.since + week * WEEK for week in range(self.number)]


@dataclass
class Series:
    tickets: list[int]
    hours: list[float]
    without_time: int = 0

    @classmethod
    def empty(cls, weeks: int) -> "Series":
        return cls([0] * weeks, [0.0] * weeks)

    @property
    def total(self) -> int:
        return sum(self.tickets)

    def add(self, other: "Series") -> None:
        self.tickets = [mine + its for mine, its in zip(self.tickets, other.tickets, strict=True)]
        self.hours = [mine + its for mine, its in zip(self.hours, other.hours, strict=True)]
        self.without_time += other.without_time


def caps_of(topics: Iterable[int], weeks: Weeks, now: datetime) -> dict[int, float]:
    """The hours beyond which a ticket of the topic counts no more."""
    return {
        topic: float(hours)
        for topic, hours in _rows(TICKETS + CAPS, topics, weeks, now, None, quantile=CAP_QUANTILE)
    }


def series_of(
    topics: Iterable[int],
    weeks: Weeks,
    now: datetime,
    caps: Mapping[int, float],
    companies: Sequence[int] | None = None,
) -> dict[Cell, Series]:
    """Of each topic at each client that had any tickets of it."""
    found: dict[Cell, Series] = {}
    named = {"capped": list(caps), "caps": list(caps.values())}
    rows = _rows(TICKETS + BY_WEEK, topics, weeks, now, companies, **named)
    for topic, company, week, tickets, hours, without_time in rows:
        series = found.setdefault((topic, company), Series.empty(weeks.number))
        series.tickets[week], series.hours[week] = tickets, round(hours, 4)
        series.without_time += without_time
    return found


def total(parts: Iterable[Series], weeks: int) -> Series:
    whole = Series.empty(weeks)
    for part in parts:
        whole.add(part)
    return whole


def booked_hours(ticket: int, since: date, until: date, now: datetime) -> float:
    """Under the ticket of a project."""
    zone = TenantSettings.load().zone
    given: dict[str, Any] = {
        "ticket": ticket,
        "from": day_start(since, zone),
        "to": min(now, day_start(until, zone)),
    }
    with connection.cursor() as cursor:
        cursor.execute(BOOKED_ON, given)
        return float(cursor.fetchone()[0])


def _rows(
    sql: str, topics: Iterable[int], weeks: Weeks, now: datetime, companies: Sequence[int] | None, **more: Any
) -> list[tuple[Any, ...]]:
    settings = TenantSettings.load()
    given: dict[str, Any] = {
        "zone": settings.time_zone,
        "since": weeks.since,
        "topics": list(topics),
        "companies": None if companies is None else list(companies),
        "from": day_start(weeks.since, settings.zone),
        "to": min(now, day_start(weeks.until, settings.zone)),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given | more)
        return list(cursor.fetchall())
