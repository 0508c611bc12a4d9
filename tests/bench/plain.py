"""The catalogue's figures asked one by one from the raw tables, as an analyst would write each query."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from tests.bench.plain_rows import (
    ACTIVE,
    ANSWERS,
    BREACHES,
    BUSINESS,
    CLOSED,
    DAYS,
    ENTRIES,
    FIRST_RESPONSE,
    ONE_TOUCH,
    SCOPE,
    SPELLS,
    TECHNICIAN,
)


def _daily(figures: str, rows: str) -> str:
    return f"SELECT day, {figures} FROM ({rows}) AS counted GROUP BY day ORDER BY day"


def _by_all(figures: str, rows: str) -> str:
    return (
        f"SELECT day, company_id, {TECHNICIAN} AS technician, board_id, type_name, {figures} "
        f"FROM ({rows}) AS ticket GROUP BY 1, 2, 3, 4, 5"
    )


def _flow(moment: str, rows: str, condition: str = "TRUE") -> str:
    return (
        f"SELECT *, ({moment} AT TIME ZONE %(zone)s)::date AS day FROM ({rows}) AS moved "
        f"WHERE {moment} IS NOT NULL AND {condition}"
    )


NEW = _flow("opened_at", f"SELECT * FROM raw_tickets WHERE {SCOPE}")
CLOSURES = _flow("ended_at", SPELLS)
REOPENINGS = _flow("started_at", SPELLS, "number > 1")


def _backlog(condition: str) -> str:
    """Each spell counts on the days it was open; a join on ranges of moments would take minutes instead."""
    return f"""
    SELECT day, COUNT(external_id)
    FROM (
        SELECT *,
            (started_at AT TIME ZONE %(zone)s)::date AS first_day,
            COALESCE((ended_at AT TIME ZONE %(zone)s)::date - 1, %(today)s) AS last_day
        FROM ({SPELLS}) AS spell
    ) AS spell
    CROSS JOIN LATERAL GENERATE_SERIES(first_day, last_day, INTERVAL '1 day') AS day
    WHERE {condition}
    GROUP BY day
    ORDER BY day
    """


def _counts_of(series: str) -> str:
    """New tickets of each series and day, 0 on days without any."""
    return f"""
    SELECT days.day, every.series, COUNT(new.day) AS count
    FROM ({DAYS}) AS days
    CROSS JOIN (SELECT DISTINCT {series} AS series FROM raw_tickets) AS every
    LEFT JOIN ({NEW}) AS new ON new.day = days.day AND {series} = every.series
    GROUP BY days.day, every.series
    """


def _zscores(series: str) -> str:
    return _distances(series, "zscore", "PARTITION BY series", days=30, at_least=14)


def _seasonal(series: str) -> str:
    """As far as SQL goes: distance from the same weekdays' mean, without medians and tail probabilities."""
    return _distances(series, "score", "PARTITION BY series, EXTRACT(DOW FROM day)", days=12, at_least=4)


def _distances(series: str, name: str, partition: str, days: int, at_least: int) -> str:
    """How many standard deviations each day is away from the mean of those before it."""
    return f"""
    SELECT series, day,
        CASE WHEN COUNT(*) OVER past >= {at_least}
            THEN (count - AVG(count) OVER past) / NULLIF(STDDEV_SAMP(count) OVER past, 0) END AS {name}
    FROM ({_counts_of(series)}) AS counts
    WINDOW past AS ({partition} ORDER BY day ROWS BETWEEN {days} PRECEDING AND 1 PRECEDING)
    """


ZSCORE = f"""
WITH counts AS MATERIALIZED ({_counts_of("1")})
SELECT today.day, (today.count - AVG(past.count)) / NULLIF(STDDEV_SAMP(past.count), 0) AS zscore
FROM counts AS today
JOIN counts AS past ON past.day BETWEEN today.day - 30 AND today.day - 1
GROUP BY today.day, today.count
HAVING COUNT(*) >= 14
"""

