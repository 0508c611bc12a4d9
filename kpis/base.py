"""What a KPI definition is made of. Definitions declare and select; only compute.py writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

from kpis.due import Due

Unit = Literal["minutes", "percent", "tickets", "days", "points", "score"]
Direction = Literal["more is better", "less is better", "neither"]
RollUp = Literal["sum", "ratio", "recomputed", "none"]
Thing = Literal["ticket", "time entry", "survey"]

SeriesDay = tuple[date, int | None, int | None]  # day, company, board

DIMENSIONS = ("company", "technician", "board", "segment")


@dataclass(frozen=True)
class Metric:
    """A figure in kpi_breakdown: which columns of its fact are summed, and over what."""

    slug: str
    name: str
    unit: Unit
    direction: Direction
    numerator: str = ""
    denominator: str = ""
    roll_up: RollUp = "sum"
    divisor: int = 1  # of the numerator once summed, so that seconds become minutes without loss
    explained_by: str = ""  # for a derived metric: the metric whose things are behind it


def ratio(
    slug: str, name: str, unit: Unit, direction: Direction, numerator: str, denominator: str, divisor: int = 1
) -> Metric:
    return Metric(slug, name, unit, direction, numerator, denominator, "ratio", divisor)


@dataclass(frozen=True)
class Fact:
    """A SELECT with one row for each thing counted, from which sums and drill-downs are both made.

    It reads `due` (starts_at, ends_at), the sources and the facts before it, and yields id, kpi_date,
    the dimensions and the columns that its metrics name.
    """

    name: str
    sql: str
    thing: Thing = "ticket"
    metrics: tuple[Metric, ...] = ()
    per_group: frozenset[str] = frozenset()  # columns said of the whole group, not to be added up
    is_kept: bool = False  # later facts or the daily SELECT read it
    is_stored: bool = True  # False: only drilled into
    holds_until_sql: str = ""  # the moment after which time alone, without any change of data, adds to it


@dataclass(frozen=True)
class Run:
    """One compute: the moment it stands at, the days it writes and what it found changed."""

    due: Due
    today: date
    first_day: date
    previous_first_day: date | None  # None: there were no figures, or all are made anew
    unscored_since: date  # the last day that was computed, when it was not over
    days: tuple[date, ...]
    is_full: bool
    changed_series: frozenset[SeriesDay] = frozenset()

    @property
    def has_news(self) -> bool:
        """Whether scores, and what is found in them, can differ from those of the compute before."""
        is_same_day = self.unscored_since == self.today and self.previous_first_day == self.first_day
        return bool(self.changed_series) or not is_same_day

    @property
    def parameters(self) -> dict[str, Any]:
        return self.due.parameters | {
            "today": self.today,
            "first_day": self.first_day,
            "since": self.days[0] if self.previous_first_day == self.first_day else self.first_day,
        }


@dataclass(frozen=True)
class Selected:
    sql: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Derived:
    """Figures that follow from other days' figures: columns of kpi_daily, and all cells of the derived metrics."""

    days: tuple[date, ...]
    daily: Selected
    breakdown: Selected


@dataclass(frozen=True)
class Found:
    """Something a manager may act on, as of the day it was last seen."""

    identity: str
    title: str
    severity: Literal["high", "medium", "low"]
    last_seen: date
    first_seen: date
    evidence: dict[str, Any] = field(default_factory=dict)
    company: int | None = None
    technician: int | None = None
    board: int | None = None
    is_over: bool = False


class Derive(Protocol):
    def __call__(self, run: Run) -> Derived: ...


@dataclass(frozen=True)
class WorkedExample:
    """Rows in, cells out: the definition in a nutshell, run as its test."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    daily: Mapping[str, Mapping[str, Any]]
    breakdown: Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Kpi:
    number: str
    slug: str
    name: str
    question: str
    owner: str
    version: int
    facts: tuple[Fact, ...]
    daily_sql: str
    daily_columns: Mapping[str, str]  # column of kpi_daily → the metric behind it
    example: WorkedExample
    rolling_sql: str = ""
    rolling_columns: Mapping[str, str] = field(default_factory=dict)
    derive: Derive | None = None
    derived_columns: Mapping[str, str] = field(default_factory=dict)
    derived_metrics: tuple[Metric, ...] = ()
    findings: Callable[[date], Iterable[Found]] | None = None

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (*(metric for fact in self.facts for metric in fact.metrics), *self.derived_metrics)

    @property
    def columns(self) -> dict[str, str]:
        return {**self.daily_columns, **self.rolling_columns, **self.derived_columns}

    def metric(self, slug: str) -> Metric:
        return next(metric for metric in self.metrics if metric.slug == slug)
