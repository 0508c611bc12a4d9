"""How much of covered work is over its agreement's limits, entry by entry in the order of a cycle."""

from kpis.facts.agreements import cycle_start

USING = f"""
    SELECT
        worked.row_id,
        worked.source_id,
        worked.ticket_id,
        worked.kpi_date,
        worked.work_type_id,
        worked.work_role_id,
        worked.started_at,
        worked.external_id,
        worked.minutes,
        worked.minutes * worked.rate AS minutes_x_rate,
        limited.id AS agreement_id,
        limited.limit_units,
        limited.limit_amount,
        limited.carries_over AND COALESCE(limited.starts_on < cycle.since, TRUE) AS carries_over,
        cycle.since AS cycle,
        CASE WHEN limited.carries_over THEN {cycle_start("limited", "(cycle.since - 1)")} END AS cycle_before
    FROM judged_work AS worked
    JOIN limited ON limited.source_id = worked.source_id AND limited.id = worked.judged_by
    CROSS JOIN LATERAL (SELECT {cycle_start("limited", "worked.kpi_date")} AS since) AS cycle
    WHERE worked.line = 7 AND worked.minutes > 0
"""  # noqa: S608

PLACED = """
    SELECT
        *,
        SUM(minutes) OVER so_far AS minutes_so_far,
        SUM(minutes_x_rate) OVER so_far - minutes_x_rate AS spent_before,
        MIN(place) OVER (PARTITION BY source_id, agreement_id, cycle, ticket_id) AS ticket_place
    FROM (
        SELECT *, ROW_NUMBER() OVER so_far AS place
        FROM using_limits
        WINDOW so_far AS (PARTITION BY source_id, agreement_id, cycle ORDER BY started_at, external_id)
    ) AS in_order
    WINDOW so_far AS (PARTITION BY source_id, agreement_id, cycle ORDER BY started_at, external_id)
"""

OVER_AGREEMENT = """
    SELECT
        row_id,
        CASE limit_units
            WHEN 'Hours' THEN LEAST(
                minutes,
                minutes_so_far - 60 * limit_amount
                - CASE
                    WHEN carries_over THEN GREATEST(0, 60 * limit_amount - COALESCE(before.minutes_used, 0))
                    ELSE 0
                END
            )
            WHEN 'Amount' THEN CASE WHEN spent_before >= 60 * limit_amount THEN minutes END
            WHEN 'Incidents' THEN CASE WHEN tickets_before >= limit_amount THEN minutes END
        END AS minutes_over
    FROM (
        SELECT
            *,
            DENSE_RANK() OVER (PARTITION BY source_id, agreement_id, cycle ORDER BY ticket_place) - 1 AS tickets_before
        FROM placed
    ) AS counted
    LEFT JOIN (
        SELECT source_id, agreement_id, cycle AS cycle_before, SUM(minutes) AS minutes_used
        FROM placed
        GROUP BY source_id, agreement_id, cycle
    ) AS before USING (source_id, agreement_id, cycle_before)
"""

OVER_ROW = """
    SELECT
        using_limits.row_id,
        LEAST(
            using_limits.minutes,
            SUM(using_limits.minutes) OVER (
                PARTITION BY said.source_id, said.id, said.kind, said.row_id, using_limits.cycle
                ORDER BY using_limits.started_at, using_limits.external_id
            ) - 60 * said.hours_limit
        ) AS minutes_over
    FROM using_limits
    JOIN in_force AS said
        ON said.source_id = using_limits.source_id
        AND said.id = using_limits.agreement_id
        AND said.period_since <= using_limits.kpi_date
        AND said.period_until > using_limits.kpi_date
        AND said.kind IN ('work_type', 'work_role')
        AND said.hours_limit > 0
        AND COALESCE(
            said.subject_id = CASE said.kind
                WHEN 'work_type' THEN using_limits.work_type_id
                ELSE using_limits.work_role_id
            END,
            said.subject_id IS NULL
        )
"""

# CTEs, of which the last says how many minutes of an entry are over; they read `judged_work`, `limited`, `in_force`.
OVER_LIMIT = f"""
using_limits AS MATERIALIZED ({USING}),
placed AS MATERIALIZED ({PLACED}),
over_limit AS (
    SELECT row_id, MAX(minutes_over) AS minutes
    FROM ({OVER_AGREEMENT} UNION ALL {OVER_ROW}) AS each
    GROUP BY row_id
    HAVING MAX(minutes_over) > 0
)
"""  # noqa: S608
