"""Plain queries of the figures that judge: training, agreements, technicians on equal work, security, data quality."""

from collections.abc import Mapping

from tests.bench.plain_rows import ACTIVE, CLOSED, DAYS, ENTRIES, SCOPE, TECHNICIAN

OPENED = f"SELECT *, (opened_at AT TIME ZONE %(zone)s)::date AS day FROM raw_tickets WHERE {SCOPE}"
HOW_TO = r"LOWER(summary) ~ '\m(how (do|can) (i|we)|how to|where is|comment|ou se trouve)\M'"

JUDGED = f"""
SELECT entry.*, ticket.type_name, ticket.sub_type_name,
    CASE
        WHEN in_force.id IS NOT NULL THEN 'COVERED'
        WHEN any_one.id IS NOT NULL THEN 'EXPIRED'
        ELSE 'NO_AGREEMENT'
    END AS verdict
FROM ({ENTRIES}) AS entry
JOIN (SELECT * FROM raw_tickets WHERE {SCOPE}) AS ticket ON ticket.external_id = entry.ticket_id
LEFT JOIN LATERAL (
    SELECT id
    FROM raw_agreements AS agreement
    WHERE agreement.company_id = entry.company_id AND covers_time AND NOT is_cancelled
        AND COALESCE(starts_on, entry.day) <= entry.day AND COALESCE(ends_on, entry.day) >= entry.day
    LIMIT 1
) AS in_force ON TRUE
LEFT JOIN LATERAL (
    SELECT id FROM raw_agreements AS agreement WHERE agreement.company_id = entry.company_id AND covers_time LIMIT 1
) AS any_one ON TRUE
WHERE NOT entry.is_automation
"""
MISMATCHED = f"SELECT * FROM ({JUDGED}) AS judged WHERE verdict <> 'COVERED'"

HANDLED = f"""
SELECT ticket.day, {TECHNICIAN} AS technician, ticket.board_id, ticket.priority_id, ticket.type_name,
    ticket.reopen_count, work.minutes
FROM ({CLOSED}) AS ticket
LEFT JOIN LATERAL (
    SELECT SUM(entry.minutes) AS minutes
    FROM raw_time_entries AS entry
    JOIN raw_members AS member ON member.external_id = entry.member_id
    WHERE entry.ticket_id = ticket.external_id AND entry.deleted_at IS NULL AND NOT member.is_automation
) AS work ON TRUE
"""

COMPARED = """
WITH handled AS MATERIALIZED ({handled}),
expected AS (
    SELECT days.day, board_id, priority_id, type_name, AVG(LN(GREATEST(minutes, 1))) AS norm
    FROM ({days}) AS days
    JOIN handled ON handled.day > days.day - {length} AND handled.day <= days.day
    WHERE minutes > 0
    GROUP BY 1, 2, 3, 4
)
SELECT days.day, technician, AVG(LN(GREATEST(minutes, 1)) - norm), STDDEV_SAMP(LN(GREATEST(minutes, 1))), COUNT(*)
FROM ({days}) AS days
JOIN handled ON handled.day > days.day - {length} AND handled.day <= days.day
JOIN expected USING (board_id, priority_id, type_name)
WHERE expected.day = days.day AND minutes > 0
GROUP BY 1, 2
"""

ALERTS = """
SELECT *, (detected_at AT TIME ZONE %(zone)s)::date AS day, (resolved_at AT TIME ZONE %(zone)s)::date AS resolved_day
FROM raw_security_alerts
WHERE deleted_at IS NULL AND kind <> 'incident' AND redirected_to = ''
"""


def _daily(figures: str, rows: str, day: str = "day") -> str:
    return f"SELECT {day}, {figures} FROM ({rows}) AS counted WHERE {day} IS NOT NULL GROUP BY 1 ORDER BY 1"


def _trailing(key: str, rows: str, length: int, at_least: int) -> str:
    return f"""
    SELECT days.day, {key}, COUNT(DISTINCT external_id)
    FROM ({DAYS}) AS days
    JOIN ({rows}) AS counted ON counted.day > days.day - {length} AND counted.day <= days.day
    GROUP BY days.day, {key}
    HAVING COUNT(DISTINCT external_id) > {at_least}
    """


