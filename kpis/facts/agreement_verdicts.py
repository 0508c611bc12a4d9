"""Time entries judged by the agreements in force on their day: covered, or the reason why not, minute by minute."""

from kpis.base import Fact
from kpis.facts.agreement_limits import OVER_LIMIT
from kpis.facts.agreements import (
    CTES,
    IN_FORCE,
    LISTS,
    PERIODS,
    TERMS_SELECT,
    cycle_start,
    rest_of_cycles,
)
from kpis.facts.time_worked import EFFECTIVE_OPTION

# In the order of the table of reasons, which settles ties.
MISMATCH = (
    "NO_AGREEMENT",
    "EXPIRED",
    "BOARD_NOT_COVERED",
    "TYPE_NOT_COVERED",
    "WORK_TYPE_EXCLUDED",
    "OVER_LIMIT",
)
REASONS = ", ".join(f"'{reason}'" for reason in MISMATCH)

# The use of a limit is counted from the beginning of the cycle, or of the one before when that is carried over.
CONSIDERED = f"""
    SELECT LOWER(stretch) AS starts_at, UPPER(stretch) AS ends_at
    FROM (
        SELECT UNNEST(RANGE_AGG(TSTZRANGE(LEAST(due.starts_at, cycles.since), due.ends_at))) AS stretch
        FROM due
        CROSS JOIN LATERAL (
            SELECT
                (due.starts_at AT TIME ZONE %(zone)s)::date AS first,
                (due.ends_at AT TIME ZONE %(zone)s)::date AS last
        ) AS day
        LEFT JOIN LATERAL (
            SELECT
                MIN(
                    CASE
                        WHEN limited.carries_over THEN {cycle_start("limited", "(cycle.since - 1)")}
                        ELSE cycle.since
                    END
                )::timestamp AT TIME ZONE %(zone)s AS since
            FROM limited
            CROSS JOIN LATERAL (SELECT {cycle_start("limited", "day.first")} AS since) AS cycle
            WHERE COALESCE(limited.starts_on < day.last, TRUE) AND COALESCE(limited.over_on > day.first, TRUE)
        ) AS cycles ON TRUE
    ) AS merged
"""  # noqa: S608 - joins our own fragments

WORKED = f"""
    SELECT
        entry.id AS row_id,
        entry.source_id,
        entry.external_id,
        entry.started_at,
        (entry.started_at AT TIME ZONE %(zone)s)::date AS kpi_date,
        entry.company_id,
        entry.member_id,
        entry.ticket_id,
        entry.agreement_id,
        on_ticket.agreement_id AS ticket_agreement_id,
        on_ticket.board_id,
        on_ticket.type_id,
        entry.work_type_id,
        entry.work_role_id,
        entry.minutes,
        CASE WHEN entry.hourly_rate > 0 THEN entry.hourly_rate ELSE settings.hourly_rate END AS rate,
        {EFFECTIVE_OPTION} = 'Billable' AS is_billable,
        CASE
            WHEN entry.charge_to_type <> 'ServiceTicket' THEN 'OTHER_TIME'
            WHEN ticket.row_id IS NULL THEN 'NO_TICKET'
            WHEN settings.companies_without_agreement @> TO_JSONB(entry.company_id) THEN 'EXEMPT'
        END AS not_judged
    FROM considered
    JOIN raw_time_entries AS entry
        ON entry.started_at >= considered.starts_at AND entry.started_at < considered.ends_at
    CROSS JOIN tenants_tenantsettings AS settings
    LEFT JOIN raw_tickets AS on_ticket
        ON on_ticket.source_id = entry.source_id AND on_ticket.external_id = entry.ticket_id
    LEFT JOIN ticket ON ticket.row_id = on_ticket.id
    LEFT JOIN raw_members AS member
        ON member.source_id = entry.source_id AND member.external_id = entry.member_id
    LEFT JOIN raw_work_types AS work_type
        ON work_type.source_id = entry.source_id AND work_type.external_id = entry.work_type_id
    LEFT JOIN raw_agreements AS agreement
        ON agreement.source_id = entry.source_id AND agreement.external_id = entry.agreement_id
    WHERE entry.deleted_at IS NULL AND member.is_automation IS NOT TRUE
"""  # noqa: S608

# Agreements of the entry's company, and those of others that the entry or its ticket names.
CANDIDATES = """
    SELECT worked.*, candidate.id AS candidate_id, candidate.over_on, candidate.parent_starts_on, {lists}
    FROM worked
    JOIN agreement_terms AS candidate
        ON candidate.source_id = worked.source_id
        AND {tie}
        AND candidate.since <= worked.kpi_date
        AND candidate.until > worked.kpi_date
        AND COALESCE(candidate.starts_on <= worked.kpi_date, TRUE)
    WHERE worked.not_judged IS NULL
"""
OF_OTHERS = "candidate.company_id IS DISTINCT FROM worked.company_id AND candidate.id = worked"

