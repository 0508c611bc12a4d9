"""The tickets that were open at a day's end: day by day as a running sum, one by one for a drill-down."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric

SPELLS = """
SELECT
    id,
    company,
    board,
    segment,
    opened_at,
    opened_at AS started_at,
    CASE WHEN is_closed THEN closed_at END AS ended_at
FROM ticket
WHERE (NOT is_closed OR closed_at IS NULL OR closed_at >= {since})
    AND NOT EXISTS (
        SELECT FROM raw_ticket_spells AS spell
        WHERE spell.source_id = ticket.source_id AND spell.ticket_id = ticket.id
    )
UNION ALL
SELECT ticket.id, company, board, segment, opened_at, spell.started_at, spell.ended_at
FROM raw_ticket_spells AS spell
JOIN ticket ON ticket.source_id = spell.source_id AND ticket.id = spell.ticket_id
WHERE spell.ended_at IS NULL OR spell.ended_at >= {since}
"""

OPEN_AT_END_OF_DAY = f"""
SELECT
    spell.id,
    (due.starts_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    spell.company,
    NULL::bigint AS technician,
    spell.board,
    spell.segment,
    1 AS is_open,
    CASE
        WHEN (spell.opened_at AT TIME ZONE %(zone)s)::date <= (due.starts_at AT TIME ZONE %(zone)s)::date - 30
            THEN 1
    END AS is_old
FROM due
JOIN ({SPELLS.format(since="%(ends_at)s")}) AS spell ON spell.started_at < due.ends_at
"""  # noqa: S608 - joins our own fragments

# An open ticket is old from the 30th day after its opening to its closure, so that a spell is one step
# up and one step down; spells that ended before the window take no part in it.
BACKLOG = f"""
WITH start AS (
    SELECT starts_at AS at FROM kpi_calendar WHERE day = %(since)s
),
aged AS (
    SELECT
        GREATEST(
            %(since)s,
            (spell.started_at AT TIME ZONE %(zone)s)::date,
            (spell.opened_at AT TIME ZONE %(zone)s)::date + 30
        ) AS from_day,
        (spell.ended_at AT TIME ZONE %(zone)s)::date AS until_day
    FROM ({SPELLS.format(since="(SELECT at FROM start)")}) AS spell
),
step AS (
    SELECT bound.day AS kpi_date, SUM(bound.change) AS change
    FROM aged
    CROSS JOIN LATERAL (VALUES (from_day, 1), (until_day, -1)) AS bound (day, change)
    WHERE until_day IS NULL OR until_day > from_day
    GROUP BY bound.day
),
left_before AS (
    SELECT
        CASE
            WHEN %(since)s > %(first_day)s
                THEN (SELECT backlog_open FROM kpi_daily WHERE kpi_date = %(since)s::date - 1)
            ELSE (
                SELECT COUNT(*) FILTER (WHERE opened_at < start.at) - COUNT(*) FILTER (
                    WHERE is_closed AND closed_at < start.at AND spells.closures IS NULL
                ) + COALESCE(SUM(spells.reopenings - spells.closures), 0)
                FROM start
                CROSS JOIN ticket
                LEFT JOIN (
                    SELECT
                        source_id,
                        ticket_id,
                        COUNT(*) FILTER (WHERE number > 1 AND started_at < start.at) AS reopenings,
                        COUNT(*) FILTER (WHERE ended_at < start.at) AS closures
                    FROM start
                    CROSS JOIN raw_ticket_spells
                    GROUP BY source_id, ticket_id
                ) AS spells ON spells.source_id = ticket.source_id AND spells.ticket_id = ticket.id
            )
        END AS tickets
)
SELECT
    kpi_date,
    left_before.tickets + SUM(new_tickets + reopened_tickets - closed_tickets) OVER past AS backlog_open,
    SUM(COALESCE(step.change, 0)) OVER past AS backlog_over_30d
FROM kpi_daily
CROSS JOIN left_before
LEFT JOIN step USING (kpi_date)
WHERE kpi_date >= %(since)s
WINDOW past AS (ORDER BY kpi_date)
"""  # noqa: S608 - joins our own fragments

OPEN_TICKETS = Fact(
    name="open_tickets",
    sql=OPEN_AT_END_OF_DAY,
    is_stored=False,
    metrics=(
        Metric(
            "backlog_open",
            _("Backlog"),
            "tickets",
            "less is better",
            "is_open",
            roll_up="none",
            meaning=_("Tickets open at the day's end."),
        ),
        Metric(
            "backlog_over_30d",
            _("Backlog over 30 days"),
            "tickets",
            "less is better",
            "is_old",
            roll_up="none",
            meaning=_("Of those, opened 30 days before or earlier."),
        ),
    ),
)
