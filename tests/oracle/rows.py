"""Rows for small hand-made tables: what a test does not say is ordinary."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.figures import Parts
from tests.oracle.tables import Row

DESK, WATCH = 1, 2


def at(moment: str, zone: str | None = None) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone) if zone else UTC)


def row(number: int, **columns: Any) -> Row:
    return {"source_id": DESK, "external_id": number, "deleted_at": None, **columns}


def ticket(number: int, opened: str, closed: str | None = None, **columns: Any) -> Row:
    moments = ("responded_at", "planned_at", "resolved_at", "respond_goal_at", "plan_goal_at")
    ids = ("merged_into", "owner_id", "type_id", "contact_id", "priority_id", "agreement_id")
    ordinary: Row = {
        **dict.fromkeys((*moments, *ids, "resolve_goal_at", "is_in_sla")),
        "summary": "",
        "record_type": "ServiceTicket",
        "company_id": 70,
        "board_id": 50,
        "type_name": "Printer",
        "sub_type_name": "",
        "opened_at": at(opened),
        "closed_at": at(closed) if closed else None,
        "is_closed": closed is not None,
        "responded_by": "",
        "waiting_minutes": 0,
    }
    return row(number, **(ordinary | columns))


def spell(ticket_id: int, number: int, started: str, ended: str | None = None) -> Row:
    return {
        "source_id": DESK,
        "ticket_id": ticket_id,
        "number": number,
        "started_at": at(started),
        "ended_at": at(ended) if ended else None,
    }


def owner_change(ticket_id: int, old: str, new: str, **columns: Any) -> Row:
    values = {"kind": "owner", "old_value": old, "new_value": new}
    return {"source_id": DESK, "ticket_id": ticket_id, **(values | columns)}


def note(ticket_id: int, written: str, member_id: int | None = 1, **columns: Any) -> Row:
    ordinary = {"ticket_id": ticket_id, "member_id": member_id, "contact_id": None, "is_internal": False}
    return row(0, **(ordinary | {"written_at": at(written)} | columns))


def entry(started: str, minutes: str = "60", member_id: int | None = 1, **columns: Any) -> Row:
    ordinary: Row = {
        **dict.fromkeys(("charge_to_id", "ticket_id", "work_type_id", "work_role_id", "agreement_id")),
        **dict.fromkeys(("ended_at", "entered_at", "hourly_rate")),
        "charge_to_type": "ServiceTicket",
        "company_id": 70,
        "member_id": member_id,
        "started_at": at(started),
        "minutes": Decimal(minutes),
        "billable_option": "Billable",
    }
    return row(0, **(ordinary | columns))


def agreement(number: int, **columns: Any) -> Row:
    days = ("starts_on", "ends_on", "cancelled_on")
    ordinary: Row = {
        **dict.fromkeys((*days, "parent_agreement_id", "limit_amount")),
        **dict.fromkeys(("is_cancelled", "is_unlimited", "carries_over_unused"), False),
        **dict.fromkeys(("limit_units", "limit_cycle", "bill_time"), ""),
        "company_id": 70,
        "covers_time": True,
    }
    return row(number, **(ordinary | columns))


def coverage(agreement_id: int, kind: str, subject_id: int | None, **columns: Any) -> Row:
    ordinary = dict.fromkeys(("type_id", "hours_limit", "starts_on", "ends_on"))
    said = {"agreement_id": agreement_id, "kind": kind, "subject_id": subject_id}
    return row(0, **(ordinary | said | columns))


def vendor(number: int, name: str = "sentinelone") -> Row:
    """A connection to a security vendor."""
    return {"id": number, "vendor": name, "created_at": at("2026-01-01")}


def alert(name: str, detected: str, **columns: Any) -> Row:
    ordinary: Row = {
        **dict.fromkeys(("kind", "customer_id", "category", "verdict", "redirected_to", "host_name"), ""),
        **dict.fromkeys(("acknowledged_at", "resolved_at")),
        "source_id": WATCH,
        "external_id": name,
        "severity": "high",
        "severity_source": "vendor",
        "status": "new",
        "detected_at": at(detected),
        "resolved_is_estimated": False,
    }
    return row(0, **(ordinary | columns))


def alert_link(name: str, ticket_id: int, confidence: str = "1") -> Row:
    found = {"alert_id": name, "ticket_id": ticket_id, "confidence": Decimal(confidence)}
    return {"source_id": WATCH, **found}


def alert_event(name: str, occurred: str, old: str, new: str) -> Row:
    change = {"occurred_at": at(occurred), "old_status": old, "new_status": new}
    return row(0, source_id=WATCH, alert_id=name, **change)


def customer(name: str, parent: str = "") -> Row:
    return row(0, source_id=WATCH, external_id=name, parent_id=parent)


def mapping(name: str, company_id: int | None) -> Row:
    return {"source_id": WATCH, "customer_id": name, "company_id": company_id}


def phrase(kind: str, words: str, *, is_on: bool = True) -> Row:
    return {"kind": kind, "phrase": words, "is_on": is_on}


def member(
    number: int, identifier: str = "", *, is_automation: bool = False, hours: int | None = None
) -> Row:
    capacity = None if hours is None else Decimal(hours)
    return row(number, identifier=identifier, is_automation=is_automation, daily_capacity_hours=capacity)


def survey(answered: str, *answers: tuple[int, int], ticket_id: int | None = None, **columns: Any) -> Row:
    given = [{"question": question, "option": option} for question, option in answers]
    ordinary = {"ticket_id": ticket_id, "company_id": 71, "answered_at": at(answered), "answers": given}
    return row(0, **(ordinary | columns))


def question(number: int, options: int) -> Row:
    return row(number, option_count=options)


def parts(numerator: int | str, denominator: int | str | None = None) -> Parts:
    """Of a row of kpi_breakdown."""
    return Decimal(numerator), None if denominator is None else Decimal(denominator)
