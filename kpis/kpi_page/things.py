"""The things behind a number as they are shown: what tells one from another, where it is here and at its vendor's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model, OuterRef, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from connectors.admin.lists import name_of
from connectors.mapping_queue import company_name, with_company
from connectors.models import (
    Device,
    RawBoard,
    RawCompany,
    RawMember,
    RawSecurityAlert,
    RawSurvey,
    RawTicket,
    RawTimeEntry,
)
from connectors.vendor_pages import VendorPage, vendor_page
from kpis.base import Thing
from tenants.models import TenantSettings

LONGEST_TEXT = 90
PROPOSALS = "SELECT id, name FROM proposals WHERE id = ANY(%s)"
Id = int | str


@dataclass(frozen=True)
class Row:
    """A thing in words, under the titles of its kind."""

    cells: tuple[str, ...]
    url: str = ""
    at_vendor: VendorPage | None = None


@dataclass(frozen=True)
class Kind:
    """The titles of its columns, and its rows by their ids: those of a page at once."""

    plural: Any
    titles: Callable[[], Sequence[Any]]
    rows: Callable[[Sequence[Id]], Mapping[Id, Row]]


def tickets(ids: Sequence[Id]) -> dict[Id, Row]:
    found = RawTicket.objects.filter(external_id__in=ids).select_related("source")
    told = found.annotate(company=name_of(RawCompany, "company_id"), board=name_of(RawBoard, "board_id"))
    return {
        row.external_id: Row(
            (
                _number(row.external_id),
                _short(row.summary),
                row.company or "",
                row.board or "",
                _when(row.opened_at),
            ),
            _page(row),
            vendor_page(row.source, "ticket", row.external_id),
        )
        for row in told
    }


def time_entries(ids: Sequence[Id]) -> dict[Id, Row]:
    """Who worked is told where the MSP names people."""
    names_people = TenantSettings.load().names_technicians
    found = RawTimeEntry.objects.filter(external_id__in=ids).select_related("source")
    told = found.annotate(company=name_of(RawCompany, "company_id"), member=name_of(RawMember, "member_id"))
    return {
        row.external_id: Row(
            (
                _when(row.started_at),
                row.company or "",
                _number(row.ticket_id) if row.ticket_id else row.charge_to_type,
                _short(row.notes),
                *([row.member or ""] if names_people else []),
            ),
            _page(row),
            vendor_page(row.source, "ticket", row.ticket_id),
        )
        for row in told
    }


def _entry_titles() -> Sequence[Any]:
    who = [_("Technician")] if TenantSettings.load().names_technicians else []
    return [_("Start"), _("Client"), _("Charged to"), _("Notes"), *who]


def surveys(ids: Sequence[Id]) -> dict[Id, Row]:
    found = RawSurvey.objects.filter(external_id__in=ids).select_related("source")
    return {
        row.external_id: Row(
            (_when(row.answered_at), row.company or "", _number(row.ticket_id), _short(row.comment)),
            _page(row),
            vendor_page(row.source, "ticket", row.ticket_id),
        )
        for row in found.annotate(company=name_of(RawCompany, "company_id"))
    }


def alerts(ids: Sequence[Id]) -> dict[Id, Row]:
    """Their ids are texts, each with that of its connection before it."""
    told = {str(key).partition(":")[2] for key in ids}
    of_alert = {"source": OuterRef("source"), "external_id": OuterRef("customer_id")}
    customers = with_company().filter(**of_alert).values("company_id")
    found: Iterable[Any] = (
        RawSecurityAlert.objects.filter(external_id__in=told)
        .select_related("source")
        .annotate(company_id=Subquery(customers))
        .annotate(company=company_name())
    )
    return {
        f"{row.source_id}:{row.external_id}": Row(
            (
                _when(row.detected_at),
                _short(str(row)),
                row.get_severity_display(),
                row.company or "",
                row.host_name,
            ),
            _page(row),
            vendor_page(row.source, row.kind, row.external_id, row.customer_id),
        )
        for row in found
    }


def devices(ids: Sequence[Id]) -> dict[Id, Row]:
    found: Iterable[Any] = Device.objects.filter(pk__in=ids).annotate(company=company_name())
    return {
        row.pk: Row((row.hostname, row.company or "", row.kind, row.os_name), _page(row)) for row in found
    }


def proposals(ids: Sequence[Id]) -> dict[Id, Row]:
    with connection.cursor() as cursor:
        cursor.execute(PROPOSALS, [list(ids)])
        return {
            key: Row((name,), reverse("admin:insights_proposal_change", args=[key]))
            for key, name in cursor.fetchall()
        }


KINDS: dict[Thing, Kind] = {
    "ticket": Kind(
        _("tickets"), lambda: [_("Ticket"), _("Summary"), _("Client"), _("Board"), _("Opened")], tickets
    ),
    "time entry": Kind(_("time entries"), _entry_titles, time_entries),
    "survey": Kind(_("surveys"), lambda: [_("Answered"), _("Client"), _("Ticket"), _("Comment")], surveys),
    "alert": Kind(
        _("security alerts"),
        lambda: [_("Detected"), _("Alert"), _("Severity"), _("Client"), _("Device")],
        alerts,
    ),
    "device": Kind(
        _("devices"), lambda: [_("Device"), _("Client"), _("Kind"), _("Operating system")], devices
    ),
    "proposal": Kind(_("proposals"), lambda: [_("Project")], proposals),
}


def _page(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _number(key: int | None) -> str:
    return "" if key is None else f"#{key}"


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST_TEXT)


def _when(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
