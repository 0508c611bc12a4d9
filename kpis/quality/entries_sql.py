"""Time entries and what can be wrong with them. Looked at are those that time consumption counts as people's."""

PEOPLES = "entry.deleted_at IS NULL AND member.is_automation IS NOT TRUE"

JOINS = """
LEFT JOIN raw_members AS member
    ON member.source_id = entry.source_id AND member.external_id = entry.member_id
LEFT JOIN raw_tickets AS worked_on
    ON worked_on.source_id = entry.source_id AND worked_on.external_id = entry.ticket_id
"""

KEY = """
    entry.external_id AS id,
    (entry.started_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    entry.company_id AS company,
    entry.member_id AS technician,
    worked_on.board_id AS board,
    '' AS segment"""

ENTRIES = f"""
SELECT {KEY},
    entry.minutes,
    1 AS entries,
    CASE WHEN entry.entered_at IS NOT NULL THEN 1 END AS dated,
    (
        (entry.entered_at AT TIME ZONE %(zone)s)::date > (entry.started_at AT TIME ZONE %(zone)s)::date + 1
    )::int AS late,
    (entry.minutes > 16 * 60 OR COALESCE(entry.ended_at < entry.started_at, FALSE))::int AS too_long,
    (member.id IS NULL)::int AS of_nobody
FROM due
JOIN raw_time_entries AS entry ON entry.started_at >= due.starts_at AND entry.started_at < due.ends_at
{JOINS}
WHERE {PEOPLES}
"""  # noqa: S608 - joins our own fragments

# Without any agreement nothing is known of agreements, and nothing is wrong. What an agreement says does not matter
# here, only whether there was one; so this looks at fewer days than the verdict on what it covers.
AGREEMENTS_OF_ENTRIES = f"""
WITH agreement AS (
    SELECT source_id, external_id AS id, company_id, COALESCE(starts_on, '-infinity') AS since
    FROM raw_agreements
    WHERE covers_time
),
of_company AS (
    SELECT source_id, company_id, MIN(since) AS since
    FROM agreement
    WHERE company_id IS NOT NULL
    GROUP BY source_id, company_id
),
exempt AS (
    SELECT company::bigint AS company_id
    FROM tenants_tenantsettings
    CROSS JOIN LATERAL JSONB_ARRAY_ELEMENTS_TEXT(companies_without_agreement) AS company
    WHERE id = 1
)
SELECT {KEY},
    entry.minutes,
    1 AS entries,
    COALESCE(
        LEAST(of_company.since, of_entry.since, of_ticket.since)
            > (entry.started_at AT TIME ZONE %(zone)s)::date,
        TRUE
    )::int AS uncovered
FROM due
JOIN raw_time_entries AS entry ON entry.started_at >= due.starts_at AND entry.started_at < due.ends_at
{JOINS}
LEFT JOIN of_company
    ON of_company.source_id = entry.source_id AND of_company.company_id = entry.company_id
LEFT JOIN agreement AS of_entry
    ON of_entry.source_id = entry.source_id AND of_entry.id = entry.agreement_id
LEFT JOIN agreement AS of_ticket
    ON of_ticket.source_id = entry.source_id AND of_ticket.id = worked_on.agreement_id
WHERE {PEOPLES}
    AND entry.charge_to_type = 'ServiceTicket'
    AND worked_on.record_type = 'ServiceTicket'
    AND worked_on.deleted_at IS NULL
    AND worked_on.merged_into IS NULL
    AND NOT EXISTS (SELECT FROM exempt WHERE exempt.company_id = entry.company_id)
    AND EXISTS (SELECT FROM raw_agreements)
"""  # noqa: S608

# Whatever began before an entry overlaps it from its beginning on, so the latest end among them tells all.
OVERLAPS = f"""
WITH told AS (
    SELECT {KEY},
        entry.minutes,
        entry.started_at,
        entry.ended_at,
        entry.started_at >= due.starts_at AS is_due,
        CASE WHEN entry.member_id IS NOT NULL THEN GREATEST(
            MAX(entry.ended_at) OVER (
                PARTITION BY due.starts_at, entry.source_id, entry.member_id
                ORDER BY entry.started_at
                RANGE BETWEEN INTERVAL '24 hours' PRECEDING AND CURRENT ROW EXCLUDE GROUP
            ),
            MAX(entry.ended_at) OVER (
                PARTITION BY due.starts_at, entry.source_id, entry.member_id, entry.started_at
                ORDER BY entry.external_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
        ) END AS busy_until
    FROM due
    JOIN raw_time_entries AS entry
        ON entry.started_at >= due.starts_at - INTERVAL '24 hours' AND entry.started_at < due.ends_at
    {JOINS}
    WHERE {PEOPLES} AND entry.ended_at IS NOT NULL
)
SELECT
    id,
    kpi_date,
    company,
    technician,
    board,
    segment,
    minutes,
    LEAST(
        GREATEST(
            0, EXTRACT(EPOCH FROM LEAST(ended_at, COALESCE(busy_until, started_at)) - started_at)
        ),
        GREATEST(0, 60 * minutes)
    ) AS overlapped_seconds
FROM told
WHERE is_due
"""  # noqa: S608