QUERIES: Mapping[str, Mapping[str, str]] = {
    "01": {
        "asked for": f"SELECT day, company_id, board_id, type_name, COUNT(*) FROM ({OPENED}) AS t GROUP BY 1, 2, 3, 4",
        "recurring": _trailing("company_id, board_id, type_name, sub_type_name", OPENED, 30, 3),
        "covered minutes": (
            "SELECT day, company_id, board_id, type_name, SUM(minutes) "
            f"FROM ({JUDGED}) AS judged WHERE verdict = 'COVERED' GROUP BY 1, 2, 3, 4"
        ),
    },
    "02": {
        "training tickets": _daily(f"COUNT(*) FILTER (WHERE {HOW_TO})", OPENED),
        "by company": (
            f"SELECT day, company_id, board_id, COUNT(*) FILTER (WHERE {HOW_TO}), COUNT(*) "
            f"FROM ({OPENED}) AS opened GROUP BY 1, 2, 3"
        ),
        "repeats": _trailing("contact_id, company_id, type_name", OPENED, 30, 2),
    },
    "05": {
        "mismatched minutes": _daily("SUM(minutes)", MISMATCHED),
        "mismatched tickets": _daily("COUNT(DISTINCT ticket_id)", MISMATCHED),
        "mismatched value": _daily("SUM(minutes / 60 * COALESCE(hourly_rate, 120))", MISMATCHED),
        "by all": (
            "SELECT day, company_id, member_id, board_id, verdict, SUM(minutes), "
            f"SUM(minutes) FILTER (WHERE is_billable) FROM ({JUDGED}) AS judged GROUP BY 1, 2, 3, 4, 5"
        ),
    },
    "08 and 09": {
        "handled": (
            f"SELECT day, technician, board_id, priority_id, type_name, COUNT(*), SUM(minutes) "
            f"FROM ({HANDLED}) AS handled GROUP BY 1, 2, 3, 4, 5"
        ),
        "reopened": f"SELECT day, technician, AVG((reopen_count > 0)::int) FROM ({HANDLED}) AS handled GROUP BY 1, 2",
        "compared over 30 days": COMPARED.format(handled=HANDLED, days=DAYS, length=30),
        "time by domain": (
            f"SELECT day, member_id, board_id, SUM(minutes) FROM ({ENTRIES}) AS entry "
            "WHERE NOT is_automation GROUP BY 1, 2, 3"
        ),
    },
    "12": {
        **{
            severity: _daily(f"COUNT(*) FILTER (WHERE severity = '{severity}')", ALERTS)
            for severity in ("critical", "high", "medium", "low", "informational")
        },
        "mean to resolve": _daily(
            "AVG(EXTRACT(EPOCH FROM resolved_at - detected_at) / 60)", ALERTS, "resolved_day"
        ),
        "in time": _daily(
            "AVG((resolved_at - detected_at < INTERVAL '24 hours')::int)", ALERTS, "resolved_day"
        ),
        "by customer": (
            "SELECT day, source_id, customer_id, severity, COUNT(*), COUNT(NULLIF(verdict, '')) "
            f"FROM ({ALERTS}) AS alert GROUP BY 1, 2, 3, 4"
        ),
    },
    "data quality": {
        "tickets without a type": f"SELECT day, company_id, COUNT(*) FILTER (WHERE type_name = ''), COUNT(*) "
        f"FROM ({OPENED}) AS opened GROUP BY 1, 2",
        "tickets without time": f"SELECT day, technician, COUNT(*) FILTER (WHERE minutes IS NULL), COUNT(*) "
        f"FROM ({HANDLED}) AS handled GROUP BY 1, 2",
        "late entries": f"SELECT day, member_id, COUNT(*) FILTER (WHERE entered_at > started_at + INTERVAL '2 days') "
        f"FROM ({ENTRIES}) AS entry GROUP BY 1, 2",
        "who worked": ACTIVE,
    },
}
