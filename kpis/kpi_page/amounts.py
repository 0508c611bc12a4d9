"""What cells of one metric come to, and how that is written: sums, ratios of sums, levels; never a mean of means."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kpis.base import Kpi, Metric, Unit
from kpis.cards import duration, money, number, percent
from kpis.labels import PAIRS

ADD_UP = frozenset({"minutes", "tickets", "alerts", "people", "findings", "projects", "money", "days"})
LONGEST_IN_MINUTES = 90
MANY_POINTS = 10  # from which on a hundredth of one says nothing


@dataclass(frozen=True)
class Amount:
    """Both parts summed up; of how many cells, and between which numerators they lie."""

    numerator: Decimal
    denominator: Decimal | None
    cells: int
    lowest: Decimal
    highest: Decimal

    def __add__(self, other: "Amount") -> "Amount":
        parts = [part for part in (self.denominator, other.denominator) if part is not None]
        return Amount(
            self.numerator + other.numerator,
            sum(parts, Decimal(0)) if parts else None,
            self.cells + other.cells,
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
        )


def is_tabled(kpi: Kpi, metric: Metric) -> bool:
    """Not what only a recompute can tell of several days, or what only other figures are made of."""
    is_ingredient = metric.unit == "score" and metric.roll_up in {"sum", "ratio"}
    return metric.roll_up != "recomputed" and not is_ingredient and PAIRS.get(kpi.slug) != metric.slug


def is_level(metric: Metric) -> bool:
    """As of a day, so of several days it is the last one's."""
    return metric.roll_up == "none"


def is_of_one(metric: Metric) -> bool:
    """A level that makes no sense when added up, such as a score."""
    return is_level(metric) and not metric.denominator and metric.unit not in ADD_UP


def value(metric: Metric, amount: Amount | None) -> float | None:
    if amount is None:
        return None
    if metric.denominator:
        return (
            scale(metric) * float(amount.numerator) / float(amount.denominator)
            if amount.denominator
            else None
        )
    if is_of_one(metric) and amount.cells > 1:
        return None
    return float(amount.numerator)


def scale(metric: Metric) -> int:
    """Of a quotient: shares are told in percent, and promoters less detractors in points of a hundred."""
    return 100 if metric.unit == "percent" or metric.slug == "nps" else 1


def written(metric: Metric, amount: Amount | None) -> str:
    """Of several levels that don't add up, from the lowest to the highest."""
    found = value(metric, amount)
    if found is not None:
        return said(metric, found)
    if amount is None or not is_of_one(metric):
        return ""
    ends = (said(metric, float(end)) for end in (amount.lowest, amount.highest))
    return " – ".join(dict.fromkeys(ends))


def said(metric: Metric, found: float) -> str:
    return in_unit(metric.unit, found, is_mean=metric.roll_up == "ratio")


def in_unit(unit: Unit, found: float, *, is_mean: bool) -> str:
    """Of minutes a mean is a duration, and a sum is work."""
    return _in_unit(unit, found, is_mean).replace("-", "−")


def _in_unit(unit: Unit, found: float, is_mean: bool) -> str:
    match unit:
        case "minutes":
            return duration(found) if is_mean else work(found)
        case "percent":
            return percent(found)
        case "money":
            return money(found)
        case "times":
            return f"× {number(found, 2)}"
        case "points" | "score":
            return number(found, 2 if abs(found) < MANY_POINTS else 0)
        case _:
            return number(found)


def work(minutes: float) -> str:
    """Time that was worked: days of it would be misread."""
    if abs(minutes) < LONGEST_IN_MINUTES:
        return _("%s min") % number(minutes)
    return _("%s h") % number(minutes / 60, 1)
