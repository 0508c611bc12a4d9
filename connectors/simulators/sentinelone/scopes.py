"""Accounts, sites and groups as the console sends them."""

from collections import Counter
from typing import Any

from .estate import Account, Site
from .rendering import Document, Renderer

NEVER_EXPIRES = {"expiration": None, "unlimitedExpiration": True}
CREATOR = {"creator": "Console Admin", "creatorId": "1000000000000000001"}
LICENSES = {
    "bundles": [
        {
            "displayName": "Complete",
            "majorVersion": 1,
            "minorVersion": 40,
            "name": "complete",
            "surfaces": [{"count": -1, "name": "Total Agents"}],
            "totalSurfaces": -1,
        }
    ],
    "modules": [{"displayName": "STAR", "majorVersion": 1, "name": "star"}],
    "settings": [],
}


def agents_per_site(render: Renderer) -> Counter[str]:
    devices = (device for device in render.world.devices if device.has_edr and not device.retired_at)
    return Counter(render.estate.site_now(device).id for device in devices)


def site(render: Renderer, row: Site, agents: Counter[str]) -> Document:
    at = render.clock.text(row.created_at)
    return {
        "accountId": row.account.id,
        "accountName": row.account.name,
        "activeLicenses": agents[row.id],
        "createdAt": at,
        **CREATOR,
        "description": None,
        **NEVER_EXPIRES,
        "externalId": row.external_id,
        "healthStatus": True,
        "id": row.id,
        "inheritAccountExpiration": True,
        "irFields": None,
        "isDefault": row.is_default,
        "licenses": LICENSES,
        "name": row.name,
        "registrationToken": "",
        "siteType": "Paid",
        "sku": "Complete",
        "state": row.state,
        "suite": "Complete",
        "totalLicenses": 0,
        "unlimitedLicenses": True,
        "updatedAt": at,
        "usageType": "customer",
    }


def account(render: Renderer, row: Account, agents: Counter[str]) -> Document:
    at, sites = (
        render.clock.text(row.created_at),
        [each for each in render.estate.sites if each.account is row],
    )
    used = sum(agents[each.id] for each in sites)
    per_sku: dict[str, Any] = {}
    for sku in ("Core", "Control", "Complete"):
        is_complete = sku == "Complete"
        per_sku |= {
            f"agentsIn{sku}Sku": used if is_complete else 0,
            f"{sku.lower()}Sites": len(sites) if is_complete else 0,
            f"total{sku}": 0,
            f"unlimited{sku}": is_complete,
        }
    return {
        "accountType": "Paid",
        "activeAgents": used,
        **per_sku,
        "billingMode": "subscription",
        "createdAt": at,
        **CREATOR,
        **NEVER_EXPIRES,
        "externalId": None,
        "id": row.id,
        "irFields": None,
        "isDefault": False,
        "licenses": LICENSES,
        "name": row.name,
        "numberOfSites": len(sites),
        "salesforceId": None,
        "skus": [{"agentsInSku": used, "totalLicenses": 0, "type": "Complete", "unlimited": True}],
        "state": "active",
        "totalLicenses": 0,
        "updatedAt": at,
        "usageType": "mssp",
    }


def group(render: Renderer, row: Site, agents: Counter[str]) -> Document:
    at = render.clock.text(row.created_at)
    return {
        "createdAt": at,
        **CREATOR,
        "description": None,
        "filterId": None,
        "filterName": None,
        "id": row.group_id,
        "inherits": True,
        "isDefault": True,
        "name": "Default Group",
        "rank": None,
        "registrationToken": "",
        "siteId": row.id,
        "totalAgents": agents[row.id],
        "type": "static",
        "updatedAt": at,
    }
