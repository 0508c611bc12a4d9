"""How figures are written on pages."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from kpis import cards

register = template.Library()
register.filter("duration", cards.duration)
register.filter("percent", cards.percent)
register.filter("money", cards.money)
register.filter("hours_said", cards.duration_of_hours)


@register.filter
def hours(value: float) -> str:
    return _("%s h") % cards.number(value, 1)


@register.filter
def whole(value: float | Decimal) -> str:
    return cards.number(value)


@register.filter
def share(percent: float | None) -> str:
    """Of something small, whose first decimal matters."""
    return "" if percent is None else _("%s %%") % cards.number(percent, 1)
