"""The cells that technicians are compared on, as arrays of technicians × strata for the frames of asked days."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from kpis.compared import OF_HANDLING
from kpis.fairness import Floats, Handled, Places, Strata
from kpis.frames import preceding

Integers = NDArray[np.int64]
Stratum = tuple[int | None, str, str]  # board, type, priority
Domain = tuple[int | None, str]  # board, type

# In whole units, so that sums are exact: then it is the same by which way a frame was reached.
CELLS = """
SELECT
    kpi_date,
    technician,
    board,
    segment,
    COALESCE(SUM(denominator) FILTER (WHERE metric = 'handling_log'), 0)::bigint,
    COALESCE(10000 * SUM(numerator) FILTER (WHERE metric = 'handling_log'), 0)::bigint,
    COALESCE(10000 * SUM(numerator) FILTER (WHERE metric = 'handling_log_squares'), 0)::bigint,
    COALESCE(SUM(denominator) FILTER (WHERE metric = 'reopened_work'), 0)::bigint,
    COALESCE(SUM(numerator) FILTER (WHERE metric = 'reopened_work'), 0)::bigint,
    COALESCE(100 * SUM(numerator) FILTER (WHERE metric = 'handling_minutes'), 0)::bigint,
    COALESCE(SUM(denominator) FILTER (WHERE metric = 'escalated'), 0)::bigint,
    COALESCE(SUM(numerator) FILTER (WHERE metric = 'escalated'), 0)::bigint
FROM UNNEST(%(days)s::date[]) AS wanted (kpi_date)
JOIN kpi_breakdown USING (kpi_date)
WHERE kpi = 'tech_comparison' AND metric = ANY(%(metrics)s)
GROUP BY kpi_date, technician, board, segment
ORDER BY kpi_date
"""
SCALES = (1, 10_000, 10_000, 1, 1, 100, 1, 1)
ALL_METRICS = (*OF_HANDLING, "escalated")


@dataclass(frozen=True)
class Work:
    """What technicians finally closed in a frame; rows are technicians, columns strata in the order of `strata`."""

    technicians: tuple[int, ...]
    domains: tuple[Domain, ...]  # one for each of strata.type_starts
    keys: tuple[Stratum, ...]
    strata: Strata
    handled: Handled
    minutes: Floats
    first_hand: Floats
    escalated: Floats

    def by_domain(self, values: Floats) -> Floats:
        return np.add.reduceat(values, self.strata.type_starts, axis=1)


@dataclass(frozen=True)
class _Rows:
    """Cells by day; what they are about is said by places in the lists of technicians and strata."""

    days: Integers
    technician: Integers
    stratum: Integers
    values: Integers
    technicians: tuple[int, ...]
    strata: tuple[Stratum, ...]
    boards: Places
    types: Places


def frames(
    days: Sequence[date], frame_days: int, metrics: Sequence[str]
) -> Iterator[tuple[date, Work | None]]:
    """Each of the days, with what was handled in the frame that ends with it."""
    rows = _load(set(preceding(days, frame_days - 1)), metrics)
    for day in days:
        first, last = np.searchsorted(rows.days, [day.toordinal() - frame_days + 1, day.toordinal() + 1])
        yield day, _work(rows, slice(first, last)) if last > first else None


def window(since: date, until: date) -> Work | None:
    """What was handled on the days before `until`."""
    days = (until - since).days
    ((_, work),) = frames([until - timedelta(days=1)], days, ALL_METRICS)
    return work


def _load(days: Collection[date], metrics: Sequence[str]) -> _Rows:
    with connection.cursor() as cursor:
        cursor.execute(CELLS, {"days": sorted(days), "metrics": list(metrics)})
        found = cursor.fetchall()
    dates, people, boards, segments, *values = (
        zip(*found, strict=True) if found else ((),) * (4 + len(SCALES))
    )
    cuts = list(zip(boards, segments, strict=True))
    stratum_of_cut = {cut: stratum_of(*cut) for cut in set(cuts)}
    technicians, strata = sorted(set(people)), sorted(stratum_of_cut.values(), key=_ordered)
    place = {key: number for number, key in enumerate(strata)}
    place_of_cut = {cut: place[key] for cut, key in stratum_of_cut.items()}
    return _Rows(
        days=np.array([day.toordinal() for day in dates], dtype=np.int64),
        technician=np.searchsorted(technicians, np.array(people, dtype=np.int64)),
        stratum=np.array([place_of_cut[cut] for cut in cuts], dtype=np.int64),
        values=np.array(values, dtype=np.int64),
        technicians=tuple(technicians),
        strata=tuple(strata),
        boards=_numbered([key[0] for key in strata]),
        types=_numbered([key[:2] for key in strata]),
    )


def stratum_of(board: int | None, segment: str) -> Stratum:
    """The segment of a cell is the priority's id, a colon, and the type."""
    priority, _, type_name = segment.partition(":")
    return board, type_name, priority


def _ordered(stratum: Stratum) -> tuple[int, str, str]:
    board, type_name, priority = stratum
    return -1 if board is None else board, type_name, priority


def _numbered(keys: Sequence[object]) -> Places:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)


def _work(rows: _Rows, part: slice) -> Work:
    """Only technicians and strata that are there count, so that other days leave no trace, not even in rounding."""
    who, technician = _present(rows.technician[part])
    what, stratum = _present(rows.stratum[part])
    place, size = technician * len(what) + stratum, len(who) * len(what)
    sums = [
        np.bincount(place, values, size).reshape(len(who), len(what)) / scale
        for values, scale in zip(rows.values[:, part], SCALES, strict=True)
    ]
    keys = tuple(rows.strata[place] for place in what)
    strata = Strata.of(rows.boards[what], rows.types[what])
    return Work(
        technicians=tuple(rows.technicians[place] for place in who),
        domains=tuple(keys[place][:2] for place in strata.type_starts),
        keys=keys,
        strata=strata,
        handled=Handled(*sums[:5]),
        minutes=sums[5],
        first_hand=sums[6],
        escalated=sums[7],
    )


def _present(places: Integers) -> tuple[Places, Places]:
    """Which places there are, and of each which of these it is."""
    present = np.flatnonzero(np.bincount(places))
    rank = np.zeros(present[-1] + 1, dtype=np.intp)
    rank[present] = np.arange(len(present))
    return present, rank[places]
