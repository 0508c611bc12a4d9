"""Agreements as SQL: how long each holds, what it says it covers from when to when, its limits and their cycles.

Rows deleted at the vendor serve for the days before: deleting a contract does not undo that it covered.
"""

from collections.abc import Set
from datetime import date

from django.db import connection

from kpis.calendar import days_between
from tenants.models import TenantSettings

FOREVER_AGO, FOREVER = "'-infinity'::date", "'infinity'::date"
CONTRACT_CYCLE_DAYS = "CASE raw.limit_cycle WHEN 'Contract2Weeks' THEN 14 WHEN 'Contract4Weeks' THEN 28 END"
CONTRACT_CYCLE_MONTHS = "CASE raw.limit_cycle WHEN 'ContractQuarter' THEN 3 WHEN 'ContractYear' THEN 12 END"


def _over_on(agreement: str) -> str:
    """The first day on which an agreement does not hold any more; NULL when there is none."""
    return f"""LEAST(
            {agreement}.ends_on + 1,
            CASE WHEN {agreement}.is_cancelled THEN COALESCE({agreement}.cancelled_on, {FOREVER_AGO}) END,
            ({agreement}.deleted_at AT TIME ZONE %(zone)s)::date
        )"""


AGREEMENTS = f"""
    SELECT
        raw.source_id,
        raw.external_id AS id,
        raw.company_id,
        raw.parent_agreement_id AS parent_id,
        raw.starts_on,
        parent.starts_on AS parent_starts_on,
        LEAST({_over_on("raw")}, {_over_on("parent")}) AS over_on,
        raw.limit_amount,
        CASE
            WHEN raw.limit_units IN ('Hours', 'Amount', 'Incidents') AND NOT raw.is_unlimited AND raw.limit_amount > 0
                THEN raw.limit_units
        END AS limit_units,
        raw.carries_over_unused AND raw.limit_units = 'Hours' AS carries_over,
        CASE WHEN raw.starts_on IS NOT NULL THEN {CONTRACT_CYCLE_DAYS} END AS cycle_days,
        CASE WHEN raw.starts_on IS NOT NULL THEN {CONTRACT_CYCLE_MONTHS} END AS cycle_months,
        CASE raw.limit_cycle
            WHEN 'CalendarWeek' THEN 'week'
            WHEN 'CalendarQuarter' THEN 'quarter'
            WHEN 'CalendarYear' THEN 'year'
            ELSE 'month'
        END AS cycle_unit
    FROM raw_agreements AS raw
    LEFT JOIN raw_agreements AS parent
        ON parent.source_id = raw.source_id AND parent.external_id = raw.parent_agreement_id
"""  # noqa: S608 - joins our own fragments

# Coverage rows with the agreements that they may speak for: their own, and those whose parent that is.
SAID = f"""
    SELECT
        agreement.source_id,
        agreement.id,
        said.agreement_id = agreement.id AS is_own,
        said.external_id AS row_id,
        said.kind,
        said.subject_id,
        said.type_id,
        said.hours_limit,
        COALESCE(said.starts_on, {FOREVER_AGO}) AS since,
        COALESCE(
            LEAST(said.ends_on + 1, (said.deleted_at AT TIME ZONE %(zone)s)::date), {FOREVER}
        ) AS until
    FROM agreement
    CROSS JOIN LATERAL (VALUES (agreement.id), (agreement.parent_id)) AS teller (id)
    JOIN raw_agreement_coverage AS said
        ON said.source_id = agreement.source_id AND said.agreement_id = teller.id
"""  # noqa: S608

# Between two days on which any row begins or ends, what an agreement says stays the same.
PERIODS = f"""
    SELECT
        source_id,
        id,
        day AS since,
        LEAD(day, 1, {FOREVER}) OVER (PARTITION BY source_id, id ORDER BY day) AS until
    FROM (
        SELECT source_id, id, {FOREVER_AGO} AS day FROM agreement
        UNION
        SELECT source_id, id, since FROM said
        UNION
        SELECT source_id, id, until FROM said WHERE until < {FOREVER}
    ) AS bound
"""  # noqa: S608

# What is in force in a period: the agreement's own rows of a kind, else its parent's.
IN_FORCE = """
    SELECT *
    FROM (
        SELECT
            said.*,
            period.since AS period_since,
            period.until AS period_until,
            said.is_own = BOOL_OR(said.is_own) OVER (
                PARTITION BY period.source_id, period.id, period.since, said.kind
            ) AS is_telling
        FROM period
        JOIN said
            ON said.source_id = period.source_id
            AND said.id = period.id
            AND said.since <= period.since
            AND said.until > period.since
    ) AS candidate
    WHERE is_telling
"""

