"""Two admin sites that never meet: a tenant's own on its host, and the operators' on the public host."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.dataclasses import Favicon
from unfold.sites import UnfoldAdminSite

from config.access import Area, May, may, role_for
from config.brand import look
from tenants.models import TenantSettings
from tenants.roles import MANAGING

View = Callable[..., HttpResponseBase]
Page = tuple[str, View, str]  # where it is on the site, what makes it, what its address is called

# Title, then per item: title, icon, admin page, area that has to be visible.
NAVIGATION: tuple[tuple[Any, tuple[tuple[Any, str, str, Area], ...]], ...] = (
    (
        "",
        (
            (gettext_lazy("Dashboard"), "monitoring", "index", Area.FIGURES),
            (gettext_lazy("Findings"), "flag", "kpis_finding_changelist", Area.FINDINGS),
            (gettext_lazy("Team"), "groups", "team", Area.TEAM),
            (gettext_lazy("Disputes"), "gavel", "kpis_dispute_changelist", Area.DISPUTES),
            (gettext_lazy("Clients"), "apartment", "clients", Area.FIGURES),
            (gettext_lazy("All KPIs"), "query_stats", "kpis", Area.FIGURES),
            (gettext_lazy("Days"), "calendar_month", "kpis_kpidaily_changelist", Area.FIGURES),
            (gettext_lazy("Breakdown"), "table_chart", "kpis_kpibreakdown_changelist", Area.FIGURES),
            (gettext_lazy("Data quality"), "fact_check", "data_quality", Area.FIGURES),
            (gettext_lazy("What they mean"), "menu_book", "meanings", Area.FIGURES),
        ),
    ),
    (
        gettext_lazy("Improvement"),
        (
            (gettext_lazy("Projects"), "lightbulb", "board", Area.PROPOSALS),
            (gettext_lazy("Topics"), "category", "insights_topic_changelist", Area.TOPICS),
        ),
    ),
    (
        gettext_lazy("Ticket desk"),
        (
            (
                gettext_lazy("Tickets"),
                "confirmation_number",
                "connectors_rawticket_changelist",
                Area.DATA,
            ),
            (gettext_lazy("Time entries"), "schedule", "connectors_rawtimeentry_changelist", Area.DATA),
            (gettext_lazy("Technicians"), "group", "connectors_rawmember_changelist", Area.MEMBERS),
            (gettext_lazy("Boards"), "view_kanban", "connectors_rawboard_changelist", Area.DATA),
            (gettext_lazy("Agreements"), "contract", "connectors_rawagreement_changelist", Area.DATA),
            (gettext_lazy("Surveys"), "reviews", "connectors_rawsurvey_changelist", Area.DATA),
        ),
    ),
    (
        gettext_lazy("Security"),
        (
            (gettext_lazy("Alerts"), "shield", "connectors_rawsecurityalert_changelist", Area.DATA),
            (gettext_lazy("Devices"), "devices", "connectors_device_changelist", Area.DATA),
            (gettext_lazy("Client mapping"), "join", "connectors_rawvendorcustomer_changelist", Area.MAPPING),
        ),
    ),
    (
        gettext_lazy("Data"),
        (
            (gettext_lazy("Connections"), "cable", "connectors_connection_changelist", Area.CONNECTIONS),
            (gettext_lazy("Sync runs"), "sync", "connectors_syncrun_changelist", Area.SYNC),
            (gettext_lazy("Skipped records"), "rule", "connectors_skippedrecord_changelist", Area.SYNC),
        ),
    ),
    (
        gettext_lazy("Administration"),
        (
            (gettext_lazy("Set-up"), "checklist", "setup", Area.SETUP),
            (
                gettext_lazy("Training phrases"),
                "school",
                "kpis_trainingphrase_changelist",
                Area.LEXICON,
            ),
            (gettext_lazy("Words"), "dictionary", "insights_conceptform_changelist", Area.LEXICON),
            (
                gettext_lazy("Private words"),
                "visibility_off",
                "insights_privateword_changelist",
                Area.LEXICON,
            ),
            (
                gettext_lazy("Language model"),
                "neurology",
                "insights_connectedmodel_changelist",
                Area.LANGUAGE_MODEL,
            ),
            (gettext_lazy("Model calls"), "forum", "insights_llmcall_changelist", Area.LANGUAGE_MODEL),
            (gettext_lazy("Users"), "manage_accounts", "auth_user_changelist", Area.PEOPLE),
            (gettext_lazy("API tokens"), "key", "tenants_apitoken_changelist", Area.TOKENS),
            (gettext_lazy("Settings"), "tune", "tenants_tenantsettings_changelist", Area.SETTINGS),
            (gettext_lazy("Holidays"), "event_busy", "tenants_holiday_changelist", Area.SETTINGS),
            (gettext_lazy("Targets"), "target", "kpis_target_changelist", Area.SETTINGS),
        ),
    ),
)


class DeskmetrySite(UnfoldAdminSite):  # type: ignore[misc]
    """Signs in and out on our own pages, so that there is one login for all roles."""

    enable_nav_sidebar = True
    index_title = gettext_lazy("Dashboard")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        return LogoutView.as_view()(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        checked = super().admin_view(view, cacheable)

        def refuse_outsiders(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied(_("These pages are for managers."))
            return in_local_time(checked)(request, *args, **kwargs)

        return refuse_outsiders

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        brand = look(request)
        own = {
            "styles": [static("deskmetry.css"), *brand["brand_styles"]],
            "scripts": [static("theme.js")],
            "colors": {},  # unfold would write them into every page; they are in deskmetry.css
            "site_icon": brand["site_icon"],
            "site_favicons": [Favicon(rel="icon", href=static("favicon.svg"), type="image/svg+xml")],
            "site_subheader": request.tenant.name,  # type: ignore[attr-defined]
            "site_url": "",
        }
        return context | own


class TenantSite(DeskmetrySite):
    index_template = "kpis/home/dashboard.html"
    waiting: dict[str, Callable[[], int]]  # how many things wait on a page of the navigation
    pages: tuple[Page, ...] = ()  # of apps that this one does not know, beside their tables' own
    start_page: Callable[[HttpRequest], str] = staticmethod(lambda _request: "admin:index")

    def __init__(self) -> None:
        super().__init__()
        self.waiting = {}

    def has_permission(self, request: HttpRequest) -> bool:
        return role_for(request) in MANAGING

    def get_urls(self) -> list[Any]:
        pages = [path(route, self.admin_view(view), name=name) for route, view, name in self.pages]
        return [*pages, *super().get_urls()]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [
            {
                "title": title,
                "separator": bool(title),
                "items": [
                    self._navigation_item(request, *item) for item in items if may(request, May.VIEW, item[3])
                ],
            }
            for title, items in NAVIGATION
        ]

    def _navigation_item(
        self, request: HttpRequest, title: Any, icon: str, page: str, _area: Area
    ) -> dict[str, Any]:
        link = reverse(f"admin:{page}")
        active = request.path == link if page == "index" else request.path.startswith(link)
        badge = self.waiting[page]() if page in self.waiting else 0
        item = {"title": title, "icon": icon, "link": link, "active": active, "has_permission": True}
        return item | ({"badge": badge, "badge_variant": "primary"} if badge else {})


class OperatorSite(DeskmetrySite):
    """For those who run the installation: which MSPs there are and where they are reached."""

    settings_name = "UNFOLD_OPERATOR"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff and request.user.is_superuser)


def in_local_time(view: View) -> View:
    """Moments on a tenant's pages are in the tenant's time zone; so they are rendered before it is left."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.tenant.schema_name == "public":  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)
        with timezone.override(TenantSettings.load().zone):
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        return response

    return inside


def next_page(sent: Mapping[str, Any]) -> str:
    """Where the reader came from; nowhere outside."""
    address = str(sent.get("next", ""))
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


tenant_site = TenantSite()
operator_site = OperatorSite()


def to_home(request: HttpRequest) -> HttpResponse:
    """Where a signed-in person starts."""
    if role_for(request) in MANAGING:
        return redirect(tenant_site.start_page(request))
    return redirect("me")
