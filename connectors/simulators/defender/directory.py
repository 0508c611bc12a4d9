"""What Graph tells of a tenant itself: its name, licences and applications, and who may administer it."""

from ..grammar import Document
from ..world.records import Company
from .portal import Portal
from .relationships import GLOBAL_READER, SECURITY_READER, Relationship

BUSINESS_PREMIUM = (
    "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46",
    "SPB",
    "bfc1bbd9-981b-4f71-9b82-17c35fd0e2a4",
    "MDE_SMB",
)
BUSINESS_STANDARD = (
    *("f245ecc8-75af-4f8e-b61f-27d8114de5f3", "O365_BUSINESS_PREMIUM"),
    *("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD"),
)
SERVICES = (
    ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    ("fc780465-2017-40d4-a0c5-307022471b92", "WindowsDefenderATP"),
)


def organization(portal: Portal) -> list[Document]:
    tenant, company = portal.tenant, portal.tenant.company
    return [
        {
            "id": tenant.id,
            "displayName": tenant.name,
            "tenantType": "AAD",
            "city": company.city if company else None,
            "countryLetterCode": "CA",
            "createdDateTime": portal.clock.text(portal.world.catalogue.since),
            "verifiedDomains": [
                {"name": tenant.domain, "type": "Managed", "isDefault": True, "isInitial": True}
            ],
        }
    ]


def licences(portal: Portal) -> list[Document]:
    sku, part, plan, plan_name = BUSINESS_PREMIUM if portal.tenant.has_defender else BUSINESS_STANDARD
    seats = _size(portal.tenant.company)
    return [
        {
            "id": f"{portal.tenant.id}_{sku}",
            "accountId": portal.tenant.id,
            "appliesTo": "User",
            "capabilityStatus": "Enabled",
            "consumedUnits": seats,
            "skuId": sku,
            "skuPartNumber": part,
            "prepaidUnits": {"enabled": seats, "suspended": 0, "warning": 0, "lockedOut": 0},
            "servicePlans": [
                {
                    "servicePlanId": plan,
                    "servicePlanName": plan_name,
                    "provisioningStatus": "Success",
                    "appliesTo": "User",
                }
            ],
        }
    ]


def service_principals(portal: Portal) -> list[Document]:
    application = portal.msp.application
    services = SERVICES if portal.tenant.has_defender else SERVICES[:1]
    known = ((application.client_id, application.name), *services)
    return [
        {
            "id": portal.identity.guid(f"principal {portal.tenant.id}{'' if number == 0 else number}"),
            "appId": app_id,
            "displayName": name,
            "accountEnabled": True,
            "servicePrincipalType": "Application",
        }
        for number, (app_id, name) in enumerate(known)
    ]


def contracts(portal: Portal) -> list[Document]:
    """Only the MSP's own tenant has any."""
    clients = portal.msp.tenants.clients() if _is_partner(portal) else []
    return [
        {
            "id": portal.identity.guid(f"contract {tenant.id}"),
            "contractType": "ResellerPartnerContract",
            "customerId": tenant.id,
            "defaultDomainName": tenant.domain,
            "displayName": tenant.name,
        }
        for tenant in clients
    ]


def relationships(portal: Portal) -> list[Document]:
    """The customer's name is what it was when the relationship began."""
    found = portal.msp.relationships.all if _is_partner(portal) else []
    return [_relationship(portal, row) for row in found]


def _relationship(portal: Portal, row: Relationship) -> Document:
    now, customer = portal.world.now, row.customer
    changed_at = row.terminated_at or row.created_at
    return {
        "@odata.etag": f'W/"{portal.identity.guid(f"{row.id} {row.status(now)}")}"',
        "id": row.id,
        "displayName": row.name,
        "duration": "P730D",
        "customer": {"tenantId": customer.id, "displayName": customer.name} if customer else None,
        "accessDetails": {
            "unifiedRoles": [{"roleDefinitionId": role} for role in (SECURITY_READER, GLOBAL_READER)]
        },
        "status": row.status(now),
        "createdDateTime": portal.clock.text(row.created_at),
        "lastModifiedDateTime": portal.clock.text(changed_at),
        "activatedDateTime": portal.clock.text(row.created_at) if customer else None,
        "endDateTime": portal.clock.text(row.end(now)) if customer else None,
        "autoExtendDuration": "P180D" if row.extends_itself else "PT0S",
    }


def _is_partner(portal: Portal) -> bool:
    return portal.tenant is portal.msp.tenants.partner


def _size(company: Company | None) -> int:
    return company.size if company else 10
