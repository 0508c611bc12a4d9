"""Devices of the client companies and the security alerts on them, in no vendor's words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .records import Company, Record, Ticket

DeviceKind = Literal["desktop", "laptop", "server"]
Family = Literal["windows", "macos", "linux"]
SeenBy = Literal["edr", "mde", "office"]
Severity = Literal["informational", "low", "medium", "high", "critical"]
AlertState = Literal["new", "in_progress", "resolved"]
Verdict = Literal["undefined", "true_positive", "false_positive", "suspicious", "benign"]
ChangeKind = Literal["state", "verdict", "assignee", "mitigation"]


@dataclass(slots=True, eq=False, repr=False)
class Device(Record):
    company: Company
    hostname: str
    serial: str
    os: str
    os_build: str
    kind: DeviceKind
    ip: str
    mac: str
    user: str
    first_seen: datetime
    last_seen: datetime
    has_edr: bool  # an agent of SentinelOne runs on it
    has_mde: bool  # Defender for Endpoint reports it
    retired_at: datetime | None = None
    is_isolated: bool = False
    merged_into: "Device | None" = None  # Defender took one machine for two

    @property
    def family(self) -> Family:
        return (
            "windows" if self.os.startswith("Windows") else "macos" if self.os.startswith("mac") else "linux"
        )

    @property
    def is_in_use(self) -> bool:
        return not self.retired_at and not self.merged_into


@dataclass(slots=True, eq=False, repr=False)
class AlertChange:
    at: datetime
    by: str
    what: ChangeKind
    before: str
    after: str


@dataclass(slots=True, eq=False, repr=False)
class Alert(Record):
    """`reference` is the id its console knows it by, because tickets quote that."""

    device: Device | None
    company: Company  # when it was detected: the device may have moved since
    seen_by: SeenBy
    kind: str
    severity: Severity
    occurred_at: datetime
    detected_at: datetime
    reference: str
    state: AlertState = "new"
    verdict: Verdict = "undefined"
    assignee: str | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    contained_at: datetime | None = None
    is_mitigated: bool = False
    ticket: Ticket | None = None
    incident_id: int | None = None
    history: list[AlertChange] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Happening:
    """One line of the journal of everything that happened to alerts and devices, in order."""

    at: datetime
    by: str
    what: Literal[
        "raised", "state", "verdict", "assignee", "mitigation", "added", "moved", "retired", "isolated"
    ]
    subject: Alert | Device
    before: str = ""
    after: str = ""
