"""The SQL of an invented desk: whole lives of tickets and their time entries, drawn by a seeded generator.

What is drawn is kept in two tables, from which the raw tables are filled as they stood at any moment.
"""

# Every statement is one process's serial plan, so that RANDOM() gives the same draws for the same seed.
LIVES = """
CREATE UNLOGGED TABLE bench_lives AS
WITH arrivals AS (
    SELECT
        day::date AS day,
        %(tickets_per_day)s * 1.19
            * CASE EXTRACT(ISODOW FROM day) WHEN 1 THEN 1.25 WHEN 6 THEN 0.3 WHEN 7 THEN 0.15 ELSE 1.06 END
            * (1 + 0.15 * SIN(EXTRACT(DOY FROM day) / 58.0))
            * (0.85 + 0.3 * RANDOM()) AS expected
    FROM GENERATE_SERIES(%(first_day)s::date, %(last_day)s::date, INTERVAL '1 day') AS day
),
drawn AS (
    SELECT
        (
            day + CASE WHEN RANDOM() < 0.88 THEN INTERVAL '8 hours' ELSE INTERVAL '0' END
            + FLOOR(RANDOM() * 36000) * INTERVAL '1 second'
        ) AT TIME ZONE %(zone)s AS opened_at,
        EXP(5.7 + 1.6 * SQRT(-2 * LN(1 - RANDOM())) * COS(6.2832 * RANDOM())) AS minutes_to_close,
        EXP(3.4 + SQRT(-2 * LN(1 - RANDOM())) * COS(6.2832 * RANDOM())) AS minutes_to_respond,
        1001 + FLOOR(%(companies)s * POWER(RANDOM(), 2))::bigint AS company_id,
        1 + FLOOR(6 * POWER(RANDOM(), 1.5))::bigint AS board_id,
        FLOOR(8 * POWER(RANDOM(), 1.3))::int AS type_number,
        101 + FLOOR(%(technicians)s * POWER(RANDOM(), 1.2))::bigint AS technician_id,
        RANDOM() AS owned, RANDOM() AS abandoned, RANDOM() AS reopened, RANDOM() AS again,
        RANDOM() AS scoped, RANDOM() AS sla, RANDOM() AS resolved, RANDOM() AS waited
    FROM arrivals
    CROSS JOIN LATERAL GENERATE_SERIES(1, FLOOR(expected + RANDOM())::int)
)
SELECT
    ROW_NUMBER() OVER (ORDER BY opened_at) + 10000 AS id,
    opened_at,
    CASE WHEN abandoned > 0.005 THEN opened_at + INTERVAL '1 minute' * LEAST(minutes_to_close, 130000) END
        AS first_closed_at,
    CASE WHEN abandoned > 0.005 AND reopened < 0.06 THEN
        opened_at + INTERVAL '1 minute' * (LEAST(minutes_to_close, 130000) + 60 + 4000 * again)
    END AS reopened_at,
    CASE WHEN abandoned > 0.005 AND reopened < 0.06 THEN
        opened_at + INTERVAL '1 minute' * (1.3 * LEAST(minutes_to_close, 130000) + 90 + 4000 * again)
    END AS closed_again_at,
    opened_at + INTERVAL '1 minute' * minutes_to_respond AS answered_at,
    company_id,
    board_id,
    type_number,
    technician_id,
    CASE WHEN owned > 0.1 THEN technician_id WHEN owned > 0.08 THEN 191 END AS owner_id,
    scoped,
    sla,
    resolved,
    CASE WHEN waited < 0.3 THEN FLOOR(waited * 900)::int ELSE 0 END AS waiting_minutes
FROM drawn
"""

WORK = """
CREATE UNLOGGED TABLE bench_work AS
WITH drawn AS (
    SELECT
        life.id AS ticket_id,
        life.company_id,
        life.opened_at + (
            COALESCE(life.closed_again_at, life.first_closed_at, life.opened_at + INTERVAL '9 days') - life.opened_at
        ) * POWER(RANDOM(), 2) AS started_at,
        CASE WHEN RANDOM() < 0.7 THEN life.technician_id ELSE 101 + FLOOR(%(technicians)s * RANDOM())::bigint END
            AS technician_id,
        NULL::bigint AS charge_code_id,
        RANDOM() AS by, RANDOM() AS length, RANDOM() AS billed, RANDOM() AS work_type, RANDOM() AS gone
    FROM (SELECT *, FLOOR(0.5 + 6 * RANDOM())::int AS pieces FROM bench_lives) AS life
    CROSS JOIN LATERAL GENERATE_SERIES(1, life.pieces)
    UNION ALL
    SELECT
        NULL,
        CASE WHEN RANDOM() < 0.3 THEN 1001 + FLOOR(%(companies)s * RANDOM())::bigint END,
        (day + INTERVAL '8 hours' + FLOOR(RANDOM() * 36000) * INTERVAL '1 second') AT TIME ZONE %(zone)s,
        technician,
        1 + FLOOR(6 * RANDOM())::bigint,
        1, RANDOM(), RANDOM(), RANDOM(), RANDOM()
    FROM GENERATE_SERIES(%(first_day)s::date, %(last_day)s::date, INTERVAL '1 day') AS day
    CROSS JOIN GENERATE_SERIES(101, 100 + %(technicians)s) AS technician
    CROSS JOIN LATERAL GENERATE_SERIES(1, FLOOR(%(other_entries_per_day)s + RANDOM())::int)
    WHERE EXTRACT(ISODOW FROM day) < 6
)
SELECT
    ROW_NUMBER() OVER (ORDER BY started_at) + 50000 AS id,
    ticket_id,
    company_id,
    started_at,
    CASE WHEN by < 0.01 THEN NULL WHEN by < 0.05 THEN 191 ELSE technician_id END AS member_id,
    charge_code_id,
    ROUND((5 + 85 * length * length)::numeric, 2) AS minutes,
    CASE WHEN billed < 0.5 THEN 'Billable' WHEN billed < 0.7 THEN 'DoNotBill' WHEN billed < 0.75 THEN 'NoCharge'
        ELSE 'NoDefault' END AS billable_option,
    1 + FLOOR(8 * work_type)::bigint AS work_type_id,
    gone < 0.003 AS is_gone
FROM drawn
"""

