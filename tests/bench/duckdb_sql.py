"""The figures as DuckDB's SQL: facts in tables of their own, then a row per day."""


def _worked_before(day: str, moment: str) -> str:
    return f"({day}.seconds_before + GREATEST(0, EPOCH(LEAST({moment}, {day}.first_end)) - EPOCH({day}.first_start)))"


FACTS = f"""
CREATE TABLE human_entry AS
SELECT entries.*, local_day(started_at) AS kpi_date, members.member_id IS NOT NULL AS is_known, capacity_hours
FROM entries
LEFT JOIN members USING (member_id)
WHERE entries.member_id IS NOT NULL AND is_automation IS NOT TRUE;

CREATE TABLE ticket AS
WITH most AS (
    SELECT ticket_id AS id, member_id
    FROM human_entry
    WHERE ticket_id IS NOT NULL
    GROUP BY ticket_id, member_id
    QUALIFY ROW_NUMBER() OVER (PARTITION BY ticket_id ORDER BY SUM(minutes) DESC, member_id) = 1
)
SELECT
    tickets.*,
    CASE WHEN owner_id IS NOT NULL AND is_automation IS NOT TRUE THEN owner_id ELSE most.member_id END AS technician
FROM tickets
LEFT JOIN members ON members.member_id = tickets.owner_id
LEFT JOIN most USING (id)
WHERE in_scope;

CREATE TABLE spell AS
SELECT id, company, board, segment, technician, opened_at, is_closed,
    COALESCE(number, 1) AS number,
    COALESCE(spells.started_at, opened_at) AS started_at,
    CASE WHEN number IS NOT NULL THEN ended_at WHEN is_closed THEN closed_at END AS ended_at
FROM ticket
LEFT JOIN spells ON spells.ticket_id = ticket.id;

CREATE TABLE time_worked AS
SELECT
    entries.*, local_day(entries.started_at) AS kpi_date, board,
    CASE
        WHEN charge_to_type IN ('ServiceTicket', 'ProjectTicket') THEN COALESCE(work_type, '')
        ELSE charge_to_type || CASE WHEN charge_to_type = 'ChargeCode' AND charge_code <> ''
            THEN ': ' || charge_code ELSE '' END
    END AS segment,
    is_automation IS NOT TRUE AND members.member_id IS NOT NULL AS is_by_technician,
    capacity_hours,
    CASE WHEN is_automation IS NOT TRUE AND is_billable THEN minutes END AS billable,
    CASE WHEN is_automation IS NOT TRUE AND NOT is_billable THEN minutes END AS other,
    CASE WHEN is_automation THEN minutes END AS automated
FROM (
    SELECT entries.*, work_type, CASE
        WHEN billable_option IN ('Billable', 'DoNotBill', 'NoCharge') THEN billable_option
        WHEN agreement_bill IN ('Billable', 'DoNotBill', 'NoCharge') THEN agreement_bill
        WHEN work_bill IN ('Billable', 'DoNotBill', 'NoCharge') THEN work_bill
        ELSE '' END = 'Billable' AS is_billable
    FROM entries
    LEFT JOIN work_types USING (work_type_id)
    LEFT JOIN agreements USING (agreement_id)
) AS entries
LEFT JOIN members USING (member_id)
LEFT JOIN charge_codes USING (charge_to_id)
LEFT JOIN (SELECT id AS ticket_id, board FROM tickets) AS worked_on USING (ticket_id);

CREATE TABLE finally_closed AS
WITH last AS (
    SELECT id, MAX(number) AS spells, ARG_MAX(ended_at, number) AS moment
    FROM spell
    WHERE is_closed
    GROUP BY id
),
hands_on AS (
    SELECT ticket_id AS id, MIN(member_id) = MAX(member_id) AND MIN(kpi_date) = MAX(kpi_date) AS is_simple
    FROM human_entry
    GROUP BY ticket_id
),
closed AS (
    SELECT ticket.*, last.moment, spells,
        CASE WHEN resolved_at BETWEEN opened_at AND last.moment THEN resolved_at ELSE last.moment END AS done_at,
        EPOCH(done_at) - EPOCH(opened_at) AS seconds,
        seconds BETWEEN 0 AND 1825 * 86400 AS is_valid,
        COALESCE(is_simple, FALSE) AND spells = 1 AND handovers.ticket_id IS NULL AS is_one_touch
    FROM ticket
    JOIN last USING (id)
    LEFT JOIN hands_on USING (id)
    LEFT JOIN handovers ON handovers.ticket_id = ticket.id
    WHERE last.moment IS NOT NULL
)
SELECT local_day(moment) AS kpi_date, closed.*,
    CASE WHEN is_valid THEN seconds / 60 END AS ttr,
    CASE WHEN is_valid THEN GREATEST(0, {_worked_before("done_on", "done_at")}
        - {_worked_before("opened_on", "opened_at")} - 60 * waiting_minutes) / 60 END AS business_ttr
FROM closed
JOIN calendar AS opened_on ON opened_on.day = local_day(opened_at)
JOIN calendar AS done_on ON done_on.day = local_day(done_at);

CREATE TABLE first_response AS
WITH response AS (
    SELECT ticket_id AS id, MIN(started_at) AS moment FROM human_entry GROUP BY ticket_id
    UNION ALL
    SELECT ticket_id, MIN(written_at) FROM notes LEFT JOIN members USING (member_id)
    WHERE is_automation IS NOT TRUE
    GROUP BY ticket_id
    UNION ALL
    SELECT id, responded_at FROM ticket
    WHERE responded_at IS NOT NULL
        AND responded_by NOT IN (SELECT identifier FROM members WHERE is_automation AND identifier <> '')
)
SELECT local_day(first.moment) AS kpi_date, ticket.*, (EPOCH(first.moment) - EPOCH(opened_at)) / 60 AS minutes
FROM ticket
JOIN (SELECT id, MIN(moment) AS moment FROM response GROUP BY id) AS first USING (id)
WHERE EPOCH(first.moment) - EPOCH(opened_at) BETWEEN 0 AND 1825 * 86400;

CREATE TABLE sla_breach AS
WITH judged AS (
    SELECT ticket.*, CASE WHEN is_closed THEN last_end ELSE $now END AS latest
    FROM ticket
    JOIN (SELECT id, ARG_MAX(ended_at, number) AS last_end FROM spell GROUP BY id) AS last USING (id)
),
missed AS (
    SELECT judged.*, LEAST(
        CASE WHEN COALESCE(responded_at, latest) > respond_goal_at THEN respond_goal_at END,
        CASE WHEN COALESCE(planned_at, latest) > plan_goal_at THEN plan_goal_at END,
        CASE WHEN COALESCE(resolved_at, latest) > resolve_goal_at THEN resolve_goal_at END,
        CASE WHEN is_closed AND is_in_sla IS FALSE
            AND COALESCE(respond_goal_at, plan_goal_at, resolve_goal_at) IS NULL THEN latest END
    ) AS moment
    FROM judged
)
SELECT local_day(moment) AS kpi_date, missed.*
FROM missed
WHERE moment IS NOT NULL AND local_day(moment) <= local_day($now);

CREATE TABLE answer AS
SELECT local_day(answered_at) AS kpi_date,
    CASE WHEN known.id IS NULL THEN company_id ELSE ticket.company END AS company,
    technician, ticket.board, COALESCE(ticket.segment, '') AS segment,
    CASE WHEN option_count = 5 THEN option + 1 END AS satisfaction,
    CASE WHEN option_count = 11 THEN (option >= 9)::int - (option <= 6)::int END AS recommendation
FROM answers
LEFT JOIN tickets AS known ON known.id = answers.ticket_id
LEFT JOIN ticket ON ticket.id = answers.ticket_id
WHERE (known.id IS NULL OR ticket.id IS NOT NULL) AND option_count IN (5, 11);

CREATE TABLE flow AS
SELECT local_day(opened_at) AS kpi_date, company, board, segment, 'new_tickets' AS metric FROM ticket
UNION ALL
SELECT local_day(ended_at), company, board, segment, 'closed_tickets' FROM spell WHERE ended_at IS NOT NULL
UNION ALL
SELECT local_day(started_at), company, board, segment, 'reopened_tickets' FROM spell WHERE number > 1;

CREATE TABLE day AS
SELECT day AS kpi_date, is_working
FROM calendar
WHERE day BETWEEN LEAST((SELECT MIN(kpi_date) FROM flow), (SELECT MIN(kpi_date) FROM time_worked))
    AND local_day($now);
"""

