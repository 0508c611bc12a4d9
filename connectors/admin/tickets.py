"""Tickets as the ticket desk has them; nothing here can be changed."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RadioFilter

from config.access import Area, RoleAdmin
from config.empty import after_sync
from config.sites import tenant_site
from config.words import shown
from connectors.admin.lists import (
    BoardFilter,
    ByText,
    CompanyFilter,
    LocalDays,
    OwnerFilter,
    link,
    name_of,
    to_vendor,
)
from connectors.models import (
    RawAgreement,
    RawBoardStatus,
    RawCompany,
    RawMember,
    RawTicket,
    RawTicketEvent,
    RawTicketNote,
    RawTimeEntry,
    RawWorkType,
)
from tenants.models import TenantSettings

RELATED_ROWS_SHOWN = 100
MAY_NAME_PEOPLE = {RawTicketEvent.Kind.OWNER, RawTicketEvent.Kind.OTHER}


class StatusFilter(ByText):
    title = _("status")
    parameter_name = column = "status_name"
    table = RawBoardStatus


class OpenFilter(RadioFilter):  # type: ignore[misc]
    title = _("open or closed")
    parameter_name = "is_closed"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("0", _("Open")), ("1", _("Closed"))]

    def queryset(self, _request: HttpRequest, tickets: QuerySet[RawTicket]) -> QuerySet[RawTicket]:
        return tickets.filter(is_closed=self.value() == "1") if self.value() in {"0", "1"} else tickets


class TicketAdmin(RoleAdmin):
    area = Area.DATA
    plural = _("tickets")
    when_empty = after_sync(_("Tickets come from your ticket desk with the first sync."))
    tells_who = frozenset(
        {"owner_name", "owner_id", "resources", "entered_by", "responded_by", "closed_by", "custom_fields"}
    )
    list_display = [
        "number",
        "subject",
        "company_name",
        "board_name",
        "state",
        "owner_name",
        "opened_at",
        "closed_at",
        "worked",
    ]
    list_display_links = ["number", "subject"]
    list_filter = [
        OpenFilter,
        ("opened_at", LocalDays),
        ("closed_at", LocalDays),
        CompanyFilter,
        BoardFilter,
        OwnerFilter,
        StatusFilter,
    ]
    list_filter_submit = True
    search_fields = ["summary"]
    search_help_text = _("Search by number or words of the summary")
    ordering = ["-opened_at", "-id"]
    change_form_outer_after_template = "connectors/ticket_history.html"
    fieldsets = [
        (
            None,
            {"fields": ["summary", "status_name", "company_name", "contact_name", "site_name", "owner_name"]},
        ),
        (
            _("Kind"),
            {"fields": ["board_name", "type_name", "sub_type_name", "item_name", "priority_name", "channel"]},
        ),
        (
            _("Course"),
            {"fields": ["opened_at", "responded_at", "resolved_at", "closed_at", "waiting_minutes"]},
        ),
        (_("Agreement and SLA"), {"fields": ["agreement_name", "is_in_sla", "resolve_goal_at"]}),
        (
            _("Where it comes from"),
            {
                "fields": [
                    "at_vendor",
                    "source",
                    "external_id",
                    "record_type",
                    "synced_at",
                    "deleted_at",
                    "merged_into",
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RawTicket]:
        entries = RawTimeEntry.objects.filter(
            source=OuterRef("source"), ticket_id=OuterRef("external_id"), deleted_at=None
        )
        minutes = entries.order_by().values("ticket_id").annotate(total=Sum("minutes")).values("total")
        tickets: QuerySet[RawTicket] = super().get_queryset(request)
        return tickets.annotate(
            company_name=name_of(RawCompany, "company_id"),
            owner_name=name_of(RawMember, "owner_id"),
            agreement_name=name_of(RawAgreement, "agreement_id"),
            minutes_worked=Subquery(minutes),
        )

    def get_search_results(
        self, request: HttpRequest, tickets: QuerySet[RawTicket], term: str
    ) -> tuple[QuerySet[RawTicket], bool]:
        number = term.strip().removeprefix("#")
        if number.isdecimal() and len(number) < 19:
            return tickets.filter(external_id=int(number)), False
        return super().get_search_results(request, tickets, term)  # type: ignore[no-any-return]

    def story_of(self, _request: HttpRequest, ticket: RawTicket) -> dict[str, Any]:
        return history_of(ticket, TenantSettings.load().names_technicians)

    @shown(_("At the vendor"))
    def at_vendor(self, ticket: RawTicket) -> SafeString | str:
        return to_vendor(ticket.source, "ticket", ticket.external_id)

    @shown("#", ordering="external_id")
    def number(self, ticket: RawTicket) -> int:
        return ticket.external_id

    @shown(_("Summary"), ordering="summary")
    def subject(self, ticket: RawTicket) -> str:
        return Truncator(ticket.summary).chars(70)

    @shown(_("Client"), ordering="company_name")
    def company_name(self, ticket: Any) -> str:
        return ticket.company_name or ""

    @shown(_("Assigned to"), ordering="owner_name")
    def owner_name(self, ticket: Any) -> str:
        return ticket.owner_name or ""

    @shown(_("Agreement"))
    def agreement_name(self, ticket: Any) -> str:
        return ticket.agreement_name or ""

    @shown(
        _("Status"),
        ordering="is_closed",
        label={"open": "info", "closed": "success", "gone": "danger"},
    )
    def state(self, ticket: RawTicket) -> tuple[str, str]:
        if ticket.deleted_at or ticket.merged_into:
            return "gone", str(_("Merged") if ticket.merged_into else _("Deleted at the vendor"))
        return ("closed" if ticket.is_closed else "open"), ticket.status_name or str(_("Open"))

    @shown(_("Worked"), ordering="minutes_worked")
    def worked(self, ticket: Any) -> SafeString | str:
        if not ticket.minutes_worked:
            return ""
        entries = reverse("admin:connectors_rawtimeentry_changelist")
        return link(f"{entries}?ticket_id={ticket.external_id}", f"{ticket.minutes_worked:.0f} min")


def history_of(ticket: RawTicket, names_technicians: bool) -> dict[str, Any]:
    """What happened to a ticket: time worked, notes and changes, the latest last."""
    of_ticket = {"source": ticket.source_id, "ticket_id": ticket.external_id}
    entries = RawTimeEntry.objects.filter(**of_ticket).order_by("started_at")
    notes = RawTicketNote.objects.filter(**of_ticket).order_by("written_at")
    events = RawTicketEvent.objects.filter(**of_ticket)[:RELATED_ROWS_SHOWN]
    who = {"member_name": name_of(RawMember, "member_id")} if names_technicians else {}
    entries = entries.annotate(work_type_name=name_of(RawWorkType, "work_type_id"), **who)
    return {
        "names_technicians": names_technicians,
        "time_entries": entries[:RELATED_ROWS_SHOWN],
        "notes": notes.annotate(**who)[:RELATED_ROWS_SHOWN],
        "events": events if names_technicians else without_names(events),
    }


def without_names(events: Iterable[RawTicketEvent]) -> list[RawTicketEvent]:
    """That the owner changed, but not from whom to whom; other things may be said of anybody."""
    kept = list(events)
    for event in kept:
        if event.kind in MAY_NAME_PEOPLE:
            event.old_value = event.new_value = ""
    return kept


tenant_site.register(RawTicket, TicketAdmin)
