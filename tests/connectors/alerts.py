"""Alerts, tickets and the links between them, each in one call; companies and customers are mapped to each other."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from connectors import alert_links
from connectors.models import (
    AlertTicketLink,
    CustomerMapping,
    JoinState,
    RawSecurityAlert,
    RawTicket,
    RawVendorCustomer,
)
from tests import factories
from tests.connectors.security_rows import DEFENDER, EDR, customer, vendor

DETECTED = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
NUMBER = "1896610619460784716"
COMPANY, OTHER_COMPANY = 250, 251
SECURITY = 4


def mapped_customers() -> JoinState:
    for source in (vendor(EDR), vendor(DEFENDER)):
        for company in (COMPANY, OTHER_COMPANY):
            CustomerMapping.objects.create(
                source=source, customer_id=customer(company), company_id=company, method="name"
            )
            RawVendorCustomer.objects.create(
                source=source, row_hash=b"", external_id=customer(company), level="site", name="Client"
            )  # fmt: skip
    return JoinState.objects.create(id=1)


def alert(
    id_=NUMBER, minutes=0, host="ACME-LT-07", company=COMPANY, source=EDR, **fields
) -> RawSecurityAlert:
    detected_at = DETECTED + timedelta(minutes=minutes)
    kind = {"kind": "threat", "severity": "high", "severity_source": "derived", "status": "new"}
    return RawSecurityAlert.objects.create(
        source=vendor(source),
        row_hash=b"",
        external_id=id_,
        customer_id=customer(company),
        host_name=host,
        detected_at=detected_at,
        last_updated_at=detected_at,
        **kind | fields,
    )


def ticket(minutes=5, summary="SOC alert", company=COMPANY, **fields) -> RawTicket:
    return factories.ticket(
        DETECTED + timedelta(minutes=minutes),
        summary=summary,
        company_id=company,
        board_id=SECURITY,
        **fields,
    )


def links() -> dict[str, tuple[int, str, Decimal]]:
    return {
        each.alert_id: (each.ticket_id, each.method, each.confidence)
        for each in AlertTicketLink.objects.all()
    }


def linked(state: JoinState) -> dict[str, tuple[int, str, Decimal]]:
    alert_links.refresh(state)
    return links()


def sure(of: RawTicket, method: str, confidence: str) -> tuple[int, str, Decimal]:
    return of.external_id, method, Decimal(confidence)
