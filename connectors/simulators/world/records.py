"""What exists at a simulated MSP, in no vendor's words and without any JSON."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .terms import Billing, ChargedTo, Stage


@dataclass(slots=True, eq=False, repr=False)
class Named:
    id: int
    name: str

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


@dataclass(slots=True, eq=False, repr=False)
class Record:
    """Anything that is listed on its own and remembers its last change."""

    id: int
    updated_at: datetime
    updated_by: str

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


@dataclass(slots=True, eq=False, repr=False)
class Status(Named):
    stage: Stage
    sort: int
    is_closed: bool


@dataclass(slots=True, eq=False, repr=False)
class TicketType(Named):
    is_proactive: bool


@dataclass(slots=True, eq=False, repr=False)
class Priority(Named):
    sort: int
    level: str
    color: str


@dataclass(slots=True, eq=False, repr=False)
class Goals:
    """Hours granted for each step of a ticket."""

    priority: Priority
    respond_hours: float
    plan_hours: float
    resolve_hours: float


@dataclass(slots=True, eq=False, repr=False)
class Sla(Named):
    around_the_clock: bool
    goals: dict[int, Goals]


@dataclass(slots=True, eq=False, repr=False)
class Board(Record):
    name: str
    is_project: bool
    statuses: dict[Stage, Status]
    types: dict[str, TicketType]
    subtypes: dict[str, Named]
    items: dict[str, Named]
    teams: list[Named]


@dataclass(slots=True, eq=False, repr=False)
class WorkType(Record):
    name: str
    billing: Billing
    counts_as_utilised: bool


@dataclass(slots=True, eq=False, repr=False)
class WorkRole(Record):
    name: str
    hourly_rate: float


@dataclass(slots=True, eq=False, repr=False)
class ChargeCode(Record):
    name: str
    is_billable: bool


@dataclass(slots=True, eq=False, repr=False)
class Member(Record):
    identifier: str
    first_name: str
    last_name: str
    license_class: str
    is_automation: bool
    work_role: WorkRole
    hourly_cost: float
    left_at: datetime | None = None
    hired_at: datetime | None = None
    effort: dict[str, float] = field(default_factory=dict)  # board name → handling time against the norm
    slips: dict[str, float] = field(default_factory=dict)  # board name → reopenings against the norm

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(slots=True, eq=False, repr=False)
class Contact(Record):
    first_name: str
    last_name: str
    email: str
    phone: str
    company: "Company"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(slots=True, eq=False, repr=False)
class Company(Record):
    identifier: str
    name: str
    speaks_french: bool
    size: int
    market: str
    city: str
    left_at: datetime | None = None
    sites: list[Named] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    agreements: list["Agreement"] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Addition(Named):
    quantity: float
    included: float
    unit_price: float
    unit_cost: float
    since: datetime


@dataclass(slots=True, eq=False, repr=False)
class Agreement(Record):
    name: str
    type: Named
    company: Company
    since: datetime
    sla: Sla
    monthly_amount: float
    billing: Billing
    until: datetime | None = None
    cancelled_at: datetime | None = None
    hours_limit: float | None = None
    parent: "Agreement | None" = None
    boards: list[tuple[Board, TicketType | None]] = field(default_factory=list)
    work_types: list[WorkType] = field(default_factory=list)
    work_roles: list[WorkRole] = field(default_factory=list)
    excluded_work_types: list[WorkType] = field(default_factory=list)
    excluded_work_roles: list[WorkRole] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)

    def in_force(self, moment: datetime) -> bool:
        ends = [end for end in (self.until, self.cancelled_at) if end]
        return self.since <= moment and all(moment < end for end in ends)


@dataclass(slots=True, eq=False, repr=False)
class Change:
    """One line of a ticket's audit trail."""

    at: datetime
    by: str
    what: str
    before: str
    after: str


@dataclass(slots=True, eq=False, repr=False)
class Note:
    id: int
    at: datetime
    text: str
    author: Member | Contact
    is_internal: bool


@dataclass(slots=True, eq=False, repr=False)
class Ticket(Record):
    summary: str
    company: Company
    board: Board
    status: Status
    priority: Priority
    source: Named
    opened_at: datetime
    opened_by: str
    topic: str
    contact: Contact | None = None
    site: Named | None = None
    type: TicketType | None = None
    subtype: Named | None = None
    item: Named | None = None
    team: Named | None = None
    owner: Member | None = None
    agreement: Agreement | None = None
    sla: Sla | None = None
    external_reference: str | None = None
    root_cause: str | None = None
    budget_hours: float | None = None
    merged_into: "Ticket | None" = None
    merged_children: list["Ticket"] = field(default_factory=list)
    customer_updated: bool = False
    closed_at: datetime | None = None
    closed_by: str | None = None
    responded_at: datetime | None = None
    responded_by: str | None = None
    planned_at: datetime | None = None
    planned_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    respond_goal: datetime | None = None
    plan_goal: datetime | None = None
    resolve_goal: datetime | None = None
    waiting_since: datetime | None = None
    waiting_minutes: int = 0
    entries: list["TimeEntry"] = field(default_factory=list)
    history: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        return self.status.is_closed

    @property
    def worked(self) -> timedelta:
        return sum((entry.worked for entry in self.entries), timedelta())

    @property
    def resources(self) -> list[Member]:
        """The owner and everyone who worked on it, each once, in order."""
        owner = [self.owner] if self.owner else []
        return list(dict.fromkeys(owner + [entry.member for entry in self.entries]))


@dataclass(slots=True, eq=False, repr=False)
class TimeEntry(Record):
    company: Company
    member: Member
    charged_to: ChargedTo
    work_type: WorkType
    work_role: WorkRole
    started_at: datetime
    ended_at: datetime
    billing: Billing
    entered_at: datetime
    ticket: Ticket | None = None
    charge_code: ChargeCode | None = None
    agreement: Agreement | None = None
    deducted: timedelta = timedelta()
    notes: str = ""

    @property
    def worked(self) -> timedelta:
        return self.ended_at - self.started_at - self.deducted


@dataclass(slots=True, eq=False, repr=False)
class Question(Named):
    options: list[str]


@dataclass(slots=True, eq=False, repr=False)
class Survey(Record):
    name: str
    questions: list[Question]


@dataclass(slots=True, eq=False, repr=False)
class SurveyResult(Record):
    survey: Survey
    ticket: Ticket
    contact: Contact
    answers: list[int | str]
