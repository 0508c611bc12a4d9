"""Connections to vendors: their list, and the form that is made from what a vendor declares."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from config.access import Area
from config.empty import after_sync
from config.sites import tenant_site
from config.words import shown
from connectors import health, registry
from connectors.admin import runs as runs
from connectors.admin import standing
from connectors.admin.operating import Operating
from connectors.forms import CREDENTIALS, SETTINGS, form_for
from connectors.health import Kind
from connectors.models import Connection

HEALTH_COLOURS = {
    Kind.OK: "success",
    Kind.NEW: "info",
    Kind.LATE: "warning",
    Kind.ATTENTION: "warning",
    Kind.FAILING: "danger",
}


class ConnectionAdmin(Operating):
    area = Area.CONNECTIONS
    plural = _("connections")
    when_empty = after_sync(
        _("Nothing is connected yet. Set-up leads you through your ticket desk and your security vendors.")
    )
    list_display = ["name", "vendor_label", "state", "remark", "last_success_at"]
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

    def story_of(self, _request: HttpRequest, connection: Connection) -> dict[str, Any]:
        return standing.of(connection)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        self.message_user(request, _("Saved. Test the connection, then start the first sync."))
        return redirect("admin:connectors_connection_change", obj.pk)

    @shown(_("System"), ordering="vendor")
    def vendor_label(self, connection: Connection) -> str:
        connector = registry.connectors().get(connection.vendor)
        return connector.label if connector else connection.vendor

    @shown(_("State"), ordering="status", label=HEALTH_COLOURS)
    def state(self, connection: Connection) -> tuple[str, str]:
        kind = health.of(connection).kind
        return kind, kind.label

    @shown(_("What to know"))
    def remark(self, connection: Connection) -> str:
        """Since when, and what is the matter or has to be done."""
        found = health.of(connection)
        since = localize(timezone.localtime(found.since)) if found.since else ""
        said = _("Since %(moment)s: %(sentence)s") % {"moment": since, "sentence": found.sentence}
        return str(said) if since else found.sentence


tenant_site.register(Connection, ConnectionAdmin)
