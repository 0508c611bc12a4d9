"""A read-only list of a table's rows: what each resource of the API is. Never builds model objects.

A technician sees the own rows only. Everybody else in the MSP sees all, and whose they are only as far
as the MSP's privacy mode says.
"""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tenants.api.query import Query, read
from tenants.context import current_schema
from tenants.models import TenantSettings
from tenants.roles import Role, role_of

Page = list[dict[str, Any]]
Privacy = TenantSettings.Privacy
NO_MEMBER = "Your account is not linked to a member of the ticket desk. Ask a manager to link it."


class Row(serializers.ModelSerializer[Any]):
    """Describes a row in the OpenAPI document, and names its columns."""

    tenant = serializers.CharField(
        read_only=True,
        help_text="The tenant's short name, so that exports of several tenants can be stacked.",
    )


class Rows(GenericViewSet[Any]):
    http_method_names = ["get", "head", "options"]
    query_class: ClassVar[type[Query]]
    # Which parameter narrows which column.
    lookups: ClassVar[Mapping[str, str]] = {}
    # The column that holds whose row it is, under its own name; without one, a technician is not let in.
    own_column: ClassVar[str | None] = None
    order: Sequence[str]
    query: dict[str, Any]

    def list(self, request: Request) -> Response:
        self.query = read(self.query_class, request.query_params)
        rows = self.paginate_queryset(self.narrowed(self.visible(self.get_queryset())))
        return self.get_paginated_response(rows)

    @cached_property
    def is_technician(self) -> bool:
        return role_of(self.request.user) is Role.TECHNICIAN

    @cached_property
    def privacy(self) -> str:
        """What the asker may know of others; a technician sees nobody else anyway."""
        return Privacy.NAMED if self.is_technician else TenantSettings.load().privacy_mode

    def visible(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Only the own rows, for a technician."""
        if not self.is_technician or self.own_column is None:
            return rows
        link = getattr(self.request.user, "member_link", None)
        if link is None:
            raise PermissionDenied(NO_MEMBER)
        return rows.filter(**{self.own_column: link.member_id})

    def narrowed(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        given = {column: self.query[name] for name, column in self.lookups.items() if name in self.query}
        if self.own_column in given and self.privacy != Privacy.NAMED:
            member_id = self.person_meant(given.pop(self.own_column))
            rows = rows.none() if member_id is None else rows.filter(**{self.own_column: member_id})
        return rows.filter(**given)

    def person_shown(self, _member_id: int) -> int | None:
        """Who stands in the place of a person whom the asker may not know: nobody."""
        return None

    def person_meant(self, _shown: int) -> int | None:
        """The way back, for filters."""
        return None

    def as_rows(self, queryset: "QuerySet[Any]") -> Page:
        names, columns = _columns(self.serializer_class)  # type: ignore[arg-type]
        schema = current_schema()
        page = [dict(zip(names, (schema, *row), strict=True)) for row in queryset.values_list(*columns)]
        if self.own_column is not None and self.privacy != Privacy.NAMED:
            for row in page:
                if row[self.own_column] is not None:
                    row[self.own_column] = self.person_shown(row[self.own_column])
        return page


@cache
def _columns(row: type[Any]) -> tuple[list[str], list[str]]:
    """The names that clients see, "tenant" first, and the columns behind the others."""
    fields = row().fields
    return list(fields), [field.source for name, field in fields.items() if name != "tenant"]
