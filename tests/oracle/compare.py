"""What the SQL engine wrote, held against the oracle cell for cell."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal

from tests.oracle.figures import Breakdown, Figures, Key, Parts
from tests.oracle.tables import every

PROVENANCE = ("computed_at", "data_as_of", "is_final", "definition_version")
SCORE_COLUMNS = ("ticket_zscore", "ticket_seasonal_score")
# Statistics that are made in floating point.
SCORE_METRICS = (
    *("zscore", "seasonal_score"),
    *("handling_ratio", "handling_low", "handling_high", "expected_minutes"),
    *("reopen_ratio", "reopen_low", "reopen_high", "csat_fair", "score"),
    *("handling_flag", "reopen_flag", "escalation_flag", "strength", "weakness"),
)
SCORE_TOLERANCE = Decimal("0.0002")

DailyRows = Mapping[date, Mapping[str, object]]
BreakdownRows = Mapping[Key, Parts]


class DuplicateRow(Exception):
    """Two rows of kpi_breakdown speak of the same thing."""


def read_figures() -> Figures:
    """What the current tenant's kpi_daily and kpi_breakdown say, without provenance."""
    from kpis.models import KpiBreakdown, KpiDaily

    daily = {}
    for row in every(KpiDaily):
        day = row.pop("kpi_date")
        daily[day] = {column: value for column, value in row.items() if column not in PROVENANCE}
    breakdown: Breakdown = {}
    for row in every(KpiBreakdown):
        key = Key(**{column: row[column] for column in Key._fields})
        if key in breakdown:
            raise DuplicateRow(name_of(key))
        breakdown[key] = (row["numerator"], row["denominator"])
    return Figures(daily, breakdown)


def differences(
    expected: Figures,
    daily_rows: DailyRows,
    breakdown_rows: BreakdownRows,
    asked: Collection[str] | None = None,
) -> list[str]:
    """One sentence for each cell that is not as expected; none when all are.

    `asked` names KPIs (`soc`) and single metrics (`soc.alerts`) whose cells are compared, when not all are.
    """
    return [
        *daily_differences(expected, daily_rows),
        *breakdown_differences(only(expected.breakdown, asked), only(breakdown_rows, asked)),
    ]


def only(rows: BreakdownRows, asked: Collection[str] | None) -> BreakdownRows:
    if asked is None:
        return rows
    return {key: row for key, row in rows.items() if {key[0], f"{key[0]}.{key[1]}"} & set(asked)}


def daily_differences(expected: Figures, found: DailyRows) -> Iterator[str]:
    """Columns that the oracle does not know are not compared."""
    for day in sorted(expected.daily.keys() | found.keys()):
        if day not in found:
            yield f"{day}: no row, expected one"
        elif day not in expected.daily:
            yield f"{day}: a row, expected none"
        else:
            for column, value in expected.daily[day].items():
                actual = found[day].get(column)
                if not is_equal(actual, value, is_score=column in SCORE_COLUMNS):
                    yield f"{day} {column}: {shown(actual)}, expected {shown(value)}"


def breakdown_differences(expected: BreakdownRows, found: BreakdownRows) -> Iterator[str]:
    for key in sorted(expected.keys() | found.keys(), key=in_order):
        if key not in found:
            yield f"{name_of(key)}: no row, expected {shown_parts(expected[key])}"
        elif key not in expected:
            yield f"{name_of(key)}: {shown_parts(found[key])}, expected no row"
        elif not are_equal(found[key], expected[key], is_score=key[1] in SCORE_METRICS):
            yield f"{name_of(key)}: {shown_parts(found[key])}, expected {shown_parts(expected[key])}"


def are_equal(actual: Parts, expected: Parts, *, is_score: bool) -> bool:
    pairs = zip(actual, expected, strict=True)
    return all(is_equal(one, other, is_score=is_score) for one, other in pairs)


def is_equal(actual: object, expected: object, *, is_score: bool) -> bool:
    """NULL equals only NULL."""
    if is_score and isinstance(actual, Decimal) and isinstance(expected, Decimal):
        return abs(actual - expected) <= SCORE_TOLERANCE
    return actual == expected


def in_order(key: Key) -> tuple[object, ...]:
    """By day first, and NULL before every id."""
    key = Key(*key)
    cuts = (key.company, key.technician, key.board)
    return (key.kpi_date, key.kpi, key.metric, *((cut is not None, cut or 0) for cut in cuts), key.segment)


def name_of(key: Key) -> str:
    key = Key(*key)
    cuts = [
        f"{name} {value}"
        for name, value in (("company", key.company), ("technician", key.technician), ("board", key.board))
        if value is not None
    ]
    segment = [repr(key.segment)] if key.segment else []
    return ", ".join([f"{key.kpi_date} {key.kpi}.{key.metric}", *cuts, *segment])


def shown(value: object) -> str:
    return "NULL" if value is None else str(value)


def shown_parts(parts: Parts) -> str:
    numerator, denominator = parts
    return shown(numerator) if denominator is None else f"{shown(numerator)} / {shown(denominator)}"
