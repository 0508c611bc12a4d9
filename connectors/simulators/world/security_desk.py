"""The devices of all clients and the alerts on them, with every edit that a person or a product could make."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from . import security_names as names
from .alert_kinds import ALERT_KINDS, BY_KEY, AlertKind
from .catalogue import ADMIN
from .desk import edit
from .records import Company, Ticket
from .security_records import (
    Alert,
    AlertChange,
    AlertState,
    ChangeKind,
    Device,
    DeviceKind,
    Family,
    Happening,
    SeenBy,
    Verdict,
)
from .tables import Table
from .ticket_desk import TicketDesk
from .topics import SECURITY

FIRST_DEVICE, FIRST_ALERT = 2001, 3001
PRODUCT = "policy"  # who acts when nobody does
PRIORITY = {"critical": 1, "high": 2, "medium": 3, "low": 4, "informational": 4}


class SecurityDesk(TicketDesk):
    def __init__(self, now: datetime, end: datetime, companies: int, technicians: int, seed: int) -> None:
        super().__init__(now, end, companies, technicians, seed)
        self.devices: Table[Device] = Table(FIRST_DEVICE)
        self.alerts: Table[Alert] = Table(FIRST_ALERT)
        self.journal: list[Happening] = []
        self.fleets: dict[int, list[Device]] = {}  # by company
        self._open_alerts: Counter[int] = Counter()  # by device, of its endpoint protection
        self._seed = seed
        self._chance = random.Random(seed + 7)
        self._incident_id = 400

    @edit
    def add_device(
        self,
        company_id: int,
        kind: DeviceKind = "laptop",
        has_edr: bool = True,
        has_mde: bool = True,
        os: str | None = None,
    ) -> Device:
        company, rng = self.clients.companies[company_id], self._chance
        number = self.devices.next_id()
        system, build = rng.choice([each for each in names.SYSTEMS[kind] if os in (None, each[0])])
        host, person = names.host_name(company, kind, number - FIRST_DEVICE + 1), rng.choice(company.contacts)
        address = f"10.{company.id % 250}.{number // 250 % 250}.{number % 250 + 2}"
        device = Device(
            number, self.now, ADMIN, company, host, names.serial(rng), system, build, kind, address,
            names.mac(rng), person.email.partition("@")[0], self.now, self.now, has_edr, has_mde,
        )  # fmt: skip
        self.fleets.setdefault(company.id, []).append(device)
        self.journal.append(Happening(self.now, PRODUCT, "added", device, "", str(company_id)))
        return self.devices.add(device)

    @edit
    def touch_device(self, device_id: int) -> None:
        """It reports in."""
        device = self.devices[device_id]
        device.last_seen = self.now
        self.devices.touch(device, self.now, PRODUCT)

    @edit
    def move_device(self, device_id: int, company_id: int, by: str = ADMIN) -> None:
        device, company = self.devices[device_id], self.clients.companies[company_id]
        before, device.company = device.company, company
        self.fleets[before.id].remove(device)
        self.fleets.setdefault(company.id, []).append(device)
        self._note_device(device, by, "moved", str(before.id), str(company.id))

    @edit
    def retire_device(self, device_id: int, by: str = ADMIN) -> None:
        device = self.devices[device_id]
        device.retired_at = self.now
        self._note_device(device, by, "retired")

    @edit
    def isolate_device(self, device_id: int, isolated: bool = True, by: str = ADMIN) -> None:
        device = self.devices[device_id]
        device.is_isolated = isolated
        self._note_device(device, by, "isolated", str(not isolated), str(isolated))

    @edit
    def merge_devices(self, into: int, duplicate: int) -> None:
        device = self.devices[duplicate]
        device.merged_into = self.devices[into]
        self.devices.touch(device, self.now, PRODUCT)

    @edit
    def raise_alert(
        self,
        company: int | None = None,
        device: int | None = None,
        kind: str | None = None,
        seen_by: SeenBy | None = None,
        with_ticket: bool = True,
        incident: int | None = None,
    ) -> Alert:
        """Company, device and kind are chosen to fit each other where they are not given."""
        viewer = seen_by or (BY_KEY[kind].seen_by[0] if kind else "edr")
        host = None if viewer == "office" else self._host(company, device, viewer)
        chosen = BY_KEY[kind] if kind else self._any_kind(viewer, host.family if host else "windows")
        client = host.company if host else self.clients.companies[company or self.clients.companies.ids[0]]
        alert = self._alert(chosen, viewer, client, host)
        if viewer != "edr":
            alert.incident_id = incident or self.next_incident()
        self.journal.append(Happening(self.now, PRODUCT, "raised", alert))
        self._count(alert, 1)
        self.alerts.add(alert)
        if with_ticket:
            self.open_alert_ticket(alert.id)
        return alert

    @edit
    def open_alert_ticket(self, alert_id: int, summary: str = "", quotes_reference: bool = True) -> Ticket:
        alert = self.alerts[alert_id]
        host = alert.device.hostname if alert.device else "Microsoft 365"
        alert.ticket = self.open_ticket(
            summary or f"SOC alert: {BY_KEY[alert.kind].title} on {host}",
            company=alert.company.id,
            board=self.catalogue.board(SECURITY).id,
            priority=PRIORITY[alert.severity],
            topic="malware-alert" if alert.device else "sign-in-alert",
            source="Monitoring",
            by=self.catalogue.integration.identifier,
        )
        alert.ticket.external_reference = alert.reference if quotes_reference else None
        return alert.ticket

    @edit
    def acknowledge_alert(self, alert_id: int, by: str = ADMIN) -> None:
        alert = self.alerts[alert_id]
        alert.acknowledged_at = alert.acknowledged_at or self.now
        self._assign(alert, by)
        self._enter(alert, by, "in_progress")

    @edit
    def contain_alert(self, alert_id: int, by: str = PRODUCT) -> None:
        """The process is killed and the file is locked away."""
        alert = self.alerts[alert_id]
        if not alert.is_mitigated:
            alert.is_mitigated, alert.contained_at = True, self.now
            self._note_alert(alert, by, "mitigation", "not_mitigated", "mitigated")

    @edit
    def resolve_alert(self, alert_id: int, verdict: Verdict = "true_positive", by: str = ADMIN) -> None:
        alert = self.alerts[alert_id]
        alert.acknowledged_at = alert.acknowledged_at or self.now
        alert.resolved_at = alert.resolved_at or self.now
        if verdict != alert.verdict:
            before, alert.verdict = alert.verdict, verdict
            self._note_alert(alert, by, "verdict", before, verdict)
        self._enter(alert, by, "resolved")

    @edit
    def reopen_alert(self, alert_id: int, by: str = ADMIN) -> None:
        alert = self.alerts[alert_id]
        alert.resolved_at = None
        self._enter(alert, by, "in_progress")

    def open_alerts(self, device: Device) -> int:
        return self._open_alerts[device.id]

    def next_incident(self) -> int:
        self._incident_id += 1
        return self._incident_id

    def watched_devices(self, company: Company | None, viewer: SeenBy) -> list[Device]:
        """Those in use that the product sees, of one company or of all."""
        everyone = self.fleets.values() if company is None else [self.fleets.get(company.id, [])]
        return [
            device
            for fleet in everyone
            for device in fleet
            if device.is_in_use and (device.has_edr if viewer == "edr" else device.has_mde)
        ]

    def _any_kind(self, viewer: SeenBy, family: Family) -> AlertKind:
        kinds = [kind for kind in ALERT_KINDS if viewer in kind.seen_by and kind.family == family]
        return self._chance.choices(kinds, weights=[kind.weight for kind in kinds])[0]

    def _host(self, company: int | None, device: int | None, viewer: SeenBy) -> Device:
        if device:
            return self.devices[device]
        client = self.clients.companies[company] if company else None
        hosts = self.watched_devices(client, viewer)
        if hosts:
            return self._chance.choice(hosts)
        target = company or self.clients.companies.ids[0]
        return self.add_device(target, has_edr=viewer == "edr", has_mde=viewer == "mde")

    def _alert(self, kind: AlertKind, viewer: SeenBy, company: Company, device: Device | None) -> Alert:
        number = self.alerts.next_id()
        reference = names.alert_reference(self._seed, number, viewer, self.now)
        began = self.now - timedelta(seconds=round(self._chance.expovariate(1 / 120)))
        return Alert(
            number,
            self.now,
            PRODUCT,
            device,
            company,
            viewer,
            kind.key,
            kind.severity,
            began,
            self.now,
            reference,
        )

    def _assign(self, alert: Alert, by: str) -> None:
        if by not in (alert.assignee, PRODUCT):
            before, alert.assignee = alert.assignee or "", by
            self._note_alert(alert, by, "assignee", before, by)

    def _enter(self, alert: Alert, by: str, state: AlertState) -> None:
        if state != alert.state:
            before, alert.state = alert.state, state
            self._count(alert, (state != "resolved") - (before != "resolved"))
            self._note_alert(alert, by, "state", before, state)

    def _count(self, alert: Alert, more: int) -> None:
        if alert.device and alert.seen_by == "edr":
            self._open_alerts[alert.device.id] += more

    def _note_alert(self, alert: Alert, by: str, what: ChangeKind, before: str, after: str) -> None:
        alert.history.append(AlertChange(self.now, by, what, before, after))
        self.journal.append(Happening(self.now, by, what, alert, before, after))
        self.alerts.touch(alert, self.now, by)

    def _note_device(self, device: Device, by: str, what: Any, before: str = "", after: str = "") -> None:
        self.journal.append(Happening(self.now, by, what, device, before, after))
        self.devices.touch(device, self.now, by)
