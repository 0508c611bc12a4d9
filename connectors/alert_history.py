"""When an alert was acknowledged, resolved and reopened: from the vendor's log where it tells, else from what we saw.

What was seen between two syncs is dated by the alert's last change, so its moments are marked as estimated.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from connectors import dirty
from connectors.base import Key
from connectors.models import RawSecurityAlert

FORGET_SEEN = """
DELETE FROM raw_alert_events AS seen
USING raw_alert_events AS told
WHERE seen.source_id = %(source)s
    AND seen.alert_id = ANY(%(alerts)s)
    AND seen.provenance = 'seen'
    AND told.source_id = seen.source_id
    AND told.alert_id = seen.alert_id
    AND told.provenance = 'told'
"""

# The alert's own status has the last word: where no event leads to it, it was changed unseen.
REMEMBER_SEEN = """
INSERT INTO raw_alert_events (
    source_id, external_id, row_hash, alert_id, occurred_at, old_status, new_status, actor, provenance
)
SELECT
    alert.source_id,
    'seen ' || alert.external_id || ' ' || alert.status || ' ' || alert.last_updated_at,
    '',
    alert.external_id,
    GREATEST(COALESCE(CASE WHEN alert.status = 'resolved' THEN alert.vendor_resolved_at END, alert.last_updated_at),
        last.occurred_at),
    COALESCE(last.new_status, 'new'),
    alert.status,
    '',
    'seen'
FROM raw_security_alerts AS alert
LEFT JOIN LATERAL (
    SELECT new_status, occurred_at
    FROM raw_alert_events AS event
    WHERE event.source_id = alert.source_id AND event.alert_id = alert.external_id
    ORDER BY occurred_at DESC, id DESC
    LIMIT 1
) AS last ON TRUE
WHERE alert.source_id = %(source)s
    AND alert.external_id = ANY(%(alerts)s)
    AND alert.status <> COALESCE(last.new_status, 'new')
ON CONFLICT DO NOTHING
"""

DERIVE = """
UPDATE raw_security_alerts AS alert
SET
    acknowledged_at = story.acknowledged_at,
    acknowledged_is_estimated = story.acknowledged_is_estimated,
    resolved_at = CASE WHEN alert.status = 'resolved' THEN COALESCE(alert.vendor_resolved_at, story.resolved_at) END,
    resolved_is_estimated = (
        alert.status = 'resolved' AND alert.vendor_resolved_at IS NULL AND story.resolved_is_estimated
    ),
    reopen_count = story.reopenings
FROM (
    SELECT
        asked.alert_id,
        MIN(event.occurred_at) FILTER (WHERE event.new_status <> 'new') AS acknowledged_at,
        COALESCE(
            (ARRAY_AGG(event.provenance ORDER BY event.occurred_at, event.id)
                FILTER (WHERE event.new_status <> 'new'))[1] = 'seen',
            FALSE
        ) AS acknowledged_is_estimated,
        MAX(event.occurred_at) FILTER (WHERE event.new_status = 'resolved') AS resolved_at,
        COALESCE(
            (ARRAY_AGG(event.provenance ORDER BY event.occurred_at DESC, event.id DESC)
                FILTER (WHERE event.new_status = 'resolved'))[1] = 'seen',
            FALSE
        ) AS resolved_is_estimated,
        COUNT(*) FILTER (WHERE event.old_status = 'resolved' AND event.new_status <> 'resolved') AS reopenings
    FROM UNNEST(%(alerts)s::text[]) AS asked (alert_id)
    LEFT JOIN raw_alert_events AS event ON event.source_id = %(source)s AND event.alert_id = asked.alert_id
    GROUP BY asked.alert_id
) AS story
WHERE alert.source_id = %(source)s AND alert.external_id = story.alert_id
"""

ALERTS_OF_EVENTS = """
SELECT DISTINCT alert_id
FROM raw_alert_events
WHERE source_id = %(source)s AND external_id = ANY(%(events)s)
"""


def derive(source: int, alerts: Sequence[Key]) -> None:
    """Bring these alerts' own columns in step with their status and their events."""
    parameters: dict[str, Any] = {"source": source, "alerts": list(alerts)}
    with connection.cursor() as cursor:
        for statement in (FORGET_SEEN, REMEMBER_SEEN, DERIVE):
            cursor.execute(statement, parameters)


def derive_from_events(source: int, events: Sequence[Key]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ALERTS_OF_EVENTS, {"source": source, "events": list(events)})
        alerts = [alert_id for (alert_id,) in cursor.fetchall()]
    # What was only seen goes once the vendor tells, and with it the days on which it counted.
    dirty.mark_rows(RawSecurityAlert, source, alerts, dirty.Reason.CHANGE)
    derive(source, alerts)