TICKETS = {
    "external_id": "life.id",
    "row_hash": "DECODE(MD5(life.id::text), 'hex')",
    "summary": "'Ticket ' || life.id || ' of a client whose printer, mailbox or laptop needs a hand'",
    "record_type": "CASE WHEN scoped < 0.02 THEN 'ProjectTicket' ELSE 'ServiceTicket' END",
    "deleted_at": "CASE WHEN scoped > 0.995 THEN life.opened_at + INTERVAL '1 day' END",
    "merged_into": "CASE WHEN scoped BETWEEN 0.98 AND 0.985 THEN life.id - 1 END",
    "board_id": "life.board_id",
    "board_name": "'Board ' || life.board_id",
    "status_id": "life.board_id * 10 + state.is_closed::int",
    "status_name": "CASE WHEN state.is_closed THEN 'Closed' ELSE 'In Progress' END",
    "is_closed": "state.is_closed",
    "type_name": "'Type ' || life.board_id || '.' || life.type_number",
    "sub_type_name": "'Sub-type ' || life.type_number",
    "team_name": "'Team ' || life.board_id",
    "owner_id": "life.owner_id",
    "priority_id": "1 + life.type_number %% 4",
    "priority_name": "'Priority ' || 1 + life.type_number %% 4",
    "channel": "'Email'",
    "company_id": "life.company_id",
    "contact_name": "'Contact of company ' || life.company_id",
    "agreement_id": "life.company_id",
    "is_in_sla": "CASE WHEN sla > 0.9 THEN sla > 0.92 END",
    "opened_at": "life.opened_at",
    "closed_at": "state.closed_at",
    "responded_at": "CASE WHEN life.answered_at <= %(at)s AND resolved < 0.9 THEN life.answered_at END",
    "responded_by": "CASE WHEN life.answered_at <= %(at)s AND resolved < 0.9 THEN "
    "CASE WHEN resolved < 0.05 THEN 'robot' ELSE 'm' || technician_id END ELSE '' END",
    "resolved_at": "CASE WHEN resolved < 0.5 THEN state.closed_at - INTERVAL '20 minutes' END",
    "respond_goal_at": "CASE WHEN sla < 0.7 THEN life.opened_at + INTERVAL '1 hour' END",
    "plan_goal_at": "CASE WHEN sla < 0.1 THEN life.opened_at + INTERVAL '8 hours' END",
    "resolve_goal_at": "CASE WHEN sla < 0.7 THEN life.opened_at + INTERVAL '16 hours' END",
    "waiting_minutes": "life.waiting_minutes",
    "last_updated_at": "COALESCE(state.closed_at, life.opened_at)",
    "reopen_count": "COALESCE(life.reopened_at <= %(at)s, FALSE)::int",
}
LIVES_AS_OF = """
bench_lives AS life
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN life.reopened_at <= %(at)s
                THEN CASE WHEN life.closed_again_at <= %(at)s THEN life.closed_again_at END
            WHEN life.first_closed_at <= %(at)s THEN life.first_closed_at
        END
) AS last_closure (closed_at)
CROSS JOIN LATERAL (SELECT last_closure.closed_at, last_closure.closed_at IS NOT NULL) AS state (closed_at, is_closed)
"""
OPENED_BETWEEN = "life.opened_at > %(since)s AND life.opened_at <= %(at)s"

