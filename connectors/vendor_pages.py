"""From our row to the vendor's own page of it, which opens only at the host that the connection leads to."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import ValidationError

from connectors.base import Connector, Key
from connectors.models import Connection

Vendors = Callable[[], Mapping[str, Connector]]
_vendors: Vendors = dict


class VendorPage(NamedTuple):
    """Where it is, and whose it is."""

    url: str
    vendor: str


def look_vendors_up(vendors: Vendors) -> None:
    """Which vendors there are is said from outside, because figures lead to pages and know no vendor."""
    global _vendors
    _vendors = vendors


def vendor_page(connection: Connection, kind: str, key: Key | None, customer: str = "") -> VendorPage | None:
    """None where the vendor has no such page, or where the connection's settings don't say where it is."""
    connector = _vendors().get(connection.vendor)
    if connector is None or connector.pages is None or key is None:
        return None
    try:
        settings = connector.settings_model.model_validate(connection.settings)
    except ValidationError:
        return None
    url = connector.pages.of(settings, kind, key, customer)
    is_there = _leads_to(url, connector.pages.host(settings))
    return VendorPage(url, connector.label) if is_there else None


def _leads_to(url: str, host: str) -> bool:
    parts = urlsplit(url)
    return bool(host) and parts.scheme in {"https", "http"} and parts.netloc == host
