"""What the figures mean, for those who look at them: the catalogue as a page."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from kpis.catalogue import described
from kpis.registry import kpis


def meanings(request: HttpRequest) -> HttpResponse:
    if not may(request, May.VIEW, Area.FIGURES):
        raise PermissionDenied
    told = {"title": _("What the figures mean"), "kpis": [described(kpi) for kpi in kpis().values()]}
    return TemplateResponse(request, "kpis/meanings.html", tenant_site.each_context(request) | told)
