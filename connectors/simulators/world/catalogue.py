"""Boards, priorities, SLAs, work types, members and surveys of a simulated MSP."""

import random
from datetime import datetime, timedelta

from .records import (
    Board,
    ChargeCode,
    Goals,
    Member,
    Named,
    Priority,
    Question,
    Sla,
    Status,
    Survey,
    TicketType,
    WorkRole,
    WorkType,
)
from .tables import Table
from .terms import Billing, Stage
from .topics import HELP, NETWORK, PROJECTS, SECURITY, TOPICS

ADMIN = "zadmin"
STATUSES = (
    (Stage.NEW, "New", False),
    (Stage.ASSIGNED, "Assigned", False),
    (Stage.WORKING, "In Progress", False),
    (Stage.WAITING, "Waiting Customer", False),
    (Stage.ESCALATED, "Escalated", False),
    (Stage.REOPENED, "Re-opened", False),
    (Stage.RESOLVED, "Resolved", False),
    (Stage.CLOSED, ">Closed", True),
    (Stage.CANCELLED, ">Cancelled", True),
)
STATUS_NAMES_OF_SECURITY = {
    Stage.NEW: "New Alert",
    Stage.WORKING: "Investigating",
    Stage.RESOLVED: "Contained",
}
TEAMS = {
    HELP: ("Tier 1", "Tier 2"),
    NETWORK: ("Network Ops", "Network Engineering"),
    SECURITY: ("SOC", "Incident Response"),
    PROJECTS: ("Project Delivery",),
}
PRIORITIES = (
    ("Priority 1 - Critical", "Critical", "Red", (0.5, 2, 4)),
    ("Priority 2 - High", "High", "Orange", (1, 4, 8)),
    ("Priority 3 - Medium", "Medium", "Yellow", (4, 8, 24)),
    ("Priority 4 - Low", "Low", "White", (8, 16, 45)),
)
SOURCES = ("Phone", "Email Connector", "Portal", "Monitoring", "Chat", "Walk-in")
WORK_TYPES = (
    ("Remote", Billing.BILLABLE, True),
    ("On-site", Billing.BILLABLE, True),
    ("Phone", Billing.BILLABLE, True),
    ("After Hours", Billing.BILLABLE, True),
    ("Project", Billing.BILLABLE, True),
    ("Goodwill", Billing.NO_CHARGE, True),
    ("Maintenance", Billing.BY_AGREEMENT, True),
    ("Internal", Billing.DO_NOT_BILL, False),
    ("Automation", Billing.DO_NOT_BILL, False),
)
WORK_ROLES = (
    ("Technician", 120.0),
    ("Engineer", 150.0),
    ("Senior Engineer", 175.0),
    ("Security Analyst", 185.0),
)
CHARGE_CODES = ("Administration", "Team Meeting", "Training", "Vacation", "Sick Leave")
PEOPLE = (
    ("Maria", "Lopez"), ("Jason", "Chan"), ("Élise", "Tremblay"), ("Tom", "Becker"), ("Priya", "Nair"),
    ("Luc", "Gagnon"), ("Sarah", "O'Neil"), ("Wei", "Zhang"), ("Amélie", "Roy"), ("Daniel", "Kim"),
    ("Fatima", "Haddad"), ("Chris", "Morgan"), ("Noémie", "Côté"), ("Ivan", "Petrov"), ("Grace", "May"),
    ("Owen", "Grant"), ("Julie", "Bouchard"), ("Sam", "Okafor"), ("Nadia", "Rossi"), ("Hugo", "Lavoie"),
)  # fmt: skip
SPECIALTIES = (HELP, HELP, NETWORK, HELP, SECURITY, HELP, NETWORK, HELP, PROJECTS, SECURITY)
CSAT = Question(1, "How satisfied are you with the service?", ["1", "2", "3", "4", "5"])
NPS = Question(2, "How likely are you to recommend us?", [str(score) for score in range(11)])
REMARK = Question(3, "Anything you would like to tell us?", [])


