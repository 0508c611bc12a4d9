"""The rows that the plain queries count: each figure's own reading of the raw tables."""

SCOPE = "record_type = 'ServiceTicket' AND deleted_at IS NULL AND merged_into IS NULL"

DAYS = """
SELECT day::date AS day
FROM GENERATE_SERIES(
    (SELECT MIN(opened_at AT TIME ZONE %(zone)s)::date FROM raw_tickets), %(today)s::date, INTERVAL '1 day'
) AS day
"""

SPELLS = f"""
SELECT ticket.external_id, ticket.company_id, ticket.board_id, ticket.type_name, ticket.opened_at,
    COALESCE(spell.number, 1) AS number,
    COALESCE(spell.started_at, ticket.opened_at) AS started_at,
    CASE WHEN spell.number IS NULL THEN ticket.closed_at ELSE spell.ended_at END AS ended_at
FROM (SELECT * FROM raw_tickets WHERE {SCOPE}) AS ticket
LEFT JOIN raw_ticket_spells AS spell ON spell.ticket_id = ticket.external_id
"""

CLOSED = f"""
SELECT ticket.*,
    (closed_at AT TIME ZONE %(zone)s)::date AS day,
    CASE WHEN resolved_at BETWEEN opened_at AND closed_at THEN resolved_at ELSE closed_at END AS done_at,
    EXTRACT(EPOCH FROM
        CASE WHEN resolved_at BETWEEN opened_at AND closed_at THEN resolved_at ELSE closed_at END - opened_at
    ) / 60 AS ttr
FROM raw_tickets AS ticket
WHERE {SCOPE} AND is_closed
"""

TECHNICIAN = """
COALESCE(
    (SELECT external_id FROM raw_members WHERE external_id = ticket.owner_id AND NOT is_automation),
    (
        SELECT entry.member_id
        FROM raw_time_entries AS entry
        JOIN raw_members AS member ON member.external_id = entry.member_id
        WHERE entry.ticket_id = ticket.external_id AND entry.deleted_at IS NULL AND NOT member.is_automation
        GROUP BY entry.member_id
        ORDER BY SUM(entry.minutes) DESC, entry.member_id
        LIMIT 1
    )
)
"""

ENTRIES = """
SELECT entry.*,
    (entry.started_at AT TIME ZONE %(zone)s)::date AS day,
    ticket.board_id,
    COALESCE(work_type.name, '') AS work_type,
    COALESCE(member.is_automation, FALSE) AS is_automation,
    member.daily_capacity_hours,
    COALESCE(
        NULLIF(entry.billable_option, 'NoDefault'), NULLIF(agreement.bill_time, ''), work_type.bill_time, ''
    ) = 'Billable' AS is_billable
FROM raw_time_entries AS entry
LEFT JOIN raw_tickets AS ticket ON ticket.external_id = entry.ticket_id
LEFT JOIN raw_members AS member ON member.external_id = entry.member_id
LEFT JOIN raw_work_types AS work_type ON work_type.external_id = entry.work_type_id
LEFT JOIN raw_agreements AS agreement ON agreement.external_id = entry.agreement_id
WHERE entry.deleted_at IS NULL
"""

FIRST_RESPONSE = f"""
SELECT ticket.*, first.at,
    (first.at AT TIME ZONE %(zone)s)::date AS day,
    EXTRACT(EPOCH FROM first.at - opened_at) / 60 AS minutes
FROM raw_tickets AS ticket
JOIN (
    SELECT ticket_id, MIN(at) AS at
    FROM (
        SELECT ticket_id, started_at AS at
        FROM raw_time_entries AS entry
        JOIN raw_members AS member ON member.external_id = entry.member_id
        WHERE entry.deleted_at IS NULL AND NOT is_automation
        UNION ALL
        SELECT ticket_id, written_at
        FROM raw_ticket_notes AS note
        JOIN raw_members AS member ON member.external_id = note.member_id
        WHERE note.deleted_at IS NULL AND NOT is_internal AND contact_id IS NULL AND NOT is_automation
        UNION ALL
        SELECT external_id, responded_at
        FROM raw_tickets
        WHERE responded_at IS NOT NULL
            AND LOWER(responded_by) NOT IN (SELECT LOWER(identifier) FROM raw_members WHERE is_automation)
    ) AS response
    GROUP BY ticket_id
) AS first ON first.ticket_id = ticket.external_id
WHERE {SCOPE} AND first.at >= opened_at
"""

