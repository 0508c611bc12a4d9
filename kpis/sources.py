"""The words every definition's SQL may use: tickets in scope with their technician, and the business clock.

They are CTEs that PostgreSQL inlines, so each costs nothing where it is not used.
"""

from collections.abc import Iterable

from kpis.base import Fact
from kpis.due import Due

TICKET = """
SELECT
    raw.id AS row_id,
    raw.source_id,
    raw.external_id AS id,
    raw.company_id AS company,
    raw.board_id AS board,
    raw.type_name AS segment,
    raw.is_closed,
    raw.opened_at,
    raw.closed_at,
    raw.responded_at,
    raw.responded_by,
    raw.planned_at,
    raw.resolved_at,
    raw.respond_goal_at,
    raw.plan_goal_at,
    raw.resolve_goal_at,
    raw.is_in_sla,
    raw.waiting_minutes,
    CASE
        WHEN raw.owner_id IS NOT NULL AND owner.is_automation IS NOT TRUE THEN raw.owner_id
        ELSE (
            SELECT entry.member_id
            FROM raw_time_entries AS entry
            LEFT JOIN raw_members AS member
                ON member.source_id = entry.source_id AND member.external_id = entry.member_id
            WHERE entry.source_id = raw.source_id
                AND entry.ticket_id = raw.external_id
                AND entry.deleted_at IS NULL
                AND entry.member_id IS NOT NULL
                AND member.is_automation IS NOT TRUE
            GROUP BY entry.member_id
            ORDER BY SUM(entry.minutes) DESC, entry.member_id
            LIMIT 1
        )
    END AS technician
FROM raw_tickets AS raw
LEFT JOIN raw_members AS owner
    ON owner.source_id = raw.source_id AND owner.external_id = raw.owner_id
WHERE raw.record_type = 'ServiceTicket'
    AND raw.deleted_at IS NULL
    AND raw.merged_into IS NULL
"""

SOURCES = {"ticket": TICKET}


def with_sources(select: str, due: Due | None = None, facts: Iterable[Fact] = ()) -> str:
    """The SELECT, able to read `due`, the sources, and those facts that no table stands for."""
    inlined = {"due": due.sql, **SOURCES} if due else SOURCES
    ctes = [f"{name} AS NOT MATERIALIZED ({body})" for name, body in inlined.items()]
    ctes += [f"{fact.name} AS ({fact.sql})" for fact in facts]
    return f"WITH {', '.join(ctes)}, selected AS ({select}) TABLE selected"


def business_seconds(day: str, moment: str) -> str:
    """Working seconds before a moment, from the calendar row (by its alias) of the moment's local day."""
    return f"""(
        {day}.seconds_before
        + GREATEST(0, EXTRACT(EPOCH FROM LEAST({moment}, {day}.first_end) - {day}.first_start))
        + GREATEST(0, EXTRACT(EPOCH FROM LEAST({moment}, {day}.second_end) - {day}.second_start))
    )"""
