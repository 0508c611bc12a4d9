"""The KPI engine against plain queries, data-frame libraries and itself: everything, one night, late edits, nothing."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from statistics import mean, median
from typing import Any

from django.db import connection
from django.db.models import F

from kpis.calendar import local_day
from kpis.compute import compute
from kpis.models import KpiBreakdown, KpiDaily
from tenants.models import TenantSettings
from tests.bench import plain, plain_more, with_duckdb, with_pandas, with_polars
from tests.bench.data import InventedDesk, invented_desk
from tests.bench.deliver import deliver
from tests.bench.desk import NOW
from tests.bench.report import Report, timed
from tests.bench.some_kpis import only
from tests.bench.tables import Answer, differences

TOMORROW = NOW + timedelta(days=1)
LATE_SHARE, LATE_DAYS = 0.01, 90
QUICK_REPEATS = 5
GROWTH = 10

# The figures that the references compute as well; the others are judged against plain queries.
COMPARED = ("04", "07", "11")

Reference = Callable[[datetime, str], Answer]
REFERENCES: tuple[tuple[str, Reference, float], ...] = (
    ("pandas", with_pandas.figures, 0.3),
    ("polars", with_polars.figures, 1),
    ("DuckDB", with_duckdb.figures, 1),
)


def run(report: Report, size: float) -> None:
    with invented_desk("bench_figures", size) as desk:
        compute_seconds = Seconds(*(_settled(how) for how in (_first, _full, _full_of_wrong_cells)))
        cells = f"{KpiDaily.objects.count():,} days, {KpiBreakdown.objects.count():,} cells"
        report.note(
            f"full recompute, which finds every cell as it was: {compute_seconds.full:.2f} s for {cells}"
        )
        report.note(
            f"first compute, into empty tables: {compute_seconds.first:.2f} s; "
            f"full recompute that has to replace every cell: {compute_seconds.replacing:.2f} s"
        )
        _against_plain_queries(report, compute_seconds)
        for name, figures, target in REFERENCES:
            _against(report, name, figures, target)
        _against_itself(report, desk)


@dataclass(frozen=True)
class Seconds:
    """Of the same figures, by what has to be written."""

    first: float
    full: float
    replacing: float


def _first() -> None:
    compute(NOW)


def _full() -> None:
    compute(NOW, full=True)


def _full_tomorrow() -> None:
    compute(TOMORROW, full=True)


def _full_of_wrong_cells() -> float:
    """The worst a recompute can meet."""
    KpiBreakdown.objects.update(numerator=F("numerator") + 1)
    _settle()
    return _seconds_of(_full)


def _settled(how: Callable[[], float | None]) -> float:
    with timed() as watch:
        seconds = how()
    _settle()
    return watch.seconds if seconds is None else seconds


def growth(report: Report, size: float) -> None:
    seconds = []
    for each in (size, size * GROWTH):
        with invented_desk("bench_growth", each):
            compute(NOW)
            _settle()
            seconds.append(_seconds_of(lambda: compute(NOW, full=True)))
            report.note(f"full recompute at size {each:g}: {seconds[-1]:.2f} s")
    report.ratio(f"full recompute of {GROWTH} times the rows / once", seconds[1] / seconds[0], at_most=12)


def _against_plain_queries(report: Report, compute_seconds: Seconds) -> None:
    settings = TenantSettings.load()
    parameters = {"zone": settings.time_zone, "today": local_day(NOW, settings.zone)}
    total, full = 0.0, []
    for kpi, queries in {**plain.QUERIES, **plain_more.QUERIES}.items():
        full.append(_seconds_of(_full))
        took = {name: _seconds_of(partial(plain.fetch, query, parameters)) for name, query in queries.items()}
        slowest = ", ".join(
            f"{name} {took[name]:.2f}" for name in sorted(took, key=lambda name: -took[name])[:3]
        )
        report.note(
            f"plain queries of {kpi}: {len(queries)} in {sum(took.values()):.2f} s (slowest: {slowest})"
        )
        total += sum(took.values())
    report.ratio("full recompute / plain query per figure", mean(full) / total, at_most=0.5)
    report.note(f"first compute / plain query per figure: {compute_seconds.first / total:.3f}")


def _against(report: Report, name: str, figures: Reference, target: float) -> None:
    """The same work: from the same database into tables like ours, which are empty."""
    with only(*COMPARED):
        _compare(report, name, figures, target)


def _compare(report: Report, name: str, figures: Reference, target: float) -> None:
    before = _seconds_of(_full)
    gc.collect()
    with timed() as computing:
        answer = figures(NOW, TenantSettings.load().time_zone)
    with timed() as writing:
        deliver(answer)
    full = mean([before, _seconds_of(_full)])
    seconds = computing.seconds + writing.seconds
    wrong = differences(answer)
    if wrong:
        raise AssertionError(f"{name} came to other figures: {'; '.join(wrong)}")
    report.note(
        f"{name}: {seconds:.2f} s, {writing.seconds:.2f} of it writing, to the same sums in every column and metric; "
        f"the full recompute of {', '.join(COMPARED)} beside it {full:.2f} s, "
        f"or {full / computing.seconds:.2f} of what is not writing"
    )
    report.ratio(f"full recompute / {name}", full / seconds, at_most=target)


def _against_itself(report: Report, desk: InventedDesk) -> None:
    """Each beside a full recompute of its own, because a machine's pace drifts."""
    night = _after(report, "one new day", lambda: desk.night(NOW, TOMORROW))
    report.ratio("nightly incremental / full recompute", night / _seconds_of(_full_tomorrow), at_most=0.02)
    nothing = median(_seconds_of(lambda: compute(TOMORROW)) for _ in range(QUICK_REPEATS))
    report.note(f"nothing changed: {1000 * nothing:.1f} ms")
    report.ratio("nothing changed / one new day", nothing / night, at_most=0.01)
    late = _after(report, "late edits", lambda: desk.late_edits(LATE_SHARE, LATE_DAYS))
    report.ratio(
        "1 % late edits over 90 days / full recompute", late / _seconds_of(_full_tomorrow), at_most=0.15
    )


def _after(report: Report, what: str, change: Callable[[], list[Any]]) -> float:
    with timed() as watch:
        marked = change()
    _settle()
    seconds = _seconds_of(lambda: compute(TOMORROW))
    report.note(f"{what}: {len(marked)} days marked in {watch.seconds:.2f} s, computed in {seconds:.2f} s")
    return seconds


def _settle() -> None:
    """What the server's housekeeping would have done before the next compute."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) kpi_daily, kpi_breakdown, raw_tickets, raw_time_entries")


def _seconds_of(work: Callable[[], Any]) -> float:
    with timed() as watch:
        work()
    return watch.seconds
