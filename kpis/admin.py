"""The figures and findings on the tenant's pages. Figures are read-only; findings can be decided on."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.decorators import action

from config.access import Area, May, RoleAdmin, may
from config.sites import tenant_site
from config.words import shown
from connectors.admin.lists import ByExternalId, link
from connectors.models import RawBoard, RawCompany, RawSurvey, RawTicket, RawTimeEntry
from kpis import names
from kpis.behind import BehindFigure, behind
from kpis.cards import duration, number, percent
from kpis.decisions import decide
from kpis.models import Finding, KpiBreakdown, KpiDaily
from tenants.models import TenantSettings

SEVERITY_COLOURS = {
    Finding.Severity.HIGH: "danger",
    Finding.Severity.MEDIUM: "warning",
    Finding.Severity.LOW: "info",
}


class CompanyFilter(ByExternalId):
    title = _("client")
    parameter_name = column = "company"
    table = RawCompany


class BoardFilter(ByExternalId):
    title = _("board")
    parameter_name = column = "board"
    table = RawBoard


class KpiDailyAdmin(RoleAdmin):
    area = Area.FIGURES
    plural = _("days")
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


class NamedRows(RoleAdmin):
    """Rows with ids of companies, boards and technicians: the names of a page are looked up at once."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist: ChangeList = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        found = names_of(rows)
        for row in rows:
            row.names = found
        changelist.result_list = cast(Any, rows)
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.names = names_of([row])
        return row

    @shown(_("Client"), ordering="company")
    def company_name(self, row: Any) -> str:
        return row.names.company(row.company)  # type: ignore[no-any-return]

    @shown(_("Board"), ordering="board")
    def board_name(self, row: Any) -> str:
        return row.names.board(row.board)  # type: ignore[no-any-return]

    @shown(_("Technician"))
    def technician_name(self, row: Any) -> str:
        return row.names.technician(row.technician)  # type: ignore[no-any-return]


def names_of(rows: list[Any]) -> names.Names:
    return names.Names(
        companies=names.companies(row.company for row in rows),
        boards=names.boards(row.board for row in rows),
        technicians=names.technicians({row.technician for row in rows}, TenantSettings.load().privacy_mode),
    )


class KpiBreakdownAdmin(NamedRows):
    area = Area.FIGURES
    plural = _("breakdown")
    list_display = [
        "kpi_date",
        "kpi",
        "metric",
        "company_name",
        "technician_name",
        "board_name",
        "segment",
        "numerator",
        "denominator",
    ]
    list_filter = [("kpi_date", RangeDateFilter), "kpi", "metric", CompanyFilter, BoardFilter]
    list_filter_submit = True
    ordering = ["-kpi_date", "-id"]
    fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[KpiBreakdown]:
        """Where technicians see only themselves, managers see the cells that are about nobody."""
        rows: QuerySet[KpiBreakdown] = super().get_queryset(request)
        own_only = TenantSettings.load().privacy_mode == TenantSettings.Privacy.OWN_ONLY
        return rows.filter(technician=None) if own_only else rows


class StatusFilter(DropdownFilter):  # type: ignore[misc]
    title = _("status")
    parameter_name = "status"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("todo", _("To look at")), *Finding.Status.choices]

    def queryset(self, _request: HttpRequest, findings: QuerySet[Finding]) -> QuerySet[Finding]:
        if self.value() == "todo":
            return findings.filter(status__in=[Finding.Status.OPEN, Finding.Status.ACKNOWLEDGED])
        return findings.filter(status=self.value()) if self.value() else findings


class FindingAdmin(NamedRows):
    area = Area.FINDINGS
    plural = _("findings")
    list_display = [
        "title",
        "importance",
        "state",
        "company_name",
        "hours_at_stake",
        "money_at_stake",
        "first_seen",
        "last_seen",
    ]
    list_filter = [StatusFilter, "severity", "kpi", CompanyFilter]
    list_filter_submit = True
    search_fields = ["title"]
    change_form_outer_after_template = "kpis/finding_decision.html"
    actions = ["acknowledge"]
    fieldsets = [
        (None, {"fields": ["title", "severity", "status", "status_reason", "decided"]}),
        (_("About"), {"fields": ["company_name", "technician_name", "board_name", "kpi"]}),
        (_("At stake"), {"fields": ["hours_at_stake", "money_at_stake", "first_seen", "last_seen"]}),
        (_("Evidence"), {"fields": ["evidence"]}),
    ]

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """What was found is not edited; what is decided about it goes through `decide_view`."""
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, May.CHANGE, self.area)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Finding]:
        findings: QuerySet[Finding] = super().get_queryset(request)
        return findings.select_related("status_changed_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<int:pk>/decide/", view, name="finding_decide"), *super().get_urls()]

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        finding = self.get_object(request, str(pk))
        if finding is None:
            raise Http404
        try:
            decide(
                finding,
                request.POST.get("status", ""),
                request.POST.get("reason", ""),
                cast(Any, request.user),
            )
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, _("Noted: %s.") % finding.get_status_display())
        return redirect("admin:kpis_finding_change", pk)

    @action(description=_("Acknowledge the selected findings"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def acknowledge(self, request: HttpRequest, findings: QuerySet[Finding]) -> None:
        open_ones = list(findings.filter(status=Finding.Status.OPEN))
        for finding in open_ones:
            decide(finding, Finding.Status.ACKNOWLEDGED, "", cast(Any, request.user))
        self.message_user(request, _("%d findings acknowledged.") % len(open_ones))

    @shown(_("Severity"), ordering="severity", label=SEVERITY_COLOURS)
    def importance(self, finding: Finding) -> tuple[str, str]:
        return finding.severity, finding.get_severity_display()

    @shown(_("Status"), ordering="status")
    def state(self, finding: Finding) -> str:
        return finding.get_status_display()

    @shown(_("Hours"), ordering="minutes_at_stake")
    def hours_at_stake(self, finding: Finding) -> str:
        return "" if finding.minutes_at_stake is None else number(finding.minutes_at_stake / 60, 1)

    @shown(_("Decided by"))
    def decided(self, finding: Finding) -> str:
        if finding.status_changed_by is None or finding.status_changed_at is None:
            return ""
        return f"{finding.status_changed_by.get_username()}, {finding.status_changed_at:%Y-%m-%d %H:%M}"


tenant_site.register(KpiDaily, KpiDailyAdmin)
tenant_site.register(KpiBreakdown, KpiBreakdownAdmin)
tenant_site.register(Finding, FindingAdmin)
# The lists of raw rows may not know the figures, so the figures add what leads from a number to its rows.
for table in (RawTicket, RawTimeEntry, RawSurvey):
    raw_list = tenant_site.get_model_admin(table)
    raw_list.list_filter = [BehindFigure, *raw_list.list_filter]
    raw_list.list_before_template = "kpis/behind_note.html"
