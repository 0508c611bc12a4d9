"""What to fix at the source, for managers; and how much each KPI of the last days can be trusted."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from kpis.labels import PAIRS, Agreement, agreement
from kpis.period import Period
from kpis.quality.lines import lines
from kpis.quality.standing import Standing
from kpis.quality.trusted import Trust, of_window
from kpis.registry import kpis


def data_quality(request: HttpRequest) -> HttpResponse:
    if not may(request, May.VIEW, Area.FIGURES):
        raise PermissionDenied
    period, standing = Period.asked_for(request), Standing.look()
    context = tenant_site.each_context(request) | {
        "title": _("Data quality"),
        "lines": lines(standing),
        "trusts": doubtful(period, standing),
        "agreements": agreements(period),
        "period": period,
    }
    return TemplateResponse(request, "kpis/data_quality.html", context)


def agreements(period: Period) -> list[tuple[str, Agreement]]:
    """Rule and language model, by the names of the KPIs that read their labels."""
    found = {slug: agreement(slug, period.since, period.until) for slug in PAIRS}
    return [(str(kpis()[slug].name), one) for slug, one in found.items() if one]


def doubtful(period: Period, standing: Standing) -> list[tuple[str, Trust]]:
    """By the names of the KPIs, as the dashboard judges them."""
    trusts = of_window(period.since, period.until, standing)
    return [(str(kpis()[slug].name), trust) for slug, trust in trusts.items() if trust.is_doubtful]
