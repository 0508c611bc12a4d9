"""The things that are looked at, each with what is wrong with it; counted into cells as the figures' facts are."""

from kpis.base import Fact, Metric, Thing
from kpis.facts.detected_alerts import DETECTED_ALERTS
from kpis.facts.finally_closed import FINALLY_CLOSED, LAST_CLOSURES
from kpis.facts.handled_alerts import RESOLVED_ALERTS
from kpis.frames import days_after
from kpis.quality.checks import CHECKS
from kpis.quality.entries_sql import AGREEMENTS_OF_ENTRIES, ENTRIES, OVERLAPS

OPENED = """
SELECT
    ticket.id,
    (ticket.opened_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    ticket.company,
    ticket.technician,
    ticket.board,
    '' AS segment,
    1 AS tickets,
    (ticket.segment = '')::int AS untyped
FROM due
JOIN ticket ON ticket.opened_at >= due.starts_at AND ticket.opened_at < due.ends_at
"""

# Materialized, because whoever asks for some days of it would have the planner expect next to no rows.
CLOSED = """
WITH worked AS (
    SELECT last_closures.row_id, SUM(entry.minutes) AS minutes
    FROM last_closures
    JOIN raw_time_entries AS entry
        ON entry.source_id = last_closures.source_id AND entry.ticket_id = last_closures.id
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    WHERE entry.deleted_at IS NULL AND entry.member_id IS NOT NULL AND member.is_automation IS NOT TRUE
    GROUP BY last_closures.row_id
),
closed AS MATERIALIZED (
    SELECT id, kpi_date, company, technician, is_decided, board, timed
    FROM finally_closed
)
SELECT
    closed.id,
    closed.kpi_date,
    closed.company,
    closed.technician,
    closed.board,
    '' AS segment,
    1 AS tickets,
    (closed.technician IS NULL AND NOT closed.is_decided)::int AS unowned,
    (COALESCE(worked.minutes, 0) <= 0)::int AS untimed,
    (closed.timed IS NULL)::int AS absurd,
    (last_closures.at < connection.created_at - INTERVAL '90 days')::int AS unrecorded
FROM closed
JOIN last_closures USING (id)
JOIN connectors_connection AS connection ON connection.id = last_closures.source_id
LEFT JOIN worked USING (row_id)
"""

DETECTED = """
SELECT
    id,
    kpi_date,
    company,
    technician,
    board,
    '' AS segment,
    alerts,
    (company IS NULL)::int AS unmapped,
    (severity = 'unknown' OR segment LIKE '%%:derived')::int AS derived
FROM detected_alerts
"""

RESOLVED = """
SELECT id, kpi_date, company, technician, board, '' AS segment, resolved, estimated
FROM resolved_alerts
"""


def _fact(
    name: str, sql: str, thing: Thing, checks: dict[str, tuple[str, str]], divisor: int = 1, **more: object
) -> Fact:
    """`checks` names of each check the columns of what is wrong, and of what was looked at."""
    metrics = tuple(
        Metric(
            slug,
            CHECKS[slug].name,
            "percent",
            "less is better",
            *columns,
            roll_up="ratio",
            divisor=divisor,
            meaning=CHECKS[slug].advice,
        )
        for slug, columns in checks.items()
    )
    return Fact(name, sql, thing, metrics, **more)  # type: ignore[arg-type]


FACTS = (
    _fact("checked_openings", OPENED, "ticket", {"no_type": ("untyped", "tickets")}),
    _fact(
        "checked_closures",
        CLOSED,
        "ticket",
        {
            "no_owner": ("unowned", "tickets"),
            "no_time": ("untimed", "tickets"),
            "absurd_duration": ("absurd", "tickets"),
            "no_history": ("unrecorded", "tickets"),
        },
        reads=(LAST_CLOSURES, FINALLY_CLOSED),
    ),
    _fact(
        "checked_entries",
        ENTRIES,
        "time entry",
        {
            "late_entry": ("late", "dated"),
            "long_entry": ("too_long", "entries"),
            "no_member": ("of_nobody", "entries"),
        },
    ),
    _fact(
        "checked_agreements",
        AGREEMENTS_OF_ENTRIES,
        "time entry",
        {"no_agreement": ("uncovered", "entries")},
    ),
    # A day of spring has 23 hours, so that 24 hours may begin two days before.
    _fact(
        "checked_overlaps",
        OVERLAPS,
        "time entry",
        {"overlap": ("overlapped_seconds", "minutes")},
        divisor=60,
        reached=days_after(2),
    ),
    _fact(
        "checked_alerts",
        DETECTED,
        "alert",
        {"unmapped_alert": ("unmapped", "alerts"), "derived_severity": ("derived", "alerts")},
        reads=(DETECTED_ALERTS,),
    ),
    _fact(
        "checked_resolutions",
        RESOLVED,
        "alert",
        {"estimated": ("estimated", "resolved")},
        reads=(RESOLVED_ALERTS,),
    ),
)
