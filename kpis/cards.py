"""Figures as a manager reads them: a value, how it changed, and whether that is good."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kpis.quality.trusted import Trust
from kpis.targets import Judged
from tenants.models import TenantSettings

Tone = Literal["good", "bad", ""]
MORE_IS_BETTER, LESS_IS_BETTER, NEITHER = 1, -1, 0
HOURS_FROM_MINUTES = 90
DAYS_FROM_HOURS = 72
SIGNS = {
    **dict.fromkeys(("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"), "$"),
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "ILS": "₪",
    "TRY": "₺",
    "PLN": "zł",
    "CZK": "Kč",
}


@dataclass(frozen=True)
class Card:
    label: str
    value: str
    change: str
    tone: Tone
    note: str = ""
    url: str = ""
    kpi: str = ""  # whose figure it is
    trust: Trust | None = None  # where there is reason to doubt it
    line: str = ""  # the points of kpis.drawing.sparkline
    target: Judged | None = None


def number(value: float | Decimal, decimals: int = 0) -> str:
    """Rounded here, because Django's own formatting cuts off."""
    return str(number_format(Decimal(f"{value:.{decimals}f}"), decimals, force_grouping=True))


def count(value: float | None) -> str:
    return "–" if value is None else number(value)


def whole_hours(hours: float | None) -> str:
    return "–" if hours is None else _("%s h") % number(hours)


def of_five(value: float | None) -> str:
    return "–" if value is None else _("%s of 5") % number(value, 2)


def money(value: float | Decimal | None, decimals: int = 0) -> str:
    """In the MSP's currency, with its sign where the reader's language has it."""
    if value is None:
        return "–"
    currency = TenantSettings.load().currency
    sign = SIGNS.get(currency, currency)
    amount = number(-value if value < 0 else value, decimals)
    minus = "−" if value < 0 and amount != number(0, decimals) else ""
    if (get_language() or "en").startswith("fr"):
        return f"{minus}{amount}\N{NO-BREAK SPACE}{sign}"
    space = "\N{NO-BREAK SPACE}" if sign.isalpha() else ""
    return f"{minus}{sign}{space}{amount}"


def percent(value: float | Decimal | None) -> str:
    return "–" if value is None else _("%s %%") % number(value)


def duration(minutes: float | Decimal | None) -> str:
    """In the unit that a person would say it in."""
    if minutes is None:
        return "–"
    if minutes < HOURS_FROM_MINUTES:
        return _("%s min") % number(minutes)
    if minutes < DAYS_FROM_HOURS * 60:
        return _("%s h") % number(minutes / 60, 1)
    return _("%s days") % number(minutes / 60 / 24, 1)


def duration_of_hours(hours: float | None) -> str:
    return duration(None if hours is None else hours * 60)


def relative(now: float | None, before: float | None, direction: int) -> tuple[str, Tone]:
    if now is None or not before:
        return _("nothing to compare with"), ""
    change = 100 * (now - before) / before
    return _("%s %% vs. before") % _signed(change, 0), _tone(round(change), direction)


def points(now: float | None, before: float | None) -> tuple[str, Tone]:
    if now is None or before is None:
        return _("nothing to compare with"), ""
    change = now - before
    return (
        _("%s points vs. before") % _signed(change, 1),
        _tone(round(change, 1), MORE_IS_BETTER),
    )


def difference(now: float | None, before: float | None) -> tuple[str, Tone]:
    if now is None or before is None:
        return _("nothing to compare with"), ""
    change = now - before
    return _("%s vs. before") % _signed(change, 2), _tone(round(change, 2), MORE_IS_BETTER)


def _signed(value: float, decimals: int) -> str:
    shown = number(abs(value), decimals)
    if not round(value, decimals):
        return f"±{shown}"
    return f"+{shown}" if value > 0 else f"−{shown}"


def _tone(change: float, direction: int) -> Tone:
    if not change or not direction:
        return ""
    return "good" if change * direction > 0 else "bad"