BREACHES = f"""
SELECT ticket.*, (missed.at AT TIME ZONE %(zone)s)::date AS day
FROM raw_tickets AS ticket
CROSS JOIN LATERAL (SELECT CASE WHEN is_closed THEN closed_at ELSE NOW() END AS at) AS latest
CROSS JOIN LATERAL (
    SELECT LEAST(
        CASE WHEN COALESCE(responded_at, latest.at) > respond_goal_at THEN respond_goal_at END,
        CASE WHEN COALESCE(planned_at, latest.at) > plan_goal_at THEN plan_goal_at END,
        CASE WHEN COALESCE(resolved_at, latest.at) > resolve_goal_at THEN resolve_goal_at END,
        CASE WHEN is_closed AND NOT is_in_sla
            AND COALESCE(respond_goal_at, plan_goal_at, resolve_goal_at) IS NULL THEN closed_at END
    ) AS at
) AS missed
WHERE {SCOPE} AND missed.at IS NOT NULL
"""

ANSWERS = """
SELECT (answered_at AT TIME ZONE %(zone)s)::date AS day, question.option_count, answer.option,
    COALESCE(ticket.company_id, survey.company_id) AS company_id,
    ticket.external_id, ticket.owner_id, ticket.board_id, ticket.type_name
FROM raw_surveys AS survey
CROSS JOIN LATERAL JSONB_TO_RECORDSET(survey.answers) AS answer (question bigint, option int)
JOIN raw_survey_questions AS question ON question.external_id = answer.question
LEFT JOIN raw_tickets AS ticket ON ticket.external_id = survey.ticket_id
WHERE survey.deleted_at IS NULL
"""

BUSINESS = f"""
SELECT closed.*, GREATEST(0, business.minutes - closed.waiting_minutes) AS business_ttr
FROM ({CLOSED}) AS closed
CROSS JOIN LATERAL (
    SELECT COALESCE(SUM(EXTRACT(EPOCH FROM
        LEAST(closed.done_at, first_end) - GREATEST(closed.opened_at, first_start)
    )), 0) / 60 AS minutes
    FROM kpi_calendar
    WHERE is_working
        AND day BETWEEN (closed.opened_at AT TIME ZONE %(zone)s)::date AND (closed.done_at AT TIME ZONE %(zone)s)::date
        AND LEAST(closed.done_at, first_end) > GREATEST(closed.opened_at, first_start)
) AS business
"""

ONE_TOUCH = f"""
SELECT closed.*, (
    reopen_count = 0
    AND NOT EXISTS (
        SELECT FROM raw_ticket_events AS event
        WHERE event.ticket_id = closed.external_id AND kind = 'owner' AND old_value NOT IN ('', new_value)
    )
    AND (
        SELECT COUNT(DISTINCT member_id) = 1 AND COUNT(DISTINCT (started_at AT TIME ZONE %(zone)s)::date) = 1
        FROM raw_time_entries AS entry
        JOIN raw_members AS member ON member.external_id = entry.member_id
        WHERE entry.ticket_id = closed.external_id AND entry.deleted_at IS NULL AND NOT is_automation
    )
) AS is_one_touch
FROM ({CLOSED}) AS closed
"""

ACTIVE = f"""
SELECT day, COUNT(DISTINCT technician) AS technicians, SUM(closed) AS closed
FROM (
    SELECT day, member_id AS technician, 0 AS closed
    FROM ({ENTRIES}) AS entry
    WHERE NOT is_automation
    UNION ALL
    SELECT day, {TECHNICIAN}, 1
    FROM ({CLOSED}) AS ticket
) AS technician_day
GROUP BY day
"""