ENTRIES = {
    "external_id": "work.id",
    "row_hash": "DECODE(MD5(work.id::text), 'hex')",
    "deleted_at": "CASE WHEN work.is_gone THEN work.started_at + INTERVAL '1 day' END",
    "charge_to_type": "CASE WHEN work.ticket_id IS NULL THEN "
    "CASE WHEN work.company_id IS NULL THEN 'ChargeCode' ELSE 'Company' END "
    "WHEN life.scoped < 0.02 THEN 'ProjectTicket' ELSE 'ServiceTicket' END",
    "charge_to_id": "COALESCE(work.ticket_id, work.company_id, work.charge_code_id)",
    "ticket_id": "work.ticket_id",
    "company_id": "work.company_id",
    "member_id": "work.member_id",
    "work_type_id": "work.work_type_id",
    "agreement_id": "work.company_id",
    "started_at": "work.started_at",
    "ended_at": "work.started_at + work.minutes * INTERVAL '1 minute'",
    "minutes": "work.minutes",
    "billable_option": "work.billable_option",
    "status": "'Open'",
    "notes": "'Looked at what the client had said, tried what helps as a rule, and wrote down what did.'",
    "entered_at": "work.started_at + INTERVAL '1 hour'",
    "last_updated_at": "work.started_at + INTERVAL '1 hour'",
}
WORK_BETWEEN = "work.started_at > %(since)s AND work.started_at <= %(at)s"

NOTES = {
    "external_id": "life.id * 2 + answer.number",
    "row_hash": "DECODE(MD5(life.id::text), 'hex')",
    "ticket_id": "life.id",
    "member_id": "CASE WHEN answer.number = 1 THEN life.technician_id END",
    "contact_id": "CASE WHEN answer.number = 0 THEN 1 END",
    "is_internal": "answer.number = 1 AND life.sla < 0.3",
    "written_at": "answer.written_at",
    "text": "'A few sentences about what was seen and what will be done next, as they are written in haste.'",
}
ANSWERS = """
bench_lives AS life
CROSS JOIN LATERAL (
    VALUES (0, life.opened_at), (1, life.answered_at + INTERVAL '3 minutes')
) AS answer (number, written_at)
"""
WRITTEN_BETWEEN = (
    "answer.written_at > %(since)s AND answer.written_at <= %(at)s AND (number = 1 OR resolved < 0.4)"
)

HANDOVERS = {
    "ticket_id": "life.id",
    "occurred_at": "life.answered_at",
    "kind": "'owner'",
    "old_value": "CASE WHEN life.waiting_minutes %% 2 = 0 THEN '101' ELSE '' END",
    "new_value": "life.technician_id::text",
    "provenance": "'audit'",
    "text": "'Owner was changed'",
}
HANDED_BETWEEN = "life.answered_at > %(since)s AND life.answered_at <= %(at)s AND life.resolved > 0.8"

SPELLS = {
    "ticket_id": "life.id",
    "number": "spell.number",
    "started_at": "spell.started_at",
    "ended_at": "CASE WHEN spell.ended_at <= %(at)s THEN spell.ended_at END",
}
LIVES_TWICE = """
bench_lives AS life
CROSS JOIN LATERAL (
    VALUES (1, life.opened_at, life.first_closed_at), (2, life.reopened_at, life.closed_again_at)
) AS spell (number, started_at, ended_at)
"""
REOPENED_BEFORE = "life.reopened_at <= %(at)s"

SURVEYS = {
    "external_id": "life.id",
    "row_hash": "DECODE(MD5(life.id::text), 'hex')",
    "survey_id": "1",
    "ticket_id": "life.id",
    "company_id": "life.company_id",
    "answered_at": "life.first_closed_at + INTERVAL '5 hours'",
    "answers": "JSONB_BUILD_ARRAY("
    "JSONB_BUILD_OBJECT('question', 50, 'option', 4 - FLOOR(4 * POWER(life.sla, 3))::int), "
    "JSONB_BUILD_OBJECT('question', 51, 'option', 10 - FLOOR(10 * POWER(life.resolved, 3))::int))",
}
ANSWERED_BETWEEN = (
    "life.first_closed_at + INTERVAL '5 hours' > %(since)s "
    "AND life.first_closed_at + INTERVAL '5 hours' <= %(at)s AND life.scoped BETWEEN 0.4 AND 0.46"
)

# What the vendor would tell as changed since the last sync, beside what is new.
CHANGED_TICKETS = """
SELECT id
FROM bench_lives
WHERE opened_at <= %(since)s
    AND (
        first_closed_at > %(since)s AND first_closed_at <= %(at)s
        OR reopened_at > %(since)s AND reopened_at <= %(at)s
        OR closed_again_at > %(since)s AND closed_again_at <= %(at)s
        OR answered_at > %(since)s AND answered_at <= %(at)s
    )
"""

LATE_ENTRIES = """
UPDATE raw_time_entries
SET minutes = minutes + 7.5
WHERE external_id = ANY(%(ids)s)
"""
LATE_TICKETS = """
UPDATE raw_tickets
SET type_name = 'Type 0'
WHERE external_id = ANY(%(ids)s)
"""
SPREAD = """
SELECT external_id
FROM (
    SELECT external_id, ROW_NUMBER() OVER (ORDER BY {moment}) AS number, COUNT(*) OVER () AS rows
    FROM {table}
    WHERE {moment} > %(since)s AND {moment} <= %(at)s AND deleted_at IS NULL
) AS late
WHERE number %% GREATEST(1, rows / %(wanted)s) = 0
LIMIT %(wanted)s
"""
