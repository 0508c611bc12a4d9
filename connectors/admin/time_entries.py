"""The time worked, as the ticket desk has it; nothing here can be changed."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from config.access import Area, RoleAdmin
from config.empty import after_sync
from config.sites import tenant_site
from config.words import shown
from connectors.admin.lists import (
    CompanyFilter,
    LocalDays,
    MemberFilter,
    link,
    name_of,
    to_vendor,
)
from connectors.models import (
    RawCompany,
    RawMember,
    RawTimeEntry,
    RawWorkType,
)


class BillableFilter(DropdownFilter):  # type: ignore[misc]
    title = _("billable option")
    parameter_name = "billable_option"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("Billable", _("Billable")),
            ("DoNotBill", _("Do not bill")),
            ("NoCharge", _("No charge")),
            ("NoDefault", _("As the agreement or work type says")),
        ]

    def queryset(self, _request: HttpRequest, entries: QuerySet[RawTimeEntry]) -> QuerySet[RawTimeEntry]:
        return entries.filter(billable_option=self.value()) if self.value() else entries


class TimeEntryAdmin(RoleAdmin):
    area = Area.DATA
    plural = _("time entries")
    when_empty = after_sync(_("Time entries come from your ticket desk with the first sync."))
    tells_who = frozenset({"member_name", "member_id"})
    list_display = [
        "started_at",
        "member_name",
        "company_name",
        "charged_to",
        "worked",
        "billing",
        "work_type",
    ]
    list_filter = [("started_at", LocalDays), MemberFilter, CompanyFilter, BillableFilter]
    list_filter_submit = True
    search_fields = ["notes"]
    ordering = ["-started_at", "-id"]
    fieldsets = [
        (None, {"fields": ["member_name", "company_name", "charged_to", "work_type", "notes"]}),
        (_("Time"), {"fields": ["started_at", "ended_at", "worked", "billing", "billed_minutes"]}),
        (
            _("Where it comes from"),
            {"fields": ["at_vendor", "source", "external_id", "synced_at", "deleted_at"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RawTimeEntry]:
        entries: QuerySet[RawTimeEntry] = super().get_queryset(request)
        return entries.annotate(
            company_name=name_of(RawCompany, "company_id"),
            member_name=name_of(RawMember, "member_id"),
            work_type_name=name_of(RawWorkType, "work_type_id"),
        )

    @shown(_("Technician"), ordering="member_name")
    def member_name(self, entry: Any) -> str:
        return entry.member_name or ""

    @shown(_("Client"), ordering="company_name")
    def company_name(self, entry: Any) -> str:
        return entry.company_name or ""

    @shown(_("At the vendor"))
    def at_vendor(self, entry: RawTimeEntry) -> SafeString | str:
        return to_vendor(entry.source, "ticket", entry.ticket_id)

    @shown(_("Work type"), ordering="work_type_name")
    def work_type(self, entry: Any) -> str:
        return entry.work_type_name or ""

    @shown(_("Charged to"))
    def charged_to(self, entry: RawTimeEntry) -> SafeString | str:
        if entry.ticket_id is None:
            return entry.charge_to_type
        tickets = reverse("admin:connectors_rawticket_changelist")
        return link(f"{tickets}?q=%23{entry.ticket_id}", _("Ticket #%d") % entry.ticket_id)

    @shown(_("Minutes"), ordering="minutes")
    def worked(self, entry: RawTimeEntry) -> str:
        return f"{entry.minutes:.0f}"

    @shown(
        _("Billing"),
        ordering="billable_option",
        label={"Billable": "success", "DoNotBill": "warning", "NoCharge": "warning"},
    )
    def billing(self, entry: RawTimeEntry) -> str:
        return entry.billable_option


tenant_site.register(RawTimeEntry, TimeEntryAdmin)
