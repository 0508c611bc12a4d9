"""Security alerts that count, with whose they are; second views and customers left out on purpose don't."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from tests.oracle.tables import Row, Tables
from tests.oracle.tickets import valid_minutes

Customer = tuple[int, str]
AlertIdentity = tuple[int, str]
RESOLVED = "resolved"


@dataclass(frozen=True)
class Alert:
    row: Row
    vendor: str
    company_id: int | None
    reopenings: list[datetime]

    @property
    def identity(self) -> AlertIdentity:
        return self.row["source_id"], self.row["external_id"]

    @property
    def segment(self) -> str:
        return f"{self.vendor}:{self.row['severity']}:{self.row['severity_source']}"

    @property
    def detected_at(self) -> datetime:
        detected: datetime = self.row["detected_at"]
        return detected

    @property
    def resolved_at(self) -> datetime | None:
        """Of an alert that is resolved now."""
        return self.row["resolved_at"] if self.row["status"] == RESOLVED else None

    @property
    def acknowledge_minutes(self) -> Fraction | None:
        return valid_minutes(self.detected_at, self.row["acknowledged_at"])

    @property
    def resolve_minutes(self) -> Fraction | None:
        return valid_minutes(self.detected_at, self.resolved_at)

    @property
    def host(self) -> tuple[object, ...] | None:
        """A machine of a company; while nobody knows whose it is, of the vendor's customer."""
        name = self.row["host_name"].split(".")[0].lower()
        if not name:
            return None
        if self.company_id is None:
            return (self.row["source_id"], self.row["customer_id"], name)
        return (self.company_id, name)


class Customers:
    """Whose a vendor's customer is: as it was mapped itself, else as its account was."""

    def __init__(self, tables: Tables) -> None:
        self.accounts: dict[Customer, Customer] = {
            (row["source_id"], row["external_id"]): (row["source_id"], row["parent_id"])
            for row in tables.customers
        }
        self.mapped: dict[Customer, int | None] = {
            (row["source_id"], row["customer_id"]): row["company_id"] for row in tables.mappings
        }

    def is_left_out(self, customer: Customer) -> bool:
        decider = self.decider(customer)
        return decider in self.mapped and self.mapped[decider] is None

    def company_of(self, customer: Customer) -> int | None:
        return self.mapped.get(self.decider(customer)) if customer in self.accounts else None

    def decider(self, customer: Customer) -> Customer:
        return customer if customer in self.mapped else self.accounts.get(customer, customer)


def read_alerts(tables: Tables) -> list[Alert]:
    customers, reopenings = Customers(tables), reopenings_of_each(tables)
    vendors = {row["id"]: row["vendor"] for row in tables.connections}
    alerts = []
    for row in tables.alerts:
        source = row["source_id"]
        customer = (source, row["customer_id"])
        if is_first_view(row) and not customers.is_left_out(customer):
            company, reopened = customers.company_of(customer), reopenings[source, row["external_id"]]
            alerts.append(Alert(row, vendors[source], company, reopened))
    return alerts


def reopenings_of_each(tables: Tables) -> dict[AlertIdentity, list[datetime]]:
    moments: dict[AlertIdentity, list[datetime]] = defaultdict(list)
    for row in tables.alert_events:
        is_reopening = row["old_status"] == RESOLVED and row["new_status"] != RESOLVED
        if is_reopening and row["deleted_at"] is None:
            moments[row["source_id"], row["alert_id"]].append(row["occurred_at"])
    return moments


def is_first_view(row: Row) -> bool:
    return row["deleted_at"] is None and row["kind"] != "incident" and not row["redirected_to"]
