"""Companies, members, boards, agreements, look-ups and surveys, as rows."""

import re
from collections.abc import Callable

from connectors.base import Record, Row
from connectors.texts import needed, text
from connectors.vendors.connectwise.fields import (
    LONGEST_TEXT,
    amount,
    day,
    needed_moment,
    ref_id,
    ref_name,
    whole,
)

API_LICENSE = "A"
PROGRAM_NAME = re.compile(
    r"\b(api|bots?|robo\w*|rpa|automat\w*|integrat\w*|connector|script|system)\b", re.IGNORECASE
)


def company(record: Record) -> Row:
    return {
        "name": text(needed(record, "name")),
        "identifier": text(record.get("identifier")),
        "status_name": ref_name(record, "status"),
        "type_names": ", ".join(text(kind.get("name")) for kind in record.get("types") or []),
        "territory_name": ref_name(record, "territory"),
    }


def member(record: Record) -> Row:
    identifier = text(record.get("identifier"))
    name = f"{text(record.get('firstName'))} {text(record.get('lastName'))}".strip() or identifier
    license_class = text(record.get("licenseClass"))
    readable = re.sub(r"[_\-.]|(?<=[a-z])(?=[A-Z])", " ", f"{name} {identifier}")
    return {
        "name": name,
        "identifier": identifier,
        "email": text(record.get("officeEmail") or record.get("primaryEmail")),
        "license_class": license_class,
        "looks_automated": license_class == API_LICENSE or bool(PROGRAM_NAME.search(readable)),
        "is_inactive": bool(record.get("inactiveFlag")),
        "daily_capacity_hours": amount(record.get("dailyCapacity")),
        "hourly_cost": amount(record.get("hourlyCost")),
        "work_role_name": ref_name(record, "workRole"),
        "time_zone_name": ref_name(record, "timeZone"),
        "hired_on": day(record, "hireDate"),
    }


def board(record: Record) -> Row:
    return {
        "name": text(needed(record, "name")),
        "location_name": ref_name(record, "location"),
        "department_name": ref_name(record, "department"),
        "is_inactive": bool(record.get("inactiveFlag")),
        "is_project_board": bool(record.get("projectFlag")),
    }


def board_status(record: Record) -> Row:
    return {
        "name": text(needed(record, "name")),
        "sort_order": whole(record, "sortOrder"),
        "is_closed": bool(record.get("closedStatus")),
        "escalation_status": text(record.get("escalationStatus")),
        "is_inactive": bool(record.get("inactive")),
    }


def board_type(record: Record) -> Row:
    return {
        "name": text(needed(record, "name")),
        "category": text(record.get("category")),
        "is_inactive": bool(record.get("inactiveFlag", record.get("inactive"))),
    }


def priority(record: Record) -> Row:
    return {
        "name": text(needed(record, "name")),
        "sort_order": whole(record, "sortOrder"),
        "level": text(record.get("level")),
    }


def sla(record: Record) -> Row:
    return {
        "name": text(needed(record, "name")),
        "based_on": text(record.get("basedOn")),
        "respond_hours": amount(record.get("respondHours")),
        "plan_hours": amount(record.get("planWithin")),
        "resolve_hours": amount(record.get("resolutionHours")),
    }


def work_type(record: Record) -> Row:
    return {
        "name": text(needed(record, "name")),
        "bill_time": text(record.get("billTime")),
        "is_utilized": bool(record.get("utilizationFlag", True)),
    }


def named(record: Record) -> Row:
    return {"name": text(needed(record, "name"))}


def agreement(record: Record) -> Row:
    return {
        "name": text(needed(record, "name")),
        "type_name": ref_name(record, "type"),
        "company_id": ref_id(record, "company"),
        "parent_agreement_id": ref_id(record, "parentAgreement") or record.get("parentAgreementId"),
        "starts_on": day(record, "startDate"),
        "ends_on": None if record.get("noEndingDateFlag") else day(record, "endDate"),
        "is_cancelled": bool(record.get("cancelledFlag")),
        "cancelled_on": day(record, "dateCancelled"),
        "status": text(record.get("agreementStatus")),
        "sla_id": ref_id(record, "sla"),
        "work_type_id": ref_id(record, "workType"),
        "work_role_id": ref_id(record, "workRole"),
        "limit_units": text(record.get("applicationUnits")),
        "limit_amount": amount(record.get("applicationLimit")),
        "limit_cycle": text(record.get("applicationCycle")),
        "is_unlimited": bool(record.get("applicationUnlimitedFlag")),
        "covers_time": bool(record.get("coverAgreementTime")),
        "carries_over_unused": bool(record.get("carryOverUnused")),
        "allows_overruns": bool(record.get("allowOverruns")),
        "bill_time": text(record.get("billTime")),
        "bill_amount": amount(record.get("billAmount")),
        "billing_cycle": ref_name(record, "billingCycle"),
    }


def coverage(subject: str) -> Callable[[Record], Row]:
    """What an agreement says of a work type, a work role or a board."""

    def row(record: Record) -> Row:
        return {
            "subject_id": ref_id(record, subject),
            "subject_name": ref_name(record, subject),
            "type_id": ref_id(record, "serviceType"),
            "type_name": ref_name(record, "serviceType"),
            "bill_time": text(record.get("billTime")),
            "hours_limit": amount(record.get("agreementLimit") or record.get("limitTo")),
            "starts_on": day(record, "effectiveDate"),
            "ends_on": day(record, "endingDate"),
        }

    return row


def addition(record: Record) -> Row:
    return {
        "product_name": ref_name(record, "product") or text(record.get("description")),
        "quantity": amount(record.get("quantity")),
        "included_quantity": amount(record.get("lessIncluded")),
        "unit_price": amount(record.get("unitPrice")),
        "unit_cost": amount(record.get("unitCost")),
        "bill_customer": text(record.get("billCustomer")),
        "starts_on": day(record, "effectiveDate"),
        "cancelled_on": day(record, "cancelledDate"),
    }


def survey_question(record: Record) -> Row:
    return {
        "text": text(record.get("question"), LONGEST_TEXT),
        "option_count": len(record.get("options") or []),
    }


def survey_result(record: Record) -> Row:
    """An answer to a selection question is the position of its option."""
    answers = [
        {"question": answer["questionId"], "option": int(answer["answer"])}
        for answer in record.get("results") or []
        if str(answer.get("answer", "")).isdigit()
    ]
    return {
        "ticket_id": record.get("ticketId"),
        "company_id": ref_id(record, "company"),
        "contact_id": ref_id(record, "contact"),
        "answered_at": needed_moment(record, "dateEntered", "lastUpdated"),
        "answers": answers,
        "comment": text(record.get("footerResponse"), LONGEST_TEXT),
    }
