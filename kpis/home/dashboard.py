"""The managers' first page: how the desk does, what is unusual, what to act on, how fresh it all is."""

from datetime import timedelta
from typing import Any

from django.db.models import Max, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.access import Area, May, may
from kpis import cards
from kpis.clients import hours_of_clients
from kpis.home import read, todo
from kpis.home.graphs import Drawer, Goal
from kpis.home.headline import EFFICIENCY, SOC, TIME, TRENDS, headline_cards
from kpis.home.panels import panels
from kpis.home.steps import first_steps, freshness
from kpis.models import ComputeState, KpiDaily
from kpis.period import LENGTHS, USUAL_LENGTH, Period
from kpis.quality.trusted import of_window
from kpis.targets import targets


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    period = Period.asked_for(request)
    desk = read.desk(period)
    if not desk.now.days:
        return context | _without_figures(request, period)
    told = context | _said(period) | _to_act_on(request, period)
    goals, trusts = targets(), of_window(period.since, period.until)
    return told | {
        "cards": headline_cards(desk, trusts, goals),
        "clients": hours_of_clients(period),
        "charts": charts(Drawer(desk, goals)),
        "pages": _pages(period),
    }


def _said(period: Period) -> dict[str, Any]:
    return {
        "period": period,
        "lengths": LENGTHS,
        "freshness": freshness(),
        "computed": ComputeState.objects.first(),
    }


def _without_figures(request: HttpRequest, period: Period) -> dict[str, Any]:
    """Not yet, or not of these days."""
    known = KpiDaily.objects.aggregate(first=Min("kpi_date"), last=Max("kpi_date"))
    if known["last"] is None:
        return {"steps": first_steps(request), "freshness": freshness()}
    since = max(known["first"], known["last"] - timedelta(days=USUAL_LENGTH - 1))
    return _said(period) | {"nothing": known | {"since": since}}


def charts(drawer: Drawer) -> dict[str, Any]:
    percent, hours = cards.percent, cards.duration_of_hours
    return {
        "flow": drawer.flow(),
        "backlog": drawer.backlog(),
        "scores": drawer.scores(),
        "ttr": drawer.line(
            _("Median time to resolve"),
            lambda of: of.median_ttr_hours,
            hours,
            "resolved_tickets",
            Goal.MEDIAN_TTR,
        ),
        "response": drawer.line(
            _("First response"),
            lambda of: of.first_response_minutes,
            cards.duration,
            "first_responses",
            Goal.FIRST_RESPONSE,
        ),
        "sla": drawer.line(_("SLA met"), lambda of: of.sla_percent, percent, "sla_missed", Goal.SLA_MET),
        "alerts": drawer.alerts(),
        "in_time": drawer.line(
            _("Resolved in time"),
            lambda of: of.alerts_in_sla_percent,
            percent,
            "resolved_alerts",
            Goal.ALERTS_IN_SLA,
        ),
    }


def _to_act_on(request: HttpRequest, period: Period) -> dict[str, Any]:
    return {
        "findings": todo.open_findings(),
        "unusual": todo.unusual_now(timezone.localdate()),
        "may_decide": may(request, May.CHANGE, Area.FINDINGS),
        "back": f"{reverse('admin:index')}?{period.asked}",
        "panels": panels(request, period),
    }


def _pages(period: Period) -> dict[str, str]:
    """Of the KPIs that the charts are about."""
    slugs = (TRENDS, TIME, EFFICIENCY, SOC)
    return {slug: f"{reverse('admin:kpi', args=[slug])}?{period.asked}" for slug in slugs}
