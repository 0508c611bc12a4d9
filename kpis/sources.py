"""The words every definition's SQL may use: tickets in scope, alerts that count, and the business clock.

They are CTEs that PostgreSQL inlines, so each costs nothing where it is not used.
"""

from collections.abc import Iterable

from connectors.mapping import COMPANY_OF_CUSTOMER
from kpis.base import Fact
from kpis.due import Due

# An owner who is a person, else whoever worked most on it.
RECORDED_TECHNICIAN = """
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
END
"""

# For whom a ticket counts because a manager said so: the latest decision holds. Without a technician it is for nobody,
# and so it is when whom they said turned out to be a program.
TICKET_CREDIT = """
SELECT DISTINCT ON (decided.source_id, decided.ticket_id)
    decided.source_id,
    decided.ticket_id,
    CASE WHEN member.is_automation IS NOT TRUE THEN decided.credited_to END AS technician
FROM kpis_dispute AS decided
LEFT JOIN raw_members AS member
    ON member.source_id = decided.source_id AND member.external_id = decided.credited_to
WHERE decided.status = 'upheld'
ORDER BY decided.source_id, decided.ticket_id, decided.decided_at DESC, decided.id DESC
"""

# `technician` is for whom it counts, `recorded_technician` whom the ticket desk's records name.
TICKET = f"""
SELECT
    raw.id AS row_id,
    raw.source_id,
    raw.external_id AS id,
    raw.company_id AS company,
    raw.board_id AS board,
    raw.type_name AS segment,
    raw.priority_id AS priority,
    CASE
        WHEN raw.type_name <> '' AND raw.sub_type_name <> '' THEN raw.type_name || ' / ' || raw.sub_type_name
        ELSE raw.type_name
    END AS subject,
    raw.contact_id AS contact,
    raw.summary,
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
    ticket_credit.ticket_id IS NOT NULL AS is_decided,
    CASE
        WHEN ticket_credit.ticket_id IS NOT NULL THEN ticket_credit.technician
        ELSE ({RECORDED_TECHNICIAN})
    END AS technician,
    ({RECORDED_TECHNICIAN}) AS recorded_technician
FROM raw_tickets AS raw
LEFT JOIN raw_members AS owner
    ON owner.source_id = raw.source_id AND owner.external_id = raw.owner_id
LEFT JOIN ticket_credit
    ON ticket_credit.source_id = raw.source_id AND ticket_credit.ticket_id = raw.external_id
WHERE raw.record_type = 'ServiceTicket'
    AND raw.deleted_at IS NULL
    AND raw.merged_into IS NULL
"""  # noqa: S608 - made of our own constant

ALERT = f"""
SELECT
    raw.source_id || ':' || raw.external_id AS id,
    raw.source_id,
    raw.external_id,
    of_customer.company_id AS company,
    connection.vendor || ':' || raw.severity || ':' || raw.severity_source AS segment,
    connection.vendor,
    raw.severity,
    raw.category,
    raw.status,
    raw.verdict,
    raw.customer_id,
    LOWER(SPLIT_PART(raw.host_name, '.', 1)) AS host,
    raw.detected_at,
    raw.acknowledged_at,
    raw.resolved_at,
    raw.resolved_is_estimated
FROM raw_security_alerts AS raw
JOIN connectors_connection AS connection ON connection.id = raw.source_id
LEFT JOIN ({COMPANY_OF_CUSTOMER}) AS of_customer
    ON of_customer.source_id = raw.source_id AND of_customer.customer_id = raw.customer_id
WHERE raw.deleted_at IS NULL
    AND raw.kind <> 'incident'
    AND raw.redirected_to = ''
    AND of_customer.is_left_out IS NOT TRUE
"""  # noqa: S608 - made of our own constant

# What a ticket is about, where it is surely one of the topics in use; whatever was merged counts as what it is now.
TOPIC_OF_TICKET = """
SELECT
    about.source_id,
    about.ticket_id,
    root.id AS topic
FROM ticket_topics AS about
JOIN topics AS topic ON topic.id = about.topic_id
JOIN topics AS root ON root.id = topic.root_id
WHERE about.is_core AND root.status = 'active'
"""
# Of `ticket` left joined with `topic_of_ticket`: its topic, else what it was typed as.
SUBJECT = "COALESCE('topic:' || topic_of_ticket.topic, ticket.subject)"

SOURCES = {
    "ticket_credit": TICKET_CREDIT,
    "ticket": TICKET,
    "topic_of_ticket": TOPIC_OF_TICKET,
    "alert": ALERT,
}


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
