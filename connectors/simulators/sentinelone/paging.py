"""Pages by an opaque cursor that names the last row read, so that it survives whatever happens in between."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from .query import BadParameter
from .rendering import Document

Key = tuple[bool, Any, int]


@dataclass(frozen=True, slots=True)
class Order:
    name: str
    descending: bool
    value: Callable[[Document], Any]
    number: Callable[[Document], Any]

    def key(self, document: Document) -> Key:
        """Null first, and the id last, so that equal values have an order too."""
        value = self.value(document)
        return value is not None, value if value is not None else "", int(self.number(document))

    def sort(self, documents: list[Document]) -> list[Document]:
        return sorted(documents, key=self.key, reverse=self.descending)


def write_cursor(order: Order, document: Document) -> str:
    return urlsafe_b64encode(
        msgspec.json.encode([order.name, order.descending, *order.key(document)])
    ).decode()


def read_cursor(text: str) -> tuple[str, bool, Key]:
    try:
        name, descending, *key = msgspec.json.decode(urlsafe_b64decode(text))
        present, value, number = key
        return str(name), bool(descending), (bool(present), value, int(number))
    except (ValueError, TypeError) as error:
        raise BadParameter("cursor: Invalid cursor.") from error


def rows_after(rows: list[Document], order: Order, key: Key) -> list[Document]:
    """Of sorted rows, those beyond the one that the cursor names, which may be gone or have moved."""
    if order.descending:
        return [row for row in rows if order.key(row) < key]
    return [row for row in rows if order.key(row) > key]
