"""Raw rows as a sync would leave them, each in one call; only what a test is about has to be said."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any, TypeVar

from connectors.models import (
    AlertTicketLink,
    Connection,
    CustomerMapping,
    DirtyDay,
    RawAgreement,
    RawAgreementAddition,
    RawAgreementCoverage,
    RawAlertEvent,
    RawBoard,
    RawChargeCode,
    RawCompany,
    RawMember,
    RawSecurityAlert,
    RawSurvey,
    RawSurveyQuestion,
    RawTicket,
    RawTicketEvent,
    RawTicketNote,
    RawTicketSpell,
    RawTimeEntry,
    RawVendorCustomer,
    RawWorkType,
)
from connectors.models.raw import RawRow
from tenants.models import Holiday, TenantSettings

Row = TypeVar("Row", bound=RawRow)
_ids = count(1001)


def at(moment: str) -> datetime:
    """`at("2026-03-02 14:00")` is that moment in UTC; an offset may be given."""
    parsed = datetime.fromisoformat(moment)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def connection(name: str = "Desk", **fields: Any) -> Connection:
    made = Connection.objects.get_or_create(name=name, defaults={"vendor": "connectwise"} | fields)[0]
    if "created_at" in fields:  # which the table sets by itself
        Connection.objects.filter(pk=made.pk).update(created_at=fields["created_at"])
    return made


def ticket(
    opened: str | datetime = "2026-03-02 14:00", closed: str | datetime | None = None, **fields: Any
) -> RawTicket:
    """Open, unless `closed` says when it was closed."""
    defaults = {
        "summary": "Printer on fire",
        "record_type": "ServiceTicket",
        "opened_at": _moment(opened),
        "closed_at": _moment(closed),
        "is_closed": closed is not None,
        "last_updated_at": _moment(closed or opened),
    }
    return _row(RawTicket, defaults | fields)


def spells(of: RawTicket, *spans: tuple[str | datetime, str | datetime | None]) -> None:
    """The whole history of a ticket that was reopened: each time it was open, the first included."""
    RawTicketSpell.objects.filter(source=of.source, ticket_id=of.external_id).delete()
    for number, (started, ended) in enumerate(spans, start=1):
        RawTicketSpell.objects.create(
            source=of.source,
            ticket_id=of.external_id,
            number=number,
            started_at=_moment(started),
            ended_at=_moment(ended),
        )


def time_entry(
    on: RawTicket | None = None,
    started: str | datetime = "2026-03-02 14:00",
    minutes: float = 30,
    member: int | None = None,
    **fields: Any,
) -> RawTimeEntry:
    """Time charged to a ticket, or to a company when none is given."""
    defaults = {
        "charge_to_type": on.record_type if on else "Company",
        "charge_to_id": on.external_id if on else 1,
        "ticket_id": on.external_id if on else None,
        "company_id": on.company_id if on else None,
        "member_id": member,
        "started_at": _moment(started),
        "minutes": minutes,
        "billable_option": "Billable",
    }
    return _row(RawTimeEntry, _like(on) | defaults | fields)


def note(on: RawTicket, written: str | datetime = "2026-03-02 14:05", **fields: Any) -> RawTicketNote:
    """A note that the client sees; say by whom with `member_id` or `contact_id`."""
    defaults = {
        "ticket_id": on.external_id,
        "is_internal": False,
        "written_at": _moment(written),
        "text": "On it.",
    }
    return _row(RawTicketNote, _like(on) | defaults | fields)


def event(
    on: RawTicket,
    kind: str = "owner",
    old: str = "1",
    new: str = "2",
    occurred: str | datetime = "2026-03-02 15:00",
    **fields: Any,
) -> RawTicketEvent:
    return RawTicketEvent.objects.create(
        source=on.source,
        ticket_id=on.external_id,
        kind=kind,
        old_value=old,
        new_value=new,
        occurred_at=_moment(occurred),
        provenance=fields.pop("provenance", "audit"),
        **fields,
    )


def question(external_id: int | None = None, options: int = 5, **fields: Any) -> RawSurveyQuestion:
    defaults = {"external_id": external_id, "survey_id": 1, "text": "How was it?", "option_count": options}
    return _row(RawSurveyQuestion, defaults | fields)


def survey(
    on: RawTicket | None = None,
    answered: str | datetime = "2026-03-02 18:00",
    answers: dict[int, int] | None = None,
    **fields: Any,
) -> RawSurvey:
    """`answers` maps a question's external id to the option, counted from 0."""
    defaults = {
        "survey_id": 1,
        "ticket_id": on.external_id if on else None,
        "company_id": on.company_id if on else None,
        "answered_at": _moment(answered),
        "answers": [{"question": question, "option": option} for question, option in (answers or {}).items()],
    }
    return _row(RawSurvey, _like(on) | defaults | fields)


