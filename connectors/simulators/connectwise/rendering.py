"""Records of the world in ConnectWise's words."""

from datetime import timedelta
from typing import Any

import msgspec

from ..world import records
from ..world.records import Named, Record
from ..world.terms import Billing, ChargedTo, Stage

HOUR = timedelta(hours=1)
BILLING = {
    Billing.BILLABLE: "Billable",
    Billing.DO_NOT_BILL: "DoNotBill",
    Billing.NO_CHARGE: "NoCharge",
    Billing.BY_AGREEMENT: "NoDefault",
}
CHARGED_TO = {
    ChargedTo.SERVICE_TICKET: "ServiceTicket",
    ChargedTo.PROJECT_TICKET: "ProjectTicket",
    ChargedTo.CHARGE_CODE: "ChargeCode",
    ChargedTo.COMPANY: "Company",
    ChargedTo.ACTIVITY: "Activity",
}
ESCALATION_STATUS = {
    Stage.NEW: "NotResponded",
    Stage.ASSIGNED: "NotResponded",
    Stage.WORKING: "Responded",
    Stage.WAITING: "NoEscalation",
    Stage.ESCALATED: "ResolutionPlan",
    Stage.REOPENED: "Responded",
    Stage.RESOLVED: "Resolved",
    Stage.CLOSED: "Resolved",
    Stage.CANCELLED: "Resolved",
}
LINKED = {
    "service/boards": "board",
    "company/companies": "company",
    "company/contacts": "contact",
    "system/members": "member",
    "finance/agreements": "agreement",
}
LOCATION, DEPARTMENT = Named(2, "Main Office"), Named(10, "Service")
encode = msgspec.json.Encoder().encode


class Renderer:
    """Payloads whose hrefs carry the codebase, with references encoded once and reused."""

    def __init__(self, company_id: str, codebase: str) -> None:
        self.base = f"https://{company_id}.cw.example/{codebase}/apis/3.0"
        self.skew = timedelta()
        self._references: dict[tuple[str, int], msgspec.Raw] = {}

    def reference(self, path: str, row: Named | Record | None, **extra: Any) -> msgspec.Raw:
        """The usual {id, name, _info} of a record that exists; rows never change their names."""
        assert row is not None
        key = (path, row.id)
        found = self._references.get(key)
        if found is None:
            found = self._references[key] = self.raw(self._reference(path, row, extra))
        return found

    def raw(self, value: dict[str, Any]) -> msgspec.Raw:
        return msgspec.Raw(encode(value))

    def optional(self, path: str, row: Named | Record | None) -> msgspec.Raw | None:
        return self.reference(path, row) if row else None

    def _reference(self, path: str, row: Any, extra: dict[str, Any]) -> dict[str, Any]:
        identifier = {"identifier": row.identifier} if hasattr(row, "identifier") else {}
        linked = LINKED.get(path)
        info = {"_info": {f"{linked}_href": f"{self.base}/{path}/{row.id}"}} if linked else {}
        return {"id": row.id, **identifier, "name": row.name, **extra, **info}

    def info(self, row: Record, **extra: Any) -> dict[str, Any]:
        return {"lastUpdated": row.updated_at + self.skew, "updatedBy": row.updated_by, **extra}

    def status(self, status: records.Status) -> msgspec.Raw:
        return self.reference("service/statuses", status, sort=status.sort)

    def priority(self, priority: records.Priority) -> msgspec.Raw:
        return self.reference("service/priorities", priority, sort=priority.sort, level=priority.level)

    def agreement(self, agreement: records.Agreement | None) -> msgspec.Raw | None:
        if agreement is None:
            return None
        return self.reference("finance/agreements", agreement, type=agreement.type.name, chargeFirmFlag=False)
