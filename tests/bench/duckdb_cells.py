"""The cells by company, technician, board and segment as DuckDB's SQL, from the tables of facts."""

# Of each fact: what is summed under which name.
CELLS: tuple[tuple[str, str, dict[str, tuple[str, str]]], ...] = (
    (
        "time_worked",
        "kpi_date, company, member_id, board, segment",
        {
            "billable_minutes": ("SUM(billable)", "NULL"),
            "non_billable_minutes": ("SUM(other)", "NULL"),
            "automation_minutes": ("SUM(automated)", "NULL"),
        },
    ),
    (
        "finally_closed",
        "kpi_date, company, technician, board, segment",
        {
            "ttr_minutes": ("SUM(ttr)", "COUNT(ttr)"),
            "business_ttr_minutes": ("SUM(business_ttr)", "COUNT(ttr)"),
            "fcr": ("SUM((spells = 1)::int)", "COUNT(*)"),
            "one_touch": ("SUM(is_one_touch::int)", "COUNT(*)"),
            "reopened": ("SUM((spells > 1)::int)", "COUNT(*)"),
        },
    ),
    (
        "first_response",
        "kpi_date, company, technician, board, segment",
        {"first_response_minutes": ("SUM(minutes)", "COUNT(*)")},
    ),
    (
        "answer",
        "kpi_date, company, technician, board, segment",
        {
            "csat": ("SUM(satisfaction)", "COUNT(satisfaction)"),
            "nps": ("SUM(recommendation)", "COUNT(recommendation)"),
        },
    ),
    (
        "sla_breach",
        "kpi_date, company, technician, board, segment",
        {"sla_breaches": ("COUNT(*)", "NULL")},
    ),
    (
        "(SELECT * FROM time_worked JOIN calendar ON day = kpi_date WHERE is_by_technician)",
        "kpi_date, NULL::bigint, member_id, NULL::bigint, ''",
        {
            "worked_days": ("1", "NULL"),
            "billable_ratio": ("COALESCE(SUM(billable), 0)", "SUM(minutes)"),
            "utilisation": (
                "SUM(minutes)",
                "CASE WHEN MAX(capacity_hours) > 0 THEN MAX(capacity_hours) * 60 ELSE MAX(working_seconds) / 60 END",
            ),
        },
    ),
)

FLOW_CELLS = """
SELECT metric, kpi_date, company, board, segment, COUNT(*) AS numerator
FROM flow
GROUP BY ALL
"""


def cells_of(fact: str, key: str, metrics: dict[str, tuple[str, str]]) -> str:
    """Groups the fact once; a row for each metric that it has anything to say about."""
    columns = ", ".join(
        f"{numerator} AS top_{metric}, {denominator} AS bottom_{metric}"
        for metric, (numerator, denominator) in metrics.items()
    )
    rows = " UNION ALL ".join(
        f"SELECT '{metric}' AS metric, kpi_date, company, technician, board, segment, "
        f"top_{metric} AS numerator, bottom_{metric} AS denominator FROM grouped "
        f"WHERE top_{metric} IS NOT NULL AND bottom_{metric} IS DISTINCT FROM 0"
        for metric in metrics
    )
    keys = dict(zip(("kpi_date", "company", "technician", "board", "segment"), key.split(", "), strict=True))
    named = ", ".join(f"{value} AS {name}" for name, value in keys.items())
    return (
        f"WITH grouped AS MATERIALIZED (SELECT {named}, {columns} FROM {fact} GROUP BY 1, 2, 3, 4, 5) {rows}"
    )