DAILY = """
WITH moved AS (
    SELECT kpi_date,
        COUNT(*) FILTER (WHERE metric = 'new_tickets') AS new_tickets,
        COUNT(*) FILTER (WHERE metric = 'closed_tickets') AS closed_tickets,
        COUNT(*) FILTER (WHERE metric = 'reopened_tickets') AS reopened_tickets
    FROM flow GROUP BY kpi_date
),
step AS (
    SELECT kpi_date, SUM(change) AS change
    FROM (
        SELECT GREATEST(local_day(started_at), local_day(opened_at) + 30) AS from_day,
            local_day(ended_at) AS until_day
        FROM spell
    ) AS aged
    CROSS JOIN LATERAL (SELECT from_day AS kpi_date, 1 AS change UNION ALL SELECT until_day, -1) AS bound
    WHERE until_day IS NULL OR until_day > from_day
    GROUP BY kpi_date
),
worked AS (
    SELECT kpi_date, SUM(billable) AS billable_minutes, SUM(other) AS non_billable_minutes
    FROM time_worked GROUP BY kpi_date
),
closed AS (
    SELECT kpi_date, COUNT(*) AS tickets, AVG(ttr) AS avg_ttr_minutes,
        QUANTILE_CONT(ttr, 0.5) AS median_ttr_minutes, QUANTILE_CONT(ttr, 0.9) AS p90_ttr_minutes,
        AVG(business_ttr) AS business_ttr_minutes, 100 * AVG((spells = 1)::int) AS fcr_rate,
        100 * AVG(is_one_touch::int) AS one_touch_rate
    FROM finally_closed GROUP BY kpi_date
),
responded AS (SELECT kpi_date, AVG(minutes) AS avg_first_response_minutes FROM first_response GROUP BY kpi_date),
answered AS (
    SELECT kpi_date, AVG(satisfaction) AS csat_avg, 100 * AVG(recommendation) AS nps FROM answer GROUP BY kpi_date
),
breached AS (SELECT kpi_date, COUNT(*) AS breaches FROM sla_breach GROUP BY kpi_date),
active AS (
    SELECT kpi_date, COUNT(DISTINCT technician) AS technicians
    FROM (
        SELECT kpi_date, member_id AS technician FROM time_worked WHERE is_by_technician
        UNION ALL
        SELECT kpi_date, technician FROM finally_closed WHERE technician IN (SELECT member_id FROM members)
    ) AS technician_day
    GROUP BY kpi_date
)
SELECT
    kpi_date, is_working,
    COALESCE(new_tickets, 0) AS new_tickets,
    COALESCE(closed_tickets, 0) AS closed_tickets,
    COALESCE(reopened_tickets, 0) AS reopened_tickets,
    SUM(COALESCE(new_tickets, 0) + COALESCE(reopened_tickets, 0) - COALESCE(closed_tickets, 0)) OVER past
        AS backlog_open,
    SUM(COALESCE(change, 0)) OVER past AS backlog_over_30d,
    COALESCE(billable_minutes, 0) AS billable_minutes,
    COALESCE(non_billable_minutes, 0) AS non_billable_minutes,
    closed.* EXCLUDE (kpi_date, tickets),
    avg_first_response_minutes, csat_avg, nps,
    COALESCE(breaches, 0) AS sla_breach_count,
    COALESCE(technicians, 0) AS active_technicians,
    COALESCE(tickets, 0) / technicians AS tickets_per_technician,
    100 * COALESCE(billable_minutes, 0)
        / NULLIF(COALESCE(billable_minutes, 0) + COALESCE(non_billable_minutes, 0), 0) AS billable_ratio
FROM day
LEFT JOIN moved USING (kpi_date)
LEFT JOIN step USING (kpi_date)
LEFT JOIN worked USING (kpi_date)
LEFT JOIN closed USING (kpi_date)
LEFT JOIN responded USING (kpi_date)
LEFT JOIN answered USING (kpi_date)
LEFT JOIN breached USING (kpi_date)
LEFT JOIN active USING (kpi_date)
WINDOW past AS (ORDER BY kpi_date)
ORDER BY kpi_date
"""