# Of each entry the candidate that came furthest down the table of verdicts; line 7 covers it.
BEST = f"""
    SELECT DISTINCT ON (row_id) row_id, candidate_id, line
    FROM (
        {CANDIDATES.format(lists=LISTS, tie="candidate.company_id = worked.company_id")}
        UNION ALL
        {CANDIDATES.format(lists=LISTS, tie=f"{OF_OTHERS}.agreement_id")}
        UNION ALL
        {CANDIDATES.format(lists=LISTS, tie=f"{OF_OTHERS}.ticket_agreement_id")}
    ) AS pair
    CROSS JOIN tenants_tenantsettings AS settings
    CROSS JOIN LATERAL (
        SELECT
            CASE
                WHEN over_on <= kpi_date OR parent_starts_on > kpi_date THEN 2
                WHEN boards IS NOT NULL AND (board_id = ANY(boards)) IS NOT TRUE THEN 3
                WHEN boards IS NOT NULL
                    AND NOT ARRAY[CONCAT(board_id, '/'), CONCAT(board_id, '/', type_id)] && boards_and_types
                    THEN 4
                WHEN settings.agreement_lists_are_complete AND (
                    work_types IS NOT NULL
                    AND ARRAY_POSITION(work_types, NULL) IS NULL
                    AND (work_type_id = ANY(work_types)) IS NOT TRUE
                    OR work_roles IS NOT NULL
                    AND ARRAY_POSITION(work_roles, NULL) IS NULL
                    AND (work_role_id = ANY(work_roles)) IS NOT TRUE
                ) THEN 5
                WHEN work_type_id = ANY(excluded_work_types) OR work_role_id = ANY(excluded_work_roles) THEN 6
                ELSE 7
            END AS line
    ) AS judged
    ORDER BY
        row_id,
        line DESC,
        candidate_id IS NOT DISTINCT FROM agreement_id DESC,
        candidate_id IS NOT DISTINCT FROM ticket_agreement_id DESC,
        candidate_id
"""  # noqa: S608

JUDGED_SELECT = f"""
WITH {CTES},
considered AS MATERIALIZED ({CONSIDERED}),
worked AS MATERIALIZED ({WORKED}),
best AS ({BEST})
SELECT worked.*, best.candidate_id AS judged_by, best.line
FROM worked
LEFT JOIN best USING (row_id)
"""  # noqa: S608

SELECT = f"""
WITH {CTES},
period AS ({PERIODS}),
in_force AS ({IN_FORCE}),
{OVER_LIMIT}
SELECT
    worked.external_id AS id,
    worked.source_id,
    worked.kpi_date,
    worked.company_id AS company,
    worked.member_id AS technician,
    worked.board_id AS board,
    part.verdict AS segment,
    part.minutes,
    part.minutes * worked.rate AS minutes_x_rate,
    worked.is_billable,
    worked.ticket_id,
    worked.judged_by AS agreement_id,
    EXISTS (SELECT FROM raw_agreements) AS is_known
FROM judged_work AS worked
LEFT JOIN over_limit USING (row_id)
CROSS JOIN LATERAL (
    VALUES
        (
            CASE
                WHEN worked.not_judged IS NOT NULL THEN worked.not_judged
                WHEN worked.line = 7 THEN 'COVERED'
                WHEN worked.line = 6 THEN 'WORK_TYPE_EXCLUDED'
                WHEN worked.line IN (4, 5) THEN 'TYPE_NOT_COVERED'
                WHEN worked.line = 3 THEN 'BOARD_NOT_COVERED'
                WHEN worked.line = 2 THEN 'EXPIRED'
                ELSE 'NO_AGREEMENT'
            END,
            worked.minutes - COALESCE(over_limit.minutes, 0)
        ),
        ('OVER_LIMIT', over_limit.minutes)
) AS part (verdict, minutes)
WHERE (part.minutes <> 0 OR over_limit.minutes IS NULL AND part.minutes = 0)
    AND worked.kpi_date IN (
        SELECT calendar.day
        FROM due
        JOIN kpi_calendar AS calendar ON calendar.starts_at >= due.starts_at AND calendar.starts_at < due.ends_at
    )
"""  # noqa: S608

AGREEMENT_TERMS = Fact("agreement_terms", TERMS_SELECT, is_kept=True, reached=rest_of_cycles)
JUDGED_WORK = Fact(
    "judged_work", JUDGED_SELECT, reads=(AGREEMENT_TERMS,), is_kept=True, reached=rest_of_cycles
)
VERDICTS = Fact("verdicts", SELECT, "time entry", reads=(JUDGED_WORK,), is_kept=True, reached=rest_of_cycles)