class Catalogue:
    """The tables an MSP sets up once and refers to ever after."""

    def __init__(self, since: datetime, technicians: int, rng: random.Random) -> None:
        self.since = since
        self.sources = {name: Named(number, name) for number, name in enumerate(SOURCES, 1)}
        self.priorities = [
            Priority(number, name, number, level, color)
            for number, (name, level, color, _) in enumerate(PRIORITIES, 1)
        ]
        self.slas = [self._sla(1, "Standard SLA", False, 1.0), self._sla(2, "Premium 24x7", True, 0.75)]
        self.boards: Table[Board] = Table()
        self.work_types: Table[WorkType] = Table()
        self.work_roles: Table[WorkRole] = Table()
        self.charge_codes: Table[ChargeCode] = Table()
        self.members: Table[Member] = Table(first_id=150)
        self.surveys: Table[Survey] = Table()
        self._fill()
        self._hire(technicians, rng)
        self.technicians = [
            member for member in self.members if not member.is_automation and not member.left_at
        ]
        self.integration, self.robot = [member for member in self.members if member.is_automation]

    def board(self, name: str) -> Board:
        return next(board for board in self.boards if board.name == name)

    def work_type(self, name: str) -> WorkType:
        return next(work_type for work_type in self.work_types if work_type.name == name)

    def _sla(self, number: int, name: str, around_the_clock: bool, factor: float) -> Sla:
        goals = {}
        for priority, (_, _, _, hours) in zip(self.priorities, PRIORITIES, strict=True):
            goals[priority.id] = Goals(priority, *(hour * factor for hour in hours))
        return Sla(number, name, around_the_clock, goals)

    def _fill(self) -> None:
        for number, name in enumerate(TEAMS):
            self.boards.add(self._board(number, name))
        for name, billing, utilised in WORK_TYPES:
            self.work_types.add(
                WorkType(self.work_types.next_id(), self.since, ADMIN, name, billing, utilised)
            )
        for name, rate in WORK_ROLES:
            self.work_roles.add(WorkRole(self.work_roles.next_id(), self.since, ADMIN, name, rate))
        for name in CHARGE_CODES:
            self.charge_codes.add(ChargeCode(self.charge_codes.next_id(), self.since, ADMIN, name, False))
        questions = [CSAT, NPS, REMARK]
        self.surveys.add(Survey(self.surveys.next_id(), self.since, ADMIN, "Ticket closed", questions))

    def _board(self, number: int, name: str) -> Board:
        base = 100 * number
        topics = [topic for topic in TOPICS if topic.board == name]
        renamed = STATUS_NAMES_OF_SECURITY if name == SECURITY else {}
        statuses = {
            stage: Status(base + order, renamed.get(stage, text), stage, order * 10, closed)
            for order, (stage, text, closed) in enumerate(STATUSES, 1)
        }
        types = {
            text: TicketType(base + order, text, text == "Monitoring")
            for order, text in enumerate(dict.fromkeys(topic.type for topic in topics), 1)
        }
        subtypes = self._named(base, [topic.subtype for topic in topics])
        items = self._named(base, [topic.item for topic in topics])
        teams = list(self._named(base, list(TEAMS[name])).values())
        board_id = self.boards.next_id()
        return Board(
            board_id, self.since, ADMIN, name, name == PROJECTS, statuses, types, subtypes, items, teams
        )

    def _named(self, base: int, names: list[str]) -> dict[str, Named]:
        return {name: Named(base + order, name) for order, name in enumerate(dict.fromkeys(names), 1)}

    def _hire(self, technicians: int, rng: random.Random) -> None:
        for number in range(technicians):
            self._hire_person(number, rng)
        self._hire_machine("cwapi", "Integration", "API", "A")
        self._hire_machine("rpabot", "Robo", "Desk", "F")

    def _hire_person(self, number: int, rng: random.Random) -> Member:
        first, last = PEOPLE[number % len(PEOPLE)]
        round_ = number // len(PEOPLE)
        identifier = f"{first[0]}{last}{round_ or ''}".lower().replace("'", "")
        role = self.work_roles[1 + number % len(WORK_ROLES)]
        member = self._member(identifier, first, last + " I" * round_, "FFFFFFFFFFFXCF"[number % 14], role)
        for board in TEAMS:
            trained = 0.85 if board == SPECIALTIES[number % len(SPECIALTIES)] else 1.05
            member.effort[board] = round(trained * rng.lognormvariate(0, 0.16), 3)
            member.slips[board] = round(trained * rng.lognormvariate(0, 0.3), 3)
        self._plant_extremes(number, member)
        return member

    def _plant_extremes(self, number: int, member: Member) -> None:
        """One technician is excellent at the help desk, one struggles there and one with the network."""
        if number == 0:
            member.effort[HELP], member.slips[HELP] = 0.62, 0.6
        elif number == 3:
            member.effort[HELP], member.slips[HELP] = 1.8, 2.2
        elif number == 7:
            member.effort[NETWORK], member.slips[NETWORK] = 2.1, 2.0

    def _hire_machine(self, identifier: str, first: str, last: str, license_class: str) -> None:
        member = self._member(identifier, first, last, license_class, self.work_roles[1])
        member.is_automation = True
        member.hourly_cost = 0.0

    def _member(self, identifier: str, first: str, last: str, license_class: str, role: WorkRole) -> Member:
        cost = round(role.hourly_rate * 0.38, 2)
        member = Member(
            self.members.next_id(),
            self.since,
            ADMIN,
            identifier,
            first,
            last,
            license_class,
            False,
            role,
            cost,
        )
        member.hired_at = self.since - timedelta(days=200)
        return self.members.add(member)
