"""Pages that stay stable while rows come and go: each begins after the last key of the one before.

The cursor is opaque to clients and believed only after its shape, order and values were checked.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import DateField, Model, Q
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from tenants.api.query import BIGGEST

Row = dict[str, Any]
BAD_CURSOR = {"cursor": ['take the cursor from the "next" of a page of this same list.']}


class KeysetPagination(BasePagination):
    """For views that have `order` (the key's columns, newest first with "-"), `query` and `row`."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order: Sequence[str] = view.order
        size: int = view.query["page_size"]
        if cursor := view.query.get("cursor"):
            queryset = queryset.filter(_after(order, _decoded(cursor, order, queryset.model)))
        rows: list[Row] = view.as_rows(queryset.order_by(*order)[: size + 1])
        self.next_link = None
        if len(rows) > size:
            rows.pop()
            cursor = _encoded(order, rows[-1])
            self.next_link = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        headers = {"Link": f'<{self.next_link}>; rel="next"'} if self.next_link else {}
        return Response({"next": self.next_link, "results": data}, headers=headers)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {
            "type": ["string", "null"],
            "format": "uri",
            "description": "The next page; null on the last one. Also in the Link header.",
        }
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": link, "results": schema},
        }


def _encoded(order: Sequence[str], row: Row) -> str:
    keys = [row[column.lstrip("-")] for column in order]
    text = json.dumps([",".join(order), *keys], cls=DjangoJSONEncoder)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str, order: Sequence[str], model: type[Model]) -> list[Any]:
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        made_for, *keys = json.loads(text)
        if made_for != ",".join(order) or len(keys) != len(order):
            raise ValidationError(BAD_CURSOR)
        return [
            _value(model._meta.get_field(column.lstrip("-")), key)
            for column, key in zip(order, keys, strict=True)
        ]
    except (ValueError, TypeError, RecursionError, InvalidValue):
        raise ValidationError(BAD_CURSOR) from None


def _value(field: object, key: Any) -> Any:
    if isinstance(field, DateField):
        if not isinstance(key, str):
            raise TypeError(key)
        return field.to_python(key)
    if type(key) is not int or abs(key) > BIGGEST:
        raise TypeError(key)
    return key


def _after(order: Sequence[str], keys: Sequence[Any]) -> Q:
    """The rows behind a key: (a, b) > (x, y), said so that an index on (a, b) serves it."""
    column, key = order[0].lstrip("-"), keys[0]
    beyond = "lt" if order[0].startswith("-") else "gt"
    if len(order) == 1:
        return Q(**{f"{column}__{beyond}": key})
    rest = _after(order[1:], keys[1:])
    return Q(**{f"{column}__{beyond}e": key}) & (Q(**{f"{column}__{beyond}": key}) | rest)
