"""How topics stand: tickets and hours of the last 30 days, how many of those shown are their own, weeks one by one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from insights.models import Topic
from kpis.calendar import day_start, local_day
from tenants.models import TenantSettings

LATELY = timedelta(days=30)
WEEKS_SHOWN = 26
WEEK = timedelta(days=7)

# A candidate's tickets do not count yet, but people have to see how many there are.
STANDING = """
WITH about AS (
    SELECT
        ticket.source_id,
        ticket.external_id,
        topic.root_id,
        ticket.opened_at >= %(since)s AS is_recent,
        decided.similarity >= topic.core_similarity AS is_own
    FROM ticket_topics AS decided
    INNER JOIN topics AS topic ON topic.id = decided.topic_id
    INNER JOIN raw_tickets AS ticket
        ON ticket.source_id = decided.source_id AND ticket.external_id = decided.ticket_id
    WHERE ticket.record_type = 'ServiceTicket'
        AND ticket.deleted_at IS NULL
        AND ticket.merged_into IS NULL
        AND ticket.opened_at < %(now)s
),
worked AS (
    SELECT about.root_id, SUM(entry.minutes) AS minutes
    FROM raw_time_entries AS entry
    INNER JOIN about ON about.source_id = entry.source_id AND about.external_id = entry.ticket_id
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    WHERE about.is_own
        AND entry.deleted_at IS NULL
        AND NOT COALESCE(member.is_automation, FALSE)
        AND entry.started_at >= %(since)s
        AND entry.started_at < %(now)s
    GROUP BY about.root_id
)
SELECT
    about.root_id,
    COUNT(*) FILTER (WHERE about.is_recent AND about.is_own),
    COUNT(*) FILTER (WHERE about.is_recent),
    COALESCE(MAX(worked.minutes), 0)
FROM about
LEFT JOIN worked ON worked.root_id = about.root_id
GROUP BY about.root_id
"""

WEEKLY = """
SELECT ((ticket.opened_at AT TIME ZONE %(zone)s)::date - %(since)s::date) / 7 AS week, COUNT(*)
FROM ticket_topics AS decided
INNER JOIN topics AS topic ON topic.id = decided.topic_id
INNER JOIN raw_tickets AS ticket
    ON ticket.source_id = decided.source_id AND ticket.external_id = decided.ticket_id
WHERE topic.root_id = %(root)s
    AND decided.similarity >= topic.core_similarity
    AND ticket.record_type = 'ServiceTicket'
    AND ticket.deleted_at IS NULL
    AND ticket.merged_into IS NULL
    AND ticket.opened_at >= %(from)s
    AND ticket.opened_at < %(to)s
GROUP BY week
"""


@dataclass(frozen=True)
class Standing:
    tickets: int = 0
    shown: int = 0
    minutes: float = 0.0

    @property
    def own_share(self) -> float | None:
        return self.tickets / self.shown if self.shown else None


def standings(now: datetime) -> dict[int, Standing]:
    """By topic; what belongs to an alias is its root's."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"now": now, "since": now - LATELY})
        return {
            topic: Standing(tickets, shown, float(minutes))
            for topic, tickets, shown, minutes in cursor.fetchall()
        }


def weekly(topic: Topic, now: datetime) -> list[tuple[date, int]]:
    """The first day of each of the last weeks, and the tickets opened in it; the last week ends yesterday."""
    zone = TenantSettings.load().zone
    until = local_day(now, zone)
    since = until - WEEKS_SHOWN * WEEK
    asked: dict[str, Any] = {"zone": zone.key, "since": since, "root": topic.root_id}
    with connection.cursor() as cursor:
        cursor.execute(WEEKLY, asked | {"from": day_start(since, zone), "to": day_start(until, zone)})
        counts = dict(cursor.fetchall())
    return [(since + week * WEEK, counts.get(week, 0)) for week in range(WEEKS_SHOWN)]
