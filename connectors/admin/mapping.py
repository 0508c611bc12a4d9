"""Which client each customer of a security vendor is: what maps by itself is shown, the rest is decided here."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import RadioFilter
from unfold.decorators import action

from config.access import Area, May, RoleAdmin, may
from config.empty import after_sync
from config.sites import tenant_site
from config.words import shown
from connectors import mapping
from connectors.admin.lists import link
from connectors.admin.remarks import confirm_button, count_devices, origin_of, proposal, remarks_on
from connectors.joining import join
from connectors.mapping_queue import Standing, queue, waiting, with_alerts
from connectors.models import CustomerMapping, RawCompany, RawVendorCustomer
from tenants.context import current_schema

COLOURS = {
    Standing.BROKEN: "danger",
    Standing.SUGGESTED: "warning",
    Standing.UNMAPPED: "danger",
    Standing.MAPPED: "success",
    Standing.BY_SITES: "info",
    Standing.LEFT_OUT: "info",
}
LEAVE_OUT, BY_ITSELF = "none", ""


class StandingFilter(RadioFilter):  # type: ignore[misc]
    title = _("state")
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, Any]]:
        return Standing.choices

    def queryset(self, _request: HttpRequest, customers: QuerySet[Any]) -> QuerySet[Any]:
        return customers.filter(standing=self.value()) if self.value() in Standing.values else customers


class CustomerAdmin(RoleAdmin):
    area = Area.MAPPING
    plural = _("customers of security vendors")
    when_empty = after_sync(
        _(
            "Your security vendors' customers come here, to say which client each is. Connect such a vendor first."
        )
    )
    list_display = ["customer", "place", "standing", "client", "alerts_withheld", "devices", "remarks"]
    list_display_links = ["customer"]
    list_filter = [StandingFilter, "source", "level", "access"]
    list_filter_submit = True
    list_select_related = ["source"]
    list_before_template = "connectors/mapping_waiting.html"
    search_fields = ["name", "external_id"]
    actions = ["confirm_proposals", "leave_out", "take_back"]
    change_form_outer_before_template = "connectors/mapping_decision.html"
    fieldsets = [
        (None, {"fields": ["customer", "level", "standing_now", "client", "known_from", "remarks"]}),
        (_("At the vendor"), {"fields": ["state", "crm_id", "ends_at", "access", "access_checked_at"]}),
        (
            _("Where it comes from"),
            {"fields": ["source", "external_id", "parent_id", "synced_at", "deleted_at"]},
        ),
    ]

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """The vendor's record is not edited; whom it is goes through `decide_view`."""
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, May.CHANGE, self.area)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_alerts(queue())

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What waits for a person first, by what it withholds."""
        return ["rank", "-alerts", "name", "id"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<int:pk>/decide/", view, name="customer_decide"), *super().get_urls()]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        count_devices(rows)
        for row in rows:
            row.may_confirm = self.has_decide_permission(request)
        changelist.result_list = rows
        return changelist

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"waiting": waiting()} | (extra_context or {}))

    def story_of(self, request: HttpRequest, _customer: Any) -> dict[str, Any]:
        return {
            "may_decide": self.has_decide_permission(request),
            "companies": RawCompany.objects.filter(deleted_at=None).order_by("name"),
            "left_out": LEAVE_OUT,
        }

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        customer, chosen = self.get_object(request, str(pk)), request.POST.get("company", BY_ITSELF)
        if customer is None or not is_choice(chosen):
            raise Http404
        if chosen == BY_ITSELF:
            mapping.forget([customer])
        else:
            mapping.decide(
                [customer], None if chosen == LEAVE_OUT else int(chosen), request.user.get_username()
            )
        self._decided(request, 1)
        return redirect(where_from(request))

    @action(description=_("Confirm the proposals of the selected customers"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def confirm_proposals(self, request: HttpRequest, customers: QuerySet[Any]) -> None:
        proposed = list(customers.filter(is_proposed=True))
        for company in {each.suggested_id for each in proposed}:
            of_company = [each for each in proposed if each.suggested_id == company]
            mapping.decide(of_company, company, request.user.get_username())
        self._decided(request, len(proposed))

    @action(description=_("Leave the selected customers out"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def leave_out(self, request: HttpRequest, customers: QuerySet[Any]) -> None:
        chosen = list(customers)
        mapping.decide(chosen, None, request.user.get_username())
        self._decided(request, len(chosen))

    @action(description=_("Take back what was decided"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def take_back(self, request: HttpRequest, customers: QuerySet[Any]) -> None:
        chosen = list(customers)
        mapping.forget(chosen)
        self._decided(request, len(chosen))

    def _decided(self, request: HttpRequest, count: int) -> None:
        schema = current_schema()
        # Should the queue not answer, the next sync does the same.
        transaction.on_commit(lambda: join.delay(schema=schema), robust=True)
        said = ngettext("%d customer decided.", "%d customers decided.", count) % count
        follows = _("Devices, alerts and figures follow within minutes.")
        self.message_user(request, f"{said} {follows}" if count else said)

    @shown(_("Customer"), ordering="name")
    def customer(self, customer: Any) -> str:
        return str(customer)

    @shown(_("At"), ordering="source__name")
    def place(self, customer: Any) -> str:
        return f"{customer.source}, {customer.get_level_display()}"

    @shown(_("State"), ordering="rank", label=COLOURS)
    def standing(self, customer: Any) -> tuple[str, Any]:
        return customer.standing, self.standing_now(customer)

    @shown(_("State"))
    def standing_now(self, customer: Any) -> Any:
        return Standing(customer.standing).label

    @shown(_("Client"), ordering="company_name")
    def client(self, customer: Any) -> SafeString | str:
        if customer.is_proposed:
            return format_html("{} {}", proposal(customer), confirm_button(customer))
        through = customer.company_id and not customer.mapping_id
        name = customer.company_name or ""
        return _("%s (through its account)") % name if through else name

    @shown(_("Alerts in 90 days"), ordering="alerts")
    def alerts_withheld(self, customer: Any) -> SafeString | int:
        if not customer.alerts:
            return 0
        alerts = reverse("admin:connectors_rawsecurityalert_changelist")
        return link(
            f"{alerts}?source={customer.source_id}&customer_id={customer.external_id}", customer.alerts
        )

    @shown(_("Devices"))
    def devices(self, customer: Any) -> int:
        return int(customer.devices)

    @shown(_("Remarks"))
    def remarks(self, customer: RawVendorCustomer) -> SafeString:
        return format_html_join("", "<p>{}</p>", ((remark,) for remark in remarks_on(customer)))

    @shown(_("Known from"))
    def known_from(self, customer: Any) -> str:
        of_customer = {"source": customer.source_id, "customer_id": customer.external_id}
        found = CustomerMapping.objects.filter(**of_customer).first()
        return origin_of(found) if found else ""


def is_choice(chosen: str) -> bool:
    if chosen in (LEAVE_OUT, BY_ITSELF):
        return True
    return chosen.isdecimal() and RawCompany.objects.filter(external_id=int(chosen), deleted_at=None).exists()


def where_from(request: HttpRequest) -> str:
    """Back to the list as it was filtered, or to the customer's own page."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return came_from
    return reverse("admin:connectors_rawvendorcustomer_changelist")


tenant_site.register(RawVendorCustomer, CustomerAdmin)
