"""Security alerts as vendors tell them, each with its client, device, ticket and history; nothing can be changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RadioFilter

from config.access import Area, RoleAdmin
from config.empty import after_sync
from config.sites import tenant_site
from config.words import shown
from connectors.admin.lists import CompanyFilter, LocalDays, link, to_vendor
from connectors.alert_pairs import SURE
from connectors.mapping_queue import company_name, customers_of, with_company
from connectors.models import (
    AlertTicketLink,
    Device,
    DeviceSighting,
    RawAlertEvent,
    RawDevice,
    RawSecurityAlert,
    RawTicket,
)
from tenants.models import TenantSettings

Severity, Status = RawSecurityAlert.Severity, RawSecurityAlert.Status
# The most important first.
SEVERITY_COLOURS = {
    Severity.CRITICAL: "danger",
    Severity.HIGH: "danger",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFORMATIONAL: "info",
    Severity.UNKNOWN: "default",
}
BY_IMPORTANCE = Case(*(When(severity=each, then=Value(rank)) for rank, each in enumerate(SEVERITY_COLOURS)))
STATUS_COLOURS = {Status.NEW: "danger", Status.IN_PROGRESS: "warning", Status.RESOLVED: "success"}
EVENTS_SHOWN = 100


class ClientFilter(CompanyFilter):
    """Alerts know their customer; whom that is says the mapping."""

    def queryset(self, _request: HttpRequest, alerts: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return alerts.filter(customers_of(int(value))) if value.isdecimal() else alerts


class TicketFilter(RadioFilter):  # type: ignore[misc]
    title = _("ticket")
    parameter_name = "ticket"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("sure", _("Surely known")), ("likely", _("Likely")), ("none", _("None found"))]

    def queryset(self, _request: HttpRequest, alerts: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {
            "sure": Q(ticket_confidence__gte=SURE),
            "likely": Q(ticket_confidence__lt=SURE),
            "none": Q(ticket_id=None),
        }
        return alerts.filter(conditions.get(self.value() or "", Q()))


class SecurityAlertAdmin(RoleAdmin):
    area = Area.DATA
    plural = _("security alerts")
    when_empty = after_sync(
        _(
            "Alerts come from SentinelOne and Microsoft Defender. Connect one to see how fast they are answered."
        )
    )
    tells_who = frozenset({"assigned_to"})
    list_display = [
        "detected_at",
        "subject",
        "importance",
        "progress",
        "client",
        "host_name",
        "ticket",
        "acknowledged",
        "resolved",
        "vendor",
    ]
    list_display_links = ["detected_at", "subject"]
    list_filter = [
        ("detected_at", LocalDays),
        "severity",
        "status",
        TicketFilter,
        ClientFilter,
        "source",
    ]
    list_filter_submit = True
    list_select_related = ["source"]
    search_fields = ["title", "host_name", "external_id", "incident_id"]
    ordering = ["-detected_at", "-id"]
    change_form_outer_after_template = "connectors/alert_story.html"
    fieldsets = [
        (
            None,
            {"fields": ["subject", "severity", "status", "verdict", "confidence", "category", "product"]},
        ),
        (_("Where"), {"fields": ["client", "host_name", "user_name"]}),
        (
            _("Course"),
            {
                "fields": [
                    "occurred_at",
                    "detected_at",
                    "acknowledged",
                    "contained_at",
                    "resolved",
                    "reopen_count",
                ]
            },
        ),
        (
            _("Where it comes from"),
            {
                "fields": [
                    "at_vendor",
                    "source",
                    "external_id",
                    "incident_id",
                    "vendor_severity",
                    "vendor_status",
                    "synced_at",
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        of_alert = {"source": OuterRef("source"), "external_id": OuterRef("customer_id")}
        linked = AlertTicketLink.objects.filter(source=OuterRef("source"), alert_id=OuterRef("external_id"))
        alerts: QuerySet[Any] = super().get_queryset(request)
        found: QuerySet[Any] = alerts.annotate(
            company_id=Subquery(with_company().filter(**of_alert).values("company_id")),
            ticket_id=Subquery(linked.values("ticket_id")),
            ticket_confidence=Subquery(linked.values("confidence")),
        ).annotate(company_name=company_name())
        return found

    def story_of(self, _request: HttpRequest, alert: RawSecurityAlert) -> dict[str, Any]:
        return course_of(alert) | {"names_technicians": TenantSettings.load().names_technicians}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The list of customers leads to the alerts of one."""
        return lookup == "customer_id" or super().lookup_allowed(lookup, value, request)

    @shown(_("At the vendor"))
    def at_vendor(self, alert: RawSecurityAlert) -> SafeString | str:
        return to_vendor(alert.source, alert.kind, alert.external_id, alert.customer_id)

    @shown(_("Alert"), ordering="title")
    def subject(self, alert: RawSecurityAlert) -> str:
        return Truncator(str(alert)).chars(60)

    @shown(_("Severity"), ordering=BY_IMPORTANCE, label=SEVERITY_COLOURS)
    def importance(self, alert: RawSecurityAlert) -> tuple[str, str]:
        return alert.severity, alert.get_severity_display()

    @shown(_("Status"), ordering="status", label=STATUS_COLOURS)
    def progress(self, alert: RawSecurityAlert) -> tuple[str, str]:
        return alert.status, alert.get_status_display()

    @shown(_("Client"))
    def client(self, alert: Any) -> str:
        return alert.company_name or ""

    @shown(_("Ticket"))
    def ticket(self, alert: Any) -> SafeString | str:
        if alert.ticket_id is None:
            return ""
        number = f"#{alert.ticket_id}"
        is_sure = alert.ticket_confidence >= SURE
        return link(to_ticket(alert.ticket_id), number if is_sure else _("%s (likely)") % number)

    @shown(_("Acknowledged"), ordering="acknowledged_at")
    def acknowledged(self, alert: RawSecurityAlert) -> str:
        return about(alert.acknowledged_at, alert.acknowledged_is_estimated)

    @shown(_("Resolved"), ordering="resolved_at")
    def resolved(self, alert: RawSecurityAlert) -> str:
        return about(alert.resolved_at, alert.resolved_is_estimated)

    @shown(_("Connection"), ordering="source__name")
    def vendor(self, alert: RawSecurityAlert) -> str:
        return str(alert.source)


