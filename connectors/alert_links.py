"""The ticket in which an alert was worked on, how that is known, and how surely.

Surely where one names the other; else by the host or person that a ticket of the same company names at the time.
A ticket may hold several alerts, an alert has one ticket.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from connectors import alert_pairs, dirty
from connectors.models import JoinState, RawSecurityAlert

# What was committed late carries an earlier moment than what was seen before it.
OVERLAP = timedelta(minutes=15)
# Older alerts are looked at again when they change, and all of them once a night.
RECENT = timedelta(days=31)
MANY_LINKS = 500  # changed at once: all days are marked instead of each
# Host names that are words of everyday tickets.
COMMON_WORDS = [
    *(
        "server",
        "serveur",
        "desktop",
        "laptop",
        "workstation",
        "computer",
        "ordinateur",
        "windows",
        "localhost",
    ),
    *("admin", "office", "security", "firewall", "printer", "backup", "test", "user", "reception", "accueil"),
]
# Of alerts that the vendor deleted: they are not asked about any more.
FORGET = """
INSERT INTO link_changes (source_id, alert_id, old_ticket_id)
SELECT link.source_id, link.alert_id, link.ticket_id
FROM connectors_alertticketlink AS link
JOIN raw_security_alerts AS alert
    ON alert.source_id = link.source_id AND alert.external_id = link.alert_id
WHERE alert.deleted_at IS NOT NULL
"""
STEPS = (
    alert_pairs.ASKED_ALERTS,
    alert_pairs.TICKETS,
    alert_pairs.SAYINGS,
    alert_pairs.PAIRS,
    "ANALYZE asked_alerts, asked_tickets, sayings",
    alert_pairs.BY_VENDOR,
    alert_pairs.BY_ALERT_ID,
    alert_pairs.BY_INCIDENT,
    alert_pairs.BY_HOST,
    alert_pairs.BY_TIME,
    alert_pairs.OF_INCIDENTS,
    alert_pairs.OF_SECOND_VIEWS,
    alert_pairs.CHANGES,
    FORGET,
)

SAVE = """
INSERT INTO connectors_alertticketlink (source_id, alert_id, ticket_id, method, confidence)
SELECT source_id, alert_id, ticket_id, method, confidence
FROM link_changes
WHERE ticket_id IS NOT NULL
ON CONFLICT (source_id, alert_id) DO UPDATE
SET ticket_id = EXCLUDED.ticket_id, method = EXCLUDED.method, confidence = EXCLUDED.confidence
"""

REMOVE = """
DELETE FROM connectors_alertticketlink AS link
USING link_changes AS change
WHERE link.source_id = change.source_id AND link.alert_id = change.alert_id AND change.ticket_id IS NULL
"""

CHANGED_ALERTS = """
SELECT source_id, ARRAY_AGG(alert_id)
FROM link_changes
GROUP BY source_id
"""

CHANGED_TICKETS = """
SELECT ticket.source_id, ARRAY_AGG(DISTINCT ticket.external_id)
FROM link_changes AS change
JOIN raw_tickets AS ticket ON ticket.external_id IN (change.ticket_id, change.old_ticket_id)
GROUP BY ticket.source_id
"""

CLEAN_UP = "DROP TABLE asked_alerts, asked_tickets, sayings, pairs, link_changes"


def refresh(state: JoinState, *, everything: bool = False) -> None:
    """For the alerts of the last month and those that changed, or for all of them. Within a transaction."""
    is_partial = state.reached_at is not None and not everything
    asked = {
        "recent": timezone.now() - RECENT if is_partial else None,
        "since": state.reached_at - OVERLAP if state.reached_at else None,
        "common_words": COMMON_WORDS,
        "sure": alert_pairs.SURE,
    }
    for step in STEPS:
        _run(step, asked)
    _mark_days()
    for step in (SAVE, REMOVE, CLEAN_UP):
        _run(step)


def _mark_days() -> None:
    alerts, tickets = _run(CHANGED_ALERTS), _run(CHANGED_TICKETS)
    if sum(len(ids) for _, ids in alerts) >= MANY_LINKS:
        dirty.mark_everything(dirty.Reason.LINK)
        return
    for source, ids in alerts:
        dirty.mark_rows(RawSecurityAlert, source, ids, dirty.Reason.LINK)
    for source, ids in tickets:
        dirty.mark_tickets(source, ids, dirty.Reason.LINK)


def _run(statement: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall()) if cursor.description else []
