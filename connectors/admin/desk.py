"""Clients, technicians, boards, agreements and surveys of the ticket desk."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from config.access import Area, RoleAdmin
from config.empty import after_sync
from config.sites import tenant_site
from config.words import shown
from connectors.admin.lists import CompanyFilter, LocalDays, link, name_of
from connectors.dirty import Reason, mark_everything
from connectors.models import (
    RawAgreement,
    RawAgreementAddition,
    RawAgreementCoverage,
    RawBoard,
    RawCompany,
    RawMember,
    RawSurvey,
)
from tenants.models import MemberLink

PROVENANCE = (_("Where it comes from"), {"fields": ["source", "external_id", "synced_at", "deleted_at"]})


def tickets_of(parameter: str, external_id: int) -> SafeString:
    return link(f"{reverse('admin:connectors_rawticket_changelist')}?{parameter}={external_id}", _("Tickets"))


class CompanyAdmin(RoleAdmin):
    area = Area.DATA
    plural = _("clients")
    when_empty = after_sync(_("Your clients come from the ticket desk with the first sync."))
    list_display = ["name", "identifier", "status_name", "type_names", "territory_name", "tickets", "review"]
    search_fields = ["name", "identifier"]
    list_filter = ["status_name"]
    fieldsets = [
        (None, {"fields": ["name", "identifier", "status_name", "type_names", "territory_name", "review"]}),
        PROVENANCE,
    ]

    @shown(_("Tickets"))
    def tickets(self, company: RawCompany) -> SafeString:
        return tickets_of("company_id", company.external_id)

    @shown(_("Client review"))
    def review(self, company: RawCompany) -> SafeString:
        return link(reverse("admin:client", args=[company.external_id]), _("Review"))


class BoardAdmin(RoleAdmin):
    area = Area.DATA
    plural = _("boards")
    when_empty = after_sync(_("The boards of your ticket desk come with the first sync."))
    list_display = ["name", "location_name", "department_name", "is_project_board", "is_inactive", "tickets"]
    search_fields = ["name"]
    fieldsets = [
        (
            None,
            {"fields": ["name", "location_name", "department_name", "is_project_board", "is_inactive"]},
        ),
        PROVENANCE,
    ]

    @shown(_("Tickets"))
    def tickets(self, board: RawBoard) -> SafeString:
        return tickets_of("board_id", board.external_id)


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    user = forms.ModelChoiceField(
        User.objects.order_by("username"),
        required=False,
        label=_("Signs in as"),
        help_text=_("The account that sees this person's own figures."),
        widget=UnfoldAdminSelectWidget(),
    )

    class Meta:
        model = RawMember
        fields = ["automation_override"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        linked = MemberLink.objects.filter(member_id=self.instance.external_id).first()
        self.initial["user"] = linked.user_id if linked else None

    def clean_user(self) -> User | None:
        user: User | None = self.cleaned_data["user"]
        taken = MemberLink.objects.exclude(member_id=self.instance.external_id)
        if user and taken.filter(user=user).exists():
            raise forms.ValidationError(_("This account already belongs to another technician."))
        return user

    def save_link(self) -> None:
        links = MemberLink.objects.filter(member_id=self.instance.external_id)
        if user := self.cleaned_data["user"]:
            MemberLink.objects.update_or_create(member_id=self.instance.external_id, defaults={"user": user})
        else:
            links.delete()


class MemberAdmin(RoleAdmin):
    """Who works tickets. An owner says who is a program, and which account is whose."""

    area = Area.MEMBERS
    plural = _("technicians")
    when_empty = after_sync(
        _(
            "Your technicians come from the ticket desk with the first sync; then you say which account is whose."
        )
    )
    tells_who = frozenset({"tickets"})
    form = MemberForm
    list_display = [
        "name",
        "identifier",
        "kind",
        "account",
        "work_role_name",
        "daily_capacity_hours",
        "is_inactive",
        "tickets",
    ]
    list_filter = ["is_automation", "is_inactive"]
    search_fields = ["name", "identifier", "email"]
    readonly_fields = [
        "name",
        "identifier",
        "email",
        "license_class",
        "looks_automated",
        "work_role_name",
        "daily_capacity_hours",
        "time_zone_name",
        "hired_on",
        "is_inactive",
        "source",
        "external_id",
        "synced_at",
        "deleted_at",
    ]

    def page_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        ours = ["automation_override", *(["user"] if self.has_change_permission(request) else ["account"])]
        work = ["license_class", "looks_automated", "work_role_name", "daily_capacity_hours"]
        return [
            (None, {"fields": ["name", "identifier", "email", "is_inactive", "hired_on"]}),
            (_("In Deskmetry"), {"fields": ours}),
            (_("Work"), {"fields": [*work, "time_zone_name"]}),
            PROVENANCE,
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RawMember]:
        members: QuerySet[RawMember] = super().get_queryset(request)
        linked = MemberLink.objects.filter(member_id=OuterRef("external_id"))
        return members.annotate(username=Subquery(linked.values("user__username")))

    def save_model(self, request: HttpRequest, member: RawMember, form: Any, change: bool) -> None:
        member.save(update_fields=["automation_override"])
        form.save_link()
        if "automation_override" in form.changed_data:
            mark_everything(Reason.LOOKUP)  # whose time counts has changed for every day

    @shown(_("Is a"), label={"person": "success", "program": "info"})
    def kind(self, member: RawMember) -> tuple[str, Any]:
        return ("program", _("Program")) if member.is_automation else ("person", _("Person"))

    @shown(_("Signs in as"), ordering="username")
    def account(self, member: Any) -> str:
        return member.username or ""

    @shown(_("Tickets"))
    def tickets(self, member: RawMember) -> SafeString:
        return tickets_of("owner_id", member.external_id)


class AgreementAdmin(RoleAdmin):
    area = Area.DATA
    plural = _("agreements")
    when_empty = after_sync(
        _("Agreements come from the ticket desk, if there are any and the connection may read them.")
    )
    list_display = [
        "name",
        "company_name",
        "type_name",
        "starts_on",
        "ends_on",
        "is_cancelled",
        "bill_amount",
    ]
    list_filter = [CompanyFilter, "is_cancelled"]
    list_filter_submit = True
    search_fields = ["name"]
    change_form_outer_after_template = "connectors/agreement_parts.html"
    fieldsets = [
        (None, {"fields": ["name", "company_name", "type_name", "status", "starts_on", "ends_on"]}),
        (
            _("Money and limits"),
            {"fields": ["bill_time", "bill_amount", "billing_cycle", "limit_amount", "limit_units"]},
        ),
        PROVENANCE,
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RawAgreement]:
        agreements: QuerySet[RawAgreement] = super().get_queryset(request)
        return agreements.annotate(company_name=name_of(RawCompany, "company_id"))

    def story_of(self, _request: HttpRequest, agreement: RawAgreement) -> dict[str, Any]:
        return parts_of(agreement)

    @shown(_("Client"), ordering="company_name")
    def company_name(self, agreement: Any) -> str:
        return agreement.company_name or ""


def parts_of(agreement: RawAgreement) -> dict[str, Any]:
    of_agreement = {"source": agreement.source_id, "agreement_id": agreement.external_id}
    return {
        "coverage": RawAgreementCoverage.objects.filter(**of_agreement),
        "additions": RawAgreementAddition.objects.filter(**of_agreement),
    }


class SurveyAdmin(RoleAdmin):
    area = Area.DATA
    plural = _("surveys")
    when_empty = after_sync(
        _("Answers to your surveys come from the ticket desk, if you ask your clients how they liked it.")
    )
    list_display = ["answered_at", "company_name", "ticket", "comment"]
    list_filter = [("answered_at", LocalDays), CompanyFilter]
    list_filter_submit = True
    search_fields = ["comment"]
    ordering = ["-answered_at", "-id"]
    fieldsets = [
        (None, {"fields": ["answered_at", "company_name", "ticket", "comment", "answers"]}),
        PROVENANCE,
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RawSurvey]:
        surveys: QuerySet[RawSurvey] = super().get_queryset(request)
        return surveys.annotate(company_name=name_of(RawCompany, "company_id"))

    @shown(_("Client"), ordering="company_name")
    def company_name(self, survey: Any) -> str:
        return survey.company_name or ""

    @shown(_("Ticket"), ordering="ticket_id")
    def ticket(self, survey: RawSurvey) -> SafeString | str:
        if survey.ticket_id is None:
            return ""
        tickets = reverse("admin:connectors_rawticket_changelist")
        return link(f"{tickets}?q=%23{survey.ticket_id}", f"#{survey.ticket_id}")


tenant_site.register(RawCompany, CompanyAdmin)
tenant_site.register(RawBoard, BoardAdmin)
tenant_site.register(RawMember, MemberAdmin)
tenant_site.register(RawAgreement, AgreementAdmin)
tenant_site.register(RawSurvey, SurveyAdmin)
