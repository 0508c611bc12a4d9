"""Connections to vendors: entered, tested and started here; what each sync did; what it could not use."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from config.access import Area, RoleAdmin
from config.sites import tenant_site
from config.words import shown
from connectors import registry
from connectors.forms import CREDENTIALS, SETTINGS, form_for
from connectors.models import Connection, SkippedRecord, SyncRun
from connectors.preflight import preflight
from connectors.tasks import sync_connection
from tenants.context import current_schema

RUNS_SHOWN = 15
STATUS_COLOURS = {
    Connection.Status.OK: "success",
    Connection.Status.NEW: "info",
    Connection.Status.FAILING: "danger",
}
RUN_COLOURS = {
    SyncRun.Status.OK: "success",
    SyncRun.Status.RUNNING: "info",
    SyncRun.Status.STOPPED: "danger",
    SyncRun.Status.INTERRUPTED: "warning",
}


class ConnectionAdmin(RoleAdmin):
    area = Area.CONNECTIONS
    plural = _("connections")
    list_display = ["name", "vendor_label", "state", "is_enabled", "last_success_at"]
    change_form_outer_before_template = "connectors/connection_state.html"
    change_form_outer_after_template = "connectors/connection_runs.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        connector = registry.connectors().get(obj.vendor if obj else request.GET.get("vendor", ""))
        if connector is not None:
            kwargs["form"] = form_for(connector)
        return super().get_form(request, obj, change, **kwargs)

    def page_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        connector = registry.connectors().get(obj.vendor if obj else request.GET.get("vendor", ""))
        general = (None, {"fields": ["name", "is_enabled"]})
        if connector is None:
            return [general]
        settings = [SETTINGS + name for name in connector.settings_model.model_fields]
        credentials = [CREDENTIALS + name for name in connector.credentials_model.model_fields]
        kept = _("Kept encrypted and never shown again.")
        return [
            general,
            (connector.label, {"fields": settings}),
            (_("Credentials"), {"fields": credentials, "description": kept}),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.GET.get("vendor") in registry.connectors():
            return cast(HttpResponse, super().add_view(request, form_url, extra_context))
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": _("Which system do you want to connect?"),
            "connectors": registry.connectors().values(),
            "opts": self.opts,
        }
        return TemplateResponse(request, "connectors/choose_vendor.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        connection = self.get_object(request, object_id)
        state = state_of(connection) if connection else {}
        return cast(
            HttpResponse,
            super().change_view(request, object_id, form_url, (extra_context or {}) | state),
        )

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        self.message_user(request, _("Saved. Test the connection, then start the first sync."))
        return redirect("admin:connectors_connection_change", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/test/", wrap(require_POST(self.test)), name="connection_test"),
            path("<int:pk>/sync/", wrap(require_POST(self.sync)), name="connection_sync"),
            *super().get_urls(),
        ]

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the preflight found, as a list in words."""
        connection = self._to_change(request, pk)
        context = self.admin_site.each_context(request) | {
            "title": _("Test of %(name)s") % {"name": connection.name},
            "connection": connection,
            "checks": preflight(connection),
            "opts": self.opts,
        }
        return TemplateResponse(request, "connectors/preflight.html", context)

    def sync(self, request: HttpRequest, pk: int) -> HttpResponse:
        connection = self._to_change(request, pk)
        try:
            sync_connection.delay(schema=current_schema(), connection_id=connection.pk)
            self.message_user(request, _("The sync has been started; this page shows how far it is."))
        except OperationalError:
            problem = _("The sync could not be started: the queue of background work does not answer.")
            self.message_user(request, problem, messages.ERROR)
        return redirect("admin:connectors_connection_change", pk)

    def _to_change(self, request: HttpRequest, pk: int) -> Connection:
        connection = self.get_object(request, str(pk))
        if connection is None or not self.has_change_permission(request, connection):
            raise Http404
        return cast(Connection, connection)

    @shown(_("System"), ordering="vendor")
    def vendor_label(self, connection: Connection) -> str:
        connector = registry.connectors().get(connection.vendor)
        return connector.label if connector else connection.vendor

    @shown(_("State"), ordering="status", label=STATUS_COLOURS)
    def state(self, connection: Connection) -> tuple[str, str]:
        return connection.status, connection.get_status_display()


def state_of(connection: Connection) -> dict[str, Any]:
    runs = f"{reverse('admin:connectors_syncrun_changelist')}?connection__id__exact={connection.pk}"
    skipped = f"{reverse('admin:connectors_skippedrecord_changelist')}?connection__id__exact={connection.pk}"
    return {
        "streams": connection.stream_states.all(),
        "runs": connection.runs.all()[:RUNS_SHOWN],
        "runs_url": runs,
        "skipped_count": connection.skipped_records.count(),
        "skipped_url": skipped,
    }


class SyncRunAdmin(RoleAdmin):
    area = Area.SYNC
    plural = _("sync runs")
    list_display = [
        "started_at",
        "connection",
        "stream",
        "mode",
        "state",
        "took",
        "rows_seen",
        "rows_new",
        "rows_changed",
        "rows_deleted",
        "rows_skipped",
    ]
    list_filter = ["connection", "status", "mode", "stream"]
    list_select_related = ["connection"]

    @shown(_("State"), ordering="status", label=RUN_COLOURS)
    def state(self, run: SyncRun) -> tuple[str, str]:
        return run.status, run.get_status_display()

    @shown(_("Took"))
    def took(self, run: SyncRun) -> str:
        if run.finished_at is None:
            return ""
        return str(run.finished_at - run.started_at).partition(".")[0]


class SkippedRecordAdmin(RoleAdmin):
    area = Area.SYNC
    plural = _("skipped records")
    list_display = ["seen_at", "connection", "stream", "external_id", "reason"]
    list_filter = ["connection", "stream"]
    list_select_related = ["connection"]
    search_fields = ["external_id", "reason"]


tenant_site.register(Connection, ConnectionAdmin)
tenant_site.register(SyncRun, SyncRunAdmin)
tenant_site.register(SkippedRecord, SkippedRecordAdmin)
