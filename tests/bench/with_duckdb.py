"""The same figures by DuckDB: SQL over the tables that PostgreSQL hands over as Arrow."""

from datetime import datetime

import duckdb
import pandas as pd  # type: ignore[import-untyped]

from tests.bench import duckdb_sql as sql
from tests.bench.duckdb_cells import CELLS, FLOW_CELLS, cells_of
from tests.bench.scores import Scores, scores
from tests.bench.tables import Answer, arrow_tables


def figures(now: datetime, zone: str) -> Answer:
    with duckdb.connect() as db:
        for name, table in arrow_tables().items():
            db.register(name, table)
        db.execute(f"CREATE MACRO local_day(moment) AS (moment AT TIME ZONE '{zone}')::date")
        for statement in sql.FACTS.split(";\n"):
            if statement.strip():
                db.execute(statement, {"now": now} if "$now" in statement else None)
        daily = db.execute(sql.DAILY).df()
        cells = [db.execute(cells_of(*each)).df() for each in CELLS]
        cells.append(db.execute(FLOW_CELLS).df())
        scored = _scores(db, daily)
    daily["ticket_zscore"], daily["ticket_seasonal_score"] = scored.zscore.round(4), scored.seasonal.round(4)
    return Answer(daily, pd.concat([*cells, scored.cells], ignore_index=True))


def _scores(db: duckdb.DuckDBPyConnection, daily: pd.DataFrame) -> Scores:
    days = pd.DatetimeIndex(daily.kpi_date)
    companies, boards = (_counts(db, series).reindex(days, fill_value=0) for series in ("company", "board"))
    return scores(days, daily.new_tickets, companies, boards, daily.is_working)


def _counts(db: duckdb.DuckDBPyConnection, series: str) -> pd.DataFrame:
    counts = db.execute(
        f"SELECT kpi_date, {series}, COUNT(*) AS count FROM flow "
        f"WHERE metric = 'new_tickets' AND {series} IS NOT NULL GROUP BY ALL"
    ).df()
    return counts.pivot(index="kpi_date", columns=series, values="count").fillna(0)
