"""What all documents of the console share: where a device is, what runs on it, and when something was changed."""

from datetime import timedelta
from typing import Any

from ..world import World
from ..world.alert_kinds import BY_KEY, AlertKind
from ..world.catalogue import ADMIN
from ..world.security_desk import FIRST_ALERT
from ..world.security_records import Alert, Device
from .clock import Clock
from .estate import Estate, Site
from .identity import Identity

Document = dict[str, Any]
AGENT_VERSIONS = ("24.1.4.257", "24.2.3.471", "23.4.4.223")
LATEST_VERSION = "24.2.3.471"
ACTIVE_FOR = timedelta(days=1)
INCIDENT_STATUSES = {"new": "unresolved", "in_progress": "in_progress", "resolved": "resolved"}
VERDICTS = {
    "undefined": "undefined",
    "true_positive": "true_positive",
    "false_positive": "false_positive",
    "suspicious": "suspicious",
    "benign": "false_positive",
}


class Renderer:
    def __init__(self, world: World, estate: Estate, clock: Clock) -> None:
        self.world, self.estate, self.clock = world, estate, clock
        self.identity = Identity(world)
        self.people = {member.identifier for member in world.catalogue.members} | {ADMIN}

    def place(self, site: Site) -> Document:
        return {
            "accountId": site.account.id,
            "accountName": site.account.name,
            "groupId": site.group_id,
            "groupName": "Default Group",
            "siteId": site.id,
            "siteName": site.name,
        }

    def agent_version(self, device: Device) -> str:
        return AGENT_VERSIONS[device.id % len(AGENT_VERSIONS)]

    def is_active(self, device: Device) -> bool:
        return not device.retired_at and self.world.now - device.last_seen <= ACTIVE_FOR

    def network_status(self, device: Device) -> str:
        return "disconnected" if device.is_isolated else "connected"

    def external_ip(self, device: Device) -> str:
        return f"203.0.113.{device.company.id % 250 + 1}"

    def mac(self, device: Device) -> str:
        return device.mac.replace(":", "-").upper()

    def created_at(self, alert: Alert) -> str:
        return self.clock.text(alert.detected_at, alert.id - FIRST_ALERT)

    def updated_at(self, alert: Alert) -> str:
        return self.clock.text(alert.updated_at, FIRST_ALERT + self.world.alerts.revision(alert.id))


def kind_of(alert: Alert) -> AlertKind:
    return BY_KEY[alert.kind]


def is_threat(alert: Alert) -> bool:
    return alert.seen_by == "edr" and not kind_of(alert).is_rule


def is_star(alert: Alert) -> bool:
    return alert.seen_by == "edr" and kind_of(alert).is_rule


def title(value: str) -> str:
    """`in_progress` as the console shows it: `In progress`."""
    return value.replace("_", " ").capitalize()


def file_path(alert: Alert) -> str:
    assert alert.device
    path = kind_of(alert).file_path.format(user=alert.device.user)
    return rf"\Device\HarddiskVolume3{path}" if path.startswith("\\") else path


NOTHING_IN_CONTAINERS = {
    "containerInfo": dict.fromkeys(("id", "image", "labels", "name")),
    "kubernetesInfo": dict.fromkeys(
        (
            *("cluster", "controllerKind", "controllerLabels", "controllerName", "namespace"),
            *("namespaceLabels", "node", "pod", "podLabels"),
        )
    ),
}
