"""What a KPI definition is made of. Definitions declare and select; only compute.py writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol

from kpis.due import Due

Unit = Literal[
    "minutes",
    "percent",
    "tickets",
    "days",
    "points",
    "score",
    "money",
    "alerts",
    "people",
    "times",
    "findings",
    "projects",
]
Direction = Literal["more is better", "less is better", "neither"]
RollUp = Literal["sum", "ratio", "recomputed", "none"]
Thing = Literal["ticket", "time entry", "survey", "alert", "device", "proposal"]
Text = Any  # translated where it is shown

Reach = Callable[[frozenset[date], date], Set[date]]  # days that are due, and today → days to make
SeriesDay = tuple[date, int | None, int | None]  # day, company, board

DIMENSIONS = ("company", "technician", "board", "segment")


@dataclass(frozen=True)
class Metric:
    """A figure in kpi_breakdown: which columns of its fact are summed, and over what."""

    slug: str
    name: Text
    unit: Unit
    direction: Direction
    numerator: str = ""
    denominator: str = ""
    roll_up: RollUp = "sum"
    divisor: int = 1  # of the numerator once summed, so that seconds become minutes without loss
    explained_by: str = ""  # for a derived metric: the metric whose things are behind it
    frame_days: int = 0  # and of how many days up to the asked one; 0: of the asked days themselves
    explained_cut: tuple[
        str, ...
    ] = ()  # and by which dimensions they are told apart; empty: by company or board
    meaning: Text = ""  # what is counted, and over what


def ratio(
    slug: str,
    name: Text,
    unit: Unit,
    direction: Direction,
    numerator: str,
    denominator: str,
    divisor: int = 1,
    meaning: Text = "",
) -> Metric:
    return Metric(slug, name, unit, direction, numerator, denominator, "ratio", divisor, meaning=meaning)


@dataclass(frozen=True)
class Column:
    """A column of kpi_daily, and the metric whose things are behind it."""

    name: str
    metric: str
    title: Text
    unit: Unit
    direction: Direction
    meaning: Text


@dataclass(frozen=True)
class Fact:
    """A SELECT with one row for each thing counted, from which sums and drill-downs are both made.

    Its SQL may use `due` (starts_at, ends_at), the sources and the facts in `reads`, and yields id, kpi_date,
    the dimensions and the columns that its metrics name.
    """

    name: str
    sql: str
    thing: Thing = "ticket"
    metrics: tuple[Metric, ...] = ()
    reads: tuple["Fact", ...] = ()
    per_group: frozenset[str] = frozenset()  # columns said of the whole group, not to be added up
    is_kept: bool = False  # other facts or the daily SELECT read it
    is_stored: bool = True  # False: only drilled into
    is_by_topic: bool = False  # its segments are topics' ids
    # The days whose rows depend on things of the days that are due, for a fact that looks back before its own day.
    # It reads facts of the same reach only, and no daily SELECT reads it.
    reached: Reach | None = None
    holds_until_sql: str = ""  # the moment after which time alone, without any change of data, adds to it


@dataclass(frozen=True)
class Changes:
    """Which cells a compute wrote because they came out differently."""

    metric_days: Mapping[tuple[str, str], frozenset[date]] = field(default_factory=dict)  # by KPI and metric
    series_days: frozenset[SeriesDay] = frozenset()  # of new tickets, on which scores rest

    def days_of(self, kpi: str, metric: str) -> frozenset[date]:
        return self.metric_days.get((kpi, metric), frozenset())

    def joined(self, other: "Changes") -> "Changes":
        return Changes({**self.metric_days, **other.metric_days}, self.series_days | other.series_days)


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
    changes: Changes = field(default_factory=Changes)

    @property
    def is_another_day(self) -> bool:
        """Whether time alone makes derived figures differ from those of the compute before."""
        return self.unscored_since != self.today or self.previous_first_day != self.first_day

    def has_news(self, kpi: "Kpi") -> bool:
        """Whether what a KPI derives from cells, and what is found in it, can differ from the compute before."""
        if self.is_another_day or self.is_full or kpi.momentary:
            return True
        return any(self.changes.days_of(*one) for one in kpi.derived_from)

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
    daily: Selected | None = None
    breakdown: Selected | None = None


@dataclass(frozen=True)
class Found:
    """Something a manager may act on, as of the day it was last seen.

    Its identity is the kind's word, a colon, and ids: the same from night to night, without counts. `weight` is what
    its rule counts; a decided finding is only worth another look when that rose by half and by `weight_step`.
    """

    identity: str
    title: str
    severity: Literal["high", "medium", "low"]
    last_seen: date
    first_seen: date
    evidence: dict[str, Any] = field(default_factory=dict)
    company: int | None = None
    technician: int | None = None
    board: int | None = None
    minutes_at_stake: Decimal | None = None
    money_at_stake: Decimal | None = None
    is_over: bool = False
    subject: str = ""  # what the work is about: a ticket's subject, a domain, a host
    weight: Decimal = Decimal(0)
    weight_step: int = 3  # 60 for a weight in minutes, 25 for 100 × a ratio


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
    name: Text
    question: Text
    formula: Text  # in words, for people
    owner: Text
    version: int
    facts: tuple[Fact, ...]
    example: WorkedExample
    daily_sql: str = ""
    daily_columns: tuple[Column, ...] = ()
    rolling_sql: str = ""
    rolling_columns: tuple[Column, ...] = ()
    derive: Derive | None = None
    derived_from: tuple[tuple[str, str], ...] = ()  # the KPIs and metrics whose cells it reads
    derived_columns: tuple[Column, ...] = ()
    derived_metrics: tuple[Metric, ...] = ()
    findings: Callable[[date], Iterable[Found]] | None = None
    # Kinds of findings that are judged as of the compute, not from days' figures: they are over after a week unseen.
    momentary: frozenset[str] = frozenset()
    plain_sql: str = ""  # the question asked by hand, from a tenant's tables
    plain_differs: Text = ""  # and where its answer differs on purpose

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (*(metric for fact in self.facts for metric in fact.metrics), *self.derived_metrics)

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.daily_columns, *self.rolling_columns, *self.derived_columns)

    def metric(self, slug: str) -> Metric:
        return next(metric for metric in self.metrics if metric.slug == slug)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)