PERSON_DAYS = f"""
SELECT day, member_id, MAX(daily_capacity_hours) AS capacity_hours, SUM(minutes) AS minutes,
    SUM(minutes) FILTER (WHERE is_billable) AS billable_minutes
FROM ({ENTRIES}) AS entry
WHERE NOT is_automation
GROUP BY day, member_id
"""
COUNT_OF_DAY = "COUNT(*)"
TTR = "ttr BETWEEN 0 AND 2628000"
PEOPLES_ENTRIES = f"SELECT * FROM ({ENTRIES}) AS entry WHERE NOT is_automation"
SATISFIED = "AVG(option + 1) FILTER (WHERE option_count = 5)"
PROMOTED = "100 * AVG((option >= 9)::int - (option <= 6)::int) FILTER (WHERE option_count = 11)"
SUMS_OF_TIME = (
    "SUM(minutes) FILTER (WHERE is_billable AND NOT is_automation), "
    "SUM(minutes) FILTER (WHERE NOT is_billable AND NOT is_automation), "
    "SUM(minutes) FILTER (WHERE is_automation)"
)

QUERIES: Mapping[str, Mapping[str, str]] = {
    "04": {
        "billable minutes": _daily("SUM(minutes) FILTER (WHERE is_billable)", PEOPLES_ENTRIES),
        "other minutes": _daily("SUM(minutes) FILTER (WHERE NOT is_billable)", PEOPLES_ENTRIES),
        "where the time went": (
            f"SELECT day, company_id, member_id, board_id, work_type, {SUMS_OF_TIME} "
            f"FROM ({ENTRIES}) AS entry GROUP BY 1, 2, 3, 4, 5"
        ),
    },
    "07": {
        "mean to resolve": _daily(f"AVG(ttr) FILTER (WHERE {TTR})", CLOSED),
        "median": _daily(f"PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY ttr) FILTER (WHERE {TTR})", CLOSED),
        "p90": _daily(f"PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY ttr) FILTER (WHERE {TTR})", CLOSED),
        "business time": _daily(f"AVG(business_ttr) FILTER (WHERE {TTR})", BUSINESS),
        "never reopened": _daily("100 * AVG((reopen_count = 0)::int)", CLOSED),
        "one touch": _daily("100 * AVG(is_one_touch::int)", ONE_TOUCH),
        "first response": _daily("AVG(minutes)", FIRST_RESPONSE),
        "satisfaction": _daily(SATISFIED, ANSWERS),
        "promoters": _daily(PROMOTED, ANSWERS),
        "breaches": _daily(COUNT_OF_DAY, BREACHES),
        "active technicians": ACTIVE,
        "billable share": _daily("100 * AVG(minutes * is_billable::int) / AVG(minutes)", PEOPLES_ENTRIES),
        "time to resolve by all": _by_all(f"SUM(ttr) FILTER (WHERE {TTR}), COUNT(*)", CLOSED),
        "business time by all": _by_all(f"SUM(business_ttr) FILTER (WHERE {TTR}), COUNT(*)", BUSINESS),
        "reopened by all": _by_all("SUM((reopen_count > 0)::int), COUNT(*)", CLOSED),
        "one touch by all": _by_all("SUM(is_one_touch::int), COUNT(*)", ONE_TOUCH),
        "first response by all": _by_all("SUM(minutes), COUNT(*)", FIRST_RESPONSE),
        "satisfaction by all": _by_all(f"{SATISFIED}, {PROMOTED}, COUNT(*)", ANSWERS),
        "breaches by all": _by_all(COUNT_OF_DAY, BREACHES),
        "technicians' days": PERSON_DAYS,
    },
    "11": {
        "new": _daily(COUNT_OF_DAY, NEW),
        "closed": _daily(COUNT_OF_DAY, CLOSURES),
        "reopened": _daily(COUNT_OF_DAY, REOPENINGS),
        "backlog": _backlog("TRUE"),
        "backlog over 30 days": _backlog("(spell.opened_at AT TIME ZONE %(zone)s)::date <= day::date - 30"),
        "z-score": ZSCORE,
        "seasonal score": _seasonal("1"),
        "z-scores of companies": _zscores("company_id"),
        "z-scores of boards": _zscores("board_id"),
        "seasonal scores of companies": _seasonal("company_id"),
        "seasonal scores of boards": _seasonal("board_id"),
        **{
            f"{name} by company, board and type": (
                f"SELECT day, company_id, board_id, type_name, COUNT(*) FROM ({rows}) AS flow GROUP BY 1, 2, 3, 4"
            )
            for name, rows in (("new", NEW), ("closed", CLOSURES), ("reopened", REOPENINGS))
        },
    },
}


def fetch(query: str, parameters: dict[str, Any]) -> int:
    """Runs one query to the client's last row; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return len(cursor.fetchall())
