"""The page that tells what became of all improvement projects, and whether forecasts hold."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from insights import verdicts
from insights.calibration import ForecastError, forecast_error
from insights.funnel import funnel
from insights.models import ProjectMeasurement
from insights.proposal_numbers import percent
from kpis import names

SHOWN_PROJECTS = 100


def project_funnel(request: HttpRequest) -> TemplateResponse:
    if not may(request, May.VIEW, Area.PROPOSALS):
        raise PermissionDenied
    now = timezone.now()
    told = tenant_site.each_context(request) | {
        "title": _("What became of improvement projects"),
        "funnel": funnel(now),
        "forecasts": _forecasts(forecast_error(now)),
        "measured": _measured(),
    }
    return TemplateResponse(request, "insights/funnel.html", told)


def _forecasts(error: ForecastError) -> list[tuple[str, str]]:
    figures = (
        (_("Projects judged"), str(error.projects)),
        (_("Realised of what was projected"), _percent(error.realised_of_projected)),
        (_("Usual error of a forecast"), _percent(error.median_error)),
        (_("Came out between P10 and P90 (80 % is right)"), _percent(error.inside_interval)),
    )
    return list(figures) if error.projects else []


def _percent(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _measured() -> list[dict[str, Any]]:
    """The last word on each project so far."""
    last = (
        ProjectMeasurement.objects.select_related("proposal__baseline", "proposal__topic")
        .order_by("proposal_id", "-measured_on")
        .distinct("proposal_id")
    )
    rows = sorted(last, key=lambda one: (one.measured_on, one.pk), reverse=True)[:SHOWN_PROJECTS]
    clients = names.companies(one.proposal.company for one in rows)
    return [_row(one, clients) for one in rows]


def _row(one: ProjectMeasurement, clients: dict[int, str]) -> dict[str, Any]:
    company, planned = one.proposal.company, one.proposal.planned_cost
    rows = verdicts.beside(one, one.proposal.baseline, None if planned is None else float(planned))
    return {
        "measurement": one,
        "client": _("All clients") if company is None else clients.get(company, f"#{company}"),
        "tone": verdicts.TONES.get(ProjectMeasurement.Verdict(one.verdict), ""),
        "saved": rows[0] if rows else None,
        "reduction": dict(verdicts.reductions(one)).get(_("Fewer tickets"), "–"),
        "returned": "–" if one.roi_capacity is None else percent(one.roi_capacity),
    }
