"""Findings of KPI 01 from devices, as of now: those nobody protects, and those nobody pays for."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from connectors import devices
from connectors.models import Connection, Device
from kpis import names
from kpis.base import Found
from kpis.facts.agreements import AGREEMENTS
from kpis.holding import MAX_IDS, grouped
from kpis.lexicon import plain
from tenants.models import TenantSettings

PROTECTING, SEEING = "sentinelone", "defender"
MEDIUM_BEYOND, HIGH_BEYOND = 3, 5

Severity = Literal["high", "medium", "low"]

ADDITIONS = f"""
SELECT agreement.company_id, addition.product_name, addition.quantity, addition.unit_price
FROM ({AGREEMENTS}) AS agreement
JOIN raw_agreement_additions AS addition
    ON addition.source_id = agreement.source_id AND addition.agreement_id = agreement.id
WHERE agreement.company_id IS NOT NULL
    AND COALESCE(agreement.starts_on <= %(today)s, TRUE)
    AND COALESCE(agreement.parent_starts_on <= %(today)s, TRUE)
    AND COALESCE(agreement.over_on > %(today)s, TRUE)
    AND addition.deleted_at IS NULL
    AND COALESCE(addition.starts_on <= %(today)s, TRUE)
    AND COALESCE(addition.cancelled_on > %(today)s, TRUE)
    AND addition.quantity IS NOT NULL
ORDER BY addition.quantity DESC, addition.external_id
"""  # noqa: S608 - joins our own fragments


class Paid(NamedTuple):
    """So many of a product that a client pays for per device."""

    company: int
    product: str
    quantity: Decimal
    unit_price: Decimal | None


def severity(count: int) -> Severity:
    """Of so many tickets, or devices."""
    return "high" if count > HIGH_BEYOND else "medium" if count > MEDIUM_BEYOND else "low"


def find(today: date) -> Iterator[Found]:
    paid = grouped((one.company, one) for one in _paid(today))
    in_use = _by_company(Device.objects.exclude(seen_by=[]))
    known = names.companies({*in_use})
    for company, unprotected in _by_company(_unprotected()).items():
        yield _found("edr", company, unprotected, len(unprotected), paid.get(company, []), known, today)
    for company, products in paid.items():
        counted = in_use.get(company, [])
        missing = len(counted) - int(sum(one.quantity for one in products))
        if missing > 0:
            yield _found("paid", company, counted, missing, products, known, today)


def _by_company(some: Iterable[Device]) -> dict[int, list[Device]]:
    return grouped((device.company_id, device) for device in some if device.company_id is not None)


def _unprotected() -> list[Device]:
    """Seen by one vendor and not by the one that protects, at companies where it protects others."""
    of_vendor = grouped(Connection.objects.filter(is_enabled=True).values_list("vendor", "id"))
    protecting, seeing = (set(of_vendor.get(vendor, [])) for vendor in (PROTECTING, SEEING))
    unwatched = {device.pk: device for source in protecting for device in devices.unwatched_by(source)}
    return [
        device
        for device in unwatched.values()
        if seeing & {*device.seen_by} and not protecting & {*device.seen_by}
    ]


def _paid(today: date) -> Iterable[Paid]:
    """Most of a product first."""
    settings = TenantSettings.load()
    words = [plain(word).rstrip() for word in settings.device_products]
    with connection.cursor() as cursor:
        cursor.execute(ADDITIONS, {"today": today, "zone": settings.time_zone})
        rows = [Paid(*row) for row in cursor.fetchall()]
    return [one for one in rows if any(word in plain(one.product) for word in words)]


def _found(
    kind: str,
    company: int,
    some: list[Device],
    missing: int,
    products: list[Paid],
    known: dict[int, str],
    today: date,
) -> Found:
    price = products[0].unit_price if products else None
    return Found(
        identity=f"gap:{company}:{kind}",
        title=_title(kind, missing, known.get(company, f"#{company}"))[:300],
        severity=severity(missing),
        first_seen=today,
        last_seen=today,
        company=company,
        weight=Decimal(missing),
        money_at_stake=None if price is None else missing * price,
        evidence={
            "devices": len(some),
            "device_ids": [device.pk for device in some[:MAX_IDS]],
            "hosts": [device.hostname for device in some[:MAX_IDS]],
            "paid": [{"product": one.product, "quantity": float(one.quantity)} for one in products],
            "sell": _("Licences for these devices"),
        },
    )


def _title(kind: str, missing: int, client: str) -> Any:
    words = {"n": missing, "client": client, "vendor": "SentinelOne"}
    if kind == "edr":
        return _("%(n)s devices of %(client)s are not protected by %(vendor)s") % words
    return _("%(client)s has %(n)s devices more than it pays for") % words