def about(moment: datetime | None, is_estimated: bool) -> str:
    """What was only seen between two syncs has no exact moment."""
    if moment is None:
        return ""
    told = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return _("about %s") % told if is_estimated else told


def to_ticket(number: int) -> str:
    return f"{reverse('admin:connectors_rawticket_changelist')}?q=%23{number}"


def course_of(alert: RawSecurityAlert) -> dict[str, Any]:
    """The ticket, the device and what happened, the latest last."""
    of_alert = {"source": alert.source_id, "alert_id": alert.external_id}
    found = AlertTicketLink.objects.filter(**of_alert).first()
    return {
        "ticket_link": found,
        "linked_ticket": RawTicket.objects.filter(external_id=found.ticket_id).first() if found else None,
        "device": device_of(alert),
        "events": RawAlertEvent.objects.filter(**of_alert)[:EVENTS_SHOWN],
    }


def device_of(alert: RawSecurityAlert) -> Device | None:
    """An alert names the vendor's record by its id or by that of the agent's installation."""
    if not alert.device_key:
        return None
    named = Q(external_id=alert.device_key) | Q(agent_uuid=alert.device_key)
    records = RawDevice.objects.filter(named, source=alert.source_id).order_by("-last_seen_at")
    sighted = DeviceSighting.objects.filter(source=alert.source_id, raw_id__in=records.values("external_id"))
    return Device.objects.filter(sightings__in=sighted).first()


tenant_site.register(RawSecurityAlert, SecurityAlertAdmin)
