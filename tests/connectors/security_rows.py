"""What a world's security vendors and its desk would have brought into the raw tables, without any vendor's code."""

from typing import Any

from django.db.models import Model

from connectors.models import (
    Connection,
    RawBoard,
    RawCompany,
    RawDevice,
    RawSecurityAlert,
    RawTicket,
    RawTicketNote,
    RawVendorCustomer,
)
from connectors.simulators.world import World
from connectors.simulators.world.records import Company, Note, Ticket
from connectors.simulators.world.security_records import Alert, Device
from tests import factories

EDR, DEFENDER = "EDR", "Defender"


def fill(world: World) -> None:
    fill_desk(world)
    fill_vendors(world)


def fill_desk(world: World) -> None:
    desk, tickets = factories.connection(), list(world.tickets)
    boards = {ticket.board.id: ticket.board.name for ticket in tickets}
    companies = [(each.id, each.identifier, each.name) for each in world.clients.companies]
    _create(RawBoard, desk, [{"external_id": id_, "name": name} for id_, name in boards.items()])
    columns = ("external_id", "identifier", "name")
    _create(RawCompany, desk, [dict(zip(columns, each, strict=True)) for each in companies])
    _create(RawTicket, desk, [_ticket(each) for each in tickets])
    _create(RawTicketNote, desk, [_note(each, note) for each in tickets for note in each.notes])


def fill_vendors(world: World) -> None:
    """Both know every company under its name, one as a site, the other as a tenant."""
    edr, defender, companies = vendor(EDR), vendor(DEFENDER), list(world.clients.companies)
    _create(RawVendorCustomer, edr, [_customer(each, "site", f"{each.name} Inc.") for each in companies])
    _create(RawVendorCustomer, defender, [_customer(each, "tenant", each.name) for each in companies])
    _create(RawDevice, edr, [_device(each) for each in world.devices if each.has_edr])
    _create(RawDevice, defender, [_machine(each) for each in world.devices if each.has_mde])
    for link, viewers in ((edr, {"edr"}), (defender, {"mde", "office"})):
        _create(RawSecurityAlert, link, [_alert(each) for each in world.alerts if each.seen_by in viewers])


def vendor(name: str) -> Connection:
    return factories.connection(name, vendor=name.lower())


def customer(company_id: int) -> str:
    return f"customer-{company_id}"


def _create(table: type[Model], source: Connection, rows: list[dict[str, Any]]) -> None:
    made = [table(source=source, row_hash=b"", **row) for row in rows]
    table._default_manager.bulk_create(made, batch_size=5000)


def _customer(company: Company, level: str, name: str) -> dict[str, Any]:
    return {"external_id": customer(company.id), "level": level, "name": name, "state": "active"}


def _device(device: Device) -> dict[str, Any]:
    return {
        "external_id": f"agent-{device.id}",
        "agent_uuid": f"uuid-{device.id}",
        "serial": device.serial,
        "is_excluded": device.retired_at is not None,
        **_seen(device, device.hostname),
    }


def _machine(device: Device) -> dict[str, Any]:
    """Defender tells no serial number, and the host name with its domain."""
    merged_into = f"machine-{device.merged_into.id}" if device.merged_into else ""
    return {
        "external_id": f"machine-{device.id}",
        "azure_device_id": f"azure-{device.id}",
        "is_excluded": bool(device.retired_at or merged_into),
        "merged_into": merged_into,
        **_seen(device, f"{device.hostname}.corp.example".lower()),
    }


def _seen(device: Device, hostname: str) -> dict[str, Any]:
    return {
        "customer_id": customer(device.company.id),
        "hostname": hostname,
        "os_name": device.os,
        "kind": device.kind,
        "first_seen_at": device.first_seen,
        "last_seen_at": device.last_seen,
    }


def _alert(alert: Alert) -> dict[str, Any]:
    device = alert.device
    is_told = bool(alert.seen_by == "edr" and alert.ticket and alert.ticket.external_reference)
    return {
        "external_id": alert.reference,
        "kind": "threat",
        "customer_id": customer(alert.company.id),
        "title": alert.kind,
        "severity": alert.severity,
        "severity_source": "vendor",
        "status": alert.state,
        "device_key": f"{'agent' if alert.seen_by == 'edr' else 'machine'}-{device.id}" if device else "",
        "host_name": device.hostname if device else "",
        "incident_id": str(alert.incident_id or ""),
        "external_ticket_id": str(alert.ticket.id) if is_told and alert.ticket else "",
        "detected_at": alert.detected_at,
        "last_updated_at": alert.updated_at,
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "external_id": ticket.id,
        "summary": ticket.summary,
        "record_type": "ProjectTicket" if ticket.board.is_project else "ServiceTicket",
        "board_id": ticket.board.id,
        "board_name": ticket.board.name,
        "is_closed": ticket.is_closed,
        "company_id": ticket.company.id,
        "merged_into": ticket.merged_into.id if ticket.merged_into else None,
        "opened_at": ticket.opened_at,
        "closed_at": ticket.closed_at,
        "last_updated_at": ticket.updated_at,
        "external_reference": ticket.external_reference or "",
    }


def _note(ticket: Ticket, note: Note) -> dict[str, Any]:
    return {
        "external_id": note.id,
        "ticket_id": ticket.id,
        "is_internal": note.is_internal,
        "written_at": note.at,
        "text": note.text,
    }
