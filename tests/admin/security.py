"""Rows of a security vendor for the pages, with the tenant's marker in every text."""

from datetime import timedelta

from django.utils import timezone

from connectors.models import (
    AlertTicketLink,
    Connection,
    CustomerMapping,
    CustomerSuggestion,
    Device,
    DeviceSighting,
    RawAlertEvent,
    RawDevice,
    RawSecurityAlert,
    RawTicket,
    RawVendorCustomer,
)

SITE, STRAY, ALIKE = "site-1", "site-2", "site-3"


def add_security(source: Connection, marker: str, company: int) -> None:
    """One site that is mapped, one that looks like the client, and one that nobody knows."""
    for id_, name in ((SITE, "client"), (STRAY, "unknown"), (ALIKE, "client (new)")):
        row = {"source": source, "row_hash": b"", "external_id": id_, "name": f"{marker} {name}"}
        RawVendorCustomer.objects.create(level="site", state="active", **row)
        add_alert(source, id_, f"{marker} trojan at {id_}")
    CustomerMapping.objects.create(source=source, customer_id=SITE, company_id=company, method="name")
    CustomerSuggestion.objects.create(source=source, customer_id=ALIKE, company_id=company, score="0.91")
    add_device(source, f"{marker}-PC-1", company)
    alert = RawSecurityAlert.objects.get(customer_id=SITE)
    ticket = RawTicket.objects.order_by("id")[0]
    of_alert = {"source": source, "alert_id": alert.external_id}
    AlertTicketLink.objects.create(ticket_id=ticket.external_id, method="host", confidence="0.75", **of_alert)
    RawAlertEvent.objects.create(
        external_id="event-1",
        row_hash=b"",
        occurred_at=timezone.now(),
        old_status="new",
        new_status="in_progress",
        actor=f"{marker} analyst",
        **of_alert,
    )


def add_alert(source: Connection, customer_id: str, title: str) -> None:
    detected_at = timezone.now() - timedelta(hours=3)
    RawSecurityAlert.objects.create(
        source=source,
        row_hash=b"",
        external_id=f"alert-{customer_id}",
        customer_id=customer_id,
        kind="threat",
        title=title,
        severity="high",
        severity_source="derived",
        status="in_progress",
        device_key="agent-1",
        host_name=f"{title}-host",
        detected_at=detected_at,
        acknowledged_at=detected_at,
        acknowledged_is_estimated=True,
        last_updated_at=detected_at,
    )


def add_device(source: Connection, hostname: str, company: int) -> None:
    seen = {"hostname": hostname, "kind": "laptop", "last_seen_at": timezone.now()}
    RawDevice.objects.create(source=source, row_hash=b"", external_id="agent-1", customer_id=SITE, **seen)
    device = Device.objects.create(company_id=company, seen_by=[source.id], **seen)
    DeviceSighting.objects.create(source=source, raw_id="agent-1", device=device)