# Agreements whose cycles bind days together, and how long such a cycle lasts at most, a carried one with it.
LIMITED = """
    SELECT
        *,
        COALESCE(
            cycle_days,
            31 * cycle_months,
            CASE cycle_unit WHEN 'week' THEN 7 WHEN 'month' THEN 31 WHEN 'quarter' THEN 93 ELSE 366 END
        ) * CASE WHEN carries_over THEN 2 ELSE 1 END AS longest_days
    FROM agreement
    WHERE limit_units IS NOT NULL
        OR EXISTS (
            SELECT FROM said
            WHERE said.source_id = agreement.source_id
                AND said.id = agreement.id
                AND said.kind IN ('work_type', 'work_role')
                AND said.hours_limit > 0
        )
"""

TOLD = f"""
agreement AS MATERIALIZED ({AGREEMENTS} WHERE raw.covers_time),
said AS MATERIALIZED ({SAID})
"""
CTES = f"{TOLD}, limited AS MATERIALIZED ({LIMITED})"

LISTS = "boards, boards_and_types, work_types, work_roles, excluded_work_types, excluded_work_roles"

# What each agreement covers, period by period; a list is NULL where nothing is said.
TERMS_SELECT = f"""
WITH {TOLD},
period AS ({PERIODS}),
in_force AS ({IN_FORCE})
SELECT agreement.*, period.since, period.until, {LISTS}
FROM agreement
JOIN period USING (source_id, id)
LEFT JOIN (
    SELECT
        source_id,
        id,
        period_since AS since,
        ARRAY_AGG(subject_id) FILTER (WHERE kind = 'board_default') AS boards,
        ARRAY_AGG(CONCAT(subject_id, '/', type_id)) FILTER (WHERE kind = 'board_default') AS boards_and_types,
        ARRAY_AGG(subject_id) FILTER (WHERE kind = 'work_type') AS work_types,
        ARRAY_AGG(subject_id) FILTER (WHERE kind = 'work_role') AS work_roles,
        ARRAY_AGG(subject_id) FILTER (WHERE kind = 'work_type_exclusion') AS excluded_work_types,
        ARRAY_AGG(subject_id) FILTER (WHERE kind = 'work_role_exclusion') AS excluded_work_roles
    FROM in_force
    GROUP BY source_id, id, period_since
) AS lists USING (source_id, id, since)
"""  # noqa: S608


def cycle_start(agreement: str, day: str) -> str:
    """The first day of an agreement's cycle that a day falls into."""

    def nth(number: str) -> str:
        months = f"({number}) * {agreement}.cycle_months"
        return f"({agreement}.starts_on + MAKE_INTERVAL(months => ({months})::int))::date"

    # Months cut to their end: from the 31st of January, a quarter later is the 30th of April.
    months = f"{_month(day)} - {_month(f'{agreement}.starts_on')}"
    number = f"FLOOR(({months}) / {agreement}.cycle_months)"
    return f"""CASE
        WHEN {agreement}.cycle_days IS NOT NULL THEN
            {agreement}.starts_on + ({day} - {agreement}.starts_on) / {agreement}.cycle_days * {agreement}.cycle_days
        WHEN {agreement}.cycle_months IS NOT NULL THEN
            CASE WHEN {nth(number)} <= {day} THEN {nth(number)} ELSE {nth(f"{number} - 1")} END
        ELSE DATE_TRUNC({agreement}.cycle_unit, ({day})::timestamp)::date
    END"""


def _month(day: str) -> str:
    return f"(EXTRACT(YEAR FROM {day}) * 12 + EXTRACT(MONTH FROM {day}))"


REACHED = f"""
WITH {CTES}
SELECT due.day, MAX({cycle_start("limited", "due.day")} + limited.longest_days)
FROM UNNEST(%(days)s::date[]) AS due (day)
JOIN limited
    ON COALESCE(limited.starts_on, due.day) <= due.day AND COALESCE(limited.over_on > due.day, TRUE)
GROUP BY due.day
"""  # noqa: S608


def rest_of_cycles(days: frozenset[date], today: date) -> Set[date]:
    """The days on which the use of a limit may have changed: to the end of the cycles that the days fall into."""
    with connection.cursor() as cursor:
        cursor.execute(REACHED, {"days": sorted(days), "zone": str(TenantSettings.load().zone)})
        ends = cursor.fetchall()
    found: set[date] = set(days)
    for day, end in ends:
        found.update(days_between(day, end))
    return {day for day in found if day <= today}
