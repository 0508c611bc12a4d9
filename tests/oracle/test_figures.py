"""Rounding, means and percentiles by hand."""

from decimal import Decimal
from fractions import Fraction

from tests.oracle.figures import mean, percent, percentile, rounded

NINETIETH = Fraction(9, 10)
HALF = Fraction(1, 2)


def fractions(*values: int) -> list[Fraction]:
    return [Fraction(value) for value in values]


def test_halves_are_rounded_away_from_zero():
    assert rounded(Fraction(5, 1000), 2) == Decimal("0.01")
    assert rounded(Fraction(-5, 1000), 2) == Decimal("-0.01")
    assert rounded(Fraction(4, 1000), 2) == Decimal("0.00")
    assert rounded(Fraction(200, 3), 4) == Decimal("66.6667")
    assert str(rounded(Fraction(7), 2)) == "7.00"


def test_a_percentile_lies_between_its_two_neighbours():
    assert percentile(fractions(40, 10, 20, 30), HALF) == 25
    assert percentile(fractions(10, 20, 30, 40), NINETIETH) == 37
    assert percentile(fractions(10, 20, 60), HALF) == 20
    assert percentile(fractions(10), NINETIETH) == 10


def test_nothing_has_no_mean_percentile_or_share():
    assert mean([]) is None
    assert percentile([], HALF) is None
    assert percent(0, 0) is None
