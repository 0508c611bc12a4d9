"""What is said of a vendor's customer in the list of those to be mapped, beside its own columns."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connectors.models import (
    CustomerMapping,
    CustomerSuggestion,
    RawCompany,
    RawDevice,
    RawVendorCustomer,
)

ENDS_SOON = timedelta(days=30)
READABLE = {RawVendorCustomer.Access.OK, RawVendorCustomer.Access.UNKNOWN}


def count_devices(customers: Iterable[Any]) -> None:
    """Of a page's customers at once: no index leads from a customer to its devices."""
    in_use = RawDevice.objects.filter(deleted_at=None, is_excluded=False)
    counted = in_use.order_by().values_list("source", "customer_id").annotate(count=Count("id"))
    ids = [customer.external_id for customer in customers]
    found = {(source, id_): count for source, id_, count in counted.filter(customer_id__in=ids)}
    for customer in customers:
        customer.devices = found.get((customer.source_id, customer.external_id), 0)


def remarks_on(customer: RawVendorCustomer) -> Iterator[Any]:
    """What a person should know before deciding, in sentences."""
    if customer.is_default:
        yield _("The default site: devices end up here that were installed without a client's key.")
    if customer.deleted_at:
        yield _("The vendor no longer shows it.")
    elif customer.state and not customer.state.startswith("active"):
        yield _("At the vendor it is: %s.") % customer.state
    if customer.ends_at:
        yield from _end(customer.ends_at)
    if customer.access not in READABLE:
        yield ". ".join(filter(None, (str(customer.get_access_display()), customer.access_message)))


def _end(ends_at: datetime) -> Iterator[Any]:
    left = ends_at - timezone.now()
    if left <= timedelta():
        yield _("The permission to look has ended.")
    elif left < ENDS_SOON:
        yield (
            ngettext(
                "The permission to look ends in %d day.", "The permission to look ends in %d days.", left.days
            )
            % left.days
        )


def origin_of(mapping: CustomerMapping) -> str:
    """By whom or what it was mapped, and where the mapping went since."""
    known = ", ".join(filter(None, (mapping.get_method_display(), mapping.decided_by)))
    if mapping.merged_from is None or mapping.merged_at is None:
        return known
    before = RawCompany.objects.filter(external_id=mapping.merged_from).order_by("name").first()
    followed = _("On %(day)s it followed its company: the desk had merged %(company)s into this one.")
    merge = {
        "day": date_format(timezone.localtime(mapping.merged_at), "DATE_FORMAT"),
        "company": before.name if before else f"#{mapping.merged_from}",
    }
    return f"{known}. {followed % merge}"


def proposal(customer: Any) -> str:
    likely = {"name": customer.suggested_name, "percent": round(customer.score * 100)}
    if customer.reason == CustomerSuggestion.Reason.MERGE:
        return _("%(name)s? (%(percent)d%% of the tickets went there)") % likely
    return _("%(name)s? (%(percent)d%% alike)") % likely


def confirm_button(customer: Any) -> SafeString | str:
    """It sends the list's own form, since a form can't be inside another."""
    if not getattr(customer, "may_confirm", False):
        return ""
    address = reverse("admin:customer_decide", args=[customer.pk])
    button = '<button class="dm-button" formaction="{}" name="company" value="{}">{}</button>'
    return format_html(button, address, customer.suggested_id, _("Confirm"))