def member(external_id: int | None = None, name: str = "Ada Novak", **fields: Any) -> RawMember:
    defaults = {
        "external_id": external_id,
        "name": name,
        "identifier": f"m{external_id}",
        "looks_automated": False,
    }
    return _row(RawMember, defaults | fields)


def board(external_id: int | None = None, name: str = "Service Desk", **fields: Any) -> RawBoard:
    return _row(RawBoard, {"external_id": external_id, "name": name} | fields)


def company(external_id: int | None = None, name: str = "Northwood Dental", **fields: Any) -> RawCompany:
    return _row(RawCompany, {"external_id": external_id, "name": name} | fields)


def work_type(external_id: int | None = None, name: str = "Remote", **fields: Any) -> RawWorkType:
    return _row(RawWorkType, {"external_id": external_id, "name": name} | fields)


def charge_code(external_id: int | None = None, name: str = "Training", **fields: Any) -> RawChargeCode:
    return _row(RawChargeCode, {"external_id": external_id, "name": name} | fields)


def agreement(external_id: int | None = None, name: str = "Managed", **fields: Any) -> RawAgreement:
    return _row(RawAgreement, {"external_id": external_id, "name": name} | fields)


def holiday(day: str | date, name: str = "Holiday") -> Holiday:
    return Holiday.objects.create(day=day, name=name)


def settings(**fields: Any) -> TenantSettings:
    """The tenant's settings, changed."""
    TenantSettings.objects.update_or_create(id=1, defaults=fields)
    return TenantSettings.load()


def mark_dirty(*days: str | date | None) -> None:
    """What a sync does before and after it changes a row; None stands for all days."""
    DirtyDay.objects.bulk_create(DirtyDay(day=day, reason=DirtyDay.Reason.CHANGE) for day in days)


def edr() -> Connection:
    return connection("EDR", vendor="sentinelone")


def customer(external_id: str, company_id: int | None = None, **fields: Any) -> RawVendorCustomer:
    """A security vendor's customer, mapped to a company where one is given."""
    defaults = {"external_id": external_id, "level": "site", "name": external_id, "source": edr()}
    row = _row(RawVendorCustomer, defaults | fields)
    if company_id:
        mapping(row, company_id)
    return row


def mapping(of: RawVendorCustomer, company_id: int | None) -> CustomerMapping:
    """Whom a customer is; None: it is left out."""
    CustomerMapping.objects.filter(source=of.source, customer_id=of.external_id).delete()
    return CustomerMapping.objects.create(
        source=of.source, customer_id=of.external_id, company_id=company_id, method="person"
    )


def alert(
    external_id: str | None = None, detected: str | datetime = "2026-03-02 14:00", **fields: Any
) -> RawSecurityAlert:
    defaults = {
        "external_id": external_id or f"alert-{next(_ids)}",
        "source": edr(),
        "kind": "threat",
        "severity": "high",
        "severity_source": "vendor",
        "status": "new",
        "detected_at": _moment(detected),
        "last_updated_at": _moment(detected),
    }
    return _row(RawSecurityAlert, defaults | fields)


def alert_link(of: RawTicket, alert_id: str, confidence: float = 0.9, **fields: Any) -> AlertTicketLink:
    defaults = {"source": edr(), "method": "vendor", "confidence": confidence}
    return AlertTicketLink.objects.create(alert_id=alert_id, ticket_id=of.external_id, **defaults | fields)


def alert_event(
    of: RawSecurityAlert,
    old: str = "resolved",
    new: str = "in_progress",
    occurred: str | datetime = "2026-03-03 14:00",
    **fields: Any,
) -> RawAlertEvent:
    defaults = {
        "external_id": f"event-{next(_ids)}",
        "source": of.source,
        "alert_id": of.external_id,
        "old_status": old,
        "new_status": new,
        "occurred_at": _moment(occurred),
    }
    return _row(RawAlertEvent, defaults | fields)


def _row(model: type[Row], fields: dict[str, Any]) -> Row:
    if fields.get("external_id") is None:
        fields["external_id"] = next(_ids)
    fields["source"] = fields.get("source") or connection()
    return model._default_manager.create(**{"row_hash": b""} | fields)


def _like(row: RawTicket | None) -> dict[str, Any]:
    return {"source": row.source} if row else {}


def _moment(value: str | datetime | None) -> Any:
    return at(value) if isinstance(value, str) else value


def coverage(
    of_agreement: int, kind: str, subject_id: int | None = None, **fields: Any
) -> RawAgreementCoverage:
    """What an agreement says of a board (`board_default`), work type or work role."""
    said = {"agreement_id": of_agreement, "kind": kind, "subject_id": subject_id}
    return _row(RawAgreementCoverage, said | fields)


def addition(to_agreement: int, product_name: str, **fields: Any) -> RawAgreementAddition:
    return _row(RawAgreementAddition, {"agreement_id": to_agreement, "product_name": product_name} | fields)
