"""Puts what a reference came to into tables with the columns, constraints and indexes of ours, as a product would."""

import io
from collections.abc import Sequence

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv  # type: ignore[import-untyped]
from django.db import connection, transaction

from kpis.cells import COLUMNS
from kpis.models import KpiBreakdown, KpiDaily
from kpis.registry import kpis
from tests.bench.tables import DAILY, Answer

KPI_OF = {metric.slug: kpi.slug for kpi in kpis().values() for metric in kpi.metrics}
WHOLE_NUMBERS = {"IntegerField", "BigIntegerField"}


def deliver(answer: Answer) -> None:
    """Into empty tables, all at once: no way to write rows to PostgreSQL is faster than COPY."""
    daily = answer.daily
    if "kpi_date" not in daily:
        daily = daily.rename_axis("kpi_date").reset_index()
    cells = answer.cells.assign(kpi=answer.cells.metric.map(KPI_OF))
    with transaction.atomic(), connection.cursor() as cursor:
        for table, frame, columns in (
            (KpiDaily, daily.assign(computed_at="now", definition_version="1"), [*DAILY, "kpi_date"]),
            (KpiBreakdown, cells, COLUMNS),
        ):
            name = table._meta.db_table
            cursor.execute(f"DROP TABLE IF EXISTS reference_{name}")
            cursor.execute(f"CREATE TABLE reference_{name} (LIKE {name} INCLUDING ALL)")
            own = [column for column in ("computed_at", "definition_version") if column in frame]
            _copy(f"reference_{name}", _typed(table, frame, [*columns, *own]))


def _typed(table: type[KpiDaily | KpiBreakdown], frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    frame = frame[list(columns)].copy()
    for column in columns:
        kind = table._meta.get_field(column).get_internal_type()
        if kind in WHOLE_NUMBERS:
            frame[column] = frame[column].astype("Float64").round().astype("Int64")
        elif kind == "DateField":
            frame[column] = pd.to_datetime(frame[column]).dt.date
    return frame


def _copy(table: str, frame: pd.DataFrame) -> None:
    lines = io.BytesIO()
    pyarrow.csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), lines)
    columns = ", ".join(frame.columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT CSV, HEADER)") as copy,
    ):
        copy.write(lines.getbuffer())
