"""Tables as CSV for spreadsheets: numbers as numbers, and no text that a spreadsheet would take for a formula."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import StreamingHttpResponse

from kpis.base import Metric
from kpis.kpi_page.amounts import Amount, value
from kpis.kpi_page.table import Table

BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets read names with accents wrongly
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
DECIMALS = 4


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: Iterable[Iterable[Any]], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def safe(cell: Any) -> Any:
    if cell is None:
        return ""
    text = str(cell)
    return f"'{text}" if text.startswith(BEGINS_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def rows_of(table: Table) -> Iterator[list[Any]]:
    """With the sums that were divided, so that the rows can be added up again."""
    metrics = table.cut.metrics
    yield [table.cut.title, *(title for metric in metrics for title in _titles(metric))]
    for row in table.rows:
        yield [
            row.name,
            *(part for metric in metrics for part in _parts(metric, row.amounts.get(metric.slug))),
        ]


def _titles(metric: Metric) -> list[str]:
    of_unit = f"{metric.name} ({metric.unit})"
    return (
        [of_unit, f"{metric.slug}: numerator", f"{metric.slug}: denominator"]
        if metric.denominator
        else [of_unit]
    )


def _parts(metric: Metric, amount: Amount | None) -> list[Any]:
    found = value(metric, amount)
    shown = None if found is None else f"{found:.{DECIMALS}f}".rstrip("0").rstrip(".")
    if not metric.denominator:
        return [shown]
    return [shown, amount.numerator if amount else None, amount.denominator if amount else None]
