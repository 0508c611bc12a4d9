"""Rows for small hand-made tables: what a test does not say is ordinary."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.figures import Parts
from tests.oracle.tables import Row

DESK = 1


def at(moment: str, zone: str | None = None) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone) if zone else UTC)


def row(number: int, **columns: Any) -> Row:
    return {"source_id": DESK, "external_id": number, "deleted_at": None, **columns}


def ticket(number: int, opened: str, closed: str | None = None, **columns: Any) -> Row:
    moments = ("responded_at", "planned_at", "resolved_at", "respond_goal_at", "plan_goal_at")
    ordinary: Row = {
        **dict.fromkeys((*moments, "resolve_goal_at", "merged_into", "is_in_sla", "owner_id")),
        "record_type": "ServiceTicket",
        "company_id": 70,
        "board_id": 50,
        "type_name": "Printer",
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


def owner_change(ticket_id: int, old: str, new: str) -> Row:
    values = {"kind": "owner", "old_value": old, "new_value": new}
    return {"source_id": DESK, "ticket_id": ticket_id, **values}


def note(ticket_id: int, written: str, member_id: int | None = 1, **columns: Any) -> Row:
    ordinary = {"ticket_id": ticket_id, "member_id": member_id, "contact_id": None, "is_internal": False}
    return row(0, **(ordinary | {"written_at": at(written)} | columns))


def entry(started: str, minutes: str = "60", member_id: int | None = 1, **columns: Any) -> Row:
    ordinary: Row = {
        **dict.fromkeys(("charge_to_id", "ticket_id", "work_type_id", "agreement_id")),
        "charge_to_type": "ServiceTicket",
        "company_id": 70,
        "member_id": member_id,
        "started_at": at(started),
        "minutes": Decimal(minutes),
        "billable_option": "Billable",
    }
    return row(0, **(ordinary | columns))


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
