"""The scores of daily counts for the data-frame references, on the same numpy functions that we use."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from kpis import statistics

DAY_OFF = 7


@dataclass(frozen=True)
class Scores:
    """Of the tenant by day, and the cells of all other series."""

    zscore: Any
    seasonal: Any
    cells: pd.DataFrame


def scores(
    days: pd.DatetimeIndex, tenant: pd.Series, companies: pd.DataFrame, boards: pd.DataFrame, working: Any
) -> Scores:
    """`companies` and `boards` have a row per day and a column per series, `tenant` only the rows."""
    counts = np.vstack([tenant.to_numpy(), companies.to_numpy().T, boards.to_numpy().T]).astype(np.int64)
    starts = np.array([0, *(int(np.flatnonzero(row)[0]) for row in counts[1:])])
    classes = np.where(working, days.weekday, DAY_OFF)
    every_day = np.arange(len(days))
    plain = statistics.plain_scores(counts, starts, every_day)
    seasonal = statistics.seasonal_scores(counts, starts, classes, every_day)
    chances = statistics.p_values(seasonal[1:], is_over=every_day < len(days) - 1)
    flags = np.full(counts.shape, np.nan)
    flags[1:] = np.where(statistics.discoveries(chances), 1.0, np.nan)
    kinds = [
        ("company", companies.columns, slice(1, 1 + companies.shape[1])),
        ("board", boards.columns, slice(1 + companies.shape[1], None)),
    ]
    parts = [
        _cells(metric, kind, days, keys, values[rows])
        for metric, values in (("zscore", plain), ("seasonal_score", seasonal), ("anomaly", flags))
        for kind, keys, rows in kinds
    ]
    return Scores(plain[0], seasonal[0], pd.concat(parts, ignore_index=True))


def _cells(metric: str, kind: str, days: pd.DatetimeIndex, keys: pd.Index, values: Any) -> pd.DataFrame:
    series, day = np.nonzero(~np.isnan(values))
    return pd.DataFrame(
        {
            "metric": metric,
            "kpi_date": days[day],
            kind: keys.to_numpy()[series].astype(np.int64),
            "segment": kind,
            "numerator": values[series, day].round(4),
            "denominator": np.nan,
        }
    )
