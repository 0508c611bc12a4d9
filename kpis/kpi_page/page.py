"""The pages of the KPIs: all of them with their answer in a line, each with all there is to know, its table as CSV."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from kpis.base import Kpi, Metric
from kpis.kpi_page import sums, told
from kpis.kpi_page.answer import Answer, answers
from kpis.kpi_page.asked import Asked
from kpis.kpi_page.columns import Days
from kpis.kpi_page.cuts import Cut, cuts
from kpis.kpi_page.filters import filters_of
from kpis.kpi_page.links import behind_metric
from kpis.kpi_page.segment_words import names_of
from kpis.kpi_page.sentences import sentence
from kpis.kpi_page.spreadsheet import as_csv, rows_of
from kpis.kpi_page.sums import Frame
from kpis.kpi_page.table import table
from kpis.kpi_page.trend import trend
from kpis.period import LENGTHS, USUAL_LENGTH, Period
from kpis.quality.standing import Standing
from kpis.quality.trusted import Trust, of_window
from kpis.registry import kpis
from kpis.restated import restated_in
from tenants.models import TenantSettings


@dataclass(frozen=True)
class Told:
    """A KPI on the list of all."""

    kpi: Kpi
    sentence: str
    trust: Trust | None


def all_kpis(request: HttpRequest) -> HttpResponse:
    _only_for_those_who_see_figures(request)
    period = Period.last(USUAL_LENGTH)
    trusts, days = of_window(period.since, period.until), Days.of(period)
    totals = sums.totals(kpis().values(), Frame(period, days.last))
    told_of = [
        Told(answer.kpi, sentence(answer), trusts.get(answer.kpi.slug))
        for answer in answers(kpis().values(), period, totals, days)
    ]
    return _page(request, "kpis/kpi/all.html", {"title": _("All KPIs"), "period": period, "told": told_of})


def kpi_page(request: HttpRequest, slug: str) -> HttpResponse:
    kpi = known(request, slug)
    period = Period.asked_for(request)
    days = Days.of(period)
    frame = Frame(period, days.last)
    totals = sums.totals([kpi], frame)
    (answer,) = answers([kpi], period, totals, days)
    context = {"title": f"{kpi.number} {kpi.name}", "kpi": kpi, "period": period, "lengths": LENGTHS}
    context |= _answered(kpi, answer) | _told_apart(request, kpi, frame, totals)
    return _page(request, "kpis/kpi/page.html", context)


def kpi_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The table of the page, with all of its rows."""
    kpi = known(request, slug)
    period = Period.asked_for(request)
    frame = Frame(period, Days.of(period).last)
    asked = Asked.read(request, period, _tabs(kpi, sums.totals([kpi], frame)))
    found = table(kpi, asked, frame)
    return as_csv(rows_of(found) if found else [], f"{kpi.slug}-{period.since}-{period.last_day}")


def known(request: HttpRequest, slug: str) -> Kpi:
    _only_for_those_who_see_figures(request)
    kpi = kpis().get(slug)
    if kpi is None:
        raise Http404
    return kpi


def _answered(kpi: Kpi, answer: Answer) -> dict[str, Any]:
    period, standing = answer.period, Standing.look()
    return {
        "answer": answer,
        "sentence": sentence(answer),
        "trust": of_window(period.since, period.until, standing).get(kpi.slug),
        "trend": trend(kpi, period, answer.days.now),
        "findings": told.findings(kpi),
        "provenance": told.provenance(kpi, answer.days, standing),
        "restated": restated_in(kpi, period.since, period.until),
        "definition": told.definition(kpi),
    }


def _told_apart(
    request: HttpRequest, kpi: Kpi, frame: Frame, totals: Mapping[str, sums.Totals]
) -> dict[str, Any]:
    tabs = _tabs(kpi, totals)
    asked = Asked.read(request, frame.period, tabs)
    ids = sums.choices(kpi, frame.period)
    names = names_of(**ids)
    recomputed = [metric for metric in kpi.metrics if metric.roll_up == "recomputed"]
    return {
        "tabs": tabs,
        "asked": asked,
        "filters": filters_of(ids, names, asked),
        "table": table(kpi, asked, frame, names),
        "left_out": [_left_out(kpi, metric, frame.period) for metric in recomputed],
    }


def _left_out(kpi: Kpi, metric: Metric, period: Period) -> dict[str, Any]:
    """What the table can't tell has its things all the same."""
    return {"title": metric.name, "url": behind_metric(kpi.slug, metric.slug, period.since, period.until)}


def _tabs(kpi: Kpi, totals: Mapping[str, sums.Totals]) -> list[Cut]:
    return cuts(kpi, totals.get(kpi.slug, sums.Totals()), TenantSettings.load().privacy_mode)


def _only_for_those_who_see_figures(request: HttpRequest) -> None:
    if not may(request, May.VIEW, Area.FIGURES):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, template, tenant_site.each_context(request) | context)
