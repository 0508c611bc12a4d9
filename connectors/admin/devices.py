"""The device list of all clients: which vendors see a device, which of them should and don't, and its alerts."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RadioFilter

from config.access import Area, RoleAdmin
from config.empty import after_sync
from config.sites import tenant_site
from config.words import shown
from connectors.admin.lists import CompanyFilter
from connectors.devices import unwatched_by, watchers
from connectors.mapping_queue import company_name
from connectors.models import Connection, Device, DeviceSighting, RawDevice, RawSecurityAlert

LONG_UNSEEN = timedelta(days=30)
ALERTS_SHOWN = 50
KINDS = {"desktop": _("Desktop"), "laptop": _("Laptop"), "server": _("Server")}


class GapFilter(DropdownFilter):  # type: ignore[misc]
    title = _("not seen by")
    parameter_name = "unwatched_by"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, str]]:
        watching = set().union(*watchers().values())
        names = Connection.objects.filter(id__in=watching).values_list("id", "name")
        return [(str(id_), name) for id_, name in names]

    def queryset(self, _request: HttpRequest, devices: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return devices.filter(pk__in=unwatched_by(int(value)).values("pk")) if value.isdecimal() else devices


class InUseFilter(RadioFilter):  # type: ignore[misc]
    title = _("in use")
    parameter_name = "in_use"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("yes", _("Seen in the last 30 days")),
            ("silent", _("Not seen for 30 days")),
            ("retired", _("Taken out of service")),
        ]

    def queryset(self, _request: HttpRequest, devices: QuerySet[Any]) -> QuerySet[Any]:
        is_silent = Q(last_seen_at__lt=timezone.now() - LONG_UNSEEN) | Q(last_seen_at=None)
        conditions = {
            "yes": ~Q(seen_by=[]) & ~is_silent,
            "silent": ~Q(seen_by=[]) & is_silent,
            "retired": Q(seen_by=[]),
        }
        return devices.filter(conditions.get(self.value() or "", Q()))


class KindFilter(DropdownFilter):  # type: ignore[misc]
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, Any]]:
        return KINDS.items()

    def queryset(self, _request: HttpRequest, devices: QuerySet[Any]) -> QuerySet[Any]:
        return devices.filter(kind=self.value()) if self.value() else devices


class DeviceAdmin(RoleAdmin):
    area = Area.DATA
    plural = _("devices")
    when_empty = after_sync(
        _(
            "Devices come from SentinelOne and Microsoft Defender. Connect one to see which machines are watched."
        )
    )
    list_display = [
        "hostname",
        "client",
        "machine",
        "os_name",
        "seen_in",
        "missing_in",
        "last_seen_at",
        "serial",
    ]
    list_filter = [GapFilter, InUseFilter, CompanyFilter, KindFilter]
    list_filter_submit = True
    search_fields = ["hostname", "serial"]
    ordering = ["hostname", "id"]
    change_form_outer_after_template = "connectors/device_story.html"
    fieldsets = [
        (None, {"fields": ["hostname", "client", "serial", "machine", "os_name"]}),
        (_("Watched"), {"fields": ["seen_in", "gaps", "last_seen_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        devices: QuerySet[Any] = super().get_queryset(request)
        named: QuerySet[Any] = devices.annotate(company_name=company_name())
        return named

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.result_list = with_coverage(changelist.result_list)
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        device = super().get_object(request, object_id, from_field)
        return device and with_coverage([device])[0]

    def story_of(self, _request: HttpRequest, device: Device) -> dict[str, Any]:
        return records_and_alerts(device)

    @shown(_("Client"), ordering="company_name")
    def client(self, device: Any) -> str:
        return device.company_name or ""

    @shown(_("Kind"), ordering="kind")
    def machine(self, device: Device) -> Any:
        return KINDS.get(device.kind, device.kind)

    @shown(_("Seen in"))
    def seen_in(self, device: Any) -> str:
        return ", ".join(device.seen_in)

    @shown(_("Missing in"), label={"missing": "warning"})
    def missing_in(self, device: Any) -> tuple[str, str] | str:
        return ("missing", self.gaps(device)) if device.missing_in else ""

    @shown(_("Missing in"))
    def gaps(self, device: Any) -> str:
        return ", ".join(device.missing_in)


def with_coverage(devices: Iterable[Any]) -> list[Any]:
    """Devices with the names of the connections that see them, and of those that see their company's others."""
    shown_devices, of_company = list(devices), watchers()
    names = dict(Connection.objects.order_by("name").values_list("id", "name"))
    for device in shown_devices:
        expected = of_company.get(device.company_id, set()) if device.seen_by else set()
        device.seen_in = [name for id_, name in names.items() if id_ in device.seen_by]
        device.missing_in = [name for id_, name in names.items() if id_ in expected - set(device.seen_by)]
    return shown_devices


def records_and_alerts(device: Device) -> dict[str, Any]:
    """What each vendor says of it, and its latest alerts."""
    sightings = DeviceSighting.objects.filter(device=device)
    of_record = sightings.filter(source=OuterRef("source"), raw_id=OuterRef("external_id"))
    records = RawDevice.objects.filter(Exists(of_record)).select_related("source")
    keys = [key for record in records for key in (record.external_id, record.agent_uuid) if key]
    sources = {record.source_id for record in records}
    alerts = RawSecurityAlert.objects.filter(source__in=sources, device_key__in=keys, deleted_at=None)
    return {"records": records, "alerts": alerts.select_related("source")[:ALERTS_SHOWN]}


tenant_site.register(Device, DeviceAdmin)
