"""Tickets, the time worked on them, their notes and their audit trail, as rows."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from connectors.base import Record, Row
from connectors.texts import moment, text
from connectors.vendors.connectwise.fields import (
    LONGEST_TEXT,
    amount,
    minutes_of_hours,
    needed_moment,
    ref_id,
    ref_name,
    storable,
    whole,
)

NOTED_AFTERWARDS = timedelta(days=30)
ON_TICKETS = {"ServiceTicket", "ProjectTicket"}
# Names may hold the word "to", as in "Assigned to vendor": quotes, where there are any, say where they end.
QUOTED = re.compile(r"""from\s+(["'])(?P<old>.*?)\1\s+to\s+\1(?P<new>.*)\1""", re.IGNORECASE | re.DOTALL)
FROM_TO = re.compile(
    r"""from\s+["'“]?(?P<old>.*?)["'”]?\s+to\s+["'“]?(?P<new>.*?)["'”]?\.?\s*$""", re.IGNORECASE | re.DOTALL
)
TO = re.compile(r"""(?:\bto\b|:)\s+["'“]?(?P<new>.*?)["'”]?\.?\s*$""", re.IGNORECASE | re.DOTALL)
# The trail's types and their words differ between versions: any of these words names the kind of change.
AUDIT_KINDS = (
    ("status", "status"),
    ("owner", "owner"),
    ("board", "board"),
    ("team", "team"),
    ("priority", "priority"),
)


def ticket(record: Record) -> Row:
    """https://developer.connectwise.com, PSA REST: /service/tickets"""
    info = record.get("_info") or {}
    is_closed = bool(record.get("closedFlag"))
    opened_at = needed_moment(record, "dateEntered")
    last_updated_at = moment(info, "lastUpdated") or opened_at
    resolved_at = moment(record, "dateResolved")
    closed_at = (moment(record, "closedDate") or resolved_at or last_updated_at) if is_closed else None
    return {
        "summary": text(record.get("summary")),
        "record_type": text(record.get("recordType") or "ServiceTicket"),
        "board_id": ref_id(record, "board"),
        "board_name": ref_name(record, "board"),
        "status_id": ref_id(record, "status"),
        "status_name": ref_name(record, "status"),
        "is_closed": is_closed,
        "type_id": ref_id(record, "type"),
        "type_name": ref_name(record, "type"),
        "sub_type_name": ref_name(record, "subType"),
        "item_name": ref_name(record, "item"),
        "team_id": ref_id(record, "team"),
        "team_name": ref_name(record, "team"),
        "owner_id": ref_id(record, "owner"),
        "resources": text(record.get("resources")),
        "priority_id": ref_id(record, "priority"),
        "priority_name": ref_name(record, "priority"),
        "severity": text(record.get("severity")),
        "impact": text(record.get("impact")),
        "channel": ref_name(record, "source"),
        "company_id": ref_id(record, "company"),
        "contact_id": ref_id(record, "contact"),
        "contact_name": text(record.get("contactName")) or ref_name(record, "contact"),
        "site_name": text(record.get("siteName")) or ref_name(record, "site"),
        "agreement_id": ref_id(record, "agreement"),
        "sla_id": ref_id(record, "sla"),
        "is_in_sla": record.get("isInSla"),
        "parent_ticket_id": record.get("parentTicketId"),
        "merged_into": ref_id(record, "mergedParentTicket"),
        "opened_at": opened_at,
        "entered_by": text(info.get("enteredBy")),
        "closed_at": closed_at,
        "closed_by": text(record.get("closedBy")),
        "responded_at": moment(record, "dateResponded"),
        "responded_by": text(record.get("respondedBy")),
        "planned_at": moment(record, "dateResplan"),
        "resolved_at": resolved_at,
        "respond_goal_at": moment(record, "respondByGoalUTC"),
        "plan_goal_at": moment(record, "resplanGoalUTC"),
        "resolve_goal_at": moment(record, "resolutionGoalUTC"),
        "required_at": moment(record, "requiredDate"),
        "waiting_minutes": whole(record, "minutesWaiting"),
        "budget_minutes": minutes_of_hours(record.get("budgetHours")),
        "bill_time": text(record.get("billTime")),
        "last_updated_at": last_updated_at,
        "external_reference": text(record.get("externalXRef")),
        "custom_fields": storable(record.get("customFields")),
    }


def time_entry(record: Record) -> Row:
    charge_to_type = text(record.get("chargeToType"))
    charge_to_id = record.get("chargeToId")
    ticket_id = ref_id(record, "ticket") or (charge_to_id if charge_to_type in ON_TICKETS else None)
    return {
        "charge_to_type": charge_to_type,
        "charge_to_id": charge_to_id,
        "ticket_id": ticket_id,
        "company_id": ref_id(record, "company"),
        "member_id": ref_id(record, "member"),
        "work_type_id": ref_id(record, "workType"),
        "work_role_id": ref_id(record, "workRole"),
        "agreement_id": ref_id(record, "agreement"),
        "started_at": needed_moment(record, "timeStart"),
        "ended_at": moment(record, "timeEnd"),
        "minutes": minutes_of_hours(record.get("actualHours")) or Decimal(0),
        "billable_option": text(record.get("billableOption")),
        "billed_minutes": minutes_of_hours(record.get("hoursBilled")),
        "hourly_rate": amount(record.get("hourlyRate")),
        "status": text(record.get("status")),
        "notes": text(record.get("notes"), LONGEST_TEXT),
        "entered_at": moment(record, "dateEntered"),
        "last_updated_at": moment(record.get("_info") or {}, "lastUpdated"),
    }


def may_have_new_notes(now: datetime) -> Q:
    """Whether a note touches its ticket's lastUpdated is not documented."""
    return Q(is_closed=False) | Q(last_updated_at__gte=now - NOTED_AFTERWARDS)


def note(record: Record) -> Row:
    internal_only = bool(record.get("internalAnalysisFlag")) and not record.get("detailDescriptionFlag")
    return {
        "member_id": ref_id(record, "member"),
        "contact_id": ref_id(record, "contact"),
        "is_internal": bool(record.get("internalFlag", internal_only)) and not record.get("externalFlag"),
        "written_at": needed_moment(record, "dateCreated"),
        "text": text(record.get("text"), LONGEST_TEXT),
    }


def audit_event(record: Record) -> Row:
    """One line of the trail. Its wording is not documented, so it is read tolerantly and kept as it is."""
    words = text(record.get("text"), LONGEST_TEXT)
    what = f"{record.get('auditType', '')} {record.get('auditSubType', '')} {words.partition(' from ')[0]}".lower()
    told = QUOTED.search(words) or FROM_TO.search(words) or TO.search(words)
    values = told.groupdict() if told else {}
    return {
        "occurred_at": needed_moment(record, "enteredDate"),
        "kind": next((kind for word, kind in AUDIT_KINDS if word in what), "other"),
        "old_value": values.get("old") or "",
        "new_value": values.get("new") or "",
        "text": words,
    }
