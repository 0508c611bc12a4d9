"""The JSON of ConnectWise PSA as types: None is left out of the reply, as the current models do."""

from datetime import datetime
from typing import Any

import msgspec

SPECIAL_NAMES = {
    "info": "_info",
    "respond_by_goal": "respondByGoalUTC",
    "resplan_goal": "resplanGoalUTC",
    "resolution_goal": "resolutionGoalUTC",
    "escalation_start_date": "escalationStartDateUTC",
    "external_x_ref": "externalXRef",
}
Reference = msgspec.Raw


def wire_name(name: str) -> str:
    first, *rest = name.split("_")
    return SPECIAL_NAMES.get(name) or first + "".join(word.title() for word in rest)


class Payload(msgspec.Struct, omit_defaults=True, rename=wire_name):
    pass


class Ticket(Payload):
    id: int
    summary: str
    record_type: str
    board: Reference
    status: Reference
    company: Reference
    priority: Reference
    severity: str
    impact: str
    source: Reference
    sla_status: str
    actual_hours: float
    escalation_start_date: datetime
    info: dict[str, Any]
    has_child_ticket: bool
    has_merged_child_ticket_flag: bool
    closed_flag: bool
    customer_updated_flag: bool
    is_in_sla: bool
    respond_minutes: int
    res_plan_minutes: int
    resolve_minutes: int
    minutes_waiting: int
    resources: str | None = None
    team: Reference | None = None
    type: Reference | None = None
    sub_type: Reference | None = None
    item: Reference | None = None
    owner: Reference | None = None
    site: Reference | None = None
    site_name: str | None = None
    contact: Reference | None = None
    contact_name: str | None = None
    contact_phone_number: str | None = None
    contact_email_address: str | None = None
    agreement: Reference | None = None
    agreement_type: str | None = None
    sla: Reference | None = None
    merged_parent_ticket: Reference | None = None
    budget_hours: float | None = None
    external_x_ref: str | None = None
    closed_date: datetime | None = None
    closed_by: str | None = None
    date_responded: datetime | None = None
    responded_by: str | None = None
    date_resplan: datetime | None = None
    resplan_by: str | None = None
    date_resolved: datetime | None = None
    resolved_by: str | None = None
    respond_by_goal: datetime | None = None
    resplan_goal: datetime | None = None
    resolution_goal: datetime | None = None
    responded_hours: float | None = None
    resplan_hours: float | None = None
    resolution_hours: float | None = None
    parent_ticket_id: int | None = None
    escalation_level: int | None = None
    minutes_before_waiting: int | None = None
    bill_time: str | None = None
    bill_expenses: str | None = None
    bill_products: str | None = None
    location: Reference | None = None
    department: Reference | None = None
    work_type: Reference | None = None
    work_role: Reference | None = None
    request_for_change_flag: bool | None = None
    approved: bool | None = None
    custom_fields: list[dict[str, Any]] | None = None
    integrator_tags: list[str] | None = None
    sentiment_score: float | None = None
    mobile_guid: str | None = None


class TimeEntry(Payload):
    id: int
    company: Reference
    charge_to_id: int
    charge_to_type: str
    member: Reference
    location_id: int
    business_unit_id: int
    work_type: Reference
    work_role: Reference
    time_start: datetime
    time_end: datetime
    hours_deduct: float
    actual_hours: float
    billable_option: str
    notes: str
    add_to_resolution_flag: bool
    hours_billed: float
    invoice_hours: float
    hourly_rate: float
    hourly_cost: str
    entered_by: str
    date_entered: datetime
    status: str
    invoice_flag: bool
    info: dict[str, Any]
    agreement: Reference | None = None
    agreement_hours: float | None = None
    ticket: Reference | None = None
    ticket_board: str | None = None
    ticket_status: str | None = None
    ticket_type: str | None = None
    ticket_sub_type: str | None = None
    internal_notes: str | None = None
    project: Reference | None = None
    custom_fields: list[dict[str, Any]] | None = None


class Agreement(Payload):
    id: int
    name: str
    type: Reference
    company: Reference
    start_date: datetime
    no_ending_date_flag: bool
    cancelled_flag: bool
    agreement_status: str
    sla: Reference
    application_units: str
    application_limit: float
    application_cycle: str
    application_unlimited_flag: bool
    cover_agreement_time: bool
    carry_over_unused: bool
    allow_overruns: bool
    bill_time: str
    bill_amount: float
    billing_cycle: Reference
    period_type: str
    info: dict[str, Any]
    end_date: datetime | None = None
    date_cancelled: datetime | None = None
    reason_cancelled: str | None = None
    parent_agreement: Reference | None = None
    work_type: Reference | None = None
    work_role: Reference | None = None


class Member(Payload):
    id: int
    identifier: str
    first_name: str
    last_name: str
    license_class: str
    office_email: str
    primary_email: str
    inactive_flag: bool
    time_zone: Reference
    default_department: Reference
    work_role: Reference
    daily_capacity: float
    hourly_cost: float
    hourly_rate: float
    security_role: Reference
    info: dict[str, Any]
    inactive_date: datetime | None = None
    hire_date: datetime | None = None
    reports_to: Reference | None = None


class Company(Payload):
    id: int
    identifier: str
    name: str
    status: Reference
    types: list[Reference]
    territory: Reference
    market: Reference
    city: str
    number_of_employees: int
    deleted_flag: bool
    info: dict[str, Any]
    default_contact: Reference | None = None
    site: Reference | None = None
    date_deleted: datetime | None = None
    deleted_by: str | None = None


class Contact(Payload):
    id: int
    first_name: str
    last_name: str
    company: Reference
    site: Reference
    inactive_flag: bool
    default_flag: bool
    communication_items: list[dict[str, Any]]
    info: dict[str, Any]


class Board(Payload):
    id: int
    name: str
    location: Reference
    department: Reference
    inactive_flag: bool
    project_flag: bool
    email_connector_allow_reopen_closed_flag: bool
    info: dict[str, Any]


class SurveyResult(Payload):
    id: int
    survey_id: int
    ticket_id: int
    contact: Reference
    company: Reference
    total_points: int
    contact_me_flag: bool
    results: list[dict[str, Any]]
    info: dict[str, Any]
    footer_response: str | None = None


class Note(Payload):
    id: int
    ticket_id: int
    text: str
    detail_description_flag: bool
    internal_analysis_flag: bool
    resolution_flag: bool
    issue_flag: bool
    internal_flag: bool
    external_flag: bool
    date_created: datetime
    created_by: str
    info: dict[str, Any]
    member: Reference | None = None
    contact: Reference | None = None
