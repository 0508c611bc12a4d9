"""What the security portal of one tenant knows of the world, and what all its documents share."""

from collections import Counter
from functools import cached_property

from ..faults import FaultKind
from ..world.alert_kinds import BY_KEY, AlertKind
from ..world.security_desk import FIRST_ALERT
from ..world.security_records import Alert, Device
from .clock import Clock
from .msp import Msp
from .tenants import Tenant, plain

SYSTEMS = {
    "Windows 11 Pro": "Windows11",
    "Windows 10 Pro": "Windows10",
    "macOS 15": "macOS",
    "Ubuntu 22.04": "Linux",
}
VERSIONS = {"22631": "23H2", "26100": "24H2", "19045": "22H2", "17763": "1809", "20348": "21H2"}
CATEGORIES = {
    "PUP": "UnwantedSoftware",
    "Infostealer": "CredentialAccess",
    "Cryptominer": "Malware",
    "Manual": "SuspiciousActivity",
}
RISKS = ("informational", "low", "medium", "high", "critical")


class Portal:
    """Made for one request, so that what it has found once stays true."""

    def __init__(self, msp: Msp, tenant: Tenant, machine: str = "") -> None:
        self._machine = machine  # the only one whose alerts are asked for
        self.msp, self.tenant, self.world, self.identity = msp, tenant, msp.world, msp.identity
        states = (FaultKind.CLOCK_SKEW, FaultKind.IDENTICAL_TIMESTAMPS)
        self.clock = Clock(*(msp.faults.state(kind) for kind in states))

    @cached_property
    def alerts(self) -> list[Alert]:
        """Without a licence there is nobody to watch the devices, but mail and sign-ins are watched."""
        seen_by = ("mde", "office") if self.tenant.has_defender else ("office",)
        company = self.tenant.company
        return [alert for alert in self.world.alerts if alert.company is company and alert.seen_by in seen_by]

    def endpoint_alerts(self) -> list[Alert]:
        found = [alert for alert in self.alerts if alert.device and alert.seen_by == "mde"]
        return [alert for alert in found if self._machine in ("", self._host(alert))]

    def devices(self) -> list[Device]:
        """A retired one stays in the inventory and only falls silent."""
        fleet = self.world.fleets.get(self.tenant.company.id, []) if self.tenant.company else []
        return [device for device in fleet if device.has_mde]

    def _host(self, alert: Alert) -> str:
        assert alert.device
        return self.machine_id(alert.device)

    def machine_id(self, device: Device) -> str:
        return self.identity.machine(device, self.tenant.id)

    def incident_id(self, alert: Alert) -> int:
        assert alert.incident_id is not None
        return self.msp.incident_id(alert.incident_id)

    def created_at(self, alert: Alert) -> str:
        return self.clock.text(alert.detected_at, alert.id - FIRST_ALERT)

    def updated_at(self, alert: Alert) -> str:
        return self.clock.text(alert.updated_at, self.world.alerts.revision(alert.id))

    def resolved_at(self, alert: Alert) -> str | None:
        return self.clock.optional(alert.resolved_at, alert.id - FIRST_ALERT)

    def person(self, identifier: str | None) -> str | None:
        """A technician signs in with an account of the MSP's own tenant."""
        return f"{plain(identifier).lower()}@{self.msp.tenants.partner.domain}" if identifier else None

    def user(self, alert: Alert) -> str:
        if alert.device:
            return f"{alert.device.user}@{self.tenant.domain}"
        return alert.company.contacts[alert.id % len(alert.company.contacts)].email

    @cached_property
    def risks(self) -> dict[int, str]:
        """Per device the gravest open alert."""
        gravest: Counter[int] = Counter()
        for alert in self.endpoint_alerts():
            if alert.device and alert.state != "resolved":
                gravest[alert.device.id] = max(gravest[alert.device.id], RISKS.index(alert.severity))
        return {device: risk(RISKS[place]) for device, place in gravest.items()}


def kind_of(alert: Alert) -> AlertKind:
    return BY_KEY[alert.kind]


def category(alert: Alert) -> str:
    return CATEGORIES.get(kind_of(alert).category, kind_of(alert).category)


def risk(severity: str) -> str:
    """Microsoft knows nothing above high."""
    return "high" if severity == "critical" else severity


def platform(device: Device) -> str:
    return SYSTEMS.get(device.os) or device.os.replace(" ", "")


def version(device: Device) -> str:
    return VERSIONS.get(device.os_build) or device.os.rpartition(" ")[2]


def build(device: Device) -> int | None:
    return int(device.os_build) if device.os_build.isdigit() else None


def external_ip(device: Device) -> str:
    return f"198.51.100.{device.company.id % 250 + 1}"


def file_path(alert: Alert) -> tuple[str, str]:
    """Folder and name."""
    user = alert.device.user if alert.device else ""
    path = kind_of(alert).file_path.format(user=user)
    separator = "/" if path.startswith("/") else "\\"
    folder, _, name = path.rpartition(separator)
    return (folder if separator == "/" else f"C:{folder}"), name


def pascal(text: str | None) -> str | None:
    return text[:1].upper() + text[1:] if text else None
