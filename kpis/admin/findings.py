"""Findings on the tenant's pages: what was found is not edited, but decided on, assigned and talked about."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action

from config.access import Area, May, may
from config.empty import WhenEmpty
from config.sites import next_page
from config.words import said, shown
from kpis.admin.named import CompanyFilter, NamedRows
from kpis.cards import number
from kpis.decisions import assign, assignees, comment, decide
from kpis.finding_story import story
from kpis.models import Finding
from kpis.models.findings import BY_SEVERITY
from tenants.models import TenantSettings

Status = Finding.Status
SEVERITY_COLOURS = {
    Finding.Severity.HIGH: "danger",
    Finding.Severity.MEDIUM: "warning",
    Finding.Severity.LOW: "info",
}
ME, NOBODY = "is:me", "is:nobody"  # no user names: these have no colons


class StatusFilter(DropdownFilter):  # type: ignore[misc]
    title = _("status")
    parameter_name = "status"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("todo", _("To look at")), *Status.choices]

    def queryset(self, _request: HttpRequest, findings: QuerySet[Finding]) -> QuerySet[Finding]:
        if self.value() == "todo":
            return findings.filter(status__in=[Status.OPEN, Status.ACKNOWLEDGED])
        return findings.filter(status=self.value()) if self.value() else findings


class AssigneeFilter(DropdownFilter):  # type: ignore[misc]
    title = _("assigned to")
    parameter_name = "assigned"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        people = ((user.username, user.username) for user in assignees())
        return [(ME, _("Me")), (NOBODY, _("Nobody")), *people]

    def queryset(self, request: HttpRequest, findings: QuerySet[Finding]) -> QuerySet[Finding]:
        if self.value() == ME:
            return findings.filter(assigned_to=cast(User, request.user))
        if self.value() == NOBODY:
            return findings.filter(assigned_to=None)
        return findings.filter(assigned_to__username=self.value()) if self.value() else findings


class FindingAdmin(NamedRows):
    area = Area.FINDINGS
    plural = _("findings")
    when_empty = WhenEmpty(
        _(
            "What is unusual or should be decided is listed here when the figures are computed. Nothing is waiting."
        ),
        _("To the dashboard"),
        "index",
    )
    tells_who = frozenset({"technician"})
    list_display = [
        "title",
        "importance",
        "state",
        "assignee",
        "company_name",
        "technician_name",
        "hours_at_stake",
        "money_at_stake",
        "first_seen",
        "last_seen",
    ]
    list_filter = [StatusFilter, AssigneeFilter, "severity", "kpi", CompanyFilter]
    list_filter_submit = True
    search_fields = ["title"]
    change_form_outer_after_template = "kpis/finding_story.html"
    actions = ["acknowledge", "dismiss", "mark_as_done", "hand_over"]
    fieldsets = [
        (None, {"fields": ["title", "severity", "status", "status_reason", "decided", "assignee"]}),
        (_("About"), {"fields": ["company_name", "technician_name", "board_name", "subject", "kpi"]}),
        (_("At stake"), {"fields": ["hours_at_stake", "money_at_stake", "first_seen", "last_seen"]}),
    ]

    def get_ordering(self, _request: HttpRequest) -> list[Any]:
        """What matters most comes first."""
        return [BY_SEVERITY, F("money_at_stake").desc(nulls_last=True), "-last_seen", "-id"]

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """What was found is not edited; what is decided about it goes through views of its own."""
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, May.CHANGE, self.area)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Finding]:
        """Where technicians see only themselves, managers see the findings that are about nobody."""
        findings: QuerySet[Finding] = super().get_queryset(request)
        findings = findings.select_related("status_changed_by", "assigned_to")
        own_only = TenantSettings.load().privacy_mode == TenantSettings.Privacy.OWN_ONLY
        return findings.filter(technician=None) if own_only else findings

    def get_urls(self) -> list[URLPattern]:
        views = {"decide": self.decide_view, "assign": self.assign_view, "comment": self.comment_view}
        own = [
            path(f"<int:pk>/{deed}/", self.admin_site.admin_view(require_POST(view)), name=f"finding_{deed}")
            for deed, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def story_of(self, request: HttpRequest, finding: Finding) -> dict[str, Any]:
        return story(finding) | {"may_decide": self.has_decide_permission(request), "assignees": assignees()}

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        status, reason = request.POST.get("status", ""), request.POST.get("reason", "")
        return self._done(request, pk, lambda one, user: decide([one], status, reason, user))

    def assign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        to = request.POST.get("to", "")
        return self._done(request, pk, lambda one, user: assign([one], to, user))

    def comment_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = request.POST.get("text", "")
        return self._done(request, pk, lambda one, user: comment(one, text, user))

    def _done(self, request: HttpRequest, pk: int, deed: Callable[[Finding, User], None]) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        finding = self.get_object(request, str(pk))
        if finding is None:
            raise Http404
        self._try(request, lambda: deed(finding, cast(User, request.user)), _("Noted."))
        return redirect(next_page(request.POST) or reverse("admin:kpis_finding_change", args=[pk]))

    def _try(self, request: HttpRequest, deed: Callable[[], None], praise: Any) -> None:
        try:
            deed()
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, praise)

    @action(description=_("Acknowledge"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def acknowledge(self, request: HttpRequest, findings: QuerySet[Finding]) -> None:
        self._decide_all(request, findings, Status.ACKNOWLEDGED)

    @action(description=_("Mark as done"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def mark_as_done(self, request: HttpRequest, findings: QuerySet[Finding]) -> None:
        self._decide_all(request, findings, Status.ACTIONED)

    @action(description=_("Dismiss …"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def dismiss(self, request: HttpRequest, findings: QuerySet[Finding]) -> HttpResponse | None:
        if "reason" not in request.POST:
            return self._asked(request, findings, _("Dismiss these findings"))
        self._decide_all(request, findings, Status.DISMISSED, request.POST["reason"])
        return None

    @action(description=_("Assign …"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def hand_over(self, request: HttpRequest, findings: QuerySet[Finding]) -> HttpResponse | None:
        if "to" not in request.POST:
            return self._asked(request, findings, _("Assign these findings"), assignees=assignees())
        chosen, to = list(findings), request.POST["to"]
        praise = _("%d findings assigned.") % len(chosen)
        self._try(request, lambda: assign(chosen, to, cast(User, request.user)), praise)
        return None

    def _decide_all(
        self, request: HttpRequest, findings: QuerySet[Finding], status: str, reason: str = ""
    ) -> None:
        chosen = list(findings)
        praise = _("%d findings decided.") % len(chosen)
        self._try(request, lambda: decide(chosen, status, reason, cast(User, request.user)), praise)

    def _asked(
        self, request: HttpRequest, findings: QuerySet[Finding], title: Any, **more: Any
    ) -> HttpResponse:
        """One more page, which posts the action again with what is still to be said."""
        told = self.admin_site.each_context(request) | {"title": title, "findings": list(findings)} | more
        told |= {"action": request.POST["action"], "opts": self.opts, "plural": self.plural}
        return TemplateResponse(request, "kpis/finding_bulk.html", told)

    @shown(_("Severity"), ordering="severity", label=SEVERITY_COLOURS)
    def importance(self, finding: Finding) -> tuple[str, str]:
        return finding.severity, finding.get_severity_display()

    @shown(_("Status"), ordering="status")
    def state(self, finding: Finding) -> str:
        return finding.get_status_display()

    @shown(_("Assigned to"), ordering="assigned_to__username")
    def assignee(self, finding: Finding) -> str:
        return finding.assigned_to.get_username() if finding.assigned_to else ""

    @shown(_("Hours"), ordering="minutes_at_stake")
    def hours_at_stake(self, finding: Finding) -> str:
        return "" if finding.minutes_at_stake is None else number(finding.minutes_at_stake / 60, 1)

    @shown(_("Decided by"))
    def decided(self, finding: Finding) -> str:
        if finding.status_changed_by is None or finding.status_changed_at is None:
            return ""
        return f"{finding.status_changed_by.get_username()}, {said(finding.status_changed_at)}"
