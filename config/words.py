"""What the columns of our tables are called on pages; their names in code are for code."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from django.db.models import Model
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

Method = TypeVar("Method", bound=Callable[..., Any])

WORDS: dict[str, Any] = {
    "access": _("Access"),
    "access_checked_at": _("Last tried"),
    "agreement_lists_are_complete": _("Agreements list all that they cover"),
    "alert_sla_hours": _("Hours to resolve, by severity"),
    "anomaly_detected": _("Unusual"),
    "anomaly_rule": _("What counts as unusual"),
    "anomaly_threshold": _("From which score on"),
    "announced": _("To be read"),
    "answered_at": _("Answered"),
    "api_version": _("API version"),
    "asked_at": _("Asked"),
    "attempts": _("Requests"),
    "automation_override": _("Is a program"),
    "backlog_open": _("Backlog"),
    "backlog_over_30d": _("Over 30 days"),
    "base_url": _("Address"),
    "bill_amount": _("Amount"),
    "bill_time": _("Billing of time"),
    "billable_ratio": _("Billable %"),
    "billed_minutes": _("Minutes billed"),
    "billing_cycle": _("Billing cycle"),
    "board_name": _("Board"),
    "calls_per_run": _("Calls in one run, at most"),
    "cashable_share": _("Share of saved time that becomes money"),
    "category": _("Category"),
    "channel": _("Came in by"),
    "closed_at": _("Closed"),
    "comment": _("Comment"),
    "companies_without_agreement": _("Companies that need no agreement"),
    "confidence": _("Confidence"),
    "connection": _("Connection"),
    "contact_name": _("Contact"),
    "contained_at": _("Contained"),
    "created_at": _("Made"),
    "crm_id": _("Client entered at the vendor"),
    "csat_avg": _("Satisfaction"),
    "currency": _("Currency"),
    "brand_colour": _("Colour"),
    "daily_capacity_hours": _("Hours a day"),
    "day": _("Day"),
    "deleted_at": _("Deleted at the vendor"),
    "denominator": _("Of"),
    "department_name": _("Department"),
    "detected_at": _("Detected"),
    "device_products": _("Products paid for per device"),
    "email": _("E-mail"),
    "ended_at": _("End"),
    "ends_at": _("Permission ends"),
    "ends_on": _("Ends"),
    "error": _("What went wrong"),
    "expires_at": _("Valid until"),
    "external_id": _("Id at the vendor"),
    "fcr_rate": _("First time %"),
    "finished_at": _("Finished"),
    "first_seen": _("First seen"),
    "hint": _("Ends with"),
    "hired_on": _("Hired"),
    "host_name": _("Device"),
    "hostname": _("Device"),
    "hourly_rate": _("Hourly rate"),
    "identifier": _("Identifier"),
    "incident_id": _("Incident"),
    "input_tokens": _("Tokens in"),
    "is_active": _("May sign in"),
    "is_cancelled": _("Cancelled"),
    "is_enabled": _("Switched on"),
    "is_estimated": _("Tokens are estimated"),
    "is_final": _("Final"),
    "is_in_sla": _("Within SLA"),
    "is_inactive": _("Inactive"),
    "is_project_board": _("Project board"),
    "item_name": _("Item"),
    "kind": _("Kind"),
    "kpi": _("Figure"),
    "kpi_date": _("Day"),
    "labels_from": _("Whose labels count"),
    "language": _("Language"),
    "last_login": _("Last signed in"),
    "last_seen": _("Last seen"),
    "last_seen_at": _("Last seen"),
    "last_success_at": _("Last complete sync"),
    "last_used_at": _("Last used"),
    "late_entry_days": _("Days for late entries"),
    "latency_ms": _("Milliseconds"),
    "level": _("Kind"),
    "license_class": _("Licence"),
    "limit_amount": _("Limit"),
    "limit_units": _("Limit counts"),
    "loaded_hourly_cost": _("Cost of an hour"),
    "location_name": _("Location"),
    "looks_automated": _("Looks like a program"),
    "merged_into": _("Merged into ticket"),
    "metric": _("Metric"),
    "mode": _("Kind"),
    "model": _("Model"),
    "money_at_stake": _("Money"),
    "money_per_million_input": _("Price of a million tokens in"),
    "money_per_million_output": _("Price of a million tokens out"),
    "money_per_month": _("Money in a month, at most"),
    "name": _("Name"),
    "notes": _("Notes"),
    "numerator": _("Value"),
    "occurred_at": _("Happened"),
    "opened_at": _("Opened"),
    "os_name": _("Operating system"),
    "output_tokens": _("Tokens out"),
    "pages": _("Pages"),
    "parent_id": _("Account"),
    "payload": _("The record as it came"),
    "phrase": _("Phrase"),
    "priority_name": _("Priority"),
    "privacy_mode": _("Technicians' figures"),
    "product": _("Product"),
    "prompt_version": _("Version of the prompt"),
    "purpose": _("About"),
    "reason": _("Reason"),
    "record_type": _("Record type"),
    "reopen_count": _("Times reopened"),
    "request_id": _("Request id"),
    "resolve_goal_at": _("To be resolved by"),
    "resolved_at": _("Resolved"),
    "responded_at": _("Answered"),
    "retention_days": _("Days that calls are kept"),
    "revoked_at": _("Revoked"),
    "rows_changed": _("Changed"),
    "rows_deleted": _("Deleted"),
    "rows_new": _("New"),
    "rows_seen": _("Seen"),
    "rows_skipped": _("Skipped"),
    "schema_version": _("Version of the form"),
    "seen_at": _("Seen"),
    "segment": _("Segment"),
    "serial": _("Serial number"),
    "severity": _("Severity"),
    "site_name": _("Site"),
    "source": _("Connection"),
    "started_at": _("Start"),
    "starts_on": _("Starts"),
    "state": _("State at the vendor"),
    "status": _("Status"),
    "status_name": _("Status"),
    "status_reason": _("Reason"),
    "stream": _("Stream"),
    "sub_type_name": _("Subtype"),
    "summary": _("Summary"),
    "synced_at": _("Last changed here"),
    "territory_name": _("Territory"),
    "time_zone": _("Time zone"),
    "time_zone_name": _("Time zone"),
    "title": _("Finding"),
    "tokens_per_month": _("Tokens in a month, at most"),
    "type_name": _("Type"),
    "type_names": _("Types"),
    "user": _("User"),
    "user_name": _("User"),
    "vendor_severity": _("Severity in the vendor's words"),
    "vendor_status": _("Status in the vendor's words"),
    "verdict": _("Verdict"),
    "waiting_minutes": _("Minutes waiting on the client"),
    "work_role_name": _("Work role"),
    "working_hours": _("Working hours"),
}


def shown(title: Any, *, ordering: Any = None, label: Any = None) -> Callable[[Method], Method]:
    """A column of a list or page that is computed: unfold's `display`, with types."""
    return cast("Callable[[Method], Method]", display(description=title, ordering=ordering, label=label))


def said(value: Any) -> Any:
    """In the reader's time and language: the page of a row would write a moment as the database has it."""
    if isinstance(value, bool):
        return value
    return localize(localtime(value) if isinstance(value, datetime) else value)


@cache
def column(name: str, is_boolean: bool = False) -> Callable[[Model], Any]:
    """The column under its name for people. Cached, because Django compares columns by identity."""

    def value(row: Model) -> Any:
        shown = getattr(row, f"get_{name}_display", None)
        return said(shown() if shown else getattr(row, name))

    value.__name__ = name
    return cast(
        "Callable[[Model], Any]",
        display(value, description=WORDS[name], ordering=name, boolean=is_boolean or None),
    )


@cache
def structure(name: str) -> Callable[[Model], Any]:
    """What is kept as JSON, written plainly: unfold would colour it with styles that the security policy forbids."""

    def value(row: Model) -> Any:
        written = json.dumps(getattr(row, name), indent=2, ensure_ascii=False, default=str)
        return format_html('<pre class="dm-json">{}</pre>', written)

    value.__name__ = name
    title = WORDS.get(name, name.replace("_", " ").capitalize())
    return cast("Callable[[Model], Any]", display(value, description=title))
