"""How shares of improvement projects are written on pages."""

from django import template

from insights.proposal_numbers import percent

register = template.Library()


@register.filter
def share_said(share: float | None) -> str:
    return "–" if share is None else percent(share)


@register.filter
def width(share: float | None) -> str:
    """Of a bar, in whole percent."""
    return str(round(100 * (share or 0.0)))
