"""The tickets that proposals rest on: sixteen weeks of them, read once for all topics and clients.

Whole local days up to the day before, so that a second look on the same day sees the same.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from insights.described import Ticket
from insights.roi import FEWEST_BASELINE_WEEKS, winsorised
from insights.text.tickets import texts
from kpis.calendar import day_of, day_start, local_day
from kpis.facts.time_worked import EFFECTIVE_OPTION
from tenants.models import TenantSettings

WEEKS = FEWEST_BASELINE_WEEKS
DAYS_OF_BAR = 30

# Core tickets with the hours that people booked on them, and what of these is charged by the hour: not when the
# entry's agreement, else the ticket's, was in force and covers time for its fee. One pass, without a join of what was
# summed up: that would be fast only with statistics, which tables lack after a first load.
WORK = f"""
SELECT
    ticket.source_id,
    ticket.external_id,
    root.id AS topic,
    SUM(entry.minutes) FILTER (WHERE is_by_people)::float / 60 AS hours,
    COALESCE(
        SUM(entry.minutes) FILTER (
            WHERE is_by_people
                AND {EFFECTIVE_OPTION} = 'Billable'
                AND NOT COALESCE(agreement.covers_time AND is_in_force, FALSE)
        ),
        0
    )::float / 60 AS charged_hours
FROM ticket_topics AS mine
JOIN topics AS topic ON topic.id = mine.topic_id
JOIN topics AS root ON root.id = topic.root_id
JOIN raw_tickets AS ticket ON ticket.source_id = mine.source_id AND ticket.external_id = mine.ticket_id
LEFT JOIN raw_time_entries AS entry
    ON entry.source_id = ticket.source_id
    AND entry.ticket_id = ticket.external_id
    AND entry.deleted_at IS NULL
    AND entry.started_at < %(until)s
LEFT JOIN raw_members AS member
    ON member.source_id = entry.source_id AND member.external_id = entry.member_id
LEFT JOIN raw_work_types AS work_type
    ON work_type.source_id = entry.source_id AND work_type.external_id = entry.work_type_id
LEFT JOIN raw_agreements AS agreement
    ON agreement.source_id = entry.source_id
    AND agreement.external_id = COALESCE(entry.agreement_id, ticket.agreement_id)
CROSS JOIN LATERAL (
    SELECT
        member.is_automation IS NOT TRUE AS is_by_people,
        COALESCE(agreement.starts_on <= worked_on, TRUE)
        AND COALESCE(agreement.ends_on >= worked_on, TRUE)
        AND NOT (agreement.is_cancelled AND COALESCE(agreement.cancelled_on <= worked_on, TRUE)) AS is_in_force
    FROM (SELECT (entry.started_at AT TIME ZONE %(zone)s)::date AS worked_on) AS local
) AS judged
WHERE mine.is_core
    AND root.status = 'active'
    AND (%(topic)s::bigint IS NULL OR root.id = %(topic)s)
    AND ticket.opened_at >= %(since)s
    AND ticket.opened_at < %(until)s
GROUP BY ticket.source_id, ticket.external_id, root.id
"""  # noqa: S608 - our own fragment


class Case(NamedTuple):
    """A core ticket. Without `hours`, nobody has booked time on it; an empty requester is nobody that can be told."""

    ticket: Ticket
    company: int | None
    day: date
    requester: str
    is_from_monitoring: bool
    hours: float | None
    charged_hours: float


@dataclass(frozen=True)
class Period:
    since: date
    until: date  # the first day no longer in it

    @classmethod
    def before(cls, now: datetime) -> "Period":
        today = day_of(now)
        return cls(today - timedelta(weeks=WEEKS), today)

    @property
    def bar_since(self) -> date:
        return self.until - timedelta(days=DAYS_OF_BAR)

    def week(self, day: date) -> int:
        return (day - self.since).days // 7


@dataclass
class Cases:
    """Of each topic its core tickets, oldest first; of each client how many tickets of all kinds it had."""

    period: Period
    of_topic: dict[int, list[Case]] = field(default_factory=lambda: defaultdict(list))
    client_tickets: Counter[int | None] = field(default_factory=Counter)
    _longest: dict[int, float] = field(default_factory=dict)

    def of(self, topic: int, companies: Collection[int | None] | None = None) -> list[Case]:
        cases = self.of_topic.get(topic, [])
        return cases if companies is None else [case for case in cases if case.company in companies]

    def longest_hours(self, topic: int) -> float:
        """Beyond which a ticket's hours count no more, judged by all clients' tickets of the topic."""
        if topic not in self._longest:
            booked = [case.hours for case in self.of(topic) if case.hours is not None]
            self._longest[topic] = max(winsorised(booked), default=0.0)
        return self._longest[topic]


def gather(now: datetime, topic: int | None = None) -> Cases:
    """Two statements, however many topics and clients there are."""
    zone = TenantSettings.load().zone
    cases = Cases(Period.before(now))
    since, until = day_start(cases.period.since, zone), day_start(cases.period.until, zone)
    work = _work(since, until, topic)
    for text in texts(since, until, only=None if topic is None else work):
        cases.client_tickets[text.company] += 1
        if text.key in work:
            its_topic, hours, charged_hours = work[text.key]
            case = Case(
                ticket=text.key,
                company=text.company,
                day=local_day(text.opened_at, zone),
                requester=text.requester
                and f"{text.company} {text.requester}",  # hosts are called alike elsewhere
                is_from_monitoring=text.is_from_monitoring,
                hours=hours,
                charged_hours=charged_hours,
            )
            cases.of_topic[its_topic].append(case)
    return cases


def _work(
    since: datetime, until: datetime, topic: int | None
) -> dict[Ticket, tuple[int, float | None, float]]:
    settings = TenantSettings.load()
    asked = {"since": since, "until": until, "topic": topic, "zone": settings.time_zone}
    with connection.cursor() as cursor:
        cursor.execute(WORK, asked)
        return {
            (source, ticket): (its_topic, hours, charged)
            for source, ticket, its_topic, hours, charged in cursor
        }
