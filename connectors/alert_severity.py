"""A threat has no severity of its own: it takes the one that the vendor gives to the same alert in its unified list."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from connectors import dirty
from connectors.base import Key, Row
from connectors.models import RawSecurityAlert

VENDOR, UNKNOWN = RawSecurityAlert.SeveritySource.VENDOR, RawSecurityAlert.Severity.UNKNOWN

# Of several views of one threat, the latest.
GIVEN = """
SELECT DISTINCT ON (redirected_to)
    redirected_to AS threat_id,
    severity,
    vendor_severity
FROM raw_security_alerts
WHERE source_id = %(source)s
    AND kind = 'unified'
    AND redirected_to = ANY({threats})
    AND redirected_to <> ''
    AND severity <> %(unknown)s
    AND deleted_at IS NULL
ORDER BY redirected_to, last_updated_at DESC, external_id
"""

NAMED = """ARRAY(
        SELECT redirected_to
        FROM raw_security_alerts
        WHERE source_id = %(source)s AND external_id = ANY(%(ids)s) AND kind = 'unified' AND redirected_to <> ''
    )"""

GIVE = """
UPDATE raw_security_alerts AS threat
SET severity = given.severity, severity_source = %(vendor)s, vendor_severity = given.vendor_severity
FROM ({given}) AS given
WHERE threat.source_id = %(source)s
    AND threat.external_id = given.threat_id
    AND threat.kind = 'threat'
    AND (threat.severity, threat.vendor_severity) IS DISTINCT FROM (given.severity, given.vendor_severity)
RETURNING threat.external_id
"""


def take(source: int, rows: Sequence[Row]) -> None:
    """Before threats are written."""
    threats = {row["external_id"]: row for row in rows if row["kind"] == "threat"}
    if not threats:
        return
    for threat_id, severity, vendor_severity in _run(
        GIVEN.format(threats="%(ids)s"), source=source, ids=list(threats), unknown=UNKNOWN
    ):
        given = {"severity": severity, "severity_source": str(VENDOR), "vendor_severity": vendor_severity}
        threats[threat_id].update(given)


def give(source: int, ids: Sequence[Key]) -> None:
    """After unified alerts were written."""
    told = _run(
        GIVE.format(given=GIVEN.format(threats=NAMED)),
        source=source,
        ids=list(ids),
        vendor=str(VENDOR),
        unknown=UNKNOWN,
    )
    dirty.mark_rows(RawSecurityAlert, source, [threat_id for (threat_id,) in told], dirty.Reason.CHANGE)


def _run(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
