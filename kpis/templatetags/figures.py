"""How figures are written on pages."""

from django import template
from django.utils.translation import gettext as _

from kpis import cards

register = template.Library()
register.filter("duration", cards.duration)
register.filter("percent", cards.percent)
register.filter("hours_said", cards.duration_of_hours)


@register.filter
def hours(value: float) -> str:
    return _("%s h") % cards.number(value, 1)
