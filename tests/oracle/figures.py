"""What the oracle answers with, and the exact arithmetic on the way there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

MINUTE_PLACES = 2
RATE_PLACES = 4
LONGEST_MINUTES = 5 * 365 * 24 * 60

Number = int | Fraction


class Key(NamedTuple):
    """What a row of kpi_breakdown speaks of."""

    kpi: str
    metric: str
    kpi_date: date
    company: int | None = None
    technician: int | None = None
    board: int | None = None
    segment: str = ""


Parts = tuple[Decimal, Decimal | None]
Breakdown = dict[Key, Parts]
Daily = dict[date, dict[str, object]]


@dataclass
class Figures:
    daily: Daily = field(default_factory=dict)
    breakdown: Breakdown = field(default_factory=dict)


def rounded(value: Fraction | Decimal | float, places: int) -> Decimal:
    """Half away from zero; the fraction that a float is, exactly."""
    exact = Fraction(value)
    shifted = abs(exact) * 10**places
    whole = (2 * shifted.numerator + shifted.denominator) // (2 * shifted.denominator)
    digits = Decimal(whole if exact >= 0 else -whole)
    return digits.scaleb(-places)


def rounded_minutes(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, MINUTE_PLACES)


def rounded_rate(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, RATE_PLACES)


def ratio(numerator: Number, denominator: Number) -> Fraction | None:
    return None if denominator == 0 else Fraction(numerator) / Fraction(denominator)


def percent(numerator: Number, denominator: Number) -> Fraction | None:
    return ratio(100 * numerator, denominator)


def mean(values: list[Fraction]) -> Fraction | None:
    return ratio(sum(values, Fraction(0)), len(values))


def percentile(values: list[Fraction], share: Fraction) -> Fraction | None:
    """Between the two nearest values, in proportion to the distance: percentile_cont."""
    if not values:
        return None
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = position.numerator // position.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def square_root(value: Fraction) -> Decimal:
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()


def minutes_between(start: datetime, end: datetime) -> Fraction:
    return minutes_of(end - start)


def minutes_of(duration: timedelta) -> Fraction:
    return Fraction(duration // timedelta(microseconds=1), 60_000_000)


def is_valid_duration(minutes: Fraction) -> bool:
    return 0 <= minutes <= LONGEST_MINUTES


class Sums:
    """Adds up the parts of each breakdown row; a row that divides by 0 is left out."""

    def __init__(self) -> None:
        self.numerators: dict[Key, Fraction] = {}
        self.denominators: dict[Key, Fraction] = {}

    def add(self, key: Key, numerator: Number, denominator: Number | None = None) -> None:
        self.numerators[key] = self.numerators.get(key, Fraction(0)) + numerator
        if denominator is not None:
            self.denominators[key] = self.denominators.get(key, Fraction(0)) + denominator

    def rows(self, days: Iterable[date], places: int = MINUTE_PLACES) -> Breakdown:
        counted = set(days)
        return {
            key: (rounded(numerator, places), rounded_minutes(self.denominators.get(key)))
            for key, numerator in self.numerators.items()
            if key.kpi_date in counted and self.denominators.get(key) != 0
        }
