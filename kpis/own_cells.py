"""What the stored cells say of one technician in some windows of days, read in one statement."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from kpis.due import Window
from kpis.handled_work import Domain
from kpis.totals import BILLABLE, OTHER, ClientHours
from kpis.windows import Parts

CELLS = """
SELECT
    asked.number,
    kpi,
    metric,
    company,
    board,
    segment,
    SUM(numerator),
    COALESCE(SUM(denominator), 0)
FROM UNNEST(%(sinces)s::date[], %(untils)s::date[]) WITH ORDINALITY AS asked (since, until, number)
JOIN kpi_breakdown ON kpi_date >= asked.since AND kpi_date < asked.until
WHERE technician = %(technician)s AND (
    kpi IN ('tech_efficiency', 'time_consumption')
    OR kpi = 'tech_profile' AND metric = 'domain_minutes'
)
GROUP BY asked.number, kpi, metric, company, board, segment
"""


@dataclass(frozen=True)
class Cell:
    kpi: str
    metric: str
    company: int | None
    board: int | None
    segment: str
    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True)
class OwnCells:
    """Of one window."""

    cells: Sequence[Cell]

    @property
    def efficiency(self) -> dict[str, Parts]:
        found: dict[str, Parts] = {}
        for cell in self._of("tech_efficiency"):
            known = found.get(cell.metric, Parts())
            found[cell.metric] = Parts(known.numerator + cell.numerator, known.denominator + cell.denominator)
        return found

    @property
    def minutes_by_domain(self) -> dict[Domain, float]:
        cells = self._of("tech_profile")
        return _summed(((cell.board, cell.segment), cell.numerator) for cell in cells)

    @property
    def tickets_by_domain(self) -> dict[Domain, float]:
        """Finally closed."""
        cells = (cell for cell in self._of("tech_efficiency") if cell.metric == "fcr")
        return _summed(((cell.board, cell.segment), cell.denominator) for cell in cells)

    @property
    def minutes(self) -> float:
        return 60 * sum(row.total for row in self.hours_by_client)

    @property
    def hours_by_client(self) -> list[ClientHours]:
        """Most hours first."""
        hours: dict[int | None, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for cell in self._of("time_consumption"):
            if cell.metric in (BILLABLE, OTHER):
                hours[cell.company][cell.metric] += float(cell.numerator) / 60
        rows = [
            ClientHours(company, parts[BILLABLE], sum(parts.values())) for company, parts in hours.items()
        ]
        return sorted(rows, key=lambda row: -row.total)

    def _of(self, kpi: str) -> Iterable[Cell]:
        return (cell for cell in self.cells if cell.kpi == kpi)


def own_cells(technician: int, asked: Sequence[Window]) -> list[OwnCells]:
    """One for each of the windows."""
    sinces, untils = [since for since, _ in asked], [until for _, until in asked]
    with connection.cursor() as cursor:
        cursor.execute(CELLS, {"technician": technician, "sinces": sinces, "untils": untils})
        rows = cursor.fetchall()
    by_window: dict[int, list[Cell]] = defaultdict(list)
    for number, *cell in rows:
        by_window[number].append(Cell(*cell))
    return [OwnCells(by_window[number]) for number in range(1, len(asked) + 1)]


def _summed(pairs: Iterable[tuple[Domain, Decimal]]) -> dict[Domain, float]:
    sums: dict[Domain, float] = defaultdict(float)
    for domain, value in pairs:
        sums[domain] += float(value)
    return {domain: value for domain, value in sums.items() if value}
