"""Words of the service desk that every simulated vendor translates into its own."""

from enum import StrEnum


class Stage(StrEnum):
    """What a status means to the service desk, whatever a board calls it."""

    NEW = "new"
    ASSIGNED = "assigned"
    WORKING = "working"
    WAITING = "waiting"
    ESCALATED = "escalated"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Billing(StrEnum):
    BILLABLE = "billable"
    DO_NOT_BILL = "do not bill"
    NO_CHARGE = "no charge"
    BY_AGREEMENT = "by agreement"


class ChargedTo(StrEnum):
    SERVICE_TICKET = "service ticket"
    PROJECT_TICKET = "project ticket"
    CHARGE_CODE = "charge code"
    COMPANY = "company"
    ACTIVITY = "activity"
