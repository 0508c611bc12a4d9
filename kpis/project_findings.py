"""Findings of KPI 06 and 10: proposals that nobody decides about, and projects that did not bring what they should."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from kpis import names
from kpis.base import Found
from kpis.holding import some
from tenants.models import TenantSettings

WAITING_DAYS = 30
WORTH_MINUTES, MUCH_MINUTES = 240, 1200  # a month
TOLD_DAYS = 90  # after a measurement
CENT = Decimal("0.01")

WAITING = """
SELECT
    proposal.id,
    proposal.company,
    topic.root_id,
    proposal.name,
    MAX(last_event.saved_minutes_per_month),
    MIN(event.happened_on),
    ARRAY(
        SELECT (ticket ->> 1)::bigint
        FROM JSONB_ARRAY_ELEMENTS(proposal.evidence -> 'tickets') AS ticket
    )
FROM proposals AS proposal
JOIN topics AS topic ON topic.id = proposal.topic_id
JOIN LATERAL (
    SELECT after, saved_minutes_per_month
    FROM proposal_events
    WHERE proposal_id = proposal.id AND happened_on <= %(today)s
    ORDER BY happened_on DESC, happened_at DESC, id DESC
    LIMIT 1
) AS last_event ON last_event.after = 'proposed' AND last_event.saved_minutes_per_month >= %(worth)s
JOIN proposal_events AS event
    ON event.proposal_id = proposal.id
    AND event.happened_on <= %(today)s
    AND event.after = 'proposed'
    AND NOT EXISTS (
        SELECT FROM proposal_events AS other
        WHERE other.proposal_id = proposal.id
            AND other.happened_on <= %(today)s
            AND other.after <> 'proposed'
            AND (other.happened_on, other.happened_at, other.id) > (event.happened_on, event.happened_at, event.id)
    )
WHERE proposal.rolled_into_id IS NULL
GROUP BY proposal.id, topic.root_id
HAVING MIN(event.happened_on) <= %(since)s
ORDER BY proposal.id
"""

DISAPPOINTING = """
SELECT
    proposal.id,
    proposal.company,
    topic.root_id,
    proposal.name,
    last_one.verdict,
    COALESCE(last_one.saved_minutes_per_month, 0),
    last_one.measured_on
FROM proposals AS proposal
JOIN topics AS topic ON topic.id = proposal.topic_id
JOIN LATERAL (
    SELECT verdict, is_final, saved_minutes_per_month, measured_on
    FROM project_measurements
    WHERE proposal_id = proposal.id AND measured_on <= %(today)s
    ORDER BY measured_on DESC
    LIMIT 1
) AS last_one
    ON last_one.verdict = 'worsened' OR last_one.is_final AND last_one.verdict = 'no_detectable_effect'
WHERE last_one.measured_on > %(since)s
ORDER BY proposal.id
"""


def waiting(today: date) -> Iterator[Found]:
    """Proposals worth a morning a month about which nobody has decided for a month."""
    since = today - timedelta(days=WAITING_DAYS)
    rows = _rows(WAITING, today=today, since=since, worth=WORTH_MINUTES)
    with translation.override(TenantSettings.load().language):
        topics = names.topics(row[2] for row in rows)
        for proposal, company, topic, name, minutes, begun, tickets in rows:
            words = {"name": name, "day": date_format(begun), "hours": _hours(minutes)}
            title = _("“%(name)s” waits for a decision since %(day)s; it would save %(hours)s hours a month")
            yield Found(
                identity=f"waiting:{proposal}",
                title=(title % words)[:300],
                severity="high" if minutes >= MUCH_MINUTES else "medium",
                first_seen=begun + timedelta(days=WAITING_DAYS),
                last_seen=today,
                company=company,
                subject=topics.get(topic, ""),
                weight=minutes,
                weight_step=60,
                minutes_at_stake=minutes,
                money_at_stake=_worth(minutes),
                evidence={"since": str(begun), "proposal_ids": [proposal], "ticket_ids": some(tickets)},
            )


def disappointing(today: date) -> Iterator[Found]:
    """Finished projects without effect, or after which it became worse."""
    rows = _rows(DISAPPOINTING, today=today, since=today - timedelta(days=TOLD_DAYS))
    with translation.override(TenantSettings.load().language):
        topics = names.topics(row[2] for row in rows)
        for proposal, company, topic, name, verdict, minutes, measured_on in rows:
            is_worse = verdict == "worsened"
            title = (
                _("Since “%(name)s” there is more work of its kind than before")
                if is_worse
                else _("“%(name)s” is done, and no effect can be told from chance")
            )
            yield Found(
                identity=f"disappointing:{proposal}",
                title=(title % {"name": name})[:300],
                severity="high" if is_worse else "medium",
                first_seen=measured_on,
                last_seen=today,
                company=company,
                subject=topics.get(topic, ""),
                weight=abs(minutes),
                weight_step=60,
                minutes_at_stake=-minutes if is_worse else None,
                money_at_stake=_worth(-minutes) if is_worse else None,
                evidence={"since": str(measured_on), "proposal_ids": [proposal]},
            )


def _rows(select: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(select, parameters)
        return list(cursor.fetchall())


def _hours(minutes: Decimal) -> str:
    return number_format(round(minutes / 60, 1), 1)


def _worth(minutes: Decimal) -> Decimal:
    return (minutes / 60 * TenantSettings.load().loaded_hourly_cost).quantize(CENT)
