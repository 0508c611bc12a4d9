"""What lists of raw rows share: names in place of ids, and filters by local day, client, board and person."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from connectors.base import Key
from connectors.models import Connection, RawBoard, RawCompany, RawMember
from connectors.models.desk import NamedRow
from connectors.vendor_pages import vendor_page


def name_of(table: type[NamedRow], by: str) -> Subquery:
    """A raw row holds ids of its source; the page's own query fetches the names that belong to them."""
    named = table._default_manager.filter(source=OuterRef("source"), external_id=OuterRef(by))
    return Subquery(named.values("name")[:1])


def link(url: str, text: object) -> SafeString:
    return format_html('<a class="dm-link" href="{}">{}</a>', url, text)


def to_vendor(source: Connection, kind: str, key: Key | None, customer: str = "") -> SafeString | str:
    """A link to the vendor's own page of a record; empty where it has none."""
    found = vendor_page(source, kind, key, customer)
    if found is None:
        return ""
    way = '<a class="dm-link" href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
    return format_html(way, found.url, _("Open in %s") % found.vendor)


def local_midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


class LocalDays(RangeDateFilter):  # type: ignore[misc]
    """From one local day to another, both included."""

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if since := self._day("from"):
            queryset = queryset.filter(**{f"{self.field_path}__gte": local_midnight(since)})
        if until := self._day("to"):
            after = local_midnight(until + timedelta(days=1))
            queryset = queryset.filter(**{f"{self.field_path}__lt": after})
        return queryset

    def _day(self, end: str) -> date | None:
        try:
            return date.fromisoformat(self.used_parameters.get(f"{self.parameter_name}_{end}", ""))
        except ValueError:
            return None


class ByExternalId(DropdownFilter):  # type: ignore[misc]
    """Rows of one company, board or person, chosen by name."""

    table: type[Model]
    column: str

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, str]]:
        named = self.table._default_manager.order_by("name").values_list("external_id", "name")
        return [(str(number), name) for number, name in named]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(**{self.column: int(value)}) if value.isdecimal() else queryset


class CompanyFilter(ByExternalId):
    title = _("client")
    parameter_name = column = "company_id"
    table = RawCompany


class BoardFilter(ByExternalId):
    title = _("board")
    parameter_name = column = "board_id"
    table = RawBoard


class OwnerFilter(ByExternalId):
    title = _("assigned to")
    parameter_name = column = "owner_id"
    table = RawMember


class MemberFilter(ByExternalId):
    title = _("technician")
    parameter_name = column = "member_id"
    table = RawMember


class ByText(DropdownFilter):  # type: ignore[misc]
    """Rows with one of the values that a small look-up table holds for a column."""

    column: str
    table: type[Model]
    value_column = "name"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, str]]:
        values = self.table._default_manager.order_by(F(self.value_column)).distinct()
        return [(value, value) for value in values.values_list(self.value_column, flat=True)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset
