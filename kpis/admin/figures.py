"""Days and their breakdown: read-only, and the page of a day tells what changed after it was over."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from config.access import Area, RoleAdmin
from config.empty import after_sync
from config.words import shown
from connectors.admin.lists import link
from kpis.admin.named import BoardFilter, CompanyFilter, NamedRows
from kpis.behind import behind
from kpis.cards import duration, number, percent
from kpis.models import KpiBreakdown, KpiDaily
from kpis.registry import owners
from kpis.restated import restated, restated_cells
from tenants.models import TenantSettings


class KpiDailyAdmin(RoleAdmin):
    area = Area.FIGURES
    plural = _("days")
    when_empty = after_sync(_("Each day has a line of figures, once they are computed after the first sync."))
    list_display = [
        "kpi_date",
        "opened",
        "closed",
        "reopened",
        "backlog",
        "old_backlog",
        "hours",
        "billable",
        "median",
        "first_time",
        "satisfaction",
        "unusual",
        "is_final",
    ]
    list_filter = [("kpi_date", RangeDateFilter), "anomaly_detected"]
    list_filter_submit = True
    change_form_outer_after_template = "kpis/restated.html"

    def story_of(self, _request: HttpRequest, day: KpiDaily) -> dict[str, Any]:
        return {"restated": restated(day), "restated_cells": restated_cells(day)}

    @shown(_("New"), ordering="new_tickets")
    def opened(self, day: KpiDaily) -> SafeString | int:
        return _number(day, "new_tickets")

    @shown(_("Closed"), ordering="closed_tickets")
    def closed(self, day: KpiDaily) -> SafeString | int:
        return _number(day, "closed_tickets")

    @shown(_("Reopened"), ordering="reopened_tickets")
    def reopened(self, day: KpiDaily) -> SafeString | int:
        return _number(day, "reopened_tickets")

    @shown(_("Backlog"), ordering="backlog_open")
    def backlog(self, day: KpiDaily) -> SafeString | int:
        return _number(day, "backlog_open")

    @shown(_("Over 30 days"), ordering="backlog_over_30d")
    def old_backlog(self, day: KpiDaily) -> SafeString | int:
        return _number(day, "backlog_over_30d")

    @shown(_("Hours"), ordering=F("billable_minutes") + F("non_billable_minutes"))
    def hours(self, day: KpiDaily) -> SafeString:
        worked = (day.billable_minutes + day.non_billable_minutes) / 60
        return link(behind("minutes", day.kpi_date), number(worked, 1))

    @shown(_("Median to resolve"), ordering="median_ttr_minutes")
    def median(self, day: KpiDaily) -> str:
        return duration(day.median_ttr_minutes)

    @shown(_("Billable"), ordering="billable_ratio")
    def billable(self, day: KpiDaily) -> str:
        return percent(day.billable_ratio)

    @shown(_("First time"), ordering="fcr_rate")
    def first_time(self, day: KpiDaily) -> str:
        return percent(day.fcr_rate)

    @shown(_("Satisfaction"), ordering="csat_avg")
    def satisfaction(self, day: KpiDaily) -> str:
        return "" if day.csat_avg is None else number(day.csat_avg, 2)

    @shown(_("Unusual"), ordering="anomaly_detected", label={"unusual": "warning"})
    def unusual(self, day: KpiDaily) -> tuple[str, Any] | str:
        return ("unusual", _("Unusual")) if day.anomaly_detected else ""


def _number(day: KpiDaily, column: str) -> SafeString | int:
    value: int = getattr(day, column)
    return link(behind(column, day.kpi_date), value) if value else value


class KpiFilter(DropdownFilter):  # type: ignore[misc]
    """By what there can be: asking millions of cells what there is takes longer than all the rest of the page."""

    title = _("KPI")
    parameter_name = "kpi"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(slug, kpi.name) for slug, kpi in owners().items()]

    def queryset(self, _request: HttpRequest, cells: QuerySet[KpiBreakdown]) -> QuerySet[KpiBreakdown]:
        return cells.filter(kpi=self.value()) if self.value() else cells


class MetricFilter(DropdownFilter):  # type: ignore[misc]
    title = _("metric")
    parameter_name = "metric"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        named = {metric.slug: metric.name for kpi in owners().values() for metric in kpi.metrics}
        return sorted(named.items(), key=lambda choice: str(choice[1]).lower())

    def queryset(self, _request: HttpRequest, cells: QuerySet[KpiBreakdown]) -> QuerySet[KpiBreakdown]:
        return cells.filter(metric=self.value()) if self.value() else cells


class KpiBreakdownAdmin(NamedRows):
    area = Area.FIGURES
    plural = _("breakdown")
    when_empty = after_sync(
        _("The figures of each day by client, technician and board follow the first sync.")
    )
    tells_who = frozenset({"technician"})
    list_display = [
        "kpi_date",
        "kpi",
        "metric",
        "company_name",
        "technician_name",
        "board_name",
        "segment_name",
        "numerator",
        "denominator",
    ]
    list_filter = [("kpi_date", RangeDateFilter), KpiFilter, MetricFilter, CompanyFilter, BoardFilter]
    list_filter_submit = True
    ordering = ["-kpi_date", "-id"]
    fields = list_display

    @shown(_("Segment"), ordering="segment")
    def segment_name(self, row: Any) -> str:
        return row.names.segments[row.kpi, row.metric, row.segment]  # type: ignore[no-any-return]

    def get_queryset(self, request: HttpRequest) -> QuerySet[KpiBreakdown]:
        """Where technicians see only themselves, managers see the cells that are about nobody."""
        rows: QuerySet[KpiBreakdown] = super().get_queryset(request)
        own_only = TenantSettings.load().privacy_mode == TenantSettings.Privacy.OWN_ONLY
        return rows.filter(technician=None) if own_only else rows
