"""What the data-frame references read from the database, and whether what they make of it is what we made."""

import io
from dataclasses import dataclass
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv  # type: ignore[import-untyped]
from django.db import connection

from kpis.models import KpiDaily

# The tables that a time entry refers to, and the entry's column that does.
LOOKED_UP_BY_ENTRIES = (
    ("work_types", "work_type_id"),
    ("agreements", "agreement_id"),
    ("members", "member_id"),
    ("charge_codes", "charge_to_id"),
)

QUERIES = {
    "tickets": """
        SELECT external_id AS id, company_id AS company, board_id AS board, type_name AS segment, owner_id, is_closed,
            opened_at, closed_at, responded_at, LOWER(responded_by) AS responded_by, planned_at, resolved_at,
            respond_goal_at, plan_goal_at, resolve_goal_at, is_in_sla, waiting_minutes,
            record_type = 'ServiceTicket' AND deleted_at IS NULL AND merged_into IS NULL AS in_scope
        FROM raw_tickets
    """,
    "entries": """
        SELECT external_id AS id, ticket_id, company_id AS company, member_id, work_type_id, agreement_id,
            charge_to_type, charge_to_id, started_at, minutes::float8 AS minutes, billable_option
        FROM raw_time_entries
        WHERE deleted_at IS NULL
    """,
    "spells": "SELECT ticket_id, number, started_at, ended_at FROM raw_ticket_spells",
    "notes": """
        SELECT ticket_id, member_id, written_at
        FROM raw_ticket_notes
        WHERE deleted_at IS NULL AND NOT is_internal AND member_id IS NOT NULL AND contact_id IS NULL
    """,
    "handovers": """
        SELECT DISTINCT ticket_id
        FROM raw_ticket_events
        WHERE kind = 'owner' AND old_value <> '' AND old_value <> new_value
    """,
    "answers": """
        SELECT survey.ticket_id, survey.company_id, survey.answered_at, question.option_count, answer.option
        FROM raw_surveys AS survey
        CROSS JOIN LATERAL JSONB_TO_RECORDSET(survey.answers) AS answer (question bigint, option int)
        JOIN raw_survey_questions AS question ON question.external_id = answer.question
        WHERE survey.deleted_at IS NULL
    """,
    "members": """
        SELECT external_id AS member_id, LOWER(identifier) AS identifier, is_automation,
            daily_capacity_hours::float8 AS capacity_hours
        FROM raw_members
    """,
    "work_types": "SELECT external_id AS work_type_id, name AS work_type, bill_time AS work_bill FROM raw_work_types",
    "agreements": "SELECT external_id AS agreement_id, bill_time AS agreement_bill FROM raw_agreements",
    "charge_codes": "SELECT external_id AS charge_to_id, name AS charge_code FROM raw_charge_codes",
    "calendar": """
        SELECT day, is_working, first_start, first_end, seconds_before,
            COALESCE(EXTRACT(EPOCH FROM first_end - first_start), 0)::float8 AS working_seconds
        FROM kpi_calendar
    """,
}
TYPES = {
    pa.int64(): (
        "id company board owner_id waiting_minutes ticket_id member_id work_type_id agreement_id charge_to_id number "
        "company_id option_count option seconds_before"
    ),
    pa.float64(): "minutes capacity_hours working_seconds",
    pa.bool_(): "is_closed is_in_sla in_scope is_automation is_working",
    pa.date32(): "day",
    pa.timestamp("us", "UTC"): (
        "opened_at closed_at responded_at planned_at resolved_at respond_goal_at plan_goal_at resolve_goal_at "
        "started_at ended_at written_at answered_at first_start first_end"
    ),
    pa.string(): (
        "segment responded_by charge_to_type billable_option identifier work_type work_bill agreement_bill charge_code"
    ),
}
COLUMN_TYPES = {column: kind for kind, columns in TYPES.items() for column in columns.split()}


def arrow_tables() -> dict[str, pa.Table]:
    """Through COPY, which is the fastest that gets rows from PostgreSQL into Arrow here."""
    options = pyarrow.csv.ConvertOptions(
        column_types=COLUMN_TYPES,
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )
    return {
        name: pyarrow.csv.read_csv(io.BytesIO(_copied(query)), convert_options=options)
        for name, query in QUERIES.items()
    }


def _copied(query: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT CSV, HEADER)") as copy:
        return b"".join(copy)


def pandas_tables() -> dict[str, pd.DataFrame]:
    """Rows as Python objects made into frames, which is what read_sql does too."""
    frames = {}
    with connection.cursor() as cursor:
        for name, query in QUERIES.items():
            cursor.execute(query)
            columns = [column.name for column in cursor.description]
            frames[name] = _typed(pd.DataFrame.from_records(cursor.fetchall(), columns=columns))
    return frames


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    for column in frame:
        kind = COLUMN_TYPES[column]
        if kind == pa.timestamp("us", "UTC"):
            frame[column] = pd.to_datetime(frame[column], utc=True)
        elif kind == pa.date32():
            frame[column] = pd.to_datetime(frame[column])
        elif kind == pa.int64() and frame[column].hasnans:
            frame[column] = frame[column].astype("Int64")
    return frame


@dataclass(frozen=True)
class Answer:
    """A row per day and the cells, both shaped like our own tables."""

    daily: pd.DataFrame
    cells: pd.DataFrame


UNCOMPARED = {"kpi_date", "anomaly_detected", "computed_at", "data_as_of", "is_final", "definition_version"}
DAILY = [str(field.column) for field in KpiDaily._meta.concrete_fields if field.column not in UNCOMPARED]
TOLERANCE = 1e-5


def differences(answer: Answer) -> list[str]:
    """Where the sums and counts of an answer's columns and metrics are not those of our own tables."""
    daily = answer.daily[DAILY].astype(float)
    theirs: dict[str, tuple[Any, ...]] = {
        column: (int(daily[column].count()), daily[column].sum()) for column in DAILY
    }
    cells = answer.cells.groupby("metric")[["numerator", "denominator"]]
    counts, sums = cells.size(), cells.sum()
    theirs |= {
        f"{metric} cells": (int(counts[metric]), sums.numerator[metric], sums.denominator[metric])
        for metric in counts.index
    }
    ours = _our_sums()
    return [
        f"{name}: {theirs.get(name)} instead of {ours.get(name)}"
        for name in sorted({*ours, *theirs})
        if not _is_close(theirs.get(name), ours.get(name))
    ]


def _our_sums() -> dict[str, tuple[Any, ...]]:
    sums = ", ".join(f"COUNT({column}), SUM({column})::float8" for column in DAILY)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sums} FROM kpi_daily")
        row = cursor.fetchone()
        cursor.execute(
            "SELECT metric, COUNT(*), SUM(numerator)::float8, COALESCE(SUM(denominator), 0)::float8 "
            "FROM kpi_breakdown WHERE kpi IN ('time_consumption', 'tech_efficiency', 'ticket_trends') "
            "GROUP BY metric"
        )
        cells = {f"{metric} cells": tuple(parts) for metric, *parts in cursor.fetchall()}
    return {column: (row[2 * at], row[2 * at + 1]) for at, column in enumerate(DAILY)} | cells


def _is_close(theirs: tuple[Any, ...] | None, ours: tuple[Any, ...] | None) -> bool:
    if theirs is None or ours is None or theirs[0] != ours[0]:
        return False
    return all(
        abs(mine - yours) <= max(0.05, TOLERANCE * abs(yours))
        for mine, yours in zip(theirs, ours, strict=True)
    )
